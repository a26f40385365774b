# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cron expressions by chance, and what they mean read in the slowest way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule, parse_schedule

UTC = dt.timezone.utc
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
ZONES = ("UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe")
# Midnights in UTC some hours before a change of the clocks in each of the zones.
CHANGES = {
    "UTC": (dt.datetime(2027, 2, 28, tzinfo=UTC),),
    "Europe/Zurich": (dt.datetime(2027, 3, 27, tzinfo=UTC), dt.datetime(2027, 10, 30, tzinfo=UTC)),
    "America/New_York": (dt.datetime(2027, 3, 13, tzinfo=UTC), dt.datetime(2027, 11, 6, tzinfo=UTC)),
    "Australia/Lord_Howe": (dt.datetime(2027, 4, 2, tzinfo=UTC), dt.datetime(2027, 10, 1, tzinfo=UTC)),
}
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()


def spans(low: int, high: int, least_step: int = 1) -> st.SearchStrategy[str]:
    """``*``, numbers, ranges, and each with a step."""
    number = st.integers(low, high)
    step = st.integers(least_step, max(high // 2, least_step))
    span = st.one_of(
        st.just("*"),
        number.map(str),
        st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}"),
    )
    return st.one_of(span, st.tuples(span, step).map("{0[0]}/{0[1]}".format))


def lists(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(item.filter(lambda text: not text.startswith("*")), min_size=1, max_size=3).map(",".join)


minutes = st.one_of(st.integers(0, 59).map(str), st.sampled_from(["*/15", "0/30", "5/20", "10-50/10", "0,45", "*/5"]))
hours = st.one_of(spans(0, 23), lists(spans(0, 23)))
weekdays = st.one_of(st.integers(1, 7).map(str), st.sampled_from(WEEKDAYS))
days_of_month = st.one_of(
    st.just("*"),
    lists(st.one_of(spans(1, 31), st.sampled_from(["L", "LW"]), st.integers(1, 31).map("{}W".format))),
    st.integers(26, 31).map("{}W".format),
)
days_of_week = st.one_of(
    st.just("*"),
    lists(
        st.one_of(
            weekdays,
            spans(1, 7),
            weekdays.map("{}L".format),
            st.tuples(weekdays, st.integers(1, 5)).map("{0[0]}#{0[1]}".format),
        )
    ),
)
months = st.one_of(st.just("*"), st.just("*"), spans(1, 12), lists(st.one_of(spans(1, 12), st.sampled_from(MONTHS))))
years = st.one_of(st.just("*"), st.just("*"), st.sampled_from(["2026-2029", "2026/2", "2027,2028,2031", "*/3", "2028"]))
days = st.one_of(days_of_month.map("{} {{}} ?".format), days_of_week.map("? {{}} {}".format))
crons = st.builds(
    lambda minute, hour, day, month, year: f"cron({minute} {hour} {day.format(month)} {year})",
    minutes,
    hours,
    days,
    months,
    years,
)
offsets = st.one_of(st.none(), st.none(), st.integers(1, 6))


@st.composite
def schedules(draw: st.DrawFn, zones: tuple[str, ...] = ZONES) -> Schedule:
    """A schedule of a cron expression that has dates and no interval below five minutes."""
    text, zone, offset = draw(crons), draw(st.sampled_from(zones)), draw(offsets)
    try:
        return parse_schedule(text, timezone=zone, offset=offset)
    except ScheduleError as error:
        assume(not any(words in str(error) for words in ("never runs", "runs every")))
        raise


def contains(field: str, value: int, low: int, high: int, names: list[str]) -> bool:
    """Whether a field without wildcards of days names a number."""
    for position, name in enumerate(names):
        field = field.replace(name, str(low + position))
    for item in field.split(","):
        span, _unused, step = item.partition("/")
        first, _unused, last = span.replace("*", f"{low}-{high}").partition("-")
        end = int(last or (high if step else first))
        if value in range(int(first), end + 1, int(step or 1)):
            return True
    return False


def names_day_of_month(item: str, date: dt.date) -> bool:
    if item[-1] not in "LW":
        return contains(item, date.day, 1, 31, [])
    in_month = [date.replace(day=1) + number * DAY for number in range(31)]
    in_month = [day for day in in_month if day.month == date.month]
    if item == "L":
        return date == in_month[-1]
    if item == "LW":
        return date == [day for day in in_month if day.isoweekday() < 6][-1]
    number = int(item[:-1])
    near = sorted(
        (abs(day.day - number), day) for day in in_month if day.isoweekday() < 6 and number <= in_month[-1].day
    )
    return bool(near) and date == near[0][1]


def names_day_of_week(item: str, date: dt.date) -> bool:
    number = date.isoweekday() % 7 + 1
    if item.endswith("L"):
        return contains(item[:-1], number, 1, 7, WEEKDAYS) and (date + 7 * DAY).month != date.month
    day, mark, which = item.partition("#")
    if mark:
        return contains(day, number, 1, 7, WEEKDAYS) and (date.day + 6) // 7 == int(which)
    return contains(item, number, 1, 7, WEEKDAYS)


def names_date(schedule: Schedule, date: dt.date) -> bool:
    """Whether a day has slots, without a look at clocks."""
    day_of_month, month, day_of_week, year = schedule.text.rstrip(")").split()[-4:]
    date -= schedule.offset * DAY
    if not contains(year, date.year, 1970, 2199, []) or not contains(month, date.month, 1, 12, MONTHS):
        return False
    if day_of_week == "?":
        return any(names_day_of_month(item, date) for item in day_of_month.split(","))
    return any(names_day_of_week(item, date) for item in day_of_week.split(","))


def names_time(schedule: Schedule, time: dt.time) -> bool:
    minute, hour = schedule.text.removeprefix("cron(").split()[:2]
    return contains(minute, time.minute, 0, 59, []) and contains(hour, time.hour, 0, 23, [])


def walk(schedule: Schedule, first: dt.datetime, last: dt.datetime) -> Iterator[dt.datetime]:
    """The slots after a moment until another, minute by minute; none where a local time comes again."""
    zone = ZoneInfo(str(schedule.timezone))
    moment, seen = first - 3 * 60 * MINUTE, set()
    while moment < last:
        moment += MINUTE
        local = moment.astimezone(zone).replace(tzinfo=None)
        if (
            local not in seen
            and moment > first
            and names_time(schedule, local.time())
            and names_date(schedule, local.date())
        ):
            yield moment
        seen.add(local)
