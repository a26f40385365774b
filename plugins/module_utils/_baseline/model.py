# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a patch baseline is made of: the API's words as frozen values, and every default in one place.

Source: API reference of SSM 2014-11-06 (``CreatePatchBaseline``, ``PatchRule``, ``PatchFilter``, ``PatchSource``).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class OperatingSystem(str, enum.Enum):
    """``OperatingSystem`` of the API: what a baseline is for."""

    WINDOWS = "WINDOWS"
    AMAZON_LINUX = "AMAZON_LINUX"
    AMAZON_LINUX_2 = "AMAZON_LINUX_2"
    AMAZON_LINUX_2022 = "AMAZON_LINUX_2022"
    AMAZON_LINUX_2023 = "AMAZON_LINUX_2023"
    UBUNTU = "UBUNTU"
    REDHAT_ENTERPRISE_LINUX = "REDHAT_ENTERPRISE_LINUX"
    SUSE = "SUSE"
    CENTOS = "CENTOS"
    ORACLE_LINUX = "ORACLE_LINUX"
    DEBIAN = "DEBIAN"
    MACOS = "MACOS"
    RASPBIAN = "RASPBIAN"
    ROCKY_LINUX = "ROCKY_LINUX"
    ALMA_LINUX = "ALMA_LINUX"


class PackageManager(str, enum.Enum):
    """The family of rules an operating system follows (``patch-manager-linux-rules``)."""

    APT = "apt"
    RPM = "rpm"  # yum and dnf: one set of rules
    ZYPPER = "zypper"
    MACOS = "macos"
    WINDOWS = "windows"


PACKAGE_MANAGERS: dict[OperatingSystem, PackageManager] = {
    OperatingSystem.WINDOWS: PackageManager.WINDOWS,
    OperatingSystem.AMAZON_LINUX: PackageManager.RPM,
    OperatingSystem.AMAZON_LINUX_2: PackageManager.RPM,
    OperatingSystem.AMAZON_LINUX_2022: PackageManager.RPM,
    OperatingSystem.AMAZON_LINUX_2023: PackageManager.RPM,
    OperatingSystem.UBUNTU: PackageManager.APT,
    OperatingSystem.REDHAT_ENTERPRISE_LINUX: PackageManager.RPM,
    OperatingSystem.SUSE: PackageManager.ZYPPER,
    OperatingSystem.CENTOS: PackageManager.RPM,
    OperatingSystem.ORACLE_LINUX: PackageManager.RPM,
    OperatingSystem.DEBIAN: PackageManager.APT,
    OperatingSystem.MACOS: PackageManager.MACOS,
    OperatingSystem.RASPBIAN: PackageManager.APT,
    OperatingSystem.ROCKY_LINUX: PackageManager.RPM,
    OperatingSystem.ALMA_LINUX: PackageManager.RPM,
}


class ComplianceLevel(str, enum.Enum):
    """How grave it is when a patch is missing, as the baseline says; the first is the gravest."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATIONAL = "INFORMATIONAL"
    UNSPECIFIED = "UNSPECIFIED"


class RejectedPatchesAction(str, enum.Enum):
    """What a rejected patch means for the updates that need it, and for a node that has it."""

    ALLOW_AS_DEPENDENCY = "ALLOW_AS_DEPENDENCY"
    BLOCK = "BLOCK"


class AvailableSecurityUpdates(str, enum.Enum):
    """``AvailableSecurityUpdatesComplianceStatus``: Windows only."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"


@dataclass(frozen=True, slots=True)
class PatchFilter:
    """One key and the values it accepts; ``*`` accepts anything."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """One ``PatchRule``: all filters must accept a patch, then the date decides.

    Exactly one of the two date fields is set, except on operating systems whose dates do not count.
    """

    filters: tuple[PatchFilter, ...] = ()
    approve_after_days: int | None = None
    approve_until_date: date | None = None
    compliance_level: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    enable_non_security: bool = False


@dataclass(frozen=True, slots=True)
class PatchSource:
    """A repository used instead of the node's own (``patch-manager-alternative-source-repository``)."""

    name: str
    products: tuple[str, ...]
    configuration: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A patch baseline. ``id`` is the API's ``pb-...``, or for files and predefined baselines the name."""

    name: str
    operating_system: OperatingSystem
    id: str = ""
    description: str = ""
    global_filters: tuple[PatchFilter, ...] = ()
    approval_rules: tuple[ApprovalRule, ...] = ()
    approved_patches: tuple[str, ...] = ()
    approved_patches_compliance_level: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    approved_patches_enable_non_security: bool = False
    rejected_patches: tuple[str, ...] = ()
    rejected_patches_action: RejectedPatchesAction = RejectedPatchesAction.ALLOW_AS_DEPENDENCY
    sources: tuple[PatchSource, ...] = ()
    available_security_updates_compliance_status: AvailableSecurityUpdates = AvailableSecurityUpdates.COMPLIANT
    tags: tuple[tuple[str, str], ...] = ()
    patch_groups: tuple[str, ...] = ()
    default_baseline: bool = False

    @property
    def package_manager(self) -> PackageManager:
        return PACKAGE_MANAGERS[self.operating_system]
