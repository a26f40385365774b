# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory: items of nodes, queries over all of them, types and their deletion."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

from .errors import ApiError
from .nodes import compare, find
from .paging import page
from .patch_states import NON_COMPLIANT, set_patches
from .registry import serves
from .tokens import once
from .world import Call, Json, Region

_SCHEMA = Path(__file__).parent / "inventory_schema.json"
_INFORMATION, _SUMMARY, _COMPLIANCE = "AWS:InstanceInformation", "AWS:PatchSummary", "AWS:ComplianceItem"
_MAX_ITEM, _MAX_CALL, _MAX_CUSTOM, _MAX_CUSTOM_SIZE = 1024 * 1024, 1024 * 1024, 20, 200 * 1024
_MAX_ATTRIBUTES = 50


@cache
def _schemas() -> dict[str, Json]:
    schemas: dict[str, Json] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schemas


@serves("PutInventory")
def put(call: Call, request: Json) -> Json:
    node_id = request["InstanceId"]
    find(call.state, node_id)
    names = [item["TypeName"] for item in request["Items"]]
    if len(json.dumps(request)) > _MAX_CALL:
        raise ApiError(
            "TotalSizeLimitExceededException", "The size of inventory data has exceeded the total size limit."
        )
    for item in request["Items"]:
        _check_item(call.state, node_id, item)
        if names.count(item["TypeName"]) > 1 and item["TypeName"] != _COMPLIANCE:
            raise ApiError("ItemContentMismatchException", f"The type {item['TypeName']} is given twice.")
    for item in request["Items"]:
        _put_item(call, node_id, item)
    return {"Message": "Inventory was successfully updated."}


def _check_item(state: Region, node_id: str, item: Json) -> None:
    name, content = item["TypeName"], item.get("Content", [])
    context = item.get("Context")
    if context and name != _COMPLIANCE:
        raise ApiError("UnsupportedInventoryItemContextException", f"The type {name} takes no context.")
    if name == _COMPLIANCE and not (context or {}).get("ComplianceType"):
        raise ApiError("InvalidInventoryItemContextException", "The context needs a ComplianceType.")
    if name.startswith("AWS:"):
        schema = _schemas().get(name)
        if schema is None:
            raise ApiError("InvalidTypeNameException", f"The inventory type {name} isn't known.")
        if item["SchemaVersion"] != schema["Version"]:
            raise ApiError("UnsupportedInventorySchemaVersionException", f"The version of {name} isn't supported.")
        known = {attribute["Name"] for attribute in schema["Attributes"]}
        unknown = sorted({key for entry in content for key in entry} - known)
        if unknown:
            raise ApiError("InvalidItemContentException", f"The attribute {unknown[0]} of {name} isn't known.")
    else:
        custom = {kind for _unused, kind, _unused in state.inventory if kind.startswith("Custom:")}
        if len(custom | {name}) > _MAX_CUSTOM:
            raise ApiError("CustomSchemaCountLimitExceededException", f"At most {_MAX_CUSTOM} custom inventory types.")
    limit = _MAX_ITEM if name.startswith("AWS:") else _MAX_CUSTOM_SIZE
    if len(json.dumps(content)) > limit:
        raise ApiError("ItemSizeLimitExceededException", "The inventory item size has exceeded the size limit.")


def _put_item(call: Call, node_id: str, item: Json) -> None:
    kind = (item.get("Context") or {}).get("ComplianceType", "")
    key = (node_id, item["TypeName"], kind)
    before = call.state.inventory.get(key)
    if before and item.get("ContentHash") and before.get("ContentHash") == item["ContentHash"]:
        return
    if "Content" not in item:
        # Only a hash: the content is as it was, which has to be true.
        raise ApiError("ItemContentMismatchException", "The content hash isn't that of the stored item.")
    call.state.inventory[key] = item
    if item["TypeName"] == _SUMMARY and item["Content"]:
        _take_summary(call, node_id, item["Content"][0])
    if item["TypeName"] == _COMPLIANCE and kind == "Patch":
        _take_patches(call, node_id, item["Content"])


def _take_summary(call: Call, node_id: str, content: dict[str, str]) -> None:
    """What a node says about its patches is what DescribeInstancePatchStates then answers."""
    told: Json = {key: int(value) for key, value in content.items() if key.endswith("Count") and value.isdigit()}
    kept = ("SnapshotId", "InstallOverrideList", "RebootOption", "PatchGroup", "BaselineId", "OwnerInformation")
    told |= {key: content[key] for key in kept if content.get(key)}
    told |= {"Operation": content.get("OperationType") or "Scan"}
    for key in ("OperationStartTime", "OperationEndTime", "LastNoRebootInstallOperationTime"):
        if content.get(key):
            told[key] = _seconds(content[key])
    set_patches(call.state, node_id, call.state.nodes[node_id]["patches"], told, call.now)


