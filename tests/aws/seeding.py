# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that are there without an agent: thousands in one request of the control endpoint."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from . import moto_bridge
from .errors import ControlError
from .nodes import INFORMATION, SYSTEMS
from .patch_states import set_patches
from .world import Json, Region, World

_KNOWN = {"account", "region", "count", "template", "nodes", "resource_groups"}
_OWN = {"kind", "OperatingSystem", "Tags", "PatchState", "Patches", "InstanceState", "Result"}
ACCOUNT, REGION = "123456789012", "us-east-1"


def seed(world: World, orders: Any) -> list[str]:
    """Make nodes as told, and answer their identifiers.

    `count` times the `template`, or `nodes` one by one; `resource_groups` are names with lists of nodes. A node has
    `kind` (hybrid, ec2), `OperatingSystem`, `Tags`, `Patches` (as DescribeInstancePatches answers them), `PatchState`
    (members of InstancePatchState that differ from what follows from the patches), `Result` (`ResponseCode`, `Output`
    and `Errors` of commands, where not 0 and nothing), and members of InstanceInformation. In texts, {n} is the number
    of the node.
    """
    if not isinstance(orders, dict) or not set(orders) <= _KNOWN:
        raise ControlError(f"Failed to seed: {orders!r} is not an object with some of {', '.join(sorted(_KNOWN))}.")
    state = world.truth(orders.get("account", ACCOUNT), orders.get("region", REGION))
    wanted = list(_wanted(orders))
    state.resource_groups |= orders.get("resource_groups", {})
    unknown = sorted({key for node in wanted for key in node} - _OWN - set(INFORMATION))
    if unknown:
        raise ControlError(f"Failed to seed: '{unknown[0]}' is no member of a node.")
    instances = iter(_instances(state, wanted))
    return [_add(world, state, node, next(instances) if _is_instance(node) else {}) for node in wanted]


def _wanted(orders: Json) -> Iterator[Json]:
    yield from orders.get("nodes", [])
    for number in range(orders.get("count", 0)):
        yield _numbered(orders.get("template", {}), number)


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return value.replace("{n}", str(number))
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    return [_numbered(item, number) for item in value] if isinstance(value, list) else value


def _is_instance(node: Json) -> bool:
    return node.get("kind") == "ec2" and "InstanceId" not in node


def _instances(state: Region, wanted: list[Json]) -> list[Json]:
    tags = [node.get("Tags", {}) for node in wanted if _is_instance(node)]
    return moto_bridge.run_instances(state.account, state.region, tags) if tags else []


def _add(world: World, state: Region, given: Json, instance: Json) -> str:
    system = given.get("OperatingSystem", "UBUNTU")
    if system not in SYSTEMS:
        raise ControlError(f"Failed to seed: '{system}' is no operating system.")
    node_id = given.get("InstanceId") or instance.get("InstanceId") or f"mi-0{secrets.token_hex(8)}"
    is_hybrid = node_id.startswith("mi-")
    platform, name, version = SYSTEMS[system]
    now = world.now()
    information: Json = {
        "InstanceId": node_id,
        "PingStatus": "Online",
        "LastPingDateTime": now,
        "AgentVersion": "3.3.1611.0",
        "IsLatestVersion": True,
        "PlatformType": platform,
        "PlatformName": name,
        "PlatformVersion": version,
        "ResourceType": "ManagedInstance" if is_hybrid else "EC2Instance",
        "IPAddress": instance.get("IPAddress", "10.0.0.1"),
        "ComputerName": f"{node_id}.example.com",
        "SourceId": node_id,
        "SourceType": "AWS::SSM::ManagedInstance" if is_hybrid else "AWS::EC2::Instance",
    }
    if is_hybrid:
        information |= {"IamRole": "service-role/SSM", "RegistrationDate": now, "Name": node_id}
    information |= {key: value for key, value in given.items() if key not in _OWN}
    node: Json = {
        "information": information,
        "system": system,
        "InstanceState": given.get("InstanceState", "running"),
        "patches": [],
        "patch_state": None,
        "result": given.get("Result"),
    }
    state.nodes[node_id] = node
    _put_tags(state, node_id, given.get("Tags", {}))
    if "Patches" in given or "PatchState" in given:
        set_patches(state, node_id, given.get("Patches", []), given.get("PatchState", {}), now)
    return str(node_id)


def _put_tags(state: Region, node_id: str, tags: dict[str, str]) -> None:
    if not tags:
        return
    if node_id.startswith("mi-"):
        state.tags["ManagedInstance", node_id] = dict(tags)
    else:
        moto_bridge.tag_instance(state.account, state.region, node_id, tags)
