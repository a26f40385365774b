# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents for the tests of the parser: the smallest ones, and any that is valid."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineDocumentError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    PACKAGE_MANAGERS,
    AvailableSecurityUpdates,
    ComplianceLevel,
    OperatingSystem,
    PackageManager,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_vocabulary import VOCABULARIES

Document = dict[str, Any]


def write_baseline(operating_system: str = "DEBIAN", /, **fields: object) -> Document:
    """The smallest document of an operating system, with fields added or replaced."""
    return {"name": "web", "operating_system": operating_system, **fields}


def write_rule(operating_system: str, /, **fields: object) -> Document:
    """A document with one rule without filters, with fields of the rule added or replaced."""
    return write_baseline(operating_system, approval_rules=[{"filters": [], "approve_after_days": 7, **fields}])


def write_filters(operating_system: str, *filters: object) -> Document:
    """A document whose only rule has these filters."""
    return write_rule(operating_system, filters=list(filters))


def list_errors(document: object) -> list[tuple[str, str, str]]:
    """Path, found and allowed of everything that is wrong with a document."""
    with pytest.raises(BaselineDocumentError) as caught:
        parse_baseline(document)
    return [(error.path, error.found, error.allowed) for error in caught.value.errors]


def only_error(document: object) -> tuple[str, str, str]:
    """The one thing that is wrong with a document."""
    [error] = list_errors(document)
    return error


_NAME = st.text(string.ascii_letters + string.digits + "_-.", min_size=3, max_size=12)
_LABEL = st.text(
    st.one_of(st.characters(categories=["L", "Z", "N"]), st.sampled_from("_.:/=+-@")), min_size=1, max_size=12
)
_WORD = st.text(string.ascii_lowercase + string.digits + "+.-", min_size=1, max_size=12)
_GLOB = st.builds("{}{}{}".format, _WORD, st.sampled_from(["", "*"]), st.sampled_from(["", "x", "2.0-1"]))
_ENTRIES = {
    PackageManager.APT: _GLOB,
    PackageManager.RPM: st.one_of(
        _GLOB, st.sampled_from(["1463241", "CVE-2018-1234567", "RHSA-2017:0864", "a:1:2-3.x"])
    ),
    PackageManager.ZYPPER: _GLOB,
    PackageManager.MACOS: st.one_of(_WORD, st.just("Command Line Tools for Xcode")),
    PackageManager.WINDOWS: st.sampled_from(["KB2032276", "kb1", "MS10-048"]),
}
_CONFIGURATIONS = {
    PackageManager.APT: st.just("deb https://mirror.example.com/debian bookworm main\n"),
    PackageManager.RPM: st.just("[main]\nname=main\nbaseurl=https://mirror.example.com/\n"),
}


def _choose(values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([member.value for member in values])


@st.composite
def _filters(draw: st.DrawFn, system: OperatingSystem) -> list[Document]:
    keys = draw(st.lists(st.sampled_from(sorted(VOCABULARIES[system])), max_size=4, unique=True))
    if "PATCH_SET" in keys and "PRODUCT" not in keys:
        keys.remove("PATCH_SET")
    return [{"key": key, "values": draw(st.lists(_values(system, key), min_size=1, max_size=4))} for key in keys]


def _values(system: OperatingSystem, key: str) -> st.SearchStrategy[str]:
    choices = VOCABULARIES[system][key]
    if not choices:
        return st.text(min_size=1, max_size=64)
    return st.sampled_from(
        [*choices, "*", *(choice.lower() for choice in choices), *(choice.upper() for choice in choices)]
    )


@st.composite
def _rule(draw: st.DrawFn, system: OperatingSystem) -> Document:
    dates: list[st.SearchStrategy[Document]] = [
        st.fixed_dictionaries({"approve_after_days": st.integers(0, 360)}),
        st.fixed_dictionaries({"approve_until_date": st.one_of(st.dates(), st.dates().map(str))}),
    ]
    if PACKAGE_MANAGERS[system] in (PackageManager.APT, PackageManager.MACOS):
        dates.append(st.just({}))
    return {
        "filters": draw(_filters(system)),
        **draw(st.one_of(dates)),
        **draw(
            st.fixed_dictionaries(
                {}, optional={"compliance_level": _choose(ComplianceLevel), "enable_non_security": st.booleans()}
            )
        ),
    }


@st.composite
def baselines(draw: st.DrawFn) -> Document:
    """Any valid document in our words."""
    system = draw(st.sampled_from(OperatingSystem))
    manager = PACKAGE_MANAGERS[system]
    source = st.fixed_dictionaries(
        {
            "name": _NAME,
            "products": st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3),
            "configuration": _CONFIGURATIONS.get(manager, _CONFIGURATIONS[PackageManager.RPM]),
        }
    )
    entries = st.lists(_ENTRIES[manager], max_size=4)
    return draw(
        st.fixed_dictionaries(
            {"name": _NAME, "operating_system": st.just(system.value)},
            optional={
                "baseline_id": st.from_regex(r"pb-[0-9a-f]{17}", fullmatch=True),
                "description": st.text(max_size=30),
                "patch_groups": st.lists(_LABEL, max_size=3, unique=True),
                "default_baseline": st.booleans(),
                "tags": st.dictionaries(_LABEL, st.one_of(_LABEL, st.just("")), max_size=3),
                "global_filters": _filters(system),
                "approval_rules": st.lists(_rule(system), max_size=3),
                "approved_patches": entries,
                "approved_patches_compliance_level": _choose(ComplianceLevel),
                "approved_patches_enable_non_security": st.booleans(),
                "rejected_patches": entries,
                "rejected_patches_action": _choose(RejectedPatchesAction),
                "sources": st.lists(source, max_size=2),
                "available_security_updates_compliance_status": _choose(AvailableSecurityUpdates),
            },
        )
    )
