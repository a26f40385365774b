# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading all accounts and regions, side by side: the only part of the inventory that calls AWS.

A node costs 1/50 of a call, and 1/100 for the tags of one outside of EC2: DescribeInstanceInformation has pages of 50
and no tags, ListTagsForResource is a call for each node, tag:GetResources has pages of 100. EC2 tells tags with
instances, up to 1,000 in a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import PlaceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import (
    Found,
    Node,
    merge,
    read_instance,
    read_managed,
    read_tagged,
    types_with_tags,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.options import Account, Query

Json = dict[str, Any]
Credentials = Mapping[str, Any]
Connect = Callable[[str, str, Credentials], Ssm]
"""Service, region and credentials to a client. Raises ``SsmError``. Called by one thread only, as boto3 wants it."""

# Lists at the same time. Quotas are of an account and region, so more of these do not stand in each other's way.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Place:
    """One account in one region."""

    account: str
    region: str
    credentials: Credentials

    def __str__(self) -> str:
        return f"account {self.account} in region {self.region}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The nodes that were found, by their ids, and what could not be read."""

    nodes: tuple[Node, ...]
    failures: tuple[PlaceError, ...]


def read_nodes(query: Query, connect: Connect, home: str) -> Reading:
    """Read all nodes. ``home`` is the region in which it is asked who an account is and which regions it has."""
    failures: list[PlaceError] = []
    places: dict[tuple[str, str], Place] = {}
    for account in query.accounts:
        try:
            for place in _find_places(account, query.role, connect, home):
                # The same account by two roles is read once.
                places.setdefault((place.account, place.region), place)
        except PlaceError as error:
            failures.append(error)
    nodes: dict[str, Node] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = [(place, _begin(place, query, connect, pool)) for place in places.values()]
        for place, end in begun:
            try:
                nodes.update((node.id, node) for node in merge(end(), query))
            except SsmError as error:
                failures.append(PlaceError(str(place), str(error)))
    return Reading(tuple(nodes[node_id] for node_id in sorted(nodes)), tuple(failures))


def _find_places(account: Account, role: str | None, connect: Connect, home: str) -> Iterator[Place]:
    try:
        credentials = _credentials_of(account, role, connect, home)
        sts = connect("sts", home, credentials)
        account_id = str(sts.call("find out which account it is", "get_caller_identity")["Account"])
        for region in account.regions or _regions_of(connect("ec2", home, credentials)):
            yield Place(account_id, region, credentials)
    except SsmError as error:
        raise PlaceError(str(account), str(error)) from error


def _credentials_of(account: Account, role: str | None, connect: Connect, home: str) -> Credentials:
    credentials: Credentials = {}
    if account.profile:
        credentials = {"profile_name": account.profile, **_keys(None, None, None)}
    elif role:
        credentials = _assume(role, connect("sts", home, credentials))
    if account.assume_role_arn:
        credentials = _assume(account.assume_role_arn, connect("sts", home, credentials))
    return credentials


def _assume(role: str, sts: Ssm) -> Credentials:
    given = sts.call(f"assume role '{role}'", "assume_role", RoleArn=role, RoleSessionName="openpatch_inventory")[
        "Credentials"
    ]
    return {"profile_name": None, **_keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])}


def _keys(key_id: str | None, secret: str | None, token: str | None) -> Credentials:
    return {"aws_access_key_id": key_id, "aws_secret_access_key": secret, "aws_session_token": token}


def _regions_of(ec2: Ssm) -> Sequence[str]:
    answer = ec2.call("list the regions that the account has enabled", "describe_regions")
    return sorted(entry["RegionName"] for entry in answer["Regions"])


def _begin(place: Place, query: Query, connect: Connect, pool: ThreadPoolExecutor) -> Callable[[], Found]:
    """Start to read the lists of a place, and return what waits for them and may raise ``SsmError``."""
    lists: dict[str, Future[list[Json]]] = {}
    for source in query.sources:
        for name, (service, read) in _LISTS[source].items():
            try:
                lists[name] = pool.submit(read, connect(service, place.region, place.credentials), query)
            except SsmError as error:
                lists[name] = Future()
                lists[name].set_exception(error)

    def end() -> Found:
        return Found(place.account, place.region, **{name: future.result() for name, future in lists.items()})

    return end


def _list_instances(ec2: Ssm, query: Query) -> list[Json]:
    filters = [{"Name": name, "Values": list(values)} for name, values in query.ec2_filters]
    reservations = ec2.pages(
        "list EC2 instances", "describe_instances", "Reservations", MaxResults=1000, Filters=filters
    )
    # Page by page, so that answers and what is kept of them are not in memory both.
    return [read_instance(instance) for reservation in reservations for instance in reservation["Instances"]]


def _list_managed(ssm: Ssm, query: Query) -> list[Json]:
    filters = to_filters(dict(query.ssm_filters))
    managed = ssm.pages(
        "list managed nodes",
        "describe_instance_information",
        "InstanceInformationList",
        MaxResults=50,
        **({"Filters": filters} if filters else {}),
    )
    return [read_managed(node) for node in managed]


def _list_tags(tagging: Ssm, query: Query) -> list[Json]:
    tagged = tagging.pages(
        "list the tags of managed nodes",
        "get_resources",
        "ResourceTagMappingList",
        "PaginationToken",
        ResourcesPerPage=100,
        ResourceTypeFilters=types_with_tags(query),
    )
    return [read_tagged(resource) for resource in tagged]


_LISTS: dict[str, dict[str, tuple[str, Callable[[Ssm, Query], list[Json]]]]] = {
    "ec2": {"instances": ("ec2", _list_instances)},
    "ssm": {"managed": ("ssm", _list_managed), "tagged": ("resourcegroupstaggingapi", _list_tags)},
}
"""By source: which list of ``Found``, of which service, read how."""
