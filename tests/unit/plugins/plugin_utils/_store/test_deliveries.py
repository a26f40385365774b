# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which assessments somebody else is still to be told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.deliveries import (
    ASKED,
    DELIVERED,
    FAILED,
    WITHHELD,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.samples import NOW, join, make_assessment

NODE = "mi-0123456789abcdef0"
REQUEST = {"aws": {"region": "eu-west-1"}}


class Clock:
    """The time of a store."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    with open_store(store_url, clock=clock) as opened:
        yield opened


def ask(store: Store, run_id: str, host: str = "web1", state: str = ASKED, message: str = "") -> int:
    """Add an assessment and ask that it be told; gives the number of the delivery."""
    assessment = store.add_assessment(run_id, host, make_assessment(), operation="Scan", current=True)
    return store.ask_delivery(run_id, host, assessment, NODE, REQUEST, state=state, message=message)


def due(store: Store, run_id: str, *hosts: str) -> list[tuple[str, int, str]]:
    return [(entry.host, entry.id, entry.state) for entry in store.due_deliveries(run_id, hosts or ["web1"])]


def test_what_is_asked_for_is_due_with_all_that_was_said(store: Store) -> None:
    run_id = join(store)
    number = ask(store, run_id)
    (entry,) = store.due_deliveries(run_id, ["web1"])
    assert (entry.id, entry.run_id, entry.host, entry.node_id, entry.state) == (number, run_id, "web1", NODE, ASKED)
    assert (entry.request, entry.message) == (REQUEST, "")
    assert store.read_assessments([entry.assessment_id])[entry.assessment_id].assessment() == make_assessment()


def test_only_hosts_that_are_asked_for_are_given_in_order(store: Store) -> None:
    run_id = join(store)
    numbers = {host: ask(store, run_id, host) for host in ("web3", "web1", "web2")}
    assert due(store, run_id, "web3", "web1", "db1") == [(host, numbers[host], ASKED) for host in ("web1", "web3")]


def test_what_was_delivered_is_not_due_and_is_remembered(store: Store) -> None:
    run_id = join(store)
    store.end_delivery(ask(store, run_id), DELIVERED, "done", {"items_hash": "1"})
    assert due(store, run_id) == []
    assert store.told_of(["web1", "web2"]) == {"web1": {"items_hash": "1"}}


def test_what_failed_is_due_in_the_next_run_until_something_newer_is(store: Store) -> None:
    first, second = join(store, "1"), join(store, "2")
    store.end_delivery(ask(store, first), DELIVERED, "", {"items_hash": "1"})
    failed = ask(store, first)
    store.end_delivery(failed, FAILED, "throttled")
    assert due(store, second) == [("web1", failed, FAILED)]
    newer = ask(store, second)
    assert due(store, second) == [("web1", newer, ASKED)]
    assert store.told_of(["web1"]) == {"web1": {"items_hash": "1"}}
    store.end_delivery(newer, DELIVERED, "", {"items_hash": "2"})
    assert due(store, second) == [], "what is older than what was delivered is old"
    assert store.told_of(["web1"]) == {"web1": {"items_hash": "2"}}


def test_what_is_withheld_shows_in_its_run_and_hides_nothing(store: Store) -> None:
    first, second = join(store, "1"), join(store, "2")
    asked = ask(store, first)
    withheld = ask(store, first, state=WITHHELD, message="no repository")
    assert due(store, first) == [("web1", asked, ASKED), ("web1", withheld, WITHHELD)]
    assert due(store, second) == [("web1", asked, ASKED)]


def test_the_newest_of_each_host_is_given_whatever_became_of_it(store: Store, clock: Clock) -> None:
    run_id = join(store)
    assert store.newest_deliveries() == {}
    store.end_delivery(ask(store, run_id), DELIVERED, "", {})
    withheld = ask(store, run_id, state=WITHHELD, message="no repository")
    failed = ask(store, run_id, "web2")
    store.end_delivery(failed, FAILED, "throttled")
    found = store.newest_deliveries()
    assert {host: (entry.id, entry.state, entry.message, entry.tried_at) for host, entry in found.items()} == {
        "web1": (withheld, WITHHELD, "no repository", None),
        "web2": (failed, FAILED, "throttled", clock.now),
    }


def test_what_is_too_old_is_given_up(store: Store, clock: Clock) -> None:
    run_id = join(store)
    number = ask(store, run_id)
    clock.now += timedelta(days=29)
    assert due(store, run_id) == [("web1", number, ASKED)]
    clock.now += timedelta(days=1)
    assert due(store, run_id) == []


def test_a_state_that_nobody_knows_is_refused(store: Store) -> None:
    run_id = join(store)
    with pytest.raises(StoreValueError, match="'sent' is not one of asked, failed, delivered, withheld"):
        ask(store, run_id, state="sent")
    number = ask(store, run_id)
    with pytest.raises(StoreValueError, match="'sent' is not one of"):
        store.end_delivery(number, "sent")


def test_many_hosts_are_no_problem(store: Store) -> None:
    assert store.due_deliveries(join(store), [f"web{number}" for number in range(5000)]) == []
    assert store.told_of(f"web{number}" for number in range(5000)) == {}
