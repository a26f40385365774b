# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
import re
from itertools import takewhile
from typing import Any

import pytest
from dateutil.rrule import rruleset, rrulestr
from dateutil.tz import datetime_exists
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule, parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.icalendar import compile_rrule
from tests.unit.plugins.module_utils._schedule.expressions import CHANGES, DAY, UTC, schedules

NOW = dt.datetime(2026, 11, 25, tzinfo=UTC)
MORNING = dt.datetime(2026, 11, 1, 4, 10, 30, tzinfo=UTC)
HORIZON = 3 * 366 * DAY
MOST_DATES = 80


def check_limits_of_awx(text: str) -> None:
    """What AWX refuses in a rule."""
    assert len(re.findall(r"DTSTART(;TZID=[^:]+)?:\d{8}T\d{6}Z?", text)) == text.count("DTSTART") == 1
    assert re.search(r"DTSTART:\d{8}T\d{6}(?!Z)", text) is None
    assert not re.search(r"EXDATE|RDATE|SECONDLY|BYDAY=[^;]*\d", text)
    for rule in text.split(" ")[1:]:
        assert rule.startswith("RRULE:FREQ=")
        assert ";INTERVAL=" in rule
        assert not ("COUNT" in rule and "UNTIL" in rule)


def dates_of(text: str, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The dates that AWX gets from rules: those of dateutil, but for local times that do not exist."""
    rules = rrulestr(text, forceset=True)
    assert isinstance(rules, rruleset)
    dates = takewhile(lambda date: date <= until, rules.xafter(after, count=MOST_DATES))
    return [date.astimezone(UTC) for date in dates if datetime_exists(date)]


@pytest.mark.parametrize(
    ("text", "options", "lines"),
    [
        (
            "cron(0 2 ? * SUN *)",
            {"timezone": "Europe/Zurich"},
            [
                "DTSTART;TZID=Europe/Zurich:20261129T020000",
                "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
            ],
        ),
        (
            "cron(0 1 * * ? *)",
            {},
            ["DTSTART:20261125T010000Z", "RRULE:FREQ=DAILY;INTERVAL=1;BYHOUR=1;BYMINUTE=0;BYSECOND=0"],
        ),
        (
            "cron(30 23 ? * TUE#2 *)",
            {"offset": 2, "end": NOW + 99 * DAY},
            [
                "DTSTART:20261210T233000Z",
                "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=10,11,12,13,14,15,16;BYDAY=TH;BYHOUR=23;BYMINUTE=30;BYSECOND=0;UNTIL=20270304T000000Z",
            ],
        ),
        # Tuesday the 24th was before the start, so the slot of the 26th is skipped.
        (
            "cron(0 1 ? * TUE *)",
            {"start": NOW, "offset": 2},
            ["DTSTART:20261203T010000Z", "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TH;BYHOUR=1;BYMINUTE=0;BYSECOND=0"],
        ),
        (
            "cron(0 2 29 2 ? *)",
            {"offset": 2},
            [
                "DTSTART:20280302T020000Z",
                "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=3;BYMONTHDAY=2;BYYEARDAY=62;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
            ],
        ),
        (
            "cron(0 2 1 1 ? 2027/2)",
            {},
            [
                "DTSTART:20270101T020000Z",
                "RRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
            ],
        ),
        # The dates of leap years only: 29 February, and the Friday before it where it is a Saturday or a Sunday.
        (
            "cron(0 2 29W 2 ? *)",
            {},
            [
                "DTSTART:20280229T020000Z",
                "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO,TU,WE,TH,FR;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
                "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=27;BYYEARDAY=-309;BYDAY=FR;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
                "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=2;BYMONTHDAY=28;BYYEARDAY=-308;BYDAY=FR;BYHOUR=2;BYMINUTE=0;BYSECOND=0",
            ],
        ),
        (
            "rate(7 days)",
            {"start": MORNING, "end": NOW + 99 * DAY},
            ["DTSTART:20261129T041030Z", "RRULE:FREQ=DAILY;INTERVAL=7;UNTIL=20270304T000000Z"],
        ),
        ("rate(45 minutes)", {}, ["DTSTART:20261125T004500Z", "RRULE:FREQ=MINUTELY;INTERVAL=45"]),
        (
            "rate(12 hours)",
            {"timezone": "Europe/Zurich"},
            ["DTSTART:20261125T120000Z", "RRULE:FREQ=HOURLY;INTERVAL=12"],
        ),
        ("at(2026-12-07T15:55:00)", {}, ["DTSTART:20261207T155500Z", "RRULE:FREQ=DAILY;INTERVAL=1;COUNT=1"]),
    ],
)
def test_a_schedule_becomes_rules(text: str, options: dict[str, Any], lines: list[str]) -> None:
    compiled = compile_rrule(parse_schedule(text, **options), now=NOW)
    assert list(compiled.lines) == lines
    assert compiled.exact
    check_limits_of_awx(compiled.text)


@pytest.mark.parametrize(
    ("text", "options", "note"),
    [
        ("rate(5 hours)", {}, "due every 1:00:00"),
        ("cron(0 2 31 12 ? 2026,2028)", {"offset": 2}, None),
        ("cron(0 2 1 1 ? 2027,2028,2030)", {}, None),
        ("cron(0 2 28-31 12 ? 2026,2028)", {"offset": 2}, "name more years"),
    ],
)
def test_what_rules_cannot_say_is_due_too_often_and_says_so(
    text: str, options: dict[str, Any], note: str | None
) -> None:
    schedule = parse_schedule(text, **options)
    compiled = compile_rrule(schedule, now=NOW)
    check_limits_of_awx(compiled.text)
    found = dates_of(compiled.text, NOW, NOW + HORIZON)
    expected = [date for date in schedule.next_dates(NOW, MOST_DATES) if date <= found[-1]]
    assert set(found) >= set(expected)
    assert compiled.exact is (note is None) is (found == expected)
    assert (note or "exactly") in compiled.note
    in_slot = [date for date in found if (latest := schedule.latest(date)) and date - latest < compiled.grace]
    assert in_slot == expected


def test_a_schedule_that_is_over_has_no_rules() -> None:
    with pytest.raises(ScheduleError, match=r"Failed to compile schedule 'rate\(1 day\)': it is over"):
        compile_rrule(parse_schedule("rate(1 day)", end=NOW), now=NOW)


@settings(deadline=None, max_examples=100)
@given(schedules(), st.integers(0, 1), st.booleans())
def test_the_dates_of_rules_are_those_of_the_schedule(schedule: Schedule, which: int, at_change: bool) -> None:
    changes = CHANGES[str(schedule.timezone)]
    after = changes[which % len(changes)] if at_change else NOW
    if not schedule.next_dates(after, 1):
        return
    compiled = compile_rrule(schedule, now=after)
    check_limits_of_awx(compiled.text)
    found = dates_of(compiled.text, after, after + HORIZON)
    until = found[-1] if len(found) > MOST_DATES / 2 else after + HORIZON
    expected = [date for date in schedule.next_dates(after, MOST_DATES) if date <= until]
    assert found == expected if compiled.exact else set(found) >= set(expected)
