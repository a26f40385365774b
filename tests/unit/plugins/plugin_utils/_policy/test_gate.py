# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate's answers, and whole runs by them: no run has more nodes at once, or starts one too many."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import (
    RunState,
    Verdict,
    decide_start,
    judge_run,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Bounds

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=timezone.utc)
LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("bounds", "seen", "verdict", "reason"),
    [
        (Bounds(), {"running": 900, "errors": 900}, Verdict.START, "no limit"),
        (Bounds(at_once=5), {"running": 4, "errors": 9}, Verdict.START, "place 5 of 5"),
        (Bounds(at_once=5), {"running": 5, "errors": 0}, Verdict.WAIT, "5 of 5 taken"),
        (Bounds(errors=3), {"running": 0, "errors": 3}, Verdict.START, "no limit"),
        (
            Bounds(errors=3),
            {"running": 0, "errors": 4},
            Verdict.STOP,
            "4 nodes have failed and patch_max_errors allows 3",
        ),
        (
            Bounds(errors=0),
            {"running": 0, "errors": 1},
            Verdict.STOP,
            "1 node has failed and patch_max_errors allows 0",
        ),
        (Bounds(), {"running": 0, "errors": 0, "cutoff": LATER}, Verdict.START, "no limit"),
        (Bounds(), {"running": 0, "errors": 0, "cutoff": NOW}, Verdict.CLOSED, "after 2026-11-23 18:00 UTC"),
        (Bounds(at_once=1), {"running": 1, "errors": 0, "cutoff": EARLIER}, Verdict.CLOSED, "patch_window_cutoff"),
        (Bounds(errors=0), {"running": 0, "errors": 1, "cutoff": EARLIER}, Verdict.STOP, "patch_max_errors"),
        (Bounds(1, 0), {"running": 1, "errors": 1, "cutoff": EARLIER, "held": True}, Verdict.START, "already"),
        (Bounds(), {"running": 1, "errors": 0, "held_elsewhere": True}, Verdict.WAIT, "another controller"),
    ],
)
def test_answers(bounds: Bounds, seen: dict[str, int], verdict: Verdict, reason: str) -> None:
    decision = decide_start(bounds, now=NOW, **seen)  # type: ignore[arg-type]
    assert decision.verdict is verdict
    assert reason in decision.reason
    assert decision.starts == (verdict is Verdict.START)


@pytest.mark.parametrize(
    ("counts", "errors", "expected"),
    [
        ({"total": 3}, None, RunState.SUCCESS),
        ({"total": 0}, 0, RunState.SUCCESS),
        ({"total": 5, "unreachable": 4}, 0, RunState.SUCCESS),  # example 17
        ({"total": 5, "unreachable": 5}, 0, RunState.FAILED),  # example 17
        ({"total": 5, "errors": 1, "terminated": 3}, 0, RunState.FAILED),  # example 16
        ({"total": 5, "errors": 1, "terminated": 3}, None, RunState.FAILED),  # by the limit of another controller
        ({"total": 5, "errors": 1}, 0, RunState.FAILED),  # the last node of all
        ({"total": 5, "errors": 1}, 1, RunState.INCOMPLETE),
        ({"total": 5, "errors": 5}, None, RunState.INCOMPLETE),
        ({"total": 5, "unfinished": 1}, None, RunState.INCOMPLETE),
    ],
)
def test_how_a_run_ended(counts: dict[str, int], errors: int | None, expected: RunState) -> None:
    nothing = {"errors": 0, "unreachable": 0, "terminated": 0, "unfinished": 0}
    assert judge_run(Bounds(errors=errors), **{**nothing, **counts}) is expected


@dataclass(frozen=True)
class Host:
    """How long it takes, how it ends, and whether its controller dies in the middle of it."""

    seconds: int
    fails: bool = False
    dies: bool = False


@dataclass
class Outcome:
    """What came of a simulated run."""

    started: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    terminated: list[int] = field(default_factory=list)
    most_at_once: int = 0
    errors: int = 0
    started_after_the_limit: int = 0
    duration: int = 0


def simulate(hosts: Sequence[Host], bounds: Bounds) -> Outcome:
    """Run all hosts through the gate, asking again whenever something changed; a host whose controller dies neither
    finishes nor fails, and its place is free from then on."""
    outcome, clock = Outcome(), 0
    at_work: list[tuple[int, int]] = []  # when it ends, and which one
    waiting = deque(range(len(hosts)))
    while True:
        while waiting:
            decision = decide_start(bounds, running=len(at_work), errors=outcome.errors, now=NOW)
            if decision.verdict is Verdict.WAIT:
                break
            number = waiting.popleft()
            if decision.verdict is Verdict.STOP:
                outcome.terminated.append(number)
                continue
            outcome.started.append(number)
            outcome.started_after_the_limit += bounds.errors is not None and outcome.errors > bounds.errors
            heapq.heappush(at_work, (clock + hosts[number].seconds, number))
            outcome.most_at_once = max(outcome.most_at_once, len(at_work))
        if not at_work:
            assert not waiting, "nobody is at work and somebody waits: for ever"
            outcome.duration = clock
            return outcome
        clock, number = heapq.heappop(at_work)
        if not hosts[number].dies:
            outcome.finished.append(number)
            outcome.errors += hosts[number].fails


def check(outcome: Outcome, hosts: Sequence[Host], bounds: Bounds) -> None:
    """What is true of every run."""
    assert bounds.at_once is None or outcome.most_at_once <= bounds.at_once
    assert outcome.started_after_the_limit == 0
    assert sorted(outcome.started + outcome.terminated) == list(range(len(hosts)))
    assert set(outcome.finished) == {number for number in outcome.started if not hosts[number].dies}
    assert bool(outcome.terminated) <= (bounds.errors is not None and outcome.errors > bounds.errors)


@settings(max_examples=300)
@given(
    hosts=st.lists(st.builds(Host, st.integers(0, 50), st.booleans(), st.booleans()), max_size=60),
    bounds=st.builds(Bounds, st.none() | st.integers(1, 20), st.none() | st.integers(0, 20)),
)
def test_in_every_run_the_limits_hold_and_everybody_ends(hosts: list[Host], bounds: Bounds) -> None:
    check(simulate(hosts, bounds), hosts, bounds)


def test_example_15_in_flight_nodes_finish_and_the_rest_is_terminated() -> None:
    hosts = [Host(seconds=10 + number, fails=True) for number in range(50)]
    bounds = Bounds(at_once=10, errors=5)
    outcome = simulate(hosts, bounds)
    check(outcome, hosts, bounds)
    # the first five errors each let one more start; the sixth stops, and nine others are in flight
    assert (len(outcome.finished), outcome.errors, len(outcome.terminated)) == (15, 15, 35)


def test_example_16() -> None:
    hosts = [Host(1, fails=number == 1) for number in range(5)]
    outcome = simulate(hosts, Bounds(1, 0))
    assert (outcome.finished, outcome.terminated) == ([0, 1], [2, 3, 4])


def test_ten_thousand_hosts_of_which_one_is_slow_and_some_die() -> None:
    hosts = [
        Host(seconds=100_000 if number == 0 else 60, fails=number % 500 == 3, dies=number % 100 == 50)
        for number in range(10_000)
    ]
    bounds = Bounds(at_once=200, errors=100)
    outcome = simulate(hosts, bounds)
    check(outcome, hosts, bounds)
    assert outcome.terminated == []
    assert outcome.most_at_once == 200
    assert outcome.duration == 100_000, "the slow one alone decides; it held up nobody"
    assert outcome.finished[-1] == 0
