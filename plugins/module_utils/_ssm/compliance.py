# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compliance: the patch states of nodes and groups, and items of one's own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import to_parameter
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, Step, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.schedules import read_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain

_NODES_A_CALL = 50
_MOST_ITEMS = 10000
_ITEM_KEYS = {"id": "Id", "title": "Title", "severity": "Severity", "status": "Status", "details": "Details"}


def read_states(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch states of nodes, or of a group and its nodes; with the patches of the nodes if wanted."""
    group = options["patch_group"]
    found: dict[str, Any] = {}
    if group is None:
        states = _states_of_nodes(ssm, options["instance_ids"])
    else:
        states = _states_of_group(ssm, group, options["state_filters"] or [])
        counts = ssm.call(f"count the states of patch group '{group}'", "describe_patch_group_state", PatchGroup=group)
        found["patch_group_state"] = to_plain(counts)
    if options["patches"]:
        for state in states:
            state["patches"] = _patches_of_node(ssm, state["instance_id"], options["patch_filters"] or {})
    return {"instance_patch_states": states, **found}


def _states_of_nodes(ssm: Ssm, ids: list[str]) -> list[View]:
    states: list[View] = []
    for start in range(0, len(ids), _NODES_A_CALL):
        part = ids[start : start + _NODES_A_CALL]
        pages = ssm.pages(
            "read the patch states of nodes", "describe_instance_patch_states", "InstancePatchStates", InstanceIds=part
        )
        states += map(to_plain, pages)
    return states


def _states_of_group(ssm: Ssm, group: str, filters: list[Mapping[str, Any]]) -> list[View]:
    pages = ssm.pages(
        f"read the patch states of patch group '{group}'",
        "describe_instance_patch_states_for_patch_group",
        "InstancePatchStates",
        PatchGroup=group,
        Filters=[{"Key": found["key"], "Values": found["values"], "Type": found["type"]} for found in filters],
    )
    return [to_plain(state) for state in pages]


def _patches_of_node(ssm: Ssm, node: str, filters: Mapping[str, Any]) -> list[View]:
    pages = ssm.pages(
        f"read the patches of node '{node}'",
        "describe_instance_patches",
        "Patches",
        InstanceId=node,
        Filters=to_filters(filters),
    )
    return [to_plain(patch) for patch in pages]


@dataclass(frozen=True)
class ComplianceItems:
    """All compliance items of one type on one node, and the options of ``ssm_patch_compliance``."""

    options: Mapping[str, Any]

    def read(self, ssm: Ssm) -> tuple[Answer, ...]:
        options = self.options
        pages = ssm.pages(
            f"read the compliance of '{options['resource_id']}'",
            "list_compliance_items",
            "ComplianceItems",
            ResourceIds=[options["resource_id"]],
            ResourceTypes=[options["resource_type"]],
            Filters=[{"Key": "ComplianceType", "Values": [options["compliance_type"]], "Type": "EQUAL"}],
        )
        # asked again here: the keys that this filter takes are not published
        return tuple(item for item in pages if item["ComplianceType"] == options["compliance_type"])

    def view(self, state: tuple[Answer, ...]) -> View:
        return self._view([{key: item.get(name) for key, name in _ITEM_KEYS.items()} for item in state])

    def normalise(self, view: View) -> View:
        return {**view, "compliance_items": sorted(view["compliance_items"], key=repr)}

    def plan(self, state: tuple[Answer, ...]) -> Plan:
        options = self.options
        items = _read_items(options["items"])
        expected = self._view(items)
        if options["upload_type"] == "PARTIAL":
            given = {item["id"] for item in items}
            kept = [item for item in self.view(state)["compliance_items"] if item["id"] not in given]
            expected = self._view([*kept, *items])
        if self.normalise(expected) == self.normalise(self.view(state)):
            return Plan(self.view(state))
        sent = [{_ITEM_KEYS[key]: value for key, value in item.items() if value not in (None, "")} for item in items]
        summary = {"ExecutionTime": _read_time(options["execution_time"])}
        named = {"ExecutionId": options["execution_id"], "ExecutionType": options["execution_type"]}
        request = {
            "ResourceId": options["resource_id"],
            "ResourceType": options["resource_type"],
            "ComplianceType": options["compliance_type"],
            "ExecutionSummary": summary | {key: value for key, value in named.items() if value},
            "Items": sent,
            "UploadType": options["upload_type"],
        }
        if options["item_content_hash"]:
            request["ItemContentHash"] = options["item_content_hash"]
        doing = f"put the compliance items of '{options['resource_id']}'"
        return Plan(expected, (Step(doing, "put_compliance_items", request),))

    def _view(self, items: list[dict[str, Any]]) -> View:
        keys = ("resource_id", "resource_type", "compliance_type")
        return {
            **{key: self.options[key] for key in keys},
            "compliance_items": [
                {key: ({} if key == "details" else "") if value is None else value for key, value in item.items()}
                for item in items
            ],
        }


def _read_items(given: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return items as they are sent. Raises ``StateError`` for what AWS refuses, which check mode does not ask."""
    if len(given) > _MOST_ITEMS:
        raise StateError(f"Failed to read items: AWS takes {_MOST_ITEMS} of a type, these are {len(given)}.")
    items, known = [], set()
    for number, item in enumerate(given):
        if item["id"] in known:
            raise StateError(f"Failed to read items[{number}]: another one has the id {item['id']!r} too.")
        known.add(item["id"])
        details = item["details"] or {}
        for key, value in details.items():
            if value is None or isinstance(value, (list, Mapping)):
                raise StateError(f"Failed to read items[{number}].details: {key} cannot be {value!r}. It takes a text.")
        texts = {str(key): to_parameter(value) for key, value in details.items()}
        items.append({key: item[key] for key in _ITEM_KEYS} | {"details": texts})
    return items


def _read_time(text: str | None) -> datetime.datetime:
    if not text:
        return datetime.datetime.now(datetime.timezone.utc)
    moment = read_moment(text)
    if moment is None or moment.tzinfo is None:
        raise StateError(
            f"Failed to read execution_time: {text!r} is no time with a UTC offset. Write it as 2026-07-01T00:00:00Z."
        )
    return moment
