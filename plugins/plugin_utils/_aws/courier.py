# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings what was found on nodes to Systems Manager.

A node's compliance items go first and its summary last: what the summary says is then there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.crew import CALLS_A_SECOND, Crew
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import (
    CUSTOM_TYPE,
    PATCH_TYPE,
    NodeResults,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

DOING = "report to Systems Manager"

_OF_THE_NODE = frozenset(
    {
        "ComplianceTypeCountLimitExceededException",
        "InvalidInstanceId",
        "InvalidItemContentException",
        "InvalidResourceId",
        "ItemContentMismatchException",
        "ItemSizeLimitExceededException",
        "TotalSizeLimitExceededException",
        "ValidationException",
    }
)
# how an API may say that a type is not for others to write
_OF_THE_TYPE = frozenset({"InvalidItemContentException", "InvalidTypeNameException", "ValidationException"})
_WAYS_OUT = {
    "InvalidInstanceId": "Correct patch_instance_id, or activate the node in this account and region",
    "InvalidResourceId": "Correct patch_instance_id, or activate the node in this account and region",
    "TotalSizeLimitExceededException": "AWS takes no more of this node today",
}


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be told of a node. ``known_items``: hash of the compliance items that are there already."""

    results: NodeResults
    known_items: str = ""
    known_type: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it went; ``failure`` is empty if it went well. ``items_sent``: false if they were there already."""

    failure: str = ""
    compliance_type: str = ""
    items_sent: bool = False


class Courier:
    """Delivers over one session."""

    def __init__(self, session: AwsSession, *, calls_a_second: float = CALLS_A_SECOND) -> None:
        self._session = session
        self._crew = Crew(_OF_THE_NODE, calls_a_second=calls_a_second)
        self._type = PATCH_TYPE

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Deliver; gives a receipt for each, in order. It raises nothing that AWS is the cause of."""
        try:
            client = self._session.client("ssm")
        except AwsError as error:
            return [Receipt(failure=str(error)) for _parcel in parcels]
        done = self._crew.do(lambda parcel: self._deliver(client, parcel), parcels)
        return [Receipt(failure=_explain(each)) if isinstance(each, AwsError) else each for each in done]

    def _deliver(self, client: Any, parcel: Parcel) -> Receipt:
        kind, is_sent = self._put_items(client, parcel)
        self._crew.wait()
        with self._session.translate(DOING):
            client.put_inventory(**parcel.results.inventory_request())
        return Receipt(compliance_type=kind, items_sent=is_sent)

    def _put_items(self, client: Any, parcel: Parcel) -> tuple[str, bool]:
        """Put the compliance items, unless just these are there; gives their type and whether they were sent."""
        results = parcel.results
        if parcel.known_items == results.items_hash and parcel.known_type:
            return parcel.known_type, False
        kind = self._type
        try:
            self._put_items_as(client, results, kind)
        except AwsError as error:
            if kind == CUSTOM_TYPE or error.code not in _OF_THE_TYPE:
                raise
            try:
                self._put_items_as(client, results, CUSTOM_TYPE)
            except AwsError:
                raise error from None  # it was not the type
            self._type = kind = CUSTOM_TYPE
        return kind, True

    def _put_items_as(self, client: Any, results: NodeResults, kind: str) -> None:
        self._crew.wait()
        with self._session.translate(DOING):
            client.put_compliance_items(**results.compliance_request(kind))


def _explain(error: AwsError) -> str:
    way_out = _WAYS_OUT.get(error.code)
    return f"{error}. {way_out}" if way_out else str(error)
