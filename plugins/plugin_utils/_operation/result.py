# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what was judged to what the task returns; the same keys for scan, install and check mode."""

from __future__ import annotations

from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchState
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import Judged

# AWS prints just these for a baseline override; the others are hundreds on every node and stand in the store
ATTENTION = frozenset(
    {
        PatchState.MISSING,
        PatchState.FAILED,
        PatchState.INSTALLED_REJECTED,
        PatchState.INSTALLED_PENDING_REBOOT,
        PatchState.AVAILABLE_SECURITY_UPDATE,
    }
)


def shape_result(judged: Judged, run_id: str) -> dict[str, Any]:
    """The part of a task's result that says how the node stands."""
    assessment = judged.assessment
    counts = assessment.counts
    baseline = judged.frozen.baseline
    shaped: dict[str, Any] = {
        "msg": f"{assessment.compliance_status.value}: {assessment.status_reason} (baseline {baseline.name})",
        "compliance_status": assessment.compliance_status.value,
        "status_reason": assessment.status_reason,
        "operating_system": baseline.operating_system.value,
        "patch_group": assessment.patch_group,
        "baseline": baseline.name,
        "baseline_reason": judged.frozen.reason,
        "snapshot_id": judged.frozen.snapshot_id,
        "run_id": run_id,
        "counts": counts.to_dict(),
        "patches": [patch.to_dict() for patch in assessment.patches if patch.state in ATTENTION],
        "reboot_pending": counts.installed_pending_reboot_count > 0,
        "warnings": [*judged.frozen.warnings, *(warning.message for warning in assessment.warnings)],
    }
    if "reboot_required" in judged.raw_facts:
        shaped["reboot_required"] = dict(judged.raw_facts["reboot_required"])
    return shaped
