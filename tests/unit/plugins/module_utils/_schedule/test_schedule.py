# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
import sys
import time
import zoneinfo
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule, parse_schedule
from tests.unit.plugins.module_utils._schedule.expressions import CHANGES, DAY, MINUTE, UTC, names_date, schedules, walk

SECOND = dt.timedelta(seconds=1)
NOW = dt.datetime(2026, 7, 22, 10, tzinfo=UTC)  # a Wednesday
START = dt.datetime(2019, 1, 1, 0, 3, 15, tzinfo=dt.timezone(9 * dt.timedelta(hours=1)))
SEPTEMBER = dt.datetime(2026, 9, 1, tzinfo=UTC)


def local_dates(schedule: Schedule, after: dt.datetime, count: int) -> list[str]:
    return [f"{date.astimezone(schedule.timezone):%Y-%m-%d %H:%M:%S}" for date in schedule.next_dates(after, count)]


@pytest.mark.parametrize(
    ("text", "options", "dates"),
    [
        # The documentation's examples.
        ("cron(0 1 * * ? *)", {}, ["2026-07-23 01:00:00", "2026-07-24 01:00:00"]),
        ("cron(0 2 ? * SUN *)", {}, ["2026-07-26 02:00:00", "2026-08-02 02:00:00"]),
        ("cron(0 2 ? * SAT#1 *)", {}, ["2026-08-01 02:00:00", "2026-09-05 02:00:00"]),
        ("cron(30 23 ? * TUE#3 *)", {}, ["2026-08-18 23:30:00", "2026-09-15 23:30:00"]),
        ("cron(15 10 ? * 6L *)", {}, ["2026-07-31 10:15:00", "2026-08-28 10:15:00"]),
        ("cron(0 2 L * ? *)", {}, ["2026-07-31 02:00:00", "2026-08-31 02:00:00"]),
        (
            "cron(15 10 ? * MON-FRI *)",
            {},
            ["2026-07-22 10:15:00", "2026-07-23 10:15:00", "2026-07-24 10:15:00", "2026-07-27 10:15:00"],
        ),
        ("cron(24 30 09 ? * * *)", {}, ["2026-07-23 09:30:24", "2026-07-24 09:30:24"]),
        ("cron(0 */30 * * * ? *)", {}, ["2026-07-22 10:30:00", "2026-07-22 11:00:00"]),
        ("rate(7 days)", {}, ["2026-07-23 00:00:00", "2026-07-30 00:00:00"]),
        ("at(2020-07-07T15:55:00)", {}, []),
        ("at(2027-07-07T15:55:00)", {"timezone": "Europe/Zurich"}, ["2027-07-07 17:55:00"]),
        # A rate counts from its start, which has a UTC offset of its own.
        ("rate(7 days)", {"start": START}, ["2026-07-27 15:03:15", "2026-08-03 15:03:15"]),
        ("rate(7 days)", {"start": SEPTEMBER}, ["2026-09-01 00:00:00", "2026-09-08 00:00:00"]),
        ("rate(1 day)", {"end": NOW + 2 * DAY}, ["2026-07-23 00:00:00", "2026-07-24 00:00:00"]),
        ("cron(0 1 * * ? *)", {"start": SEPTEMBER}, ["2026-09-01 01:00:00", "2026-09-02 01:00:00"]),
        # A day before the start is skipped, though the offset leads past the start: the third Tuesday was the 21st.
        ("cron(30 23 ? * TUE#3 *)", {"offset": 2, "start": NOW}, ["2026-08-20 23:30:00", "2026-09-17 23:30:00"]),
        ("cron(30 23 ? * TUE#3 *)", {"offset": 2}, ["2026-07-23 23:30:00", "2026-08-20 23:30:00"]),
        # The nearest weekday, in the same month.
        ("cron(0 2 1W * ? *)", {}, ["2026-08-03 02:00:00", "2026-09-01 02:00:00"]),
        ("cron(0 2 15W * ? *)", {}, ["2026-08-14 02:00:00", "2026-09-15 02:00:00"]),
        ("cron(0 2 31W 1 ? *)", {}, ["2027-01-29 02:00:00", "2028-01-31 02:00:00"]),
        (
            "cron(0 2 LW * ? *)",
            {},
            ["2026-07-31 02:00:00", "2026-08-31 02:00:00", "2026-09-30 02:00:00", "2026-10-30 02:00:00"],
        ),
        ("cron(0 2 1,L * ? *)", {}, ["2026-07-31 02:00:00", "2026-08-01 02:00:00", "2026-08-31 02:00:00"]),
        ("cron(0 2 ? * TUE#5 *)", {}, ["2026-09-29 02:00:00", "2026-12-29 02:00:00"]),
        ("cron(0 2 29 2 ? *)", {}, ["2028-02-29 02:00:00", "2032-02-29 02:00:00"]),
        ("cron(0 2 ? dec sun 2190/3)", {}, ["2190-12-05 02:00:00", "2190-12-12 02:00:00"]),
        ("cron(10/20 3 1 1 ? 2199)", {}, ["2199-01-01 03:10:00", "2199-01-01 03:30:00", "2199-01-01 03:50:00"]),
        # A local time that a day does not have, and one that it has twice.
        ("cron(0 2 28 3 ? 2027,2029)", {"timezone": "Europe/Zurich"}, ["2029-03-28 02:00:00"]),
        ("cron(30 2 31 10 ? 2027)", {"timezone": "Europe/Zurich"}, ["2027-10-31 02:30:00"]),
    ],
)
def test_a_schedule_has_the_dates_that_its_expression_names(
    text: str, options: dict[str, Any], dates: list[str]
) -> None:
    schedule = parse_schedule(text, **options)
    assert local_dates(schedule, NOW, max(len(dates), 1)) == dates


