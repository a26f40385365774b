# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.host_events import HostEvents, Phase
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.progress import Counts, Working
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import TurnCounts, Worker

NOW = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


@pytest.fixture
def events() -> HostEvents:
    found = HostEvents()
    found.begin_play(["web1", "web2", "web3"])
    return found


def test_all_hosts_of_a_play_wait_at_first(events: HostEvents) -> None:
    assert events.count() == Counts(total=3, waiting=3)


def test_a_host_is_running_from_its_first_task_to_the_end_of_its_last_step(events: HostEvents) -> None:
    events.start_task("web1", "a task before", 1.0)
    assert events.list_working() == [Working("web1", "a task before", 1.0)]
    events.start_patching("web1", "install", 2.0)
    events.say("web1", "1 of 2: unpacking")
    assert events.list_working() == [Working("web1", "1 of 2: unpacking", 1.0)]
    events.end("web1", Phase.DONE, 11.0)
    events.start_task("web1", "a task after", 12.0)
    assert events.count() == Counts(total=3, waiting=2, done=1)
    assert events.durations == [10.0]


def test_only_the_first_step_begins_a_host(events: HostEvents) -> None:
    assert events.start_patching("web1", "install", 1.0)
    assert not events.start_patching("web1", "install", 2.0)
    events.end("web1", Phase.DONE, 3.0)
    assert events.start_patching("web1", "install", 4.0)


def test_a_step_that_failed_decides_whatever_runs_after_it(events: HostEvents) -> None:
    events.start_patching("web1", "install", 1.0)
    events.end("web1", Phase.FAILED, 2.0)
    events.start_task("web1", "hook on exit", 3.0)
    events.stop("web1", Phase.UNREACHABLE)
    assert events.count() == Counts(total=3, waiting=2, failed=1)


def test_an_ordinary_task_that_failed_may_be_rescued(events: HostEvents) -> None:
    events.start_task("web1", "risky", 1.0)
    events.stop("web1", Phase.FAILED)
    assert events.count().failed == 1
    events.start_task("web1", "rescue", 2.0)
    assert events.count() == Counts(total=3, waiting=2, running=1)


@pytest.mark.parametrize("phase", [Phase.UNREACHABLE, Phase.TERMINATED, Phase.OUTSIDE_WINDOW])
def test_a_host_that_was_not_worked_on_tells_nothing_of_how_long_one_takes(events: HostEvents, phase: Phase) -> None:
    events.start_patching("web1", "scan", 1.0)
    events.end("web1", phase, 60.0)
    assert events.durations == []
    assert getattr(events.count(), phase.value) == 1


def test_a_step_that_is_left_out_has_not_begun(events: HostEvents) -> None:
    events.start_patching("web1", "scan", 1.0)
    events.skip("web1")
    events.skip("web2")
    assert events.count() == Counts(total=3, waiting=3)


def test_only_hosts_at_work_are_heard(events: HostEvents) -> None:
    assert not events.say("web1", "text")
    assert not events.say("stranger", "text")
    events.start_patching("web1", "scan", 1.0)
    assert events.say("web1", "text")


def test_a_new_play_counts_anew(events: HostEvents) -> None:
    events.start_patching("web1", "scan", 1.0)
    events.end("web1", Phase.DONE, 2.0)
    events.begin_play(["db1"])
    assert (events.count(), events.durations) == (Counts(total=1, waiting=1), [])


def test_a_host_added_later_is_counted(events: HostEvents) -> None:
    events.start_task("new", "task", 1.0)
    assert events.count() == Counts(total=4, waiting=3, running=1)


NONE = TurnCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_the_store_knows_of_other_controllers_and_of_who_waits_for_a_turn(events: HostEvents) -> None:
    events.start_patching("web1", "scan", 1.0)
    events.start_patching("web2", "scan", 1.0)
    seen = replace(
        NONE, total=60, waiting=40, running=5, succeeded=10, failed=2, terminated=1, outside_window=1, interrupted=1
    )
    counts, _working = events.merge(seen, 9.0, NOW)
    assert counts == Counts(
        total=60, waiting=40, running=5, done=10, failed=2, terminated=1, outside_window=1, interrupted=1
    )


def test_hosts_that_the_store_does_not_know_are_counted_by_their_events(events: HostEvents) -> None:
    events.stop("web1", Phase.FAILED)
    events.stop("web2", Phase.UNREACHABLE)
    counts, _working = events.merge(replace(NONE, total=1, running=1), 9.0, NOW)
    assert counts == Counts(total=3, running=1, failed=1, unreachable=1)


def test_a_host_works_since_it_has_its_turn_and_says_what_the_store_says(events: HostEvents) -> None:
    events.start_patching("web1", "install", 1.0)
    events.start_patching("web2", "install", 1.0)
    at_work = (
        Worker("web1", "here", NOW - timedelta(seconds=5), "2 of 3: unpacking"),
        Worker("web2", "here", NOW + timedelta(seconds=5), ""),  # clocks differ
        Worker("far", "there", NOW, "1 of 3"),
    )
    seen = replace(NONE, total=4, running=3, at_work=at_work)
    _counts, working = events.merge(seen, 100.0, NOW)
    assert working == [
        Working("web1", "2 of 3: unpacking", 95.0),
        Working("web2", "install", 100.0),
        Working("far", "1 of 3", 100.0),
    ]
    events.end("web1", Phase.DONE, 105.0)
    assert events.durations == [10.0], "the wait for the turn does not count"
