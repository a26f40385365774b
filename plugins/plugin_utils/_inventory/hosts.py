# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts out of nodes: names, variables, groups, and what somebody should know about them: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory import groups
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.names import (
    find_address,
    name_nodes,
    plain_id,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """How the user wants hosts to be named, reached and grouped."""

    hostnames: tuple[str, ...]
    addresses: tuple[str, ...]
    groupings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """A host of the inventory. Its groups are paths of names that Ansible takes.

    ``plain_name``: what no group is called, for where the name turns out to be that of a group of the user's.
    """

    name: str
    variables: Mapping[str, Any]
    groups: tuple[groups.Path, ...]
    plain_name: str


@dataclass(slots=True)
class Hosts:
    """All hosts, by name, and warnings that name what is not as one might expect."""

    hosts: list[Host] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def make_hosts(
    nodes: Sequence[Node], choices: Choices, sanitize: Callable[[str], str], others: Iterable[str] = ()
) -> Hosts:
    """Return the hosts of the nodes; ``sanitize`` makes the name of a group one that Ansible takes.

    ``others`` are the groups that the inventory has besides.
    """
    paths = {
        node.id: tuple(tuple(map(sanitize, path)) for path in groups.groups_of(node, choices.groupings))
        for node in nodes
    }
    named = {name for found in paths.values() for path in found for name in path}
    names, shared = name_nodes(nodes, choices.hostnames, named.union(others))
    made = Hosts(warnings=_warn_of_groups(nodes, sanitize) if "patch_group" in choices.groupings else [])
    refused: dict[str, str] = {}
    for node in sorted(nodes, key=lambda node: names[node.id]):
        address, no_address = find_address(node, choices.addresses)
        if no_address:
            refused[node.id] = no_address
        made.hosts.append(Host(names[node.id], _variables_of(node, address), paths[node.id], plain_id(node.id)))
    if shared:
        made.warnings.append(
            f"{_count(shared, 'name')} would mean several nodes, which have their ids instead: {_list(shared)}"
        )
    if refused:
        shown = [f"{node_id} ({text!r})" for node_id, text in refused.items()]
        made.warnings.append(
            f"{_count(shown, 'node')} with an address that cannot be one, which is not used: {_list(shown)}"
        )
    return made


def _variables_of(node: Node, address: str | None) -> dict[str, Any]:
    found = groups.patch_groups_of(node)
    variables: dict[str, Any] = {
        "patch_tags": dict(node.tags),
        "aws_instance_id": node.id,
        "aws_account_id": node.account,
        "aws_region": node.region,
        "aws_ec2": node.ec2,
        "aws_ssm": node.ssm,
    }
    if found:
        # Scans and installs refuse a list of two: whichever baseline they took would be a guess.
        variables["patch_group"] = found[0] if len(found) == 1 else list(found)
    if address:
        variables["ansible_host"] = address
    return variables


def _warn_of_groups(nodes: Iterable[Node], sanitize: Callable[[str], str]) -> list[str]:
    without: list[str] = []
    several: list[str] = []
    spellings: dict[str, set[str]] = {}
    for node in nodes:
        found = groups.patch_groups_of(node)
        if len(found) == 1:
            spellings.setdefault(sanitize(f"patch_group_{found[0]}"), set()).add(found[0])
        elif found:
            several.append(f"{node.id} ({' and '.join(repr(group) for group in found)})")
        else:
            without.append(node.id)
    keys = " and ".join(f"'{key}'" for key in groups.PATCH_GROUP_TAGS)
    warnings = []
    # Where no node has one, patch groups are not what this estate works with.
    if without and (spellings or several):
        warnings.append(
            f"{_count(without, 'node')} without a patch group, to be judged by default baselines: {_list(without)}. "
            f"They are in group {groups.NO_GROUP}"
        )
    if several:
        warnings.append(
            f"{_count(several, 'node')} in two patch groups, which scans and installs refuse: {_list(several)}. "
            f"They are in group {groups.SEVERAL_GROUPS}; leave one of the tags {keys}"
        )
    for name, values in sorted(spellings.items()):
        if len(values) > 1:
            shown = [repr(value) for value in sorted(values)]
            warnings.append(f"{_count(shown, 'patch group')} share the group {name} of the inventory: {_list(shown)}")
    return warnings


def _count(entries: Sequence[str], noun: str) -> str:
    return f"{len(entries)} {noun}{'' if len(entries) == 1 else 's'}"


def _list(entries: Sequence[str]) -> str:
    more = len(entries) - _SHOWN
    return ", ".join(entries[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
