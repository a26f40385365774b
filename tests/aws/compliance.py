# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance items and their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .errors import ApiError
from .nodes import compare
from .paging import page
from .patch_states import NON_COMPLIANT
from .registry import serves
from .world import Call, Json, Region

_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNSPECIFIED")
_MAX_CUSTOM = 10
_MAX_SIZE = 1024 * 1024
_OPERATORS = {
    "EQUAL": "Equal",
    "NOT_EQUAL": "NotEqual",
    "BEGIN_WITH": "BeginWith",
    "LESS_THAN": "LessThan",
    "GREATER_THAN": "GreaterThan",
}
_RESOURCE = "ManagedInstance"


@serves("PutComplianceItems")
def put(call: Call, request: Json) -> Json:
    _check_put(call, request)
    key = (request["ResourceId"], request["ComplianceType"])
    before = call.state.compliance.get(key)
    content_hash = request.get("ItemContentHash")
    if before and content_hash and before.get("hash") == content_hash:
        return {}
    items = request["Items"]
    if request.get("UploadType") == "PARTIAL":
        if request["ComplianceType"] != "Association":
            raise ApiError("ValidationException", "PARTIAL is supported for compliance type Association only.")
        new = {item.get("Id") for item in items}
        items = [item for item in (before or {"items": []})["items"] if item.get("Id") not in new] + items
    call.state.compliance[key] = {"items": items, "hash": content_hash, "execution": request["ExecutionSummary"]}
    return {}


def _check_put(call: Call, request: Json) -> None:
    resource, kind = request["ResourceId"], request["ComplianceType"]
    if request["ResourceType"] != _RESOURCE:
        raise ApiError("InvalidResourceType", "The resource type isn't valid. Valid: ManagedInstance.")
    if resource not in call.state.nodes:
        raise ApiError("InvalidResourceId", f"The resource ID {resource} isn't valid.")
    custom = {name for node, name in call.state.compliance if node == resource and name.startswith("Custom:")}
    if kind.startswith("Custom:") and len(custom | {kind}) > _MAX_CUSTOM:
        raise ApiError("ComplianceTypeCountLimitExceededException", f"At most {_MAX_CUSTOM} custom types per node.")
    identifiers = [item.get("Id") for item in request["Items"] if item.get("Id")]
    if len(set(identifiers)) != len(identifiers):
        raise ApiError("InvalidItemContentException", "One or more content items isn't valid: an Id is given twice.")
    if len(str(request["Items"])) > _MAX_SIZE:
        raise ApiError(
            "TotalSizeLimitExceededException", "The size of inventory data has exceeded the total size limit."
        )


@serves("ListComplianceItems")
def list_items(call: Call, request: Json) -> Json:
    resources = request.get("ResourceIds", [])
    if len(resources) != 1:
        raise ApiError("ValidationException", "Exactly one resource ID is supported.")
    if any(kind != _RESOURCE for kind in request.get("ResourceTypes", [])):
        raise ApiError("InvalidResourceType", "The resource type isn't valid. Valid: ManagedInstance.")
    if resources[0] not in call.state.nodes:
        raise ApiError("InvalidResourceId", f"The resource ID {resources[0]} isn't valid.")
    found = list(_items(call.state, resources[0]))
    return page(call, _filtered(found, request), "ComplianceItems")


@serves("ListComplianceSummaries")
def list_summaries(call: Call, request: Json) -> Json:
    if request.get("MaxResults", 50) != 50:
        raise ApiError("ValidationException", "MaxResults has to be 50.")
    items = [item for node_id in call.state.nodes for item in _items(call.state, node_id)]
    items = _filtered(items, request)
    kinds = sorted({item["ComplianceType"] for item in items})
    found = [{"ComplianceType": k, **_counts([i for i in items if i["ComplianceType"] == k])} for k in kinds]
    return page(call, found, "ComplianceSummaryItems")


@serves("ListResourceComplianceSummaries")
def list_resource_summaries(call: Call, request: Json) -> Json:
    found = []
    for node_id in call.state.nodes:
        items = list(_items(call.state, node_id))
        for kind in dict.fromkeys(item["ComplianceType"] for item in items):
            found.append(_resource_summary(node_id, kind, [i for i in items if i["ComplianceType"] == kind]))
    return page(call, _filtered(found, request), "ResourceComplianceSummaryItems")


