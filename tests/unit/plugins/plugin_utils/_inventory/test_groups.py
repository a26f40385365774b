# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.groups import (
    groups_of,
    patch_groups_of,
    platform_type_of,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node


def node(ssm: dict[str, Any] | None = None, ec2: dict[str, Any] | None = None, /, **tags: str) -> Node:
    return Node("i-1", "1", "r-1", ec2 or {}, ssm or {}, {key.replace("_", " "): value for key, value in tags.items()})


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({}, ()),
        ({"Patch_Group": "a"}, ("a",)),
        ({"PatchGroup": "a"}, ("a",)),
        ({"PatchGroup": "a", "Patch_Group": "a"}, ("a",)),
        ({"PatchGroup": "a", "Patch_Group": "A"}, ("A", "a")),
        ({"PatchGroup": "", "Patch_Group": "a"}, ("a",)),
        ({"patchgroup": "a", "Patchgroup": "a"}, ()),
    ],
)
def test_two_tags_say_one_group_or_contradict(tags: dict[str, str], found: tuple[str, ...]) -> None:
    assert patch_groups_of(node(**tags)) == found


@pytest.mark.parametrize(
    ("grouping", "given", "paths"),
    [
        ("patch_group", node(PatchGroup="a b"), [("patch_group_a b",)]),
        ("patch_group", node(), [("no_patch_group",)]),
        ("patch_group", node(PatchGroup="a", Patch_Group="b"), [("several_patch_groups",)]),
        ("platform_type", node({"platform_type": "MacOS"}), [("platform_type_macos",)]),
        (
            "platform",
            node({"platform_name": "Ubuntu", "platform_version": "22.04"}),
            [("platform_ubuntu", "platform_ubuntu_22.04")],
        ),
        ("platform", node({"platform_name": "Ubuntu"}), [("platform_ubuntu",)]),
        ("platform", node(), []),
        ("ping_status", node({"ping_status": "ConnectionLost"}), [("ping_status_connection_lost",)]),
        ("ping_status", node(), [("not_managed_by_ssm",)]),
        ("region", node(), [("region_r-1",)]),
        ("account", node(), [("account_1",)]),
    ],
)
def test_groups_of_a_node(grouping: str, given: Node, paths: list[tuple[str, ...]]) -> None:
    assert list(groups_of(given, [grouping])) == paths


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (node({"platform_type": "Linux"}, {"platform": "windows"}), "linux"),
        (node({}, {"platform": "windows"}), "windows"),
        (node({}, {"instance_type": "mac2.metal"}), "macos"),
        (node({}, {"instance_type": "t3.micro"}), "linux"),
    ],
)
def test_the_agent_knows_the_platform_better_than_ec2(given: Node, kind: str) -> None:
    assert platform_type_of(given) == kind
