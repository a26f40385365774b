# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of a patch document does to a node's reports."""

from __future__ import annotations

import uuid

from .patch_states import set_patches
from .world import Json, Region

_PREFIXES = ("AWS-RunPatchBaseline", "AWS-ApplyPatchBaseline")


def is_patch_document(name: str) -> bool:
    return name.rpartition("/")[2].startswith(_PREFIXES)


def run_patch(state: Region, node_id: str, parameters: Json, now: float) -> str:
    """Scan or install: what was missing is then installed, or awaits its reboot. The answer is the node's output."""
    node = state.nodes[node_id]
    operation = _first(parameters, "Operation") or "Scan"
    reboot = _first(parameters, "RebootOption") or "RebootIfNeeded"
    patches = node["patches"]
    if operation == "Install":
        done = "Installed" if reboot == "RebootIfNeeded" else "InstalledPendingReboot"
        patches = [
            entry | {"State": done, "InstalledTime": now} if _is_due(entry, reboot) else entry for entry in patches
        ]
    more: Json = {
        "Operation": operation,
        "RebootOption": reboot if operation == "Install" else "NoReboot",
        "SnapshotId": _first(parameters, "SnapshotId") or str(uuid.uuid4()),
        "InstallOverrideList": _first(parameters, "InstallOverrideList")[:256],
        "OperationStartTime": now,
        "OperationEndTime": now + 1,
    }
    if operation == "Install" and reboot == "NoReboot":
        more["LastNoRebootInstallOperationTime"] = now
    set_patches(state, node_id, patches, more, now)
    told = node["patch_state"]
    return "\n".join(
        [
            f"Patch Summary for {node_id}",
            f"Patch Group : {told['PatchGroup']}",
            f"Baseline Id : {told['BaselineId']}",
            f"Snapshot Id : {told['SnapshotId']}",
            f"Operation : {operation}",
            f"Reboot Option : {told['RebootOption']}",
            f"Installed : {told['InstalledCount']} | Missing : {told['MissingCount']} | Failed : {told['FailedCount']}",
            "",
        ]
    )


def _is_due(entry: Json, reboot: str) -> bool:
    due = ("Missing", "Failed", "InstalledPendingReboot") if reboot == "RebootIfNeeded" else ("Missing", "Failed")
    return entry["State"] in due


def _first(parameters: Json, name: str) -> str:
    values = parameters.get(name) or [""]
    return str(values[0])