def _resource_summary(node_id: str, kind: str, items: list[Json]) -> Json:
    counts = _counts(items)
    is_bad = counts["NonCompliantSummary"]["NonCompliantCount"] > 0
    severities = [item["Severity"] for item in items if item["Status"] == "NON_COMPLIANT" or not is_bad]
    return {
        "ComplianceType": kind,
        "ResourceType": _RESOURCE,
        "ResourceId": node_id,
        "Status": "NON_COMPLIANT" if is_bad else "COMPLIANT",
        "OverallSeverity": min(severities, key=_SEVERITIES.index, default="UNSPECIFIED"),
        "Severity": None,
        "ExecutionSummary": items[0]["ExecutionSummary"],
        **counts,
    }


def _counts(items: list[Json]) -> Json:
    return {
        f"{word}Summary": {
            f"{word}Count": sum(item["Status"] == status for item in items),
            "SeveritySummary": _severity_counts([item for item in items if item["Status"] == status]),
        }
        for word, status in (("Compliant", "COMPLIANT"), ("NonCompliant", "NON_COMPLIANT"))
    }


def _severity_counts(items: list[Json]) -> dict[str, int]:
    counts = Counter(item["Severity"] for item in items)
    return {f"{severity.capitalize()}Count": counts[severity] for severity in _SEVERITIES}


def _items(state: Region, node_id: str) -> Iterator[Json]:
    """Items of a node: those that were put, and its patches."""
    for (owner, kind), stored in state.compliance.items():
        if owner == node_id:
            for item in stored["items"]:
                yield {
                    "ComplianceType": kind,
                    "ResourceType": _RESOURCE,
                    "ResourceId": node_id,
                    "Title": "",
                    **item,
                    "ExecutionSummary": stored["execution"],
                }
    if (node_id, "Patch") not in state.compliance:  # who puts items of a type, puts all of them
        yield from _patch_items(state.nodes[node_id], node_id)


def _patch_items(node: Json, node_id: str) -> Iterator[Json]:
    told = node["patch_state"]
    if not told:
        return
    execution = {
        "ExecutionTime": told["OperationEndTime"],
        "ExecutionId": told["SnapshotId"],
        "ExecutionType": "Command",
    }
    for entry in node["patches"]:
        if entry["State"] == "NotApplicable":
            continue
        yield {
            "ComplianceType": "Patch",
            "ResourceType": _RESOURCE,
            "ResourceId": node_id,
            "Id": entry["KBId"],
            "Title": entry["Title"],
            "Status": "NON_COMPLIANT" if entry["State"] in NON_COMPLIANT else "COMPLIANT",
            "Severity": entry.get("ComplianceLevel", "UNSPECIFIED"),
            "ExecutionSummary": execution,
            "Details": {
                "DocumentName": "",
                "DocumentVersion": "",
                "Classification": entry["Classification"],
                "PatchBaselineId": told["BaselineId"],
                "PatchSeverity": entry["Severity"],
                "PatchState": entry["State"],
                "PatchGroup": told["PatchGroup"],
            },
        }


def _filtered(entries: list[Json], request: Json) -> list[Json]:
    for filter_ in request.get("Filters", []):
        key, values = filter_.get("Key", ""), filter_.get("Values", [])
        operator = _OPERATORS[filter_.get("Type", "EQUAL")]
        if not values:
            raise ApiError("InvalidFilter", "The filter name isn't valid, or it has no values.")
        entries = [entry for entry in entries if compare(_member(entry, key), operator, values)]
    return entries


_SUMMARY_KEYS = ("ComplianceType", "Status", "Severity", "OverallSeverity", "ResourceId", "ResourceType", "Id", "Title")
_DETAIL_KEYS = ("PatchGroup", "PatchState", "PatchBaselineId", "Classification", "PatchSeverity", "ExecutionType")


def _member(entry: Json, key: str) -> str:
    if key in _SUMMARY_KEYS:
        return str(entry.get(key) or (entry.get("OverallSeverity") if key == "Severity" else "") or "")
    if key in _DETAIL_KEYS:
        return str(entry.get("Details", {}).get(key) or entry["ExecutionSummary"].get(key) or "")
    raise ApiError("InvalidFilter", f"The filter name {key} isn't valid.")
