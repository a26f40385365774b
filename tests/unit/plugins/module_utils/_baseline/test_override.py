# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``BaselineOverride``: which entry counts, what is ignored, and what cannot be combined (section 7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import (
    BaselineDocumentError,
    BaselineError,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    Baseline,
    ComplianceLevel,
    OperatingSystem,
    PatchFilter,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override import (
    OVERRIDE_NAME,
    check_exclusive,
    check_override_location,
    parse_baseline_override,
)

ROCKY, DEBIAN = OperatingSystem.ROCKY_LINUX, OperatingSystem.DEBIAN

ENTRY: dict[str, Any] = {
    "OperatingSystem": "ROCKY_LINUX",
    "GlobalFilters": {"PatchFilters": []},
    "ApprovalRules": {
        "PatchRules": [
            {
                "PatchFilterGroup": {
                    "PatchFilters": [
                        {"Key": "PRODUCT", "Values": ["*"]},
                        {"Key": "CLASSIFICATION", "Values": ["Security"]},
                        {"Key": "SEVERITY", "Values": ["*"]},
                    ]
                },
                "ApproveAfterDays": 0,
                "ComplianceLevel": "HIGH",
                "EnableNonSecurity": False,
            }
        ]
    },
    "ApprovedPatches": [],
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatches": ["java-*"],
    "RejectedPatchesAction": "BLOCK",
    "Sources": [],
}
EXPECTED = Baseline(
    name=OVERRIDE_NAME,
    id=OVERRIDE_NAME,
    operating_system=ROCKY,
    approval_rules=(
        ApprovalRule(
            (
                PatchFilter("PRODUCT", ("*",)),
                PatchFilter("CLASSIFICATION", ("Security",)),
                PatchFilter("SEVERITY", ("*",)),
            ),
            approve_after_days=0,
            compliance_level=ComplianceLevel.HIGH,
        ),
    ),
    rejected_patches=("java-*",),
    rejected_patches_action=RejectedPatchesAction.BLOCK,
)
EXPORTED = {
    "BaselineId": "x",
    "Name": "not a valid name!",
    "Description": "x" * 2000,
    "PatchGroups": ["$(id)"],
    "CreatedDate": "2025-11-16",
    "ModifiedDate": None,
    "DefaultBaseline": "maybe",
    "Tags": 3,
}


@pytest.mark.parametrize(
    "entries",
    [
        [ENTRY],
        [{"OperatingSystem": "DEBIAN"}, ENTRY],
        [{"OperatingSystem": "FEDORA", "ApprovedPatches": 7}, ENTRY, {"operating_system": "SUSE"}, {}],
        [{**ENTRY, **EXPORTED}],
    ],
    ids=["alone", "with-other", "with-broken-others", "exported"],
)
def test_the_entry_of_the_operating_system_is_the_baseline(entries: object) -> None:
    assert parse_baseline_override(entries, ROCKY) == (EXPECTED, ())


def test_our_words_are_read_too() -> None:
    entry = {"operating_system": "DEBIAN", "rejected_patches": ["bash"]}
    assert parse_baseline_override([entry], DEBIAN).baseline.rejected_patches == ("bash",)


def test_an_unknown_key_is_ignored_with_a_warning() -> None:
    parsed = parse_baseline_override([{"OperatingSystem": "DEBIAN", "ApprovalRule": {}}, {**ENTRY, "Foo": 1}], DEBIAN)
    assert parsed.warnings == ("[0].ApprovalRule: ignored, an unknown key (did you mean 'ApprovalRules'?)",)


@pytest.mark.parametrize(
    ("data", "path", "found", "allowed"),
    [
        ([], "", "an empty list", "exactly one entry for ROCKY_LINUX"),
        (
            [ENTRY, ENTRY],
            "",
            "'ROCKY_LINUX' at [0].OperatingSystem, 'ROCKY_LINUX' at [1].OperatingSystem",
            "exactly one",
        ),
        (
            [{"operating_system": "DEBIAN"}, {}],
            "",
            "'DEBIAN' at [0].operating_system, nothing at [1].operating_system",
            "exactly one",
        ),
        (
            [{"OperatingSystem": "rocky_linux"}],
            "",
            "'rocky_linux' at [0].OperatingSystem",
            "exactly one entry for ROCKY_LINUX",
        ),
        (ENTRY, "", "a mapping", "a list"),
        (None, "", "nothing", "a list"),
        ([ENTRY, "x"], "[1]", "'x'", "a mapping with the keys"),
        (
            [{**ENTRY, "operatingSystem": "SUSE"}],
            "[0].operatingSystem",
            "another spelling of the same key",
            "only [0].OperatingSystem",
        ),
        (
            [{**ENTRY, "RejectedPatchesAction": "DENY"}],
            "[0].RejectedPatchesAction",
            "'DENY'",
            "ALLOW_AS_DEPENDENCY, BLOCK",
        ),
        ([{**ENTRY, "RejectedPatches": ["a*b*"]}], "[0].RejectedPatches[0]", "'a*b*'", "at most one *"),
    ],
)
def test_an_unusable_override_is_refused(data: object, path: str, found: str, allowed: str) -> None:
    with pytest.raises(BaselineDocumentError) as caught:
        parse_baseline_override(data, ROCKY, where="overrides.json")
    assert str(caught.value).startswith("Failed to read baseline override 'overrides.json': 1 error\n- ")
    [error] = caught.value.errors
    assert (error.path, error.found) == (path, found)
    assert allowed in error.allowed


@pytest.mark.parametrize(
    ("install_list", "override"), [(None, None), ("list.yml", None), (None, "overrides.json"), ("", "overrides.json")]
)
def test_one_override_of_a_run_is_enough(install_list: str | None, override: str | None) -> None:
    check_exclusive(install_list, override)


def test_baselines_22_both_overrides_of_a_run_are_refused() -> None:
    with pytest.raises(BaselineError, match="patch_install_override_list and patch_baseline_override"):
        check_exclusive("list.yml", "overrides.json")


@pytest.mark.parametrize(
    "text",
    [
        "overrides.json",
        "/srv/o'brien/$team/overrides.json",
        "./a b.json",
        "https://files.example.com/overrides.json",
        "https://files.example.com/overrides.json?sig='$a'",
        "s3://bucket/overrides.json",
        "s3://bucket/a/b/overrides.json",
    ],
)
def test_a_location_is_a_path_or_an_https_or_s3_address(text: str) -> None:
    check_override_location(text)


@pytest.mark.parametrize(
    "text", ["", "http://files.example.com/o.json", "file:///o.json", "https://", "s3://bucket", "s3://bucket/", "a\nb"]
)
def test_another_address_is_refused(text: str) -> None:
    with pytest.raises(BaselineError, match="neither a path nor an https or s3 location"):
        check_override_location(text)


@pytest.mark.parametrize("sign", ["`", "'", '"', "$"])
@pytest.mark.parametrize("start", ["", "/srv/", "https://files.example.com/", "s3://bucket/"])
def test_a_file_name_has_no_backtick_quote_or_dollar(start: str, sign: str) -> None:
    with pytest.raises(BaselineError, match="not allowed in the name"):
        check_override_location(f"{start}over{sign}rides.json")
