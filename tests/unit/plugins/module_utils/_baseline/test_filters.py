# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values OR, filters AND, and attributes that are missing."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits, fit_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchFilter

SECURITY = PatchFilter("CLASSIFICATION", ("Security", "Bugfix"))
GRAVE = PatchFilter("SEVERITY", ("Critical", "Important"))


def traits(**attributes: str) -> Traits:
    return Traits({key: (value,) for key, value in attributes.items()})


@pytest.mark.parametrize(
    ("found", "lenient", "misses"),
    [
        (traits(CLASSIFICATION="Security", SEVERITY="Important"), False, ()),
        (traits(CLASSIFICATION="BUGFIX", SEVERITY="CRITICAL"), False, ()),
        (traits(CLASSIFICATION="Security", SEVERITY="Low"), False, ("SEVERITY Low is not Critical or Important",)),
        (traits(CLASSIFICATION="Security", SEVERITY="Low"), True, ("SEVERITY Low is not Critical or Important",)),
        (traits(CLASSIFICATION="Bugfix"), False, ()),
        (traits(SEVERITY="Critical"), False, ("CLASSIFICATION not published is not Security or Bugfix",)),
        (traits(SEVERITY="Critical"), True, ()),
        (
            traits(),
            False,
            (
                "CLASSIFICATION not published is not Security or Bugfix",
                "SEVERITY not published is not Critical or Important",
            ),
        ),
        (traits(), True, ()),
    ],
)
def test_classification_and_severity(found: Traits, lenient: bool, misses: tuple[str, ...]) -> None:
    assert fit_filters((SECURITY, GRAVE), found, lenient=lenient).misses == misses


@pytest.mark.parametrize(
    ("key", "values", "found", "accepted"),
    [
        ("SEVERITY", ("Medium",), "Moderate", True),
        ("SEVERITY", ("Moderate",), "medium", True),
        ("SEVERITY", ("Low",), "Moderate", False),
        ("MSRC_SEVERITY", ("Moderate",), "Moderate", True),
        ("PRIORITY", ("Required", "Optional"), "optional", True),
        ("PRIORITY", ("Required",), "optional", False),
        ("SECTION", ("net",), "universe/net", False),
        ("SECTION", ("*/net",), "universe/net", True),
        ("SECTION", ("*/net",), "net", False),
        ("CLASSIFICATION", ("SecurityUpdates",), "Security Updates", True),
        ("CLASSIFICATION", ("brew cask",), "brew cask", True),
        ("PRODUCT", ("Ubuntu20.04", "Ubuntu22.04"), "Ubuntu22.04", True),
        ("PRODUCT", ("RedhatEnterpriseLinux8",), "RedhatEnterpriseLinux8.2", True),
        ("SECTION", ("RedhatEnterpriseLinux8",), "RedhatEnterpriseLinux8.2", False),
    ],
)
def test_values(key: str, values: tuple[str, ...], found: str, accepted: bool) -> None:
    assert (not fit_filters([PatchFilter(key, values)], traits(**{key: found})).misses) is accepted


@pytest.mark.parametrize("key", ["PRODUCT", "PRIORITY", "SECTION", "MSRC_SEVERITY"])
def test_only_what_notices_give_may_be_missing(key: str) -> None:
    assert fit_filters([PatchFilter(key, ("x",))], traits(), lenient=True).misses
    assert not fit_filters([PatchFilter(key, ("*",))], traits()).misses, "* accepts anything, also nothing"


def test_one_of_several_attributes_is_enough() -> None:
    found = Traits({"PRODUCT": ("Windows Server 2019", "Windows Server 2022")})
    assert not fit_filters([PatchFilter("PRODUCT", ("WindowsServer2022",))], found).misses
    reason = fit_filters([PatchFilter("PRODUCT", ("Office 2016",))], found).misses[0]
    assert reason == "PRODUCT Windows Server 2019 + Windows Server 2022 is not Office 2016"


def test_what_speaks_for_a_patch_is_said_in_the_words_of_the_baseline() -> None:
    found = traits(CLASSIFICATION="security", PRODUCT="x")
    fit = fit_filters([PatchFilter("PRODUCT", ("*",)), SECURITY, GRAVE], found)
    assert fit.matches == ("CLASSIFICATION Security", "SEVERITY not published")
