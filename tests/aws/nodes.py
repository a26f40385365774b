# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed nodes: lists with filters, and which of them targets mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import moto_bridge
from .errors import ApiError
from .paging import page
from .registry import serves
from .shapes import service_model
from .world import Call, Json, Region

SYSTEMS = {
    "WINDOWS": ("Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348"),
    "AMAZON_LINUX": ("Linux", "Amazon Linux AMI", "2018.03"),
    "AMAZON_LINUX_2": ("Linux", "Amazon Linux", "2"),
    "AMAZON_LINUX_2022": ("Linux", "Amazon Linux", "2022"),
    "AMAZON_LINUX_2023": ("Linux", "Amazon Linux", "2023"),
    "UBUNTU": ("Linux", "Ubuntu", "22.04"),
    "REDHAT_ENTERPRISE_LINUX": ("Linux", "Red Hat Enterprise Linux", "9.4"),
    "SUSE": ("Linux", "SLES", "15.5"),
    "CENTOS": ("Linux", "CentOS Stream", "9"),
    "ORACLE_LINUX": ("Linux", "Oracle Linux Server", "9.4"),
    "DEBIAN": ("Linux", "Debian GNU/Linux", "12"),
    "MACOS": ("MacOS", "macOS", "14.5"),
    "RASPBIAN": ("Linux", "Raspbian GNU/Linux", "9"),
    "ROCKY_LINUX": ("Linux", "Rocky Linux", "9.4"),
    "ALMA_LINUX": ("Linux", "AlmaLinux", "9.4"),
}
"""Platform type, name and version of a node, by operating system of baselines."""
INFORMATION = tuple(service_model("ssm").shape_for("InstanceInformation").members)
GROUP_KEYS = ("PatchGroup", "Patch Group")

_MEMBERS = {
    "ActivationIds": "ActivationId",
    "AgentVersion": "AgentVersion",
    "AssociationStatus": "AssociationStatus",
    "IamRole": "IamRole",
    "InstanceIds": "InstanceId",
    "PingStatus": "PingStatus",
    "PlatformTypes": "PlatformType",
    "ResourceType": "ResourceType",
    "SourceIds": "SourceId",
    "SourceTypes": "SourceType",
}
_LEGACY = ("SourceIds", "SourceTypes")
"""Keys that the older list of filters does not have."""
_GONE = ("stopped", "terminated", "stopping", "shutting-down")


@serves("DescribeInstanceInformation")
def describe(call: Call, request: Json) -> Json:
    filters = request.get("Filters", [])
    legacy = [
        {"Key": entry["key"], "Values": entry["valueSet"]} for entry in request.get("InstanceInformationFilterList", [])
    ]
    if filters and legacy:
        raise ApiError("ValidationException", "Filters and InstanceInformationFilterList can't be used together.")
    if any(entry["Key"] in _LEGACY for entry in legacy):
        raise ApiError("InvalidFilterKey", "The specified key isn't valid.")
    found = [node for node in call.state.nodes.values() if node["InstanceState"] not in _GONE]
    asked_for_tags = [entry for entry in filters if _is_tag_key(entry["Key"])]
    if asked_for_tags and len(asked_for_tags) != len(filters):
        raise ApiError("InvalidFilterKey", "Tag filters can't be combined with other filter keys.")
    for entry in filters or legacy:
        found = _filter(call.state, found, entry["Key"], entry["Values"])
    return page(call, [node["information"] for node in found], "InstanceInformationList", default=10)


def _filter(state: Region, nodes: list[Json], key: str, values: list[str]) -> list[Json]:
    if _is_tag_key(key):
        return [node for node in nodes if _has_tag(tags_of(state, node["information"]["InstanceId"]), key, values)]
    if key not in _MEMBERS:
        raise ApiError("InvalidFilterKey", f"The specified key {key} isn't valid.")
    if key == "InstanceIds":
        unknown = [value for value in values if value not in state.nodes]
        if unknown:
            raise ApiError("InvalidInstanceId", f"Invalid instance id {unknown[0]}")
    if key == "PlatformTypes" and not set(values) <= {"Windows", "Linux", "MacOS"}:
        raise ApiError("InvalidInstanceInformationFilterValue", "The specified filter value isn't valid.")
    return [node for node in nodes if node["information"].get(_MEMBERS[key]) in values]


def _is_tag_key(key: str) -> bool:
    return key == "tag-key" or key.startswith("tag:")


def _has_tag(tags: dict[str, str], key: str, values: Iterable[str]) -> bool:
    if key == "tag-key":
        return any(value in tags for value in values)
    return tags.get(key.removeprefix("tag:")) in set(values)


def tags_of(state: Region, node_id: str) -> dict[str, str]:
    """A node's tags: Systems Manager's for mi-..., EC2's for i-..."""
    if node_id.startswith("mi-"):
        return state.tags.get(("ManagedInstance", node_id), {})
    return moto_bridge.instance_tags(state.account, state.region).get(node_id, {})


def group_of(state: Region, node_id: str) -> str:
    """The patch group that a node's tags name, or nothing."""
    tags = tags_of(state, node_id)
    return next((tags[key] for key in GROUP_KEYS if key in tags), "")


def find(state: Region, node_id: str) -> Json:
    node: Json | None = state.nodes.get(node_id)
    if node is None:
        raise ApiError("InvalidInstanceId", f"Invalid instance id {node_id}")
    return node


