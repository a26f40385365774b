# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import OptionError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.names import (
    ADDRESSES,
    check_preferences,
    find_address,
    is_address,
    name_nodes,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node


def node(name: str, **more: str) -> Node:
    """A node with tags, and an address that its agent reports."""
    tags = {key: value for key, value in more.items() if key not in ("computer_name", "ip_address")}
    return Node(name, "1", "r", ssm={key: value for key, value in more.items() if key not in tags}, tags=tags)


@pytest.mark.parametrize("value", ["web-1.example.org", "10.0.0.1", "fe80::1", "WEB_1", "a" * 253])
def test_names_and_ip_addresses_are_addresses(value: str) -> None:
    assert is_address(value)


@pytest.mark.parametrize(
    "value",
    [
        "-oProxyCommand=x",
        "a b",
        "{{ x }}",
        "a;b",
        "a\n",
        "",
        "user@host",
        "host:22",
        "fe80::1%$(x)",
        "a" * 254,
        ".",
        "ü",
        "localhost",
        "LocalHost.localdomain",
        "127.0.0.1",
        "::1",
        "0.0.0.0",
        "::",
    ],
)
def test_anything_else_is_none(value: str) -> None:
    assert not is_address(value)


def test_the_first_address_of_the_order_counts() -> None:
    assert find_address(node("mi-1", computer_name="a", ip_address="10.0.0.1"), ADDRESSES) == ("10.0.0.1", None)
    assert find_address(node("mi-1", computer_name="-o", ip_address="b"), ["computer-name", "ssm-ip-address"]) == (
        "b",
        "-o",
    )
    assert find_address(node("mi-1", computer_name=""), ADDRESSES) == (None, None)
    assert find_address(node("mi-1", Dns="x.example"), ["tag:Dns"]) == ("x.example", None)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("web", "web"),
        ("Web Server: 1", "Web_Server__1"),
        ("-web", "_web"),
        ("größe", "größe"),
        ("a\nb", "a_b"),
        ("{{ x }}", "___x___"),
        ("localhost", "mi-1"),
        ("ALL", "mi-1"),
        ("", "mi-1"),
        ("mi-1", "mi-1"),
        ("mi-2", "mi-1"),
        ("mi:2", "mi_2"),
        ("x" * 254, "mi-1"),
    ],
)
def test_a_name_is_made_one_that_ansible_takes(tag: str, name: str) -> None:
    names, shared = name_nodes([node("mi-1", Name=tag), node("mi-2", Name="other")], ["tag:Name"])
    assert (names, shared) == ({"mi-1": name, "mi-2": "other"}, [])


def test_nodes_of_one_name_have_their_ids() -> None:
    nodes = [node("mi-1", Name="a b"), node("mi-2", Name="a_b"), node("mi-3", Name="c"), node("mi-4")]
    names, shared = name_nodes(nodes, ["tag:Name"])
    assert names == {"mi-1": "mi-1", "mi-2": "mi-2", "mi-3": "c", "mi-4": "mi-4"}
    assert shared == ["a_b"]


def test_an_id_is_made_a_name_too() -> None:
    names, shared = name_nodes(
        [node("eks_c:shop_1", Name="eks_c_shop_1"), node("mi-1", Name="eks_c:shop_1")], ["tag:Name"]
    )
    assert (names, shared) == ({"eks_c:shop_1": "eks_c_shop_1", "mi-1": "mi-1"}, [])


def test_preferences_are_words_or_tags() -> None:
    assert check_preferences("hostnames", ["tag:a:b", "instance-id"]) == ("tag:a:b", "instance-id")
    for wrong in ("tag:", "colour", 1, {"name": "x"}):
        with pytest.raises(OptionError, match=r"'hostnames'.*allowed: instance-id"):
            check_preferences("hostnames", [wrong])
