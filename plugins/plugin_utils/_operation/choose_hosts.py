# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts of a play a patch policy is for, by Ansible's own groups, variables and patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.targets import Targets


class Chosen(NamedTuple):
    """Hosts in the play's order, and what looked like a slip."""

    hosts: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def choose_hosts(targets: Targets, hosts: Sequence[str], task_vars: Mapping[str, Any], loader: Any) -> Chosen:
    """Choose among the hosts of the play, which ``--limit`` and patch_targets have narrowed already.

    What the policy names is looked up in the whole inventory: a group outside the limit is no slip.
    """
    if targets.kind == "all":
        return Chosen(tuple(hosts))
    if targets.kind == "tags":
        return _choose_by_tags(targets, hosts, task_vars["hostvars"])
    groups: Mapping[str, Sequence[str]] = task_vars["groups"]
    if targets.kind == "pattern":
        return Chosen(_keep(hosts, _match_pattern(targets.names[0], groups, loader)))
    known = groups if targets.kind == "groups" else {host: [host] for host in (*groups.get("all", ()), *hosts)}
    found = [host for name in targets.names for host in known.get(name, ())]
    warnings = [
        f"{targets.kind}: there is no {targets.kind[:-1]} '{name}' in the inventory"
        for name in targets.names
        if name not in known
    ]
    return Chosen(_keep(hosts, found), tuple(warnings))


def _keep(hosts: Sequence[str], chosen: Iterable[str]) -> tuple[str, ...]:
    wanted = frozenset(chosen)
    return tuple(host for host in hosts if host in wanted)


def _match_pattern(pattern: str, groups: Mapping[str, Sequence[str]], loader: Any) -> list[str]:
    """Match as Ansible does: an inventory of the same groups and hosts is asked, one without the limit of this call."""
    inventory = InventoryManager(loader, parse=False)
    for group, members in groups.items():
        inventory.add_group(group)
        for host in members:
            inventory.add_host(host, group=group)
    try:
        return [str(host.name) for host in inventory.get_hosts(pattern)]
    except AnsibleError as error:
        raise OperationError(f"Failed to match targets.pattern '{pattern}': {error}. Correct the pattern") from error


def _choose_by_tags(targets: Targets, hosts: Sequence[str], hostvars: Mapping[str, Any]) -> Chosen:
    chosen: list[str] = []
    warnings: list[str] = []
    for host in hosts:
        try:
            own, others = (hostvars[host].get(name) for name in ("patch_tags", "tags"))
        except AnsibleError as error:
            warnings.append(f"host '{host}' is no target, because its tags cannot be read: {error}")
            continue
        if own is not None and not isinstance(own, Mapping):
            warnings.append(
                f"host '{host}' is no target, because its patch_tags are not a dictionary"
                " (in an INI file: patch_tags=\"{'Patch': 'web'}\")"
            )
            continue
        tags = {**(others if isinstance(others, Mapping) else {}), **(own or {})}
        if targets.match_tags(tags):
            chosen.append(host)
    return Chosen(tuple(chosen), tuple(warnings))
