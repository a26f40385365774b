# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Turns: who may start is decided for all processes at once, and who died holds nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import Decision, decide_start
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Bounds
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import keeper, schema, turns
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import Look
from tests.unit.plugins.plugin_utils._store.controllers import ELSEWHERE, live
from tests.unit.plugins.plugin_utils._store.processes import fork, run_all, run_until_marked
from tests.unit.plugins.plugin_utils._store.samples import NOW, join, make_assessment

HOSTS = tuple(f"web{number}" for number in range(1, 6))
SECOND = "elsewhere.example:4712:boot:4026531836:100"


@pytest.fixture(autouse=True)
def no_keeper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases run out by themselves here; test_keeper.py has the keeper."""
    monkeypatch.setattr(keeper, "is_needed", lambda database: False)


def by(bounds: Bounds, cutoff: datetime | None = None) -> Callable[[Look], Decision]:
    """The gate with these limits."""
    return lambda look: decide_start(
        bounds,
        running=look.running,
        errors=look.errors,
        now=look.now,
        cutoff=cutoff,
        held=look.held,
        held_elsewhere=look.held_elsewhere,
    )


def enter(store: Store, controller: str = ELSEWHERE, hosts: Sequence[str] = HOSTS) -> str:
    """Join the run and enter it; gives its id."""
    run_id = join(store)
    store.enter_run(run_id, controller, hosts[0], hosts)
    return run_id


def start(store: Store, run_id: str, host: str, bounds: Bounds | None = None, controller: str = ELSEWHERE) -> str:
    """Ask for a turn; gives the verdict."""
    return store.take_turn(run_id, host, controller, by(bounds or Bounds())).verdict.value


def let_lease_run_out(store: Store, controller: str) -> None:
    """As if the controller had given no sign of life for a minute and a bit."""
    table = schema.controllers
    with store._database.write("test") as connection:
        connection.execute(
            table.update()
            .where(table.c.controller == controller)
            .values(renewed_at=table.c.renewed_at - turns.LEASE_SECONDS - 1)
        )


def test_targets_are_the_distinct_hosts_of_all_controllers(store: Store) -> None:
    run_id = enter(store)
    store.enter_run(run_id, ELSEWHERE, "web2", HOSTS)
    store.enter_run(run_id, SECOND, "web5", ["web5", "web6", "web6"])
    counts = store.count_turns(run_id)
    assert (counts.total, counts.waiting) == (6, 6)


def test_entering_again_reads_only(store: Store) -> None:
    run_id = enter(store)
    statements: list[str] = []
    sa.event.listen(
        store._database.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: statements.append(statement)
    )
    store.enter_run(run_id, ELSEWHERE, "web2", HOSTS)
    assert {statement.split()[0] for statement in statements} - {"BEGIN"} == {"SELECT"}


def test_a_turn_is_taken_while_there_is_a_place_and_asking_again_is_free(store: Store) -> None:
    run_id = enter(store)
    limit = Bounds(at_once=2)
    assert [start(store, run_id, host, limit) for host in HOSTS[:3]] == ["start", "start", "wait"]
    assert start(store, run_id, "web1", limit) == "start", "it holds its turn"
    assert store.count_turns(run_id).running == 2
    assert store.end_turn(run_id, "web1", "succeeded")
    assert [start(store, run_id, host, limit) for host in HOSTS[2:]] == ["start", "wait", "wait"]


def test_only_failed_counts_as_an_error(store: Store) -> None:
    run_id = enter(store)
    limit = Bounds(errors=0)
    for host, outcome in zip(HOSTS, ("succeeded", "unreachable", "terminated", "outside_window"), strict=False):
        store.end_turn(run_id, host, outcome)
    assert start(store, run_id, "web5", limit) == "start"
    store.end_turn(run_id, "web5", "failed")
    assert start(store, run_id, "web3", limit) == "stop"
    counts = store.count_turns(run_id)
    assert (counts.succeeded, counts.unreachable, counts.terminated, counts.outside_window) == (1, 1, 1, 1)
    assert (counts.failed, counts.errors) == (1, 1)


def test_an_error_is_not_forgotten_when_the_host_is_tried_again(store: Store) -> None:
    run_id = enter(store)
    start(store, run_id, "web1")
    store.end_turn(run_id, "web1", "failed")
    start(store, run_id, "web1")
    store.end_turn(run_id, "web1", "succeeded")
    assert (store.count_turns(run_id).errors, store.count_turns(run_id).failed) == (1, 0)


def test_who_failed_or_was_not_reached_is_not_called_not_started_later(store: Store) -> None:
    run_id = enter(store)
    for host, outcome in (("web1", "failed"), ("web2", "unreachable"), ("web3", "succeeded")):
        store.end_turn(run_id, host, outcome)
    assert [store.end_turn(run_id, host, "terminated") for host in HOSTS[:4]] == [False, False, True, True]
    assert [store.find_turn(run_id, host) for host in HOSTS] == [
        "failed", "unreachable", "terminated", "terminated", "waiting",
    ]  # fmt: skip


def test_after_the_cutoff_nobody_starts_and_who_has_a_turn_keeps_it(store: Store) -> None:
    run_id = enter(store)
    past = datetime.now(timezone.utc) - timedelta(hours=1)
    start(store, run_id, "web1")
    decisions = [store.take_turn(run_id, host, ELSEWHERE, by(Bounds(), past)) for host in HOSTS[:2]]
    assert [decision.verdict.value for decision in decisions] == ["start", "closed"]


def test_a_host_that_did_not_enter_and_an_unknown_outcome_are_refused(store: Store) -> None:
    run_id = enter(store)
    with pytest.raises(StoreValueError, match="host 'db1': it did not enter run"):
        start(store, run_id, "db1")
    with pytest.raises(StoreValueError, match="'running' is not one of succeeded, failed"):
        store.end_turn(run_id, "web1", "running")
    assert store.find_turn(run_id, "db1") is None


def test_progress_is_there_while_the_host_is_worked_on(store: Store) -> None:
    run_id = enter(store)
    start(store, run_id, "web2")
    store.note_progress(run_id, "web2", "3 of 7: \x1b[2Jopenssl\x00")
    (worker,) = store.count_turns(run_id).at_work
    assert (worker.host, worker.controller, worker.progress) == ("web2", ELSEWHERE, "3 of 7: \x1b[2Jopenssl\\x00")
    assert abs(datetime.now(timezone.utc) - worker.since) < timedelta(minutes=1)
    store.end_turn(run_id, "web2", "succeeded")
    assert store.count_turns(run_id).at_work == ()


def test_a_lease_elsewhere_runs_out_and_its_places_are_used_again(store: Store) -> None:
    run_id = enter(store)
    store.enter_run(run_id, SECOND, "db1", ["db1"])
    limit = Bounds(at_once=1)
    assert start(store, run_id, "web1", limit) == "start"
    assert start(store, run_id, "db1", limit, SECOND) == "wait"
    assert start(store, run_id, "web1", None, SECOND) == "wait", "another controller works on it"
    let_lease_run_out(store, ELSEWHERE)
    counts = store.count_turns(run_id)
    assert (counts.running, counts.interrupted, counts.at_work) == (0, 1, ())
    assert start(store, run_id, "db1", limit, SECOND) == "start"
    assert start(store, run_id, "web1", None, SECOND) == "start"


def test_a_controller_here_holds_its_places_until_it_is_killed(store: Store) -> None:
    with live() as first, live() as second:
        run_id = enter(store, first.name)
        store.enter_run(run_id, second.name, "db1", ["db1"])
        limit = Bounds(at_once=1)
        start(store, run_id, "web1", limit, first.name)
        let_lease_run_out(store, first.name)  # does not matter: it is seen to live
        assert start(store, run_id, "db1", limit, second.name) == "wait"
        first.kill()
        assert start(store, run_id, "db1", limit, second.name) == "start"


def test_a_run_has_its_end_when_all_its_controllers_have(store: Store) -> None:
    run_id = enter(store)
    store.enter_run(run_id, SECOND, "db1", ["db1"])
    assert store.list_runs()[0].state == "running"
    assert store.end_run(run_id, "Incomplete", controller=ELSEWHERE)
    assert not store.end_run(run_id, "Success", controller=ELSEWHERE)
    assert (store.list_runs()[0].state, store.list_runs()[0].ended_at) == ("running", None)
    assert store.end_run(run_id, "Failed", controller=SECOND)
    (run,) = store.list_runs()
    assert (run.run_id, run.state, run.ended_at is not None) == (run_id, "Failed", True)
    store.enter_run(run_id, SECOND, "db1", ["db1"])
    assert store.list_runs()[0].state == "running", "a second operation of the same run"


def test_runs_are_listed_newest_first(store_url: str) -> None:
    for number in range(3):
        with open_store(store_url, clock=lambda number=number: NOW + timedelta(days=number)) as store:  # type: ignore[misc]
            store.join_run(f"key {number}", operation=str(number), attributes={"number": number})
    with open_store(store_url) as store:
        assert [run.operation for run in store.list_runs()] == ["2", "1", "0"]
        assert store.list_runs()[0].attributes == {"number": 2}


def test_the_next_run_closes_one_whose_controller_was_killed(store: Store) -> None:
    with live() as killed, live() as next_one:
        run_id = enter(store, killed.name)
        for host in HOSTS[:4]:
            start(store, run_id, host, None, killed.name)
        store.end_turn(run_id, "web1", "succeeded")
        store.add_assessment(run_id, "web2", make_assessment(), operation="Scan", current=True)
        store.add_incident(run_id, "web3", "UNREACHABLE", "timed out")
        killed.kill()
        other = store.join_run("next", operation="Scan", attributes={}).run_id
        store.enter_run(other, next_one.name, "db1", ["db1"])
        by_id = {run.run_id: run for run in store.list_runs()}
        assert (by_id[run_id].state, by_id[other].state) == ("interrupted", "running")
        assert by_id[run_id].ended_at is not None
        assert [store.find_turn(run_id, host) for host in HOSTS] == [
            "succeeded", "succeeded", "unreachable", "interrupted", "waiting",
        ]  # fmt: skip
        entries = store.run_entries(run_id)
        assert set(entries) == {"web2", "web3", "web4"}
        incident = entries["web4"].incident
        assert incident is not None
        assert (incident.state, "was interrupted" in incident.message) == ("ERROR", True)
        assert killed.name.split(":")[1] in incident.message
        assert store.close_abandoned_runs() == 0


def test_what_was_found_before_a_turn_is_not_how_it_ended(store: Store) -> None:
    run_id = enter(store)
    store.add_assessment(run_id, "web1", make_assessment(), operation="Scan", current=True)
    with store._database.write("test") as connection:
        table = schema.assessments
        connection.execute(table.update().values(recorded_at=NOW - timedelta(hours=1)))
    start(store, run_id, "web1")
    store.end_run(run_id, "Incomplete", controller=ELSEWHERE)
    assert store.find_turn(run_id, "web1") == "interrupted"


def test_an_end_closes_what_its_workers_left_open(store: Store) -> None:
    run_id = enter(store)
    start(store, run_id, "web1")
    store.end_run(run_id, "Incomplete", controller=ELSEWHERE)
    incident = store.run_entries(run_id, ["web1"])["web1"].incident
    assert incident is not None and "its process on the controller is gone" in incident.message
    assert store.find_turn(run_id, "web1") == "interrupted"


@pytest.mark.parametrize(
    ("operation", "failed", "expected"),
    [("Install", 1, "failed"), ("Install", 0, "succeeded"), ("Scan", 1, "succeeded")],
)
def test_an_install_with_failed_patches_failed(store: Store, operation: str, failed: int, expected: str) -> None:
    run_id = enter(store)
    start(store, run_id, "web1")
    assessment = make_assessment(counts={"failed_count": failed})
    store.add_assessment(run_id, "web1", assessment, operation=operation, current=True)
    store.end_run(run_id, "Incomplete", controller=ELSEWHERE)
    assert store.find_turn(run_id, "web1") == expected


def test_several_that_close_at_once_close_once(store_url: str) -> None:
    with open_store(store_url) as store, live() as killed:
        run_id = enter(store, killed.name)
        start(store, run_id, "web1", None, killed.name)
        killed.kill()
    barrier = fork.Barrier(6)
    assert run_all(close_at_once, [(store_url, barrier)] * 6) == [0] * 6
    with open_store(store_url) as store, store._database.read("test") as connection:
        table = schema.assessments
        assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1


def close_at_once(url: str, barrier: Any) -> None:
    with open_store(url) as store:
        barrier.wait()
        store.close_abandoned_runs()


def claim(url: str, number: int, barrier: Any, won: Any) -> None:
    with open_store(url) as store:
        barrier.wait()
        if store.claim_slot("weekly", "Install", NOW, f"run {number}"):
            won.put(number)


def test_a_slot_has_one_run_over_all_controllers(store_url: str) -> None:
    open_store(store_url).close()
    barrier, won = fork.Barrier(8), fork.SimpleQueue()
    assert run_all(claim, [(store_url, number, barrier, won) for number in range(8)]) == [0] * 8
    winner = won.get()
    assert won.empty()
    with open_store(store_url) as store:
        assert store.claim_slot("weekly", "Install", NOW, f"run {winner}")
        assert not store.claim_slot("weekly", "Install", NOW, "run 99")
        assert store.claim_slot("weekly", "Install", NOW + timedelta(days=7), "run 99")
        assert store.claim_slot("weekly", "Scan", NOW, "run 99")
        assert store.claim_slot("daily", "Install", NOW, "run 99")


def hold_the_run(url: str, marker: Path) -> None:
    with open_store(url) as store:
        run_id = join(store)
        with store._database.write("test") as connection:
            turns._lock(connection, run_id)
            marker.touch()
            time.sleep(1)


def test_a_turn_begins_and_ends_when_that_is_written_not_when_it_was_asked_for(store_url: str, tmp_path: Path) -> None:
    """Else a place would seem to have been taken before its holder gave it back."""
    with open_store(store_url) as store:
        run_id = enter(store)
        for marker, call in (
            ("take", lambda: start(store, run_id, "web1")),
            ("end", lambda: store.end_turn(run_id, "web1", "failed")),
        ):
            with run_until_marked(hold_the_run, store_url, tmp_path / marker):
                asked = datetime.now(timezone.utc)
                call()
            with store._database.read("test") as connection:
                row = connection.execute(schema.turns.select().where(schema.turns.c.host == "web1")).one()
            assert (row.ended_at or row.taken_at) - asked > timedelta(seconds=0.5)


RACERS, PLACES, HOSTS_EACH, ALLOWED = 12, 3, 4, 5


def race(url: str, controller: str, number: int, barrier: Any, seen: Any) -> None:
    """A fork of a controller: its hosts one after another, and how many were at work while one of them was."""
    hosts = [f"host-{racer}-{index}" for racer in range(RACERS) for index in range(HOSTS_EACH)]
    decide = by(Bounds(at_once=PLACES, errors=ALLOWED))
    barrier.wait()
    for index in range(HOSTS_EACH):
        with open_store(url) as store:
            host, run_id = f"host-{number}-{index}", join(store)
            store.enter_run(run_id, controller, host, hosts)
            while (decision := store.take_turn(run_id, host, controller, decide)).verdict.value == "wait":
                time.sleep(random.uniform(0.001, 0.02))
            if not decision.starts:
                store.end_turn(run_id, host, "terminated")
                continue
            counts = store.count_turns(run_id)
            seen.put(counts.running)
            time.sleep(random.uniform(0, 0.02))
            store.end_turn(run_id, host, "failed" if (number + index) % 3 == 0 else "succeeded")


def test_processes_that_race_never_are_more_than_the_limit_and_stop_at_the_threshold(store_url: str) -> None:
    open_store(store_url).close()
    barrier, seen = fork.Barrier(RACERS), fork.SimpleQueue()
    with live() as controller:
        arguments = [(store_url, controller.name, number, barrier, seen) for number in range(RACERS)]
        assert run_all(race, arguments) == [0] * RACERS
    most = 0
    while not seen.empty():
        most = max(most, seen.get())
    assert 1 < most <= PLACES
    with open_store(store_url) as store:
        counts = store.count_turns(join(store))
        with store._database.read("test") as connection:
            rows = connection.execute(schema.turns.select()).all()
    assert (counts.total, counts.waiting, counts.running) == (RACERS * HOSTS_EACH, 0, 0)
    # the one that stops is number ALLOWED + 1; those in flight with it may fail too
    assert ALLOWED < counts.errors <= ALLOWED + PLACES
    stopped_at = sorted(row.ended_at for row in rows if row.errors)[ALLOWED]
    late = [row.host for row in rows if row.state != "terminated" and row.taken_at > stopped_at]
    assert late == []
    assert counts.terminated == counts.total - counts.succeeded - counts.failed > 0


def test_looking_for_a_place_needs_the_index_alone(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        run_id = enter(store, hosts=[f"host-{number}" for number in range(100)])
        with store._database.engine.connect() as connection:
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT state, controller, count(*), sum(errors) FROM patch_turns"
                " WHERE run_id = ? GROUP BY state, controller",
                (run_id,),
            ).all()
        assert "USING COVERING INDEX ix_patch_turns_state" in plan[0][3]


def test_a_turn_that_rests_for_too_long_takes_no_place_and_its_host_may_still_go_on(store: Store) -> None:
    run_id = enter(store)
    controller = ELSEWHERE  # which lives by its lease
    one = Bounds(at_once=1)
    assert start(store, run_id, HOSTS[0], one, controller) == "start"
    store.rest_turn(run_id, HOSTS[0])
    assert start(store, run_id, HOSTS[1], one, controller) == "wait", "its next step may come"

    def start_now(host: str) -> str:
        return store.take_turn(run_id, host, controller, by(one), idle_limit=timedelta(0)).verdict.value

    assert start_now(HOSTS[1]) == "start", "it has not come"
    assert start_now(HOSTS[0]) == "start", "a host that is under way finishes"
    assert start_now(HOSTS[2]) == "wait", "its turn takes a place again"


def test_a_place_that_rested_when_its_controller_died_is_free_once(store: Store) -> None:
    run_id = enter(store)
    store.enter_run(run_id, SECOND, "db1", ["db1", "db2"])
    two = Bounds(at_once=2)
    assert start(store, run_id, "web1", two) == "start"
    store.rest_turn(run_id, "web1")
    let_lease_run_out(store, ELSEWHERE)

    def start_now(host: str, controller: str = SECOND) -> str:
        return store.take_turn(run_id, host, controller, by(two), idle_limit=timedelta(0)).verdict.value

    assert [start_now(host) for host in ("db1", "db2")] == ["start", "start"]
    store.enter_run(run_id, SECOND, "web5", ["web5"])
    assert start_now("web5") == "wait"
