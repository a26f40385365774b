# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.hosts import Choices, make_hosts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node

CHOICES = Choices(("tag:Name",), ("ssm-ip-address",), ("patch_group", "platform"))


def sanitize(name: str) -> str:
    return re.sub(r"\W", "_", name)


def node(number: int, ip: str = "10.0.0.1", **tags: str) -> Node:
    ssm = {"ip_address": ip, "platform_name": "SLES", "platform_version": "15.5"}
    return Node(f"mi-{number}", "1", "r", ssm=ssm, tags={key.replace("_", " "): value for key, value in tags.items()})


def test_a_host_has_name_address_group_and_facts() -> None:
    made = make_hosts([node(1, Name="web", PatchGroup="a b")], CHOICES, sanitize)
    (host,) = made.hosts
    assert (host.name, made.warnings) == ("web", [])
    assert host.groups == (("patch_group_a_b",), ("platform_sles", "platform_sles_15_5"))
    assert host.variables == {
        "patch_group": "a b",
        "patch_tags": {"Name": "web", "PatchGroup": "a b"},
        "ansible_host": "10.0.0.1",
        "aws_instance_id": "mi-1",
        "aws_account_id": "1",
        "aws_region": "r",
        "aws_ec2": {},
        "aws_ssm": {"ip_address": "10.0.0.1", "platform_name": "SLES", "platform_version": "15.5"},
    }


def test_two_groups_are_a_list_that_scans_refuse() -> None:
    made = make_hosts([node(1, PatchGroup="a", Patch_Group="b")], CHOICES, sanitize)
    assert made.hosts[0].variables["patch_group"] == ["b", "a"]
    assert made.hosts[0].groups[0] == ("several_patch_groups",)
    assert made.warnings == [
        "1 node in two patch groups, which scans and installs refuse: mi-1 ('b' and 'a'). They are in group "
        "several_patch_groups; leave one of the tags 'Patch Group' and 'PatchGroup'"
    ]


def test_nodes_without_a_group_are_told_where_others_have_one() -> None:
    nodes = [node(number) for number in range(1, 8)]
    assert make_hosts(nodes, CHOICES, sanitize).warnings == []
    made = make_hosts([*nodes, node(9, PatchGroup="a")], CHOICES, sanitize)
    assert made.warnings == [
        "7 nodes without a patch group, to be judged by default baselines: mi-1, mi-2, mi-3, mi-4, mi-5 and 2 more. "
        "They are in group no_patch_group"
    ]
    assert "patch_group" not in made.hosts[0].variables


def test_groups_that_ansible_spells_alike_are_told() -> None:
    made = make_hosts([node(1, PatchGroup="a b"), node(2, PatchGroup="a-b")], CHOICES, sanitize)
    assert made.warnings == ["2 patch groups share the group patch_group_a_b of the inventory: 'a b', 'a-b'"]
    assert [host.variables["patch_group"] for host in made.hosts] == ["a b", "a-b"]


def test_an_address_that_is_none_is_told_and_not_used() -> None:
    made = make_hosts([node(1, "-oX", Name="a"), node(2, Name="a")], CHOICES, sanitize)
    assert "ansible_host" not in made.hosts[0].variables
    assert made.warnings == [
        "1 name would mean several nodes, which have their ids instead: a",
        "1 node with an address that cannot be one, which is not used: mi-1 ('-oX')",
    ]


def test_the_name_of_a_group_is_nobodys() -> None:
    nodes = [node(1, Name="patch_group_prod", PatchGroup="web"), node(2, Name="db1", PatchGroup="prod")]
    assert [host.name for host in make_hosts(nodes, CHOICES, sanitize).hosts] == ["db1", "mi-1"]
    assert [host.name for host in make_hosts(nodes[1:], CHOICES, sanitize, ["db1"]).hosts] == ["mi-2"]
    assert [host.plain_name for host in make_hosts(nodes, CHOICES, sanitize).hosts] == ["mi-2", "mi-1"]
