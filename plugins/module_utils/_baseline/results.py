# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result for one patch on one node (``patch-manager-compliance-states``, ``API_PatchComplianceData``)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel


class PatchState(str, enum.Enum):
    """``State`` of the API, in the model's spelling."""

    INSTALLED = "INSTALLED"
    INSTALLED_OTHER = "INSTALLED_OTHER"
    INSTALLED_PENDING_REBOOT = "INSTALLED_PENDING_REBOOT"
    INSTALLED_REJECTED = "INSTALLED_REJECTED"
    MISSING = "MISSING"
    FAILED = "FAILED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    AVAILABLE_SECURITY_UPDATE = "AVAILABLE_SECURITY_UPDATE"


# Whether an available security update is compliant, the baseline says.
NON_COMPLIANT_STATES = frozenset(
    {
        PatchState.INSTALLED_PENDING_REBOOT,
        PatchState.INSTALLED_REJECTED,
        PatchState.MISSING,
        PatchState.FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class PatchResult:
    """One patch: ``classification`` and ``severity`` are the publisher's, ``compliance_level`` is the baseline's."""

    title: str
    id: str
    state: PatchState
    classification: str = ""
    severity: str = ""
    compliance_level: ComplianceLevel = ComplianceLevel.UNSPECIFIED
    installed_time: datetime | None = None
    cve_ids: tuple[str, ...] = ()
    advisory_ids: tuple[str, ...] = ()
    reason: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it; an unknown time is an empty text."""
        return {
            "title": self.title,
            "id": self.id,
            "state": self.state.value,
            "classification": self.classification,
            "severity": self.severity,
            "compliance_level": self.compliance_level.value,
            "installed_time": format_moment(self.installed_time) if self.installed_time else "",
            "cve_ids": list(self.cve_ids),
            "advisory_ids": list(self.advisory_ids),
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PatchResult:
        """Return what ``to_dict`` was made from."""
        return cls(
            title=data["title"],
            id=data["id"],
            state=PatchState(data["state"]),
            classification=data["classification"],
            severity=data["severity"],
            compliance_level=ComplianceLevel(data["compliance_level"]),
            installed_time=datetime.fromisoformat(data["installed_time"]) if data["installed_time"] else None,
            cve_ids=tuple(data["cve_ids"]),
            advisory_ids=tuple(data["advisory_ids"]),
            reason=data["reason"],
        )
