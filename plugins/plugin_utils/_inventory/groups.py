# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of a node: by patch group, platform, ping status, region and account: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_snake_case
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node

PATCH_GROUP_TAGS = ("Patch Group", "PatchGroup")
NO_GROUP = "no_patch_group"
SEVERAL_GROUPS = "several_patch_groups"
NOT_MANAGED = "not_managed_by_ssm"

Path = tuple[str, ...]
"""A group and the groups within it, outermost first: the node is in the last one."""


def patch_groups_of(node: Node) -> tuple[str, ...]:
    """Return the patch groups that the tags of a node name: one, none, or two that contradict each other."""
    said = (node.tags.get(key) for key in PATCH_GROUP_TAGS)
    return tuple(dict.fromkeys(group for group in said if group))


def groups_of(node: Node, groupings: Sequence[str]) -> Iterator[Path]:
    """Yield the groups of a node, their names as they are."""
    for grouping in groupings:
        path = _PATHS[grouping](node)
        if path:
            yield path


def _by_patch_group(node: Node) -> Path:
    groups = patch_groups_of(node)
    if len(groups) > 1:
        return (SEVERAL_GROUPS,)
    return (f"patch_group_{groups[0]}",) if groups else (NO_GROUP,)


def _by_platform_type(node: Node) -> Path:
    return (f"platform_type_{platform_type_of(node)}",)


def platform_type_of(node: Node) -> str:
    """Return linux, windows or macos: as the agent says, or else as EC2 does."""
    told = node.ssm.get("platform_type")
    if told:
        return str(told).lower()
    if str(node.ec2.get("platform", "")).lower() == "windows":
        return "windows"
    return "macos" if str(node.ec2.get("instance_type", "")).startswith("mac") else "linux"


def _by_platform(node: Node) -> Path:
    name, version = (str(node.ssm.get(key) or "").lower() for key in ("platform_name", "platform_version"))
    if not name:
        return ()
    return (f"platform_{name}", f"platform_{name}_{version}") if version else (f"platform_{name}",)


def _by_ping_status(node: Node) -> Path:
    status = node.ssm.get("ping_status")
    return (f"ping_status_{to_snake_case(str(status))}",) if status else (NOT_MANAGED,)


def _by_region(node: Node) -> Path:
    return (f"region_{node.region}",)


def _by_account(node: Node) -> Path:
    return (f"account_{node.account}",)


_PATHS: dict[str, Callable[[Node], Path]] = {
    "patch_group": _by_patch_group,
    "platform_type": _by_platform_type,
    "platform": _by_platform,
    "ping_status": _by_ping_status,
    "region": _by_region,
    "account": _by_account,
}
