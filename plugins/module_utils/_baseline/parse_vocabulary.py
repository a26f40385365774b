# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which filter keys an operating system knows, and which values each key takes.

Source: ``API_DescribePatchProperties``, ``API_PatchFilter`` and the value lists the API reference once printed. A list
holds every value in AWS's spelling; a key without a list takes any text of 1 to 64 characters.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem

Vocabulary = Mapping[str, tuple[str, ...]]

_RPM_CLASSIFICATIONS = ("Security", "Bugfix", "Enhancement", "Recommended", "Newpackage")
_RPM: Vocabulary = {
    "PRODUCT": (),
    "CLASSIFICATION": _RPM_CLASSIFICATIONS,
    "SEVERITY": ("Critical", "Important", "Medium", "Low"),
}
_AMAZON_LINUX_2022: Vocabulary = {**_RPM, "SEVERITY": ("Critical", "Important", "Medium", "Low", "None")}
_ORACLE: Vocabulary = {**_RPM, "SEVERITY": ("Critical", "Important", "Moderate", "Low")}
_SUSE: Vocabulary = {
    "PRODUCT": (),
    "CLASSIFICATION": ("Security", "Recommended", "Optional", "Feature", "Document", "Yast"),
    "SEVERITY": ("Critical", "Important", "Moderate", "Low"),
}
_APT: Vocabulary = {
    "PRODUCT": (),
    "PRIORITY": ("Required", "Important", "Standard", "Optional", "Extra"),
    "SECTION": (),
}
_MACOS: Vocabulary = {"PRODUCT": (), "CLASSIFICATION": ("softwareupdate", "installer", "brew", "brew cask")}
_WINDOWS: Vocabulary = {
    "PATCH_SET": ("OS", "APPLICATION"),
    "PRODUCT": (),
    "PRODUCT_FAMILY": (),
    "CLASSIFICATION": (
        "CriticalUpdates",
        "DefinitionUpdates",
        "Drivers",
        "FeaturePacks",
        "SecurityUpdates",
        "ServicePacks",
        "Tools",
        "UpdateRollups",
        "Updates",
        "Upgrades",
    ),
    "MSRC_SEVERITY": ("Critical", "Important", "Moderate", "Low", "Unspecified"),
}

VOCABULARIES: Mapping[OperatingSystem, Vocabulary] = {
    OperatingSystem.WINDOWS: _WINDOWS,
    OperatingSystem.AMAZON_LINUX: _RPM,
    OperatingSystem.AMAZON_LINUX_2: _RPM,
    OperatingSystem.AMAZON_LINUX_2022: _AMAZON_LINUX_2022,
    OperatingSystem.AMAZON_LINUX_2023: _AMAZON_LINUX_2022,
    OperatingSystem.UBUNTU: _APT,
    OperatingSystem.REDHAT_ENTERPRISE_LINUX: _RPM,
    OperatingSystem.SUSE: _SUSE,
    OperatingSystem.CENTOS: _RPM,
    OperatingSystem.ORACLE_LINUX: _ORACLE,
    OperatingSystem.DEBIAN: _APT,
    OperatingSystem.MACOS: _MACOS,
    OperatingSystem.RASPBIAN: _APT,
    OperatingSystem.ROCKY_LINUX: _RPM,
    OperatingSystem.ALMA_LINUX: _RPM,
}

# Two words for one severity: vendors' notices say one, AWS's lists the other.
_SAME_SEVERITY = {"medium": "moderate", "moderate": "medium"}


def find_value(os: OperatingSystem, key: str, text: str) -> str | None:
    """Return a filter value in AWS's spelling, or ``None`` if the key has a list and the value is not on it."""
    choices = VOCABULARIES[os][key]
    if not choices or text == "*":
        return text
    by_lower_case = {choice.casefold(): choice for choice in choices}
    wanted = text.casefold()
    if wanted not in by_lower_case and key == "SEVERITY":
        wanted = _SAME_SEVERITY.get(wanted, wanted)
    return by_lower_case.get(wanted)
