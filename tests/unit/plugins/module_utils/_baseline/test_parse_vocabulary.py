# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter keys and values per operating system: sections 3.1 and 3.2 of the baseline rules as a table."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_vocabulary import (
    VOCABULARIES,
    find_value,
)

RPM = "AMAZON_LINUX AMAZON_LINUX_2 AMAZON_LINUX_2022 AMAZON_LINUX_2023 CENTOS ORACLE_LINUX REDHAT_ENTERPRISE_LINUX"
KEYS = {
    **dict.fromkeys([*RPM.split(), "SUSE", "ALMA_LINUX", "ROCKY_LINUX"], "CLASSIFICATION PRODUCT SEVERITY"),
    **dict.fromkeys(["DEBIAN", "UBUNTU", "RASPBIAN"], "PRIORITY PRODUCT SECTION"),
    "MACOS": "CLASSIFICATION PRODUCT",
    "WINDOWS": "CLASSIFICATION MSRC_SEVERITY PATCH_SET PRODUCT PRODUCT_FAMILY",
}


@pytest.mark.parametrize("os", OperatingSystem)
def test_every_operating_system_has_its_filter_keys(os: OperatingSystem) -> None:
    assert sorted(VOCABULARIES[os]) == KEYS[os.value].split()


@pytest.mark.parametrize(
    ("os", "key", "text", "found"),
    [
        ("REDHAT_ENTERPRISE_LINUX", "CLASSIFICATION", "security", "Security"),
        ("REDHAT_ENTERPRISE_LINUX", "CLASSIFICATION", "SECURITY", "Security"),
        ("REDHAT_ENTERPRISE_LINUX", "CLASSIFICATION", "newpackage", "Newpackage"),
        ("REDHAT_ENTERPRISE_LINUX", "CLASSIFICATION", "Feature", None),
        ("REDHAT_ENTERPRISE_LINUX", "SEVERITY", "Moderate", "Medium"),
        ("REDHAT_ENTERPRISE_LINUX", "SEVERITY", "None", None),
        ("AMAZON_LINUX_2023", "SEVERITY", "none", "None"),
        ("AMAZON_LINUX_2022", "SEVERITY", "moderate", "Medium"),
        ("AMAZON_LINUX_2", "SEVERITY", "None", None),
        ("ORACLE_LINUX", "SEVERITY", "Moderate", "Moderate"),
        ("ORACLE_LINUX", "SEVERITY", "MEDIUM", "Moderate"),
        ("ALMA_LINUX", "SEVERITY", "moderate", "Medium"),
        ("SUSE", "CLASSIFICATION", "yast", "Yast"),
        ("SUSE", "CLASSIFICATION", "Bugfix", None),
        ("SUSE", "SEVERITY", "Medium", "Moderate"),
        ("DEBIAN", "PRIORITY", "required", "Required"),
        ("DEBIAN", "PRIORITY", "High", None),
        ("DEBIAN", "SECTION", "Universe/Net", "Universe/Net"),
        ("MACOS", "CLASSIFICATION", "Brew Cask", "brew cask"),
        ("MACOS", "CLASSIFICATION", "Security", None),
        ("WINDOWS", "CLASSIFICATION", "securityupdates", "SecurityUpdates"),
        ("WINDOWS", "CLASSIFICATION", "Security Updates", None),
        ("WINDOWS", "MSRC_SEVERITY", "Medium", None),
        ("WINDOWS", "MSRC_SEVERITY", "unspecified", "Unspecified"),
        ("WINDOWS", "PATCH_SET", "application", "APPLICATION"),
        ("WINDOWS", "PRODUCT_FAMILY", "office", "office"),
        ("WINDOWS", "PRODUCT", "Office 2016", "Office 2016"),
    ],
)
def test_a_value_of_a_list_gets_its_spelling_and_any_other_is_unknown(
    os: str, key: str, text: str, found: str | None
) -> None:
    assert find_value(OperatingSystem(os), key, text) == found


@pytest.mark.parametrize("os", OperatingSystem)
def test_every_key_takes_the_wildcard(os: OperatingSystem) -> None:
    assert {find_value(os, key, "*") for key in VOCABULARIES[os]} == {"*"}