def resolve(state: Region, targets: list[Json]) -> list[str]:
    """Nodes that targets mean: those that all of them name."""
    found = [node_id for node_id, node in state.nodes.items() if node["InstanceState"] not in _GONE]
    for target in targets:
        key, values = target["Key"], target.get("Values", [])
        if key == "InstanceIds":
            found = [node_id for node_id in found if node_id in values or "*" in values]
        elif _is_tag_key(key):
            found = [node_id for node_id in found if _has_tag(tags_of(state, node_id), key, values)]
        elif key == "resource-groups:Name":
            members = {node_id for name in values for node_id in state.resource_groups.get(name, ())}
            found = [node_id for node_id in found if node_id in members]
        else:
            found = [node_id for node_id in found if resource_type(node_id) in values]
    return found


def resource_type(node_id: str) -> str:
    """The type of a node in resource groups."""
    return "AWS::SSM::ManagedInstance" if node_id.startswith("mi-") else "AWS::EC2::Instance"


_PROPERTY_MEMBERS = {
    **_MEMBERS,
    "InstanceIds": "InstanceId",
    "InstanceId": "InstanceId",
    "ComputerName": "ComputerName",
    "PlatformName": "PlatformName",
    "PlatformType": "PlatformType",
    "PlatformVersion": "PlatformVersion",
    "IPAddress": "IPAddress",
    "Name": "Name",
    "InstanceState": "InstanceState",
    "DocumentName": "",
}


@serves("DescribeInstanceProperties")
def describe_properties(call: Call, request: Json) -> Json:
    found = [_properties(call.state, node) for node in call.state.nodes.values()]
    for entry in request.get("InstancePropertyFilterList", []):
        found = _filter_properties(found, entry["key"], entry["valueSet"], "Equal", call.state)
    for entry in request.get("FiltersWithOperator", []):
        found = _filter_properties(found, entry["Key"], entry["Values"], entry.get("Operator", "Equal"), call.state)
    return page(call, found, "InstanceProperties", default=10)


def _properties(state: Region, node: Json) -> Json:
    information = node["information"]
    node_id = information["InstanceId"]
    shown: Json = {"PingStatus": "Online", **information}
    if not node_id.startswith("mi-"):
        shown |= {"InstanceState": node["InstanceState"], "InstanceType": "t3.micro", "Architecture": "x86_64"}
        shown |= {"Name": tags_of(state, node_id).get("Name", "")}
    return shown


def _filter_properties(found: list[Json], key: str, values: list[str], operator: str, state: Region) -> list[Json]:
    if _is_tag_key(key):
        return [entry for entry in found if _has_tag(tags_of(state, entry["InstanceId"]), key, values)]
    if not _PROPERTY_MEMBERS.get(key):
        raise ApiError("InvalidFilterKey", f"The specified key {key} isn't valid.")
    return [entry for entry in found if compare(str(entry.get(_PROPERTY_MEMBERS[key], "")), operator, values)]


def compare(value: Any, operator: str, values: list[str]) -> bool:
    """Whether a value is as one of these, in the operators that all filters share."""
    text = str(value)
    if operator == "NotEqual":
        return text not in values
    if operator == "BeginWith":
        return text.startswith(tuple(values))
    if operator in ("LessThan", "GreaterThan"):
        return any(_is_less(text, one) if operator == "LessThan" else _is_less(one, text) for one in values)
    return text in values


def _is_less(first: str, second: str) -> bool:
    try:
        return float(first) < float(second)
    except ValueError:
        return first < second


@serves("ListNodes")
def list_nodes(call: Call, request: Json) -> Json:
    found = [
        {
            "Id": node_id,
            "CaptureTime": call.now,
            "Owner": {"AccountId": call.account},
            "Region": call.region,
            "NodeType": {"Instance": _node_instance(node)},
        }
        for node_id, node in call.state.nodes.items()
        if all(_meets(call, node_id, node, entry) for entry in request.get("Filters", []))
    ]
    return page(call, found, "Nodes")


def _node_instance(node: Json) -> Json:
    information = node["information"]
    return {
        "AgentType": "amazon-ssm-agent",
        "AgentVersion": information["AgentVersion"],
        "ComputerName": information["ComputerName"],
        "InstanceStatus": "Active" if information["PingStatus"] == "Online" else "Inactive",
        "IpAddress": information["IPAddress"],
        "ManagedStatus": "Managed",
        "PlatformType": information["PlatformType"],
        "PlatformName": information["PlatformName"],
        "PlatformVersion": information["PlatformVersion"],
        "ResourceType": information["ResourceType"],
    }


def _meets(call: Call, node_id: str, node: Json, entry: Json) -> bool:
    facts = _node_instance(node) | {"InstanceId": node_id, "AccountId": call.account, "Region": call.region}
    if entry["Key"] not in facts:
        raise ApiError("InvalidFilter", f"The filter {entry['Key']} isn't emulated.")
    return compare(facts[entry["Key"]], entry.get("Type", "Equal"), entry["Values"])


@serves("ListNodesSummary")
def summarize_nodes(call: Call, request: Json) -> Json:
    attribute = request["Aggregators"][0]["AttributeName"]
    counts: dict[str, int] = {}
    for node_id, node in call.state.nodes.items():
        if all(_meets(call, node_id, node, entry) for entry in request.get("Filters", [])):
            facts = _node_instance(node) | {"Region": call.region}
            value = str(facts.get(attribute, ""))
            counts[value] = counts.get(value, 0) + 1
    found = [{attribute: value, "Count": str(count)} for value, count in sorted(counts.items())]
    return page(call, found, "Summary")


@serves("DeregisterManagedInstance")
def deregister(call: Call, request: Json) -> Json:
    find(call.state, request["InstanceId"])
    del call.state.nodes[request["InstanceId"]]
    call.state.tags.pop(("ManagedInstance", request["InstanceId"]), None)
    return {}


@serves("UpdateManagedInstanceRole")
def update_role(call: Call, request: Json) -> Json:
    find(call.state, request["InstanceId"])["information"]["IamRole"] = request["IamRole"]
    return {}
