# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which nodes are meant: as a request says it, and which ones these are now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, StateError

# The options that name nodes.
NODES = ("instance_ids", "target_tags", "target_tag_keys", "patch_groups", "resource_group")
GROUP_TAGS = ("PatchGroup", "Patch Group")
GROUP_KEY = "resource-groups:Name"
_TYPES = "resource-groups:ResourceTypeFilters"
_NODE_ID = re.compile(r"i-(\w{8}|\w{17})|mi-\w{17}")
_MAX_IDS, _MAX_KEYS, _MAX_VALUES, _MAX_TYPES = 50, 5, 50, 5


@dataclass(frozen=True)
class Targets:
    """Nodes by their ids, or by what all of the keys say."""

    ids: tuple[str, ...] = ()
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def request(self) -> Answer:
        """Return the members of a request that say which nodes are meant."""
        if self.ids:
            return {"InstanceIds": list(self.ids)}
        return {"Targets": [{"Key": key, "Values": list(values)} for key, values in self.keys]}


def read_targets(ssm: Ssm, options: Mapping[str, Any]) -> Targets:
    """Return the nodes that options mean. AWS is asked about patch groups only. Raises ``StateError``."""
    _refuse_empty(options)
    if options["instance_ids"]:
        return Targets(ids=_check_ids(options["instance_ids"]))
    tags = [(f"tag:{name}", _to_texts(name, value)) for name, value in sorted((options["target_tags"] or {}).items())]
    keys = tags + [("tag-key", (name,)) for name in options["target_tag_keys"] or []]
    if options["resource_group"]:
        keys.append((GROUP_KEY, (options["resource_group"],)))
    if options["resource_types"]:
        keys.append((_TYPES, tuple(options["resource_types"])))
    if options["patch_groups"]:
        tag = options["patch_group_tag"] or _find_group_tag(ssm, keys, options["patch_groups"])
        keys.append((f"tag:{tag}", tuple(options["patch_groups"])))
    _check_keys(keys)
    return Targets(keys=tuple(keys))


def _refuse_empty(options: Mapping[str, Any]) -> None:
    """An option that came out empty, as of a template, must not mean more nodes than those that were to be named."""
    for name in (*NODES, "resource_types"):
        if options[name] is not None and not options[name]:
            raise StateError(f"Failed to read the targets: {name} is empty. Name nodes by it, or leave it out.")
    if not any(options[name] for name in NODES):
        raise StateError(f"Failed to read the targets: no nodes are named. Set one of {', '.join(NODES)}.")


