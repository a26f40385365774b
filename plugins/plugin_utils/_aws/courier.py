# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Brings what was found on nodes to Systems Manager: a few nodes at a time, so many calls a second, and no more of them
where AWS refuses whoever asks.

A node's compliance items go first and its summary last: what the summary says is then there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import (
    CUSTOM_TYPE,
    PATCH_TYPE,
    NodeResults,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

NODES_AT_A_TIME = 4
CALLS_A_SECOND = 20.0
GIVE_UP_AFTER = 3  # failures in a row that have nothing to do with the node

DOING = "report to Systems Manager"

# what is wrong with one node, and says nothing of the next
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
    """Delivers over one session, with AWS's patience and its own."""

    def __init__(self, session: AwsSession, *, calls_a_second: float = CALLS_A_SECOND) -> None:
        self._session = session
        self._pace = _Pace(calls_a_second)
        self._lock = threading.Lock()
        self._failures = 0  # in a row
        self._given_up = ""
        self._type = PATCH_TYPE

    def deliver(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Deliver; gives a receipt for each, in order. It raises nothing that AWS is the cause of."""
        try:
            client = self._session.client("ssm")
        except AwsError as error:
            return [Receipt(failure=str(error)) for _parcel in parcels]
        with ThreadPoolExecutor(max_workers=NODES_AT_A_TIME) as pool:
            return list(pool.map(lambda parcel: self._deliver(client, parcel), parcels))

    def _deliver(self, client: Any, parcel: Parcel) -> Receipt:
        if self._given_up:
            return Receipt(failure=self._given_up)
        try:
            with self._session.translate(DOING):
                kind, is_sent = self._put_items(client, parcel)
                self._call(client.put_inventory, parcel.results.inventory_request())
        except AwsError as error:
            return Receipt(failure=self._note_failure(error))
        with self._lock:
            self._failures = 0
        return Receipt(compliance_type=kind, items_sent=is_sent)

    def _put_items(self, client: Any, parcel: Parcel) -> tuple[str, bool]:
        """Put the compliance items, unless just these are there; gives their type and whether they were sent."""
        results = parcel.results
        if parcel.known_items == results.items_hash and parcel.known_type:
            return parcel.known_type, False
        kind = self._type
        try:
            with self._session.translate(DOING):
                self._call(client.put_compliance_items, results.compliance_request(kind))
        except AwsError as error:
            if kind == CUSTOM_TYPE or error.code not in _OF_THE_TYPE:
                raise
            try:
                with self._session.translate(DOING):
                    self._call(client.put_compliance_items, results.compliance_request(CUSTOM_TYPE))
            except AwsError:
                raise error from None  # it was not the type
            self._type = kind = CUSTOM_TYPE
        return kind, True

    def _call(self, method: Any, request: Mapping[str, Any]) -> None:
        self._pace.wait()
        method(**request)

    def _note_failure(self, error: AwsError) -> str:
        """The failure in words for the node, and for those that come after it."""
        way_out = _WAYS_OUT.get(error.code)
        told = f"{error}. {way_out}" if way_out else str(error)
        with self._lock:
            self._failures = 0 if error.code in _OF_THE_NODE else self._failures + 1
            if self._failures >= GIVE_UP_AFTER:
                self._given_up = told
        return told


class _Pace:
    """Lets so many callers a second through."""

    def __init__(self, calls_a_second: float) -> None:
        self._interval = 1 / calls_a_second
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        time.sleep(turn - now)