ZURICH = {"timezone": "Europe/Zurich"}
ASSOCIATION = {"kind": "association"}


@pytest.mark.parametrize(
    ("text", "options", "cause"),
    [
        ("weekly", {}, "neither cron(...) nor rate(...) nor at(...)"),
        ("CRON(0 1 * * ? *)", {}, "in small letters"),
        ("cron(0 1 * * ? *", {}, "neither cron(...)"),
        ("cron(" + "0" * 252 + ")", {}, "it has 258 characters, at most 256 are allowed"),
        ("cron(0 1 * * ?)", {}, "cron has 5 fields, not 6 or 7"),
        ("cron(0 0 1 * * ? * *)", {}, "cron has 8 fields, not 6 or 7"),
        ("rate(1 hours)", {}, "rate unit 'hours' does not go with 1. Write rate(1 hour)"),
        ("rate(5 hour)", {}, "rate unit 'hour' does not go with 5. Write rate(5 hours)"),
        ("rate(1 week)", {}, "rate unit 'week' is unknown"),
        ("rate(day)", {}, "rate needs a whole number"),
        ("rate(-1 days)", {}, "rate needs a whole number"),
        ("rate(0 minutes)", {}, "it runs every 0 min, the shortest interval of a schedule is 5 min"),
        ("rate(4 minutes)", {}, "it runs every 4 min, the shortest interval of a schedule is 5 min"),
        ("rate(29 minutes)", ASSOCIATION, "the shortest interval of an association is 30 min"),
        ("rate(31 days)", ASSOCIATION, "an association's rate is less than 31 days"),
        ("at(2026-02-30T01:00:00)", {}, "at needs a time in UTC"),
        ("at(2026-02-03 01:00:00)", {}, "YYYY-MM-DDThh:mm:ss"),
        ("at(2026-02-03T01:00:00Z)", {}, "YYYY-MM-DDThh:mm:ss"),
        ("at(1969-02-03T01:00:00)", {}, "the year 1969, not 1970 to 2199"),
        ("at(2026-02-03T01:00:00)", {"start": NOW}, "it never runs"),
        ("at(2026-12-03T01:00:00)", {"end": NOW}, "it never runs"),
        ("cron(0 1 31 2 ? *)", {}, "it never runs"),
        ("cron(0 1 29 2 ? 2027)", {}, "it never runs"),
        ("cron(0/4 1 * * ? *)", {}, "it runs every 4 min"),
        ("cron(2,58 0,23 * * ? *)", {}, "it runs every 4 min"),
        ("cron(0 1 ? * SUN *)", {"offset": 0}, "its offset is 0, not 1 to 6 days"),
        ("cron(0 1 ? * SUN *)", {"offset": 7}, "its offset is 7, not 1 to 6 days"),
        ("rate(1 day)", {"offset": 1}, "an offset is for cron expressions only, not for rate()"),
        ("rate(1 day)", {"start": NOW, "end": NOW}, "is not after its start"),
        ("rate(1 day)", {"start": NOW.replace(tzinfo=None)}, "its start 2026-07-22T10:00:00 has no UTC offset"),
        ("rate(1 day)", {"end": NOW.replace(year=2200)}, "is not in the years 1971 to 2199"),
        ("rate(1 day)", {"timezone": "Europe/Zurch"}, "time zone 'Europe/Zurch' is unknown"),
        ("rate(1 day)", {"timezone": "../etc/passwd"}, "time zone '../etc/passwd' is unknown"),
        ("rate(1 day)", {"timezone": "Europe"}, "time zone 'Europe' is unknown"),
        ("rate(1 day)", {"timezone": "localtime"}, "time zone 'localtime' is unknown"),
        ("rate(1 day)", {"timezone": "right/Europe/Zurich"}, "time zone 'right/Europe/Zurich' is unknown"),
        ("rate(1 day)", {"timezone": "UTC\nExecStart=/bin/sh"}, r"time zone 'UTC\nExecStart=/bin/sh' is unknown"),
        # The documentation's invalid schedules of associations.
        ("rate(15 minutes)", ASSOCIATION, "it runs every 15 min, the shortest interval of an association is 30 min"),
        ("cron(0/5 * * * ? *)", ASSOCIATION, "it runs every 5 min, the shortest interval of an association is 30 min"),
        ("rate(1 hours)", ASSOCIATION, "Write rate(1 hour)"),
        (
            "cron(0 18 ? * MON-FRI *)",
            ASSOCIATION,
            "cron field 5 (day-of-week) 'MON-FRI': an association runs on one day",
        ),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_place(text: str, options: dict[str, Any], cause: str) -> None:
    with pytest.raises(ScheduleError, match="Failed to read ") as caught:
        parse_schedule(text, **options)
    assert cause in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["rate(15 minutes)", "cron(0/5 * * * ? *)", "cron(0 18 ? * MON-FRI *)"])
def test_a_window_may_have_what_an_association_may_not(text: str) -> None:
    assert len(parse_schedule(text, kind="window").next_dates(NOW)) == 10


def test_a_gap_over_midnight_counts_only_where_a_day_follows_the_other() -> None:
    assert parse_schedule("cron(2,58 0,23 ? * SUN *)").next_dates(NOW, 1)


@settings(deadline=None, max_examples=30)
@given(schedules(zones=("UTC",)))
def test_the_days_of_a_leap_year_are_those_that_fit_day_by_day(schedule: Schedule) -> None:
    year = [dt.datetime(2027, 12, 1, tzinfo=UTC) + number * DAY for number in range(366)]
    found = [day for day in year if (schedule.latest(day + DAY - MINUTE) or NOW) >= day]
    assert found == [day for day in year if names_date(schedule, day.date())]


@settings(deadline=None, max_examples=40)
@given(schedules(), st.integers(0, 1))
def test_slots_at_a_change_of_the_clocks_are_those_of_a_walk_by_minutes(schedule: Schedule, which: int) -> None:
    changes = CHANGES[str(schedule.timezone)]
    first = changes[which % len(changes)]
    expected = list(walk(schedule, first, first + 2 * DAY))
    found = [date for date in schedule.next_dates(first, len(expected) + 1) if date <= first + 2 * DAY]
    assert found == expected


@settings(deadline=None, max_examples=60)
@given(schedules(), st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_latest_slot_is_the_one_before_the_next(schedule: Schedule, after: dt.datetime) -> None:
    slots = schedule.next_dates(after, 5)
    assert [schedule.latest(slot) for slot in slots] == slots
    assert [schedule.latest(slot - SECOND) for slot in slots[1:]] == slots[:-1]
    before = schedule.latest(after)
    assert before is None or (before <= after and schedule.next_dates(before, 1) == slots[:1])


@given(st.integers(5, 99999), st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_slots_of_a_rate_are_its_start_and_every_interval_from_there(value: int, start: dt.datetime) -> None:
    schedule = parse_schedule(f"rate({value} minutes)", start=start)
    start = start.replace(microsecond=0)
    slots = [start + number * value * MINUTE for number in range(5)]
    assert schedule.next_dates(start - MINUTE, 5) == slots
    assert schedule.latest(start - MINUTE) is None
    assert [schedule.latest(slot + MINUTE) for slot in slots] == slots


@pytest.mark.parametrize(
    ("text", "options", "at", "latest"),
    [
        ("at(2020-07-07T15:55:00)", {}, NOW, "2020-07-07 15:55"),
        ("at(2027-07-07T15:55:00)", {}, NOW, None),
        ("cron(0 1 * * ? *)", {}, NOW, "2026-07-22 01:00"),
        ("cron(0 1 * * ? *)", {"start": NOW}, NOW + DAY / 2, None),
        ("cron(0 1 * * ? *)", {"end": NOW}, NOW + 9 * DAY, "2026-07-22 01:00"),
        ("rate(1 day)", {"end": NOW}, NOW + 9 * DAY, "2026-07-22 00:00"),
        ("cron(0 1 29 2 ? *)", {}, NOW, "2024-02-29 01:00"),
        ("cron(0 1 ? * SUN 2030)", {}, NOW, None),
        ("cron(30 23 ? * TUE#3 *)", {"offset": 2, "start": NOW}, NOW + 2 * DAY, None),
        ("cron(30 23 ? * TUE#3 *)", {"offset": 2}, NOW + 2 * DAY, "2026-07-23 23:30"),
        ("rate(1 day)", {}, dt.datetime(1960, 1, 1, tzinfo=UTC), None),
        ("cron(0 1 * * ? *)", {}, dt.datetime(1960, 1, 1, tzinfo=UTC), None),
        ("cron(0 1 * * ? *)", {}, dt.datetime(9999, 12, 31, tzinfo=UTC), "2199-12-31 01:00"),
    ],
)
def test_the_latest_slot_is_within_start_and_end(
    text: str, options: dict[str, Any], at: dt.datetime, latest: str | None
) -> None:
    found = parse_schedule(text, **options).latest(at)
    assert (found and f"{found:%Y-%m-%d %H:%M}") == latest


def test_times_that_the_clocks_leave_out_are_named() -> None:
    first, last = dt.datetime(2027, 1, 1, tzinfo=UTC), dt.datetime(2028, 1, 1, tzinfo=UTC)
    lost = parse_schedule("cron(0/30 1-2 ? * SUN *)", timezone="Europe/Zurich").lost_times(first, last)
    assert [f"{local}" for local in lost] == ["2027-03-28 02:00:00", "2027-03-28 02:30:00"]
    assert parse_schedule("rate(1 day)", timezone="Europe/Zurich").lost_times(first, last) == []


def test_moments_without_time_zone_are_no_moments() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        parse_schedule("rate(1 day)").next_dates(NOW.replace(tzinfo=None))


def test_a_controller_without_time_zones_still_has_utc_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tzdata"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=())
    try:
        assert parse_schedule("rate(1 day)", timezone="").timezone is dt.timezone.utc
        with pytest.raises(ScheduleError, match=r"time zone 'Europe/Zurich' cannot be read.*package tzdata.*use UTC"):
            parse_schedule("rate(1 day)", timezone="Europe/Zurich")
    finally:
        zoneinfo.reset_tzpath()


@pytest.mark.parametrize(
    "text", ["cron(0 2 29 2 ? *)", "cron(0 2 ? 2 SUN#5 *)", "cron(*/5 * * * ? *)", "cron(0 2 L * ? */4)"]
)
def test_dates_are_found_at_once_however_rare(text: str) -> None:
    schedule = parse_schedule(text, timezone="Europe/Zurich")
    started = time.process_time()
    assert schedule.next_dates(NOW)
    assert schedule.latest(NOW)
    assert time.process_time() - started < 0.25  # some milliseconds; the rest is for a slow machine
