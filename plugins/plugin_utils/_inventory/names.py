# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node is called and where it is reached, by an order of preferences: pure.

Tags and the names that nodes report are anybody's text. What is no plain host name is made one where it only names, and
is not used where it would say what to connect to: an address that begins with a dash is an option of ssh.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import OptionError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node

NAMES = ("instance-id",)
# A public name leads to the private address inside of a VPC and to the public one elsewhere.
ADDRESSES = ("dns-name", "ip-address", "private-ip-address", "ssm-ip-address", "computer-name")

_READERS: dict[str, Callable[[Node], object]] = {
    "instance-id": lambda node: node.id,
    "dns-name": lambda node: node.ec2.get("public_dns_name"),
    "private-dns-name": lambda node: node.ec2.get("private_dns_name"),
    "ip-address": lambda node: node.ec2.get("public_ip_address"),
    "private-ip-address": lambda node: node.ec2.get("private_ip_address"),
    "ipv6-address": lambda node: node.ec2.get("ipv6_address"),
    "ssm-ip-address": lambda node: node.ssm.get("ip_address"),
    "ssm-name": lambda node: node.ssm.get("name"),
    "computer-name": lambda node: node.ssm.get("computer_name"),
}
PREFERENCES = (*_READERS, "tag:KEY")

_HOST_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_NOT_IN_NAMES = re.compile(r"[^\w.-]|^[.-]")
_LONGEST = 253
# Names that mean something else to Ansible than a host of an inventory.
_TAKEN = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", "::1"})
# Addresses that lead to the machine that asks, so the controller would be patched for the node.
_HERE = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})


def check_preferences(option: str, preferences: Iterable[object]) -> tuple[str, ...]:
    """Return the preferences. Raises ``OptionError`` for one that is none."""
    found = tuple(preferences)
    for wanted in found:
        if not isinstance(wanted, str) or not (wanted in _READERS or wanted.removeprefix("tag:") not in ("", wanted)):
            raise OptionError(f"Failed to read option '{option}': {wanted!r}; allowed: {', '.join(PREFERENCES)}")
    return tuple(str(wanted) for wanted in found)


def find_address(node: Node, preferences: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the first address that a node has, and the first text before it that cannot be one."""
    refused = None
    for value in _values(node, preferences):
        if is_address(value):
            return value, refused
        refused = refused or value
    return None, refused


def is_address(value: str) -> bool:
    """Tell whether this is a host name or an IP address and nothing else, and not one of whoever asks for it."""
    if value in _HERE or value.lower().partition(".")[0] == "localhost":
        return False
    if len(value) <= _LONGEST and _HOST_NAME.fullmatch(value):
        return True
    try:
        # With a zone it would hold any text.
        return "%" not in value and bool(ipaddress.ip_address(value))
    except ValueError:
        return False


def name_nodes(
    nodes: Sequence[Node], preferences: Sequence[str], groups: Iterable[str] = ()
) -> tuple[dict[str, str], list[str]]:
    """Return the inventory name of each node by its id, and the names that several nodes would have had.

    Those have their ids for names, as have nodes without any of the preferences. Names of groups are none: Ansible
    would put the group where the host belongs.
    """
    taken = {_plain(node.id) for node in nodes} | set(groups)
    wanted = {node.id: _find_name(node, preferences, taken) for node in nodes}
    counts = Counter(wanted.values())
    shared = sorted(name for name, count in counts.items() if count > 1)
    return {node_id: plain_id(node_id) if counts[name] > 1 else name for node_id, name in wanted.items()}, shared


def plain_id(node_id: str) -> str:
    """Return the name of a node that has no other."""
    return _plain(node_id)


def _find_name(node: Node, preferences: Sequence[str], taken: set[str]) -> str:
    for value in _values(node, preferences):
        name = _plain(value)
        if len(name) <= _LONGEST and name.lower() not in _TAKEN and (value == node.id or name not in taken):
            return name
    return _plain(node.id)


def _plain(value: str) -> str:
    return _NOT_IN_NAMES.sub("_", value)


def _values(node: Node, preferences: Sequence[str]) -> Iterable[str]:
    for wanted in preferences:
        tag = wanted.removeprefix("tag:")
        value = node.tags.get(tag) if tag != wanted else _READERS[wanted](node)
        if isinstance(value, str) and value:
            yield value