def _take_patches(call: Call, node_id: str, content: list[dict[str, str]]) -> None:
    node = call.state.nodes[node_id]
    call.state.compliance.pop((node_id, "Patch"), None)  # of all that reports patches, the last counts
    patches = [
        {
            "Title": entry.get("Title", ""),
            "KBId": entry["Id"],
            "Classification": entry.get("Classification", ""),
            "Severity": entry.get("PatchSeverity", ""),
            "State": entry.get("PatchState", "Installed"),
            "InstalledTime": _seconds(entry["InstalledTime"]) if entry.get("InstalledTime") else 0.0,
            "ComplianceLevel": entry.get("Severity", "UNSPECIFIED"),
            **({"CVEIds": entry["CVEIds"]} if entry.get("CVEIds") else {}),
        }
        for entry in content
    ]
    if node["patch_state"]:
        node["patches"] = patches
    else:
        set_patches(call.state, node_id, patches, {}, call.now)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _stored(state: Region, node_id: str, name: str) -> list[Json]:
    """Items of a type of a node, also those that follow from what else is known of it."""
    stored = [item for (owner, kind, _unused), item in state.inventory.items() if (owner, kind) == (node_id, name)]
    node = state.nodes.get(node_id)
    if stored or not node:
        return stored
    made: dict[str, Callable[[Json], list[dict[str, str]]]] = {
        _INFORMATION: _information,
        _SUMMARY: _summary,
        _COMPLIANCE: _patches,
    }
    content = made[name](node) if name in made else []
    if not content:
        return []
    moment = (
        node["patch_state"]["OperationEndTime"] if name != _INFORMATION else node["information"]["LastPingDateTime"]
    )
    return [{"TypeName": name, "SchemaVersion": "1.0", "CaptureTime": _iso(moment), "Content": content}]


def _information(node: Json) -> list[dict[str, str]]:
    information = node["information"]
    return [
        {
            "AgentType": "amazon-ssm-agent",
            "AgentVersion": information["AgentVersion"],
            "ComputerName": information["ComputerName"],
            "InstanceId": information["InstanceId"],
            "InstanceStatus": "Active" if information["PingStatus"] == "Online" else "Inactive",
            "IpAddress": information["IPAddress"],
            "PlatformName": information["PlatformName"],
            "PlatformType": information["PlatformType"],
            "PlatformVersion": information["PlatformVersion"],
            "ResourceType": information["ResourceType"],
        }
    ]


def _summary(node: Json) -> list[dict[str, str]]:
    told = node["patch_state"]
    if not told:
        return []
    known = {attribute["Name"] for attribute in _schemas()[_SUMMARY]["Attributes"]}
    content = {key: _iso(value) if key.endswith("Time") else str(value) for key, value in told.items() if key in known}
    return [content | {"OperationType": told["Operation"]}]


def _patches(node: Json) -> list[dict[str, str]]:
    told = node["patch_state"]
    return [
        {
            "Id": entry["KBId"],
            "Title": entry["Title"],
            "Status": "NON_COMPLIANT" if entry["State"] in NON_COMPLIANT else "COMPLIANT",
            "Severity": entry.get("ComplianceLevel", "UNSPECIFIED"),
            "Classification": entry["Classification"],
            "PatchBaselineId": told["BaselineId"],
            "PatchSeverity": entry["Severity"],
            "PatchState": entry["State"],
            "PatchGroup": told["PatchGroup"],
            "InstalledTime": _iso(entry["InstalledTime"]),
        }
        for entry in (node["patches"] if told else [])
    ]


