# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import Item, Problems
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import (
    Slot,
    Window,
    find_slot,
    read_window,
)

DAILY = parse_schedule("cron(0 15 * * ? *)")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00").replace(tzinfo=timezone.utc)


def test_no_node_is_started_after_the_cutoff() -> None:
    """operations example 20."""
    assert find_slot(DAILY, Window(3, 1), at("25T16:00")) == Slot(
        at("25T15:00"), at("25T18:00"), cutoff=at("25T17:00"), end=at("25T18:00")
    )


@pytest.mark.parametrize(
    ("now", "date"), [("25T14:59", "24T15:00"), ("25T15:00", "25T15:00"), ("26T14:59", "25T15:00")]
)
def test_the_slot_is_the_last_date_of_the_schedule(now: str, date: str) -> None:
    slot = find_slot(DAILY, None, at(now))
    assert slot == Slot(at(date), at(date) + timedelta(hours=12))


def test_before_the_first_date_there_is_no_slot() -> None:
    begins = parse_schedule("cron(0 15 * * ? *)", start=at("26T00:00"))
    assert find_slot(begins, Window(3, 1), at("25T16:00")) is None


@pytest.mark.parametrize(
    ("window", "now", "is_open"),
    [
        (None, "25T15:00", True),
        (None, "26T02:59", True),
        (None, "26T03:00", False),
        (Window(3, 1), "25T17:30", True),
        (Window(3, 1), "25T18:00", False),
        (Window(24, 0), "26T14:59", True),
    ],
)
def test_a_slot_may_begin_until_its_window_ends_or_for_half_a_day(
    window: Window | None, now: str, is_open: bool
) -> None:
    slot = find_slot(DAILY, window, at(now))
    assert slot is not None
    assert slot.is_open(at(now)) == is_open


def test_a_timer_between_the_slots_of_a_rate_does_not_begin_the_last_one() -> None:
    """A timer has no form for every seven hours: it fires every hour."""
    schedule = parse_schedule("rate(7 hours)", start=at("25T00:00"))
    slot = find_slot(schedule, None, at("25T08:00"))
    assert slot is not None
    assert (slot.date, slot.is_open(at("25T07:59")), slot.is_open(at("25T08:00"))) == (at("25T07:00"), True, False)


@given(st.integers(1, 24), st.integers(0, 23), st.integers(0, 86399))
def test_a_window_ends_after_its_cutoff_and_is_open_at_its_date(duration: int, cutoff: int, second: int) -> None:
    slot = find_slot(DAILY, Window(duration, min(cutoff, duration - 1)), at("25T15:00") + timedelta(seconds=second))
    assert slot is not None and slot.cutoff is not None and slot.end is not None
    assert slot.date < slot.cutoff <= slot.end
    assert slot.is_open(slot.date)


@pytest.mark.parametrize(
    ("value", "window"),
    [
        (None, None),
        ({"duration": 1}, Window(1, 0)),
        ({"duration": 24, "cutoff": 23}, Window(24, 23)),
    ],
)
def test_a_window_is_hours(value: Any, window: Window | None) -> None:
    problems = Problems()
    assert read_window(Item(value, "window"), problems) == window
    assert problems.errors == []


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ([], "window", "a mapping"),
        ({"cutoff": 1}, "window.duration", "1 to 24"),
        ({"duration": 25}, "window.duration", "1 to 24"),
        ({"duration": 0}, "window.duration", "1 to 24"),
        ({"duration": 3, "cutoff": 3}, "window.cutoff", "0 to 2"),
        ({"duration": 3, "cutoff": -1}, "window.cutoff", "0 to 2"),
        ({"duration": 3, "cut_off": 1}, "window.cut_off", "did you mean 'cutoff'"),
    ],
)
def test_a_cutoff_is_within_its_window(value: Any, path: str, words: str) -> None:
    problems = Problems()
    read_window(Item(value, "window"), problems)
    (error,) = problems.errors
    assert error.path == path
    assert words in str(error)
