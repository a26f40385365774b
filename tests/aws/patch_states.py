# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patch states of nodes and of patch groups."""

from __future__ import annotations

import uuid
from collections import Counter

from .baselines import baseline_of_group
from .errors import ApiError
from .nodes import compare, find, group_of
from .paging import page
from .registry import serves
from .world import Call, Json, Region

_COUNTERS = {
    "Installed": "InstalledCount",
    "InstalledOther": "InstalledOtherCount",
    "InstalledPendingReboot": "InstalledPendingRebootCount",
    "InstalledRejected": "InstalledRejectedCount",
    "Missing": "MissingCount",
    "Failed": "FailedCount",
    "NotApplicable": "NotApplicableCount",
    "AvailableSecurityUpdate": "AvailableSecurityUpdateCount",
}
NON_COMPLIANT = ("InstalledPendingReboot", "InstalledRejected", "Missing", "Failed")
_COUNTED = (
    *_COUNTERS.values(),
    "UnreportedNotApplicableCount",
    "CriticalNonCompliantCount",
    "SecurityNonCompliantCount",
    "OtherNonCompliantCount",
)


def set_patches(state: Region, node_id: str, patches: list[Json], more: Json, now: float) -> None:
    """Replace what a node last reported; the counters follow from the patches."""
    node = state.nodes[node_id]
    patches = [{"InstalledTime": now, "Title": "", "Classification": "", "Severity": ""} | entry for entry in patches]
    group = group_of(state, node_id)
    bad = [entry for entry in patches if entry["State"] in NON_COMPLIANT]
    is_security = [entry["Classification"] in ("Security", "SecurityUpdates") for entry in bad]
    critical = [entry.get("ComplianceLevel") == "CRITICAL" for entry in bad]
    counts = Counter(_COUNTERS[entry["State"]] for entry in patches)
    numbers = {counter: counts[counter] for counter in _COUNTERS.values()} | {
        "UnreportedNotApplicableCount": 0,
        "CriticalNonCompliantCount": sum(critical),
        "SecurityNonCompliantCount": sum(is_security),
        "OtherNonCompliantCount": sum(not (a or b) for a, b in zip(critical, is_security, strict=True)),
    }
    node["patches"] = patches
    node["patch_state"] = {
        "InstanceId": node_id,
        "PatchGroup": group,
        "BaselineId": baseline_of_group(state, group, node["system"]),
        "SnapshotId": str(uuid.uuid5(uuid.NAMESPACE_URL, node_id)),
        "OwnerInformation": "",
        "OperationStartTime": now - 30,
        "OperationEndTime": now,
        "Operation": "Scan",
        "RebootOption": "NoReboot",
        **numbers,
        **{key: value for key, value in more.items() if value not in ("", None)},
    }


def _reported(state: Region) -> list[Json]:
    return [node["patch_state"] for node in state.nodes.values() if node["patch_state"]]


@serves("DescribeInstancePatchStates")
def describe(call: Call, request: Json) -> Json:
    nodes = [call.state.nodes[name] for name in request["InstanceIds"] if name in call.state.nodes]
    return page(call, [node["patch_state"] for node in nodes if node["patch_state"]], "InstancePatchStates")


@serves("DescribeInstancePatchStatesForPatchGroup")
def describe_for_group(call: Call, request: Json) -> Json:
    found = [entry for entry in _reported(call.state) if entry["PatchGroup"] == request["PatchGroup"]]
    for filter_ in request.get("Filters", []):
        key, values = filter_["Key"], filter_["Values"]
        if key not in _COUNTED or len(values) != 1:
            raise ApiError("InvalidFilter", f"The filter {key} isn't valid, or hasn't one value.")
        found = [entry for entry in found if compare(entry[key], filter_["Type"], values)]
    return page(call, found, "InstancePatchStates")


@serves("DescribeInstancePatches")
def describe_patches(call: Call, request: Json) -> Json:
    node = find(call.state, request["InstanceId"])
    found = node["patches"]
    for filter_ in request.get("Filters", []):
        key, values = filter_["Key"], filter_["Values"]
        if key not in ("Classification", "KBId", "Severity", "State"):
            raise ApiError("InvalidFilter", f"The filter key {key} isn't valid.")
        if key == "State" and not set(values) <= set(_COUNTERS):
            raise ApiError("InvalidFilter", f"The state {values[0]} isn't valid.")
        found = [entry for entry in found if entry[key] in values]
    return page(call, found, "Patches")


@serves("DescribePatchGroupState")
def describe_group_state(call: Call, request: Json) -> Json:
    found = [entry for entry in _reported(call.state) if entry["PatchGroup"] == request["PatchGroup"]]
    members = [name for name in call.state.nodes if group_of(call.state, name) == request["PatchGroup"]]

    def having(counter: str) -> int:
        return sum(1 for entry in found if entry[counter])

    return {
        "Instances": len(members),
        "InstancesWithInstalledPatches": having("InstalledCount"),
        "InstancesWithInstalledOtherPatches": having("InstalledOtherCount"),
        "InstancesWithInstalledPendingRebootPatches": having("InstalledPendingRebootCount"),
        "InstancesWithInstalledRejectedPatches": having("InstalledRejectedCount"),
        "InstancesWithMissingPatches": having("MissingCount"),
        "InstancesWithFailedPatches": having("FailedCount"),
        "InstancesWithNotApplicablePatches": having("NotApplicableCount"),
        "InstancesWithUnreportedNotApplicablePatches": having("UnreportedNotApplicableCount"),
        "InstancesWithCriticalNonCompliantPatches": having("CriticalNonCompliantCount"),
        "InstancesWithSecurityNonCompliantPatches": having("SecurityNonCompliantCount"),
        "InstancesWithOtherNonCompliantPatches": having("OtherNonCompliantCount"),
        "InstancesWithAvailableSecurityUpdates": having("AvailableSecurityUpdateCount"),
    }