def _to_texts(tag: str, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    wrong = [one for one in values if one is None or isinstance(one, (list, tuple, Mapping))]
    if wrong:
        raise StateError(
            f"Failed to read target_tags: {tag} cannot be {wrong[0]!r}. It takes a text or a list of texts."
        )
    return tuple(map(str, values))


def _check_ids(ids: Iterable[str]) -> tuple[str, ...]:
    found = tuple(ids)
    wrong = [name for name in found if not _NODE_ID.fullmatch(name)]
    if wrong:
        raise StateError(f"Failed to read instance_ids: {wrong[0]!r} is no id of a node. They begin with i- or mi-.")
    twice = [name for name in found if found.count(name) > 1]
    if twice:
        raise StateError(f"Failed to read instance_ids: {twice[0]} is there twice. Name each node once.")
    if len(found) > _MAX_IDS:
        raise StateError(
            f"Failed to read instance_ids: a command takes {_MAX_IDS} nodes by their ids, these are {len(found)}. "
            "Name them by a tag, or in several tasks."
        )
    return found


def _check_keys(keys: list[tuple[str, tuple[str, ...]]]) -> None:
    if len(keys) > _MAX_KEYS:
        raise StateError(f"Failed to read the targets: a command takes {_MAX_KEYS} keys, these are {len(keys)}.")
    for key, values in keys:
        most = _MAX_TYPES if key == _TYPES else _MAX_VALUES
        if not 0 < len(values) <= most:
            raise StateError(f"Failed to read the targets: {key} takes 1 to {most} values, these are {len(values)}.")
        if key == "tag:" or "" in values:
            # no node is found by these, and check mode could not even look for one
            raise StateError(f"Failed to read the targets: {key} has an empty name or value. AWS does not take it.")


def _find_group_tag(ssm: Ssm, keys: list[tuple[str, tuple[str, ...]]], groups: list[str]) -> str:
    """Return the tag in which the nodes have their patch group: either spelling means it, a command takes one."""
    tags = [(key, values) for key, values in keys if not key.startswith("resource-groups:")]
    found = {tag: list_tagged(ssm, [*tags, (f"tag:{tag}", tuple(groups))]) for tag in GROUP_TAGS}
    used = [tag for tag, nodes in found.items() if nodes]
    if len(used) > 1:
        counts = " and ".join(f"{len(nodes)} in {tag!r}" for tag, nodes in found.items())
        raise StateError(
            f"Failed to find the nodes of {', '.join(groups)}: they have their patch group in two tags, {counts}, and "
            "a command takes one. Set patch_group_tag, in one task for each."
        )
    return used[0] if used else GROUP_TAGS[0]


def list_tagged(ssm: Ssm, keys: Iterable[tuple[str, tuple[str, ...]]]) -> list[Answer]:
    """Return the managed nodes that have all of these tags."""
    filters = [{"Key": key, "Values": list(values)} for key, values in keys]
    return list(
        ssm.pages("find the nodes", "describe_instance_information", "InstanceInformationList", Filters=filters)
    )


def list_nodes(ssm: Ssm, targets: Targets) -> list[Answer]:
    """Return the managed nodes that are meant, as DescribeInstanceInformation answers them. Raises ``StateError``."""
    if targets.ids:
        found = _list_ids(ssm, targets.ids)
        missing = [name for name in targets.ids if name not in {node["InstanceId"] for node in found}]
        if missing:
            raise StateError(
                f"Failed to find the nodes {', '.join(missing)}: Systems Manager does not manage them here. "
                "Look at the region, the agent and the permissions of the nodes."
            )
        return found
    tags = [(key, values) for key, values in targets.keys if not key.startswith("resource-groups:")]
    groups = {key: values for key, values in targets.keys if key.startswith("resource-groups:")}
    if not groups:
        return list_tagged(ssm, tags)
    members = _list_members(ssm, groups[GROUP_KEY][0], groups.get(_TYPES, ()))
    if not tags:
        return _list_ids(ssm, members)
    return [node for node in list_tagged(ssm, tags) if node["InstanceId"] in members]


def _list_ids(ssm: Ssm, ids: Iterable[str]) -> list[Answer]:
    wanted = list(ids)
    found: list[Answer] = []
    for start in range(0, len(wanted), _MAX_IDS):
        filters = [{"Key": "InstanceIds", "Values": wanted[start : start + _MAX_IDS]}]
        try:
            found += ssm.pages(
                "find the nodes", "describe_instance_information", "InstanceInformationList", Filters=filters
            )
        except SsmError as error:
            if error.code != "InvalidInstanceId":
                raise
            # one that is not known, and which one is said in words only
            found += _list_one_by_one(ssm, wanted[start : start + _MAX_IDS])
    return found


def _list_one_by_one(ssm: Ssm, ids: Iterable[str]) -> list[Answer]:
    found: list[Answer] = []
    for name in ids:
        try:
            filters = [{"Key": "InstanceIds", "Values": [name]}]
            found += ssm.pages(
                "find the nodes", "describe_instance_information", "InstanceInformationList", Filters=filters
            )
        except SsmError as error:
            if error.code != "InvalidInstanceId":
                raise
    return found


def _list_members(ssm: Ssm, group: str, types: tuple[str, ...]) -> list[str]:
    """Return the ids of a resource group's nodes."""
    request: Answer = {"Group": group}
    if types:
        request["Filters"] = [{"Name": "resource-type", "Values": list(types)}]
    pages = ssm.beside("resource-groups").pages(
        f"list the members of resource group '{group}'", "list_group_resources", "Resources", **request
    )
    names = [entry["Identifier"]["ResourceArn"].rpartition("/")[2] for entry in pages]
    return [name for name in names if _NODE_ID.fullmatch(name)]
