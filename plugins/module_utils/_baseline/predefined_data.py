# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The predefined baselines as rows (``patch-manager-predefined-and-custom-patch-baselines``).

Filters are written out, so that a rule is complete by itself: AWS documents the effect, not what its service stores.
"""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    OperatingSystem,
    PatchFilter,
)


class Row(NamedTuple):
    """A predefined baseline; the first row of an operating system is its default."""

    name: str
    operating_system: OperatingSystem
    description: str
    rules: tuple[ApprovalRule, ...]


_DELAY_DAYS = 7


def _keep(key: str, *values: str) -> PatchFilter:
    return PatchFilter(key, values)


_ANY_PRODUCT = _keep("PRODUCT", "*")
_EVERYTHING = ApprovalRule((_ANY_PRODUCT,), approve_after_days=_DELAY_DAYS, enable_non_security=True)
_BUGFIXES = ApprovalRule((_ANY_PRODUCT, _keep("CLASSIFICATION", "Bugfix")), approve_after_days=_DELAY_DAYS)
_SECURITY_ARCHIVE = ApprovalRule(
    (_ANY_PRODUCT, _keep("PRIORITY", "Required", "Important", "Standard", "Optional", "Extra")), approve_after_days=0
)
# The page says "Security", which is no classification of macOS, and "all packages with an update", which covers it.
_ANY_MACOS_UPDATE = ApprovalRule((_ANY_PRODUCT, _keep("CLASSIFICATION", "*")), approve_after_days=0)
_WINDOWS_SECURITY = ApprovalRule(
    (
        _keep("PATCH_SET", "OS"),
        _ANY_PRODUCT,
        _keep("CLASSIFICATION", "CriticalUpdates", "SecurityUpdates"),
        _keep("MSRC_SEVERITY", "Critical", "Important"),
    ),
    approve_after_days=_DELAY_DAYS,
)
_WINDOWS_APPLICATIONS = ApprovalRule((_keep("PATCH_SET", "APPLICATION"), _ANY_PRODUCT), approve_after_days=_DELAY_DAYS)


def _approve_security(*severities: str) -> ApprovalRule:
    filters = (_ANY_PRODUCT, _keep("CLASSIFICATION", "Security"), _keep("SEVERITY", *severities))
    return ApprovalRule(filters, approve_after_days=_DELAY_DAYS)


_GRAVE_SECURITY = _approve_security("Critical", "Important")
_SECURITY_AND_BUGFIXES = "Critical and Important security updates and all bugfix updates after 7 days"
_ALL_OF_SECURITY_ARCHIVE = "all updates of the security archive at once"
_WINDOWS_TEXT = "Critical and Important security and critical updates of Windows Server after 7 days"

_OS = OperatingSystem
ROWS: tuple[Row, ...] = (
    Row("AWS-AlmaLinuxDefaultPatchBaseline", _OS.ALMA_LINUX, _SECURITY_AND_BUGFIXES, (_GRAVE_SECURITY, _BUGFIXES)),
    Row(
        "AWS-AmazonLinux2DefaultPatchBaseline", _OS.AMAZON_LINUX_2, _SECURITY_AND_BUGFIXES, (_GRAVE_SECURITY, _BUGFIXES)
    ),
    Row(
        "AWS-AmazonLinux2023DefaultPatchBaseline",
        _OS.AMAZON_LINUX_2023,
        _SECURITY_AND_BUGFIXES,
        (_GRAVE_SECURITY, _BUGFIXES),
    ),
    Row("AWS-CentOSDefaultPatchBaseline", _OS.CENTOS, "all updates, security or not, after 7 days", (_EVERYTHING,)),
    Row("AWS-DebianDefaultPatchBaseline", _OS.DEBIAN, _ALL_OF_SECURITY_ARCHIVE, (_SECURITY_ARCHIVE,)),
    Row("AWS-MacOSDefaultPatchBaseline", _OS.MACOS, "all updates at once", (_ANY_MACOS_UPDATE,)),
    Row(
        "AWS-OracleLinuxDefaultPatchBaseline",
        _OS.ORACLE_LINUX,
        # Critical is missing on every page of AWS's, so it is missing here.
        "Important and Moderate security updates and all bugfix updates after 7 days",
        (_approve_security("Important", "Moderate"), _BUGFIXES),
    ),
    Row(
        "AWS-RedHatDefaultPatchBaseline",
        _OS.REDHAT_ENTERPRISE_LINUX,
        _SECURITY_AND_BUGFIXES,
        (_GRAVE_SECURITY, _BUGFIXES),
    ),
    Row("AWS-RockyLinuxDefaultPatchBaseline", _OS.ROCKY_LINUX, _SECURITY_AND_BUGFIXES, (_GRAVE_SECURITY, _BUGFIXES)),
    Row(
        "AWS-SuseDefaultPatchBaseline",
        _OS.SUSE,
        "Critical and Important security patches after 7 days",
        (_GRAVE_SECURITY,),
    ),
    Row("AWS-UbuntuDefaultPatchBaseline", _OS.UBUNTU, _ALL_OF_SECURITY_ARCHIVE, (_SECURITY_ARCHIVE,)),
    Row("AWS-DefaultPatchBaseline", _OS.WINDOWS, _WINDOWS_TEXT, (_WINDOWS_SECURITY,)),
    Row("AWS-WindowsPredefinedPatchBaseline-OS", _OS.WINDOWS, _WINDOWS_TEXT, (_WINDOWS_SECURITY,)),
    Row(
        "AWS-WindowsPredefinedPatchBaseline-OS-Applications",
        _OS.WINDOWS,
        f"{_WINDOWS_TEXT}, and all updates of Microsoft applications after 7 days",
        (_WINDOWS_SECURITY, _WINDOWS_APPLICATIONS),
    ),
    # Listed by older copies of the page only; the API still takes these operating systems.
    Row("AWS-AmazonLinuxDefaultPatchBaseline", _OS.AMAZON_LINUX, _SECURITY_AND_BUGFIXES, (_GRAVE_SECURITY, _BUGFIXES)),
    Row(
        "AWS-AmazonLinux2022DefaultPatchBaseline",
        _OS.AMAZON_LINUX_2022,
        _SECURITY_AND_BUGFIXES,
        (_GRAVE_SECURITY, _BUGFIXES),
    ),
    Row("AWS-DefaultRaspbianPatchBaseline", _OS.RASPBIAN, _ALL_OF_SECURITY_ARCHIVE, (_SECURITY_ARCHIVE,)),
)