def _iso(moment: Any) -> str:
    return datetime.fromtimestamp(moment, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@serves("ListInventoryEntries")
def list_entries(call: Call, request: Json) -> Json:
    node_id, name = request["InstanceId"], request["TypeName"]
    find(call.state, node_id)
    _check_type(call.state, name)
    items = _stored(call.state, node_id, name)
    entries = [entry for item in items for entry in item["Content"]]
    for filter_ in request.get("Filters", []):
        attribute = _attribute(filter_["Key"], name)
        entries = [e for e in entries if compare(e.get(attribute, ""), filter_.get("Type", "Equal"), filter_["Values"])]
    first = items[0] if items else {"SchemaVersion": _schemas().get(name, {}).get("Version", "1.0")}
    return {
        "TypeName": name,
        "InstanceId": node_id,
        "SchemaVersion": first["SchemaVersion"],
        "CaptureTime": first.get("CaptureTime"),
        **page(call, entries, "Entries"),
    }


def _check_type(state: Region, name: str) -> None:
    if name not in _schemas() and not any(kind == name for _unused, kind, _unused in state.inventory):
        raise ApiError("InvalidTypeNameException", f"The parameter type name {name} isn't valid.")


def _attribute(key: str, name: str) -> str:
    kind, _unused, attribute = key.rpartition(".")
    if kind != name or not attribute:
        raise ApiError("InvalidFilter", f"The filter {key} isn't an attribute of {name}.")
    return attribute


@serves("GetInventory")
def get(call: Call, request: Json) -> Json:
    nodes = list(call.state.nodes)
    for filter_ in request.get("Filters", []):
        nodes = [node_id for node_id in nodes if _meets(call.state, node_id, filter_)]
    if request.get("Aggregators"):
        found = [_aggregate(call.state, nodes, aggregator) for aggregator in request["Aggregators"]]
        return page(call, [{"Data": data} for data in found], "Entities")
    wanted = [entry["TypeName"] for entry in request.get("ResultAttributes", [])] or [_INFORMATION]
    for name in wanted:
        _check_type(call.state, name)
    entities = [{"Id": node_id, "Data": _data(call.state, node_id, wanted)} for node_id in nodes]
    return page(call, entities, "Entities")


def _data(state: Region, node_id: str, wanted: list[str]) -> Json:
    data = {}
    for name in wanted:
        items = _stored(state, node_id, name)
        if items:
            data[name] = items[0] | {"Content": [entry for item in items for entry in item["Content"]], "Context": None}
    return data


def _meets(state: Region, node_id: str, filter_: Json) -> bool:
    name, _unused, attribute = filter_["Key"].rpartition(".")
    if not name or not attribute:
        raise ApiError("InvalidFilter", f"The filter {filter_['Key']} isn't valid.")
    _check_type(state, name)
    entries = [entry for item in _stored(state, node_id, name) for entry in item["Content"]]
    operator = filter_.get("Type", "Equal")
    if operator == "Exists":
        is_wanted: bool = filter_["Values"][0].lower() != "false"
        return any(attribute in entry for entry in entries) == is_wanted
    return any(attribute in entry and compare(entry[attribute], operator, filter_["Values"]) for entry in entries)


def _aggregate(state: Region, nodes: list[str], aggregator: Json) -> Json:
    path: list[str] = []
    while True:
        if "Expression" not in aggregator:
            raise ApiError("InvalidAggregatorException", "Only expressions are emulated.")
        path.append(aggregator["Expression"])
        if not aggregator.get("Aggregators"):
            break
        aggregator = aggregator["Aggregators"][0]
    name = path[0].rpartition(".")[0]
    _check_type(state, name)
    attributes = [_attribute(expression, name) for expression in path]
    counts: Counter[tuple[str, ...]] = Counter()
    for node_id in nodes:
        for entry in (entry for item in _stored(state, node_id, name) for entry in item["Content"]):
            counts[tuple(entry.get(attribute, "") for attribute in attributes)] += 1
    content = [{**dict(zip(attributes, key, strict=True)), "Count": str(n)} for key, n in sorted(counts.items())]
    return {name: {"TypeName": name, "SchemaVersion": "1.0", "Content": content}}


@serves("GetInventorySchema")
def get_schema(call: Call, request: Json) -> Json:
    wanted = request.get("TypeName", "")
    schemas = [schema for name, schema in _schemas().items() if name.startswith(wanted)]
    custom: dict[str, Json] = {}
    for (_unused, kind, _unused), item in call.state.inventory.items():
        if kind.startswith("Custom:") and kind.startswith(wanted):
            names = sorted({key for entry in item["Content"] for key in entry})[:_MAX_ATTRIBUTES]
            attributes = [{"Name": name, "DataType": "string"} for name in names]
            custom[kind] = {"TypeName": kind, "Version": item["SchemaVersion"], "Attributes": attributes}
    return page(call, schemas + list(custom.values()), "Schemas", default=200)


@serves("DeleteInventory")
def delete(call: Call, request: Json) -> Json:
    return once(call, lambda: _delete(call, request))


def _delete(call: Call, request: Json) -> Json:
    name = request["TypeName"]
    if not name.startswith("Custom:"):
        raise ApiError("InvalidTypeNameException", "Only custom inventory types can be deleted.")
    keys = [key for key in call.state.inventory if key[1] == name]
    if not keys:
        raise ApiError("InvalidTypeNameException", f"The inventory type {name} doesn't exist.")
    versions = Counter(call.state.inventory[key]["SchemaVersion"] for key in keys)
    summary = {
        "TotalCount": len(keys),
        "RemainingCount": len(keys),
        "SummaryItems": [{"Version": v, "Count": n, "RemainingCount": n} for v, n in versions.items()],
    }
    if request.get("DryRun"):
        return {"TypeName": name, "DeletionSummary": summary}
    deletion_id = str(uuid.uuid4())
    for key in keys:
        del call.state.inventory[key]
    call.state.deletions[deletion_id] = {
        "DeletionId": deletion_id,
        "TypeName": name,
        "DeletionStartTime": call.now,
        "DeletionSummary": summary,
    }
    return {"DeletionId": deletion_id, "TypeName": name, "DeletionSummary": summary}


@serves("DescribeInventoryDeletions")
def describe_deletions(call: Call, request: Json) -> Json:
    wanted = request.get("DeletionId")
    if wanted and wanted not in call.state.deletions:
        raise ApiError("InvalidDeletionIdException", "The ID specified for the delete operation doesn't exist.")
    found = []
    for name, deletion in call.state.deletions.items():
        if wanted in (None, name):
            done = call.age("deletion", name) >= call.world.steps
            left = {"RemainingCount": 0 if done else deletion["DeletionSummary"]["TotalCount"]}
            status = {"LastStatus": "Complete" if done else "InProgress", "LastStatusUpdateTime": call.now}
            found.append(deletion | status | {"DeletionSummary": deletion["DeletionSummary"] | left})
    return page(call, found, "InventoryDeletions")
