# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import (
    Found,
    Node,
    from_json,
    merge,
    read_instance,
    read_managed,
    read_tagged,
    types_with_tags,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.options import Query

FILTERED = (("PingStatus", ("Online",)),)


def find(query: Query, instances: Any = (), managed: Any = (), tagged: Any = ()) -> dict[str, Node]:
    """The nodes of what AWS answers."""
    found = Found(
        "1", "r", [*map(read_instance, instances)], [*map(read_managed, managed)], [*map(read_tagged, tagged)]
    )
    return {node.id: node for node in merge(found, query)}


@pytest.mark.parametrize(
    ("query", "nodes"),
    [
        (Query(), {"i-both", "i-ec2", "mi-1"}),
        (Query(ssm_filters=FILTERED), {"i-both", "mi-1"}),
        (Query(sources=("ssm",)), {"i-both", "i-gone", "mi-1"}),
    ],
)
def test_ec2_says_which_instances_there_are(query: Query, nodes: set[str]) -> None:
    instances = [{"InstanceId": "i-both"}, {"InstanceId": "i-ec2"}] if "ec2" in query.sources else []
    managed = [{"InstanceId": node} for node in ("i-both", "i-gone", "mi-1")]
    assert set(find(query, instances=instances, managed=managed)) == nodes


def test_facts_are_plain_and_tags_apart() -> None:
    time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    tag = {"Key": "PatchGroup", "Value": "web"}
    found = find(
        Query(),
        instances=[
            {"InstanceId": "i-1", "LaunchTime": time, "NetworkInterfaces": [{"SubnetId": "s"}], "Tags": [tag]},
            {"InstanceId": "i-2"},
        ],
        managed=[{"InstanceId": "i-1", "IPAddress": "10.0.0.1"}, {"InstanceId": "mi-1"}],
        tagged=[
            {"ResourceARN": f"arn:aws:ssm:r:1:managed-instance/{node}", "Tags": [tag]} for node in ("mi-1", "mi-2")
        ],
    )
    assert found["i-1"] == Node(
        "i-1",
        "1",
        "r",
        ec2={"instance_id": "i-1", "launch_time": "2026-01-02T03:04:05Z", "network_interfaces": [{"subnet_id": "s"}]},
        ssm={"instance_id": "i-1", "ip_address": "10.0.0.1"},
        tags={"PatchGroup": "web"},
    )
    assert found["i-2"].tags == {}
    assert found["mi-1"].tags == {"PatchGroup": "web"}
    assert "mi-2" not in found


def test_a_node_survives_the_cache_and_nothing_else_does() -> None:
    node = Node("i-1", "1", "r", {"a": 1}, {"b": 2}, {"c": "d"})
    assert from_json(node.to_json()) == node
    whole = node.to_json()
    others: list[Any] = [None, [], {}, whole | {"id": 1}, whole | {"tags": []}, whole | {"more": 1}]
    assert [from_json(other) for other in others] == [None] * len(others)


def test_tags_of_instances_are_asked_for_only_where_ec2_is_not() -> None:
    assert types_with_tags(Query()) == ["ssm:managed-instance"]
    assert types_with_tags(Query(sources=("ssm",))) == ["ssm:managed-instance", "ec2:instance"]
