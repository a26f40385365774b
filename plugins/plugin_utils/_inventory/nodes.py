# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes out of what AWS answers: EC2 instances, managed nodes and tags of one account and region, merged: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain, to_tags
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.options import Query

Json = dict[str, Any]
Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """A machine, whatever AWS knows it as. ``ec2`` and ``ssm`` are empty where it is not known as such."""

    id: str
    account: str
    region: str
    ec2: Json = field(default_factory=dict)
    ssm: Json = field(default_factory=dict)
    tags: Tags = field(default_factory=dict)

    @property
    def is_instance(self) -> bool:
        """Tell whether it is an EC2 instance."""
        return self.id.startswith("i-")

    def to_json(self) -> Json:
        """Return what ``from_json`` reads."""
        return {name: getattr(self, name) for name in _FIELDS}


_FIELDS = ("id", "account", "region", "ec2", "ssm", "tags")


def from_json(value: Any) -> Node | None:
    """Return the node that a cache kept, or nothing if that is none."""
    if not isinstance(value, Mapping) or set(value) != set(_FIELDS):
        return None
    are_texts = all(isinstance(value[name], str) for name in ("id", "account", "region"))
    are_maps = all(isinstance(value[name], Mapping) for name in ("ec2", "ssm", "tags"))
    return Node(**value) if are_texts and are_maps else None


@dataclass(slots=True)
class Found:
    """What one account has in one region, as ``read_instance``, ``read_managed`` and ``read_tagged`` return it."""

    account: str
    region: str
    instances: list[Json] = field(default_factory=list)
    managed: list[Json] = field(default_factory=list)
    tagged: list[Json] = field(default_factory=list)


def read_instance(answer: Mapping[str, Any]) -> Json:
    """Return an instance of DescribeInstances with keys in snake_case and its tags as a dictionary."""
    facts: Json = to_plain({key: value for key, value in answer.items() if key != "Tags"})
    return facts | {"tags": to_tags(answer.get("Tags", ()))}


def read_managed(answer: Mapping[str, Any]) -> Json:
    """Return a node of DescribeInstanceInformation with keys in snake_case."""
    facts: Json = to_plain(answer, keep=("InstanceAssociationStatusAggregatedCount",))
    return facts


def read_tagged(answer: Mapping[str, Any]) -> Json:
    """Return id and tags of a resource of tag:GetResources."""
    return {"instance_id": answer["ResourceARN"].rpartition("/")[2], "tags": to_tags(answer.get("Tags", ()))}


def merge(found: Found, query: Query) -> Iterator[Node]:
    """Yield the nodes of one account and region, by their ids.

    EC2 says which instances there are, if it is asked: one that Systems Manager still lists after its end is none. With
    filters for managed nodes, what Systems Manager does not list is left out.
    """
    instances, managed, tagged = (
        {entry["instance_id"]: entry for entry in entries} for entries in (found.instances, found.managed, found.tagged)
    )
    for node_id in sorted(instances.keys() | managed.keys()):
        if _is_wanted(node_id, instances, managed, query):
            ec2 = dict(instances.get(node_id, {}))
            tags = ec2.pop("tags", None) or tagged.get(node_id, {}).get("tags", {})
            yield Node(node_id, found.account, found.region, ec2, managed.get(node_id, {}), tags)


def _is_wanted(node_id: str, instances: Iterable[str], managed: Iterable[str], query: Query) -> bool:
    if node_id.startswith("i-") and "ec2" in query.sources:
        return node_id in instances and (not query.ssm_filters or node_id in managed)
    return node_id in managed


def types_with_tags(query: Query) -> list[str]:
    """Return the types of resources whose tags only tag:GetResources tells; EC2 tells those of its instances itself."""
    return ["ssm:managed-instance"] if "ec2" in query.sources else ["ssm:managed-instance", "ec2:instance"]
