# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of a node after it was judged: a result per patch, counters, status. JSON-ready in both directions."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ComplianceLevel,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import FactWarning
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchResult,
)

SCHEMA = 1


class Operation(str, enum.Enum):
    """``Operation`` of the API."""

    SCAN = "Scan"
    INSTALL = "Install"


class ComplianceStatus(str, enum.Enum):
    """A node's status; the last four are for nodes whose compliance nobody can vouch for."""

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    METADATA_MISSING = "METADATA_MISSING"
    UNREACHABLE = "UNREACHABLE"
    NEVER_SCANNED = "NEVER_SCANNED"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class Assessment:
    """One node judged by one baseline at one moment (``evaluated_at``), from facts of another (``collected_at``)."""

    operation: Operation
    evaluated_at: datetime
    operating_system: OperatingSystem
    baseline_name: str
    baseline_id: str = ""
    baseline_source: str = ""
    baseline_reason: str = ""
    patch_group: str = ""
    snapshot_id: str = ""
    release_date_field: str = "issued"
    hostname: str = ""
    product: str = ""
    boot_id: str = ""
    booted_at: datetime | None = None
    collected_at: datetime | None = None
    reboot_required: bool | None = None
    reboot_reasons: tuple[str, ...] = ()
    patches: tuple[PatchResult, ...] = ()
    counts: Counters = field(default_factory=Counters)
    compliance_status: ComplianceStatus = ComplianceStatus.COMPLIANT
    status_reason: str = ""
    overall_severity: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    warnings: tuple[FactWarning, ...] = ()

    @property
    def non_compliant_patches(self) -> tuple[PatchResult, ...]:
        """What a run with a baseline override prints: missing, failed, rejected, or waiting for a reboot."""
        return tuple(patch for patch in self.patches if patch.state in NON_COMPLIANT_STATES)

    def to_dict(self) -> dict[str, object]:
        """Return the assessment as JSON holds it; an unknown time is an empty text."""
        return {
            "schema": SCHEMA,
            **{name: getattr(self, name).value for name in _WORDS},
            **{name: getattr(self, name) for name in _TEXTS},
            "baseline_reason": self.baseline_reason,
            **{name: format_moment(moment) if (moment := getattr(self, name)) else "" for name in _MOMENTS},
            "reboot_required": self.reboot_required,
            "reboot_reasons": list(self.reboot_reasons),
            "counts": self.counts.to_dict(),
            "warnings": [{"code": warning.code, "message": warning.message} for warning in self.warnings],
            "patches": [patch.to_dict() for patch in self.patches],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assessment:
        """Return what ``to_dict`` was made from."""
        singles: dict[str, Any] = {name: data[name] for name in _TEXTS}
        singles["baseline_reason"] = data.get("baseline_reason", "")  # assessments of before do not have it
        singles.update((name, words(data[name])) for name, words in _WORDS.items())
        singles.update((name, datetime.fromisoformat(data[name]) if data[name] else None) for name in _MOMENTS)
        return cls(
            **singles,
            reboot_required=data["reboot_required"],
            reboot_reasons=tuple(data["reboot_reasons"]),
            counts=Counters.from_dict(data["counts"]),
            warnings=tuple(FactWarning(**warning) for warning in data["warnings"]),
            patches=tuple(PatchResult.from_dict(patch) for patch in data["patches"]),
        )


_WORDS: Mapping[str, type[enum.Enum]] = {
    "operation": Operation,
    "operating_system": OperatingSystem,
    "compliance_status": ComplianceStatus,
    "overall_severity": ComplianceLevel,
}
_TEXTS = (
    *("baseline_name", "baseline_id", "baseline_source", "patch_group", "snapshot_id", "release_date_field"),
    *("hostname", "product", "boot_id", "status_reason"),
)
_MOMENTS = ("evaluated_at", "booted_at", "collected_at")
