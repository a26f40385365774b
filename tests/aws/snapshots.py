# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployable snapshot of a baseline."""

from __future__ import annotations

from .baselines import baseline_of_group, find
from .errors import ApiError
from .nodes import find as find_node
from .nodes import group_of
from .registry import serves
from .world import Call, Json

FILES: dict[str, Json] = {}
"""What a URL of ours leads to, by its path."""
_PRODUCTS = {
    "WINDOWS": "WindowsServer2022",
    "AMAZON_LINUX_2": "AmazonLinux2",
    "AMAZON_LINUX_2023": "AmazonLinux2023",
    "UBUNTU": "Ubuntu22.04",
    "DEBIAN": "Debian12",
    "REDHAT_ENTERPRISE_LINUX": "RedhatEnterpriseLinux9.4",
    "SUSE": "Suse15.5",
    "CENTOS": "CentOSStream9",
}


@serves("GetDeployablePatchSnapshotForInstance")
def get_snapshot(call: Call, request: Json) -> Json:
    node_id = request["InstanceId"]
    node = find_node_or_refuse(call, node_id)
    system = node["system"]
    baseline = request.get("BaselineOverride")
    if baseline is None:
        baseline = find(call.state, baseline_of_group(call.state, group_of(call.state, node_id), system))
    elif baseline.get("OperatingSystem", "WINDOWS") != system:
        raise ApiError("UnsupportedOperatingSystem", "The baseline override isn't for the node's operating system.")
    path = f"/openpatch/snapshots/{call.account}/{call.region}/{system}/{request['SnapshotId']}"
    # The same identifier gives the same content, whatever the baseline says by now.
    FILES.setdefault(path, _snapshot(call, baseline, group_of(call.state, node_id)))
    return {
        "InstanceId": node_id,
        "SnapshotId": request["SnapshotId"],
        "SnapshotDownloadUrl": f"{call.endpoint}{path}?X-Amz-Expires=86400",
        "Product": _PRODUCTS.get(system, system),
    }


def find_node_or_refuse(call: Call, node_id: str) -> Json:
    try:
        return find_node(call.state, node_id)
    except ApiError as error:
        raise ApiError("ValidationException", f"Node {node_id} isn't managed by account {call.account}.") from error


def _snapshot(call: Call, baseline: Json, group: str) -> Json:
    identifier = str(baseline.get("BaselineId", ""))
    return {
        "patchBaseline": {
            "accountId": identifier.split(":")[4] if identifier.startswith("arn:") else call.account,
            "baselineId": identifier.rpartition("/")[2],
            "name": baseline.get("Name", ""),
            "globalFilters": {"filters": _filters(baseline.get("GlobalFilters", {}))},
            "approvalRules": {
                "rules": [
                    {
                        "filterGroup": {"filters": _filters(rule["PatchFilterGroup"])},
                        "complianceLevel": rule.get("ComplianceLevel", "UNSPECIFIED"),
                        "enableNonSecurity": rule.get("EnableNonSecurity", False),
                        "approveAfterDays": rule.get("ApproveAfterDays"),
                        "approveUntilDate": rule.get("ApproveUntilDate"),
                    }
                    for rule in baseline.get("ApprovalRules", {}).get("PatchRules", [])
                ]
            },
            "approvedPatches": baseline.get("ApprovedPatches", []),
            "approvedPatchesComplianceLevel": baseline.get("ApprovedPatchesComplianceLevel", "UNSPECIFIED"),
            "approvedPatchesEnableNonSecurity": baseline.get("ApprovedPatchesEnableNonSecurity", False),
            "rejectedPatches": baseline.get("RejectedPatches", []),
            "rejectedPatchesAction": baseline.get("RejectedPatchesAction", "ALLOW_AS_DEPENDENCY"),
            "createdTime": baseline.get("CreatedDate"),
            "modifiedTime": baseline.get("ModifiedDate"),
            "description": baseline.get("Description", ""),
            "sources": baseline.get("Sources", []),
            "operatingSystem": baseline.get("OperatingSystem", "WINDOWS"),
        },
        "patchGroup": group or None,
        "patches": [],
        "enableApplicationPatches": False,
        "requiredFeatures": [],
    }


def _filters(group: Json) -> list[Json]:
    return [{"key": entry["Key"], "values": entry["Values"]} for entry in group.get("PatchFilters", [])]
