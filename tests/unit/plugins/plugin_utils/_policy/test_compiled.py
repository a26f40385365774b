# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import (
    Compiled,
    candidate_interval,
    clock_rules_of_rate,
    grace_of,
)

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
ANCHOR = dt.datetime(2026, 11, 1, 4, 10, 30, tzinfo=dt.timezone.utc)


@given(st.sampled_from([minutes for minutes in range(1, 1441) if 1440 % minutes == 0]))
def test_the_clock_of_an_interval_has_its_times_and_no_others(minutes: int) -> None:
    times = [
        (hour, minute, rule.second)
        for rule in clock_rules_of_rate(ANCHOR, minutes * MINUTE)
        for hour in rule.hours
        for minute in rule.minutes
    ]
    slots = (ANCHOR + number * minutes * MINUTE for number in range(1440 // minutes))
    assert sorted(times) == sorted((slot.hour, slot.minute, slot.second) for slot in slots)


@given(st.integers(1, 99999))
def test_candidates_divide_the_day_and_the_rate(minutes: int) -> None:
    interval = candidate_interval(minutes * MINUTE)
    assert DAY % interval == minutes * MINUTE % interval == dt.timedelta(0)
    assert interval == minutes * MINUTE or 1440 % minutes


@pytest.mark.parametrize(
    ("text", "grace"),
    [
        ("cron(0,20 * * * ? *)", 20 * MINUTE),
        ("cron(0 1 ? * SUN *)", DAY),
        ("rate(5 hours)", 60 * MINUTE),
        ("rate(14 days)", DAY),
        ("at(2027-01-01T00:00:00)", DAY),
    ],
)
def test_the_grace_is_shorter_than_the_way_to_a_start_outside_a_slot(text: str, grace: dt.timedelta) -> None:
    assert grace_of(parse_schedule(text)) == grace


def test_all_lines_are_one_text_for_awx() -> None:
    assert Compiled(("DTSTART:x", "RRULE:y"), True, "", DAY).text == "DTSTART:x RRULE:y"
