# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule as the recurrence rules of an AWX schedule.

What AWX allows: one DTSTART with a time zone, several RRULE, an INTERVAL in each; no SECONDLY, no RDATE and EXDATE, no
BYDAY with a number, not COUNT and UNTIL at once. For rules by the hour or the minute it moves the date of an old
DTSTART, so their interval has to divide a day. Like systemd it leaves out local times that do not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.dates import (
    ALL_MONTHS,
    ALL_WEEKDAYS,
    EVERY_DAY,
    LAST_YEAR,
    DateRule,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import DAY, Schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import (
    ClockRule,
    Compiled,
    candidate_interval,
    clock_rules_of_cron,
    grace_of,
)

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
WEEKDAYS = tuple("MO TU WE TH FR SA SU".split())
MOST_SINGLE_YEARS = 20
YEARS_NOTE = "the rules name more years than the schedule, runs outside a slot end without work"


@dataclass(frozen=True)
class YearRule:
    """Every n-th year from that of DTSTART, to the end of one."""

    interval: int = 1
    last: int = LAST_YEAR


def compile_rrule(schedule: Schedule, *, now: dt.datetime) -> Compiled:
    """The rules of all slots of a schedule after now; DTSTART is the first of them. ``text`` is what AWX takes.

    Raises ScheduleError if there are no such slots.
    """
    if schedule.at is not None:
        return _compiled(schedule, [_start(schedule.at, dt.timezone.utc), _rule(["FREQ=DAILY"], "COUNT=1")])
    first = next(iter(schedule.next_dates(now, 1)), None)
    if first is None:
        raise ScheduleError(f"Failed to compile schedule {schedule.text!r}: it is over, no date comes after {now}")
    if schedule.rate is not None:
        return _compile_rate(schedule, schedule.rate, first)
    first_year = first.astimezone(schedule.timezone).year
    rules: list[str] = []
    exact = True
    for date_rule in schedule.rules:
        years = sorted(year for year in date_rule.years if year >= first_year)
        year_rules, fits = _year_rules(years, first_year)
        exact = exact and fits
        for year_rule in year_rules:
            for clock in clock_rules_of_cron(schedule):
                rules += (
                    _rule([*words, *_clock(clock)], _until(schedule, year_rule.last))
                    for words in _dates(date_rule, year_rule.interval)
                )
    return _compiled(schedule, [_start(first, schedule.timezone), *rules], "" if exact else YEARS_NOTE)


def _compile_rate(schedule: Schedule, rate: dt.timedelta, first: dt.datetime) -> Compiled:
    note = ""
    if not rate % DAY:
        words = ["FREQ=DAILY", f"INTERVAL={rate // DAY}"]
    else:
        interval = candidate_interval(rate)
        if interval != rate:
            note = f"the rule is due every {interval}, runs outside a slot end without work"
        unit, size = ("HOURLY", HOUR) if not interval % HOUR else ("MINUTELY", MINUTE)
        words = [f"FREQ={unit}", f"INTERVAL={interval // size}"]
    return _compiled(schedule, [_start(first, dt.timezone.utc), _rule(words, _until(schedule, LAST_YEAR))], note)


def _compiled(schedule: Schedule, lines: Iterable[str], note: str = "") -> Compiled:
    return Compiled(
        lines=tuple(dict.fromkeys(lines)),
        exact=not note,
        note=note or "the rules are due at exactly the slots of the schedule",
        grace=grace_of(schedule),
    )


def _start(first: dt.datetime, timezone: dt.tzinfo) -> str:
    if timezone is dt.timezone.utc:
        return f"DTSTART:{_utc(first)}"
    return f"DTSTART;TZID={timezone}:{first.astimezone(timezone):%Y%m%dT%H%M%S}"


def _rule(words: list[str], limit: str = "") -> str:
    if not any(word.startswith("INTERVAL=") for word in words):
        words = [words[0], "INTERVAL=1", *words[1:]]
    return "RRULE:" + ";".join([*words, *([limit] if limit else [])])


def _until(schedule: Schedule, last_year: int) -> str:
    ends = [schedule.end] if schedule.end else []
    if last_year < LAST_YEAR:
        year_end = dt.datetime(last_year, 12, 31, 23, 59, 59, tzinfo=schedule.timezone)
        ends.append(year_end.astimezone(dt.timezone.utc))
    return f"UNTIL={_utc(min(ends))}" if ends else ""


def _utc(moment: dt.datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _clock(clock: ClockRule) -> list[str]:
    return [
        f"BYHOUR={_list(clock.hours)}",
        f"BYMINUTE={_list(clock.minutes)}",
        f"BYSECOND={clock.second}",
    ]


def _year_rules(years: list[int], first: int) -> tuple[list[YearRule], bool]:
    """Rules of some ascending years, and whether they are exact: intervals of years all count from the first."""
    if not years:
        return [], True
    steps = {after - before for before, after in pairwise(years)} or {1}
    if years[0] != first:
        return [YearRule(last=years[-1])], False
    if len(steps) == 1:
        step = steps.pop()
        return [YearRule(step, LAST_YEAR if years[-1] + step > LAST_YEAR else years[-1])], True
    if len(years) > MOST_SINGLE_YEARS:
        return [YearRule(last=years[-1])], False
    # An interval as long as the way to a year, until the end of that year, meets that year and the first.
    return [YearRule(max(year - first, 1), year) for year in years], True


def _dates(rule: DateRule, interval: int) -> Iterator[list[str]]:
    months = [] if rule.months == ALL_MONTHS else [f"BYMONTH={_list(rule.months)}"]
    weekdays = [f"BYDAY={','.join(WEEKDAYS[day] for day in sorted(rule.weekdays))}"]
    days = [] if rule.days == EVERY_DAY else [f"BYMONTHDAY={_list(rule.days)}"]
    if rule.leap is not None:
        for month in sorted(rule.months):
            for day in sorted(rule.days):
                yield _leap_date(rule, interval, month, day)
    elif interval > 1:
        yield ["FREQ=YEARLY", f"INTERVAL={interval}", *months, *days, *weekdays]
    else:
        of_week = [] if rule.weekdays == ALL_WEEKDAYS else weekdays
        unit = "MONTHLY" if days else "WEEKLY" if of_week else "DAILY"
        yield [f"FREQ={unit}", *months, *days, *of_week]


def _leap_date(rule: DateRule, interval: int, month: int, day: int) -> list[str]:
    """A date of leap years only, or of the others: its number from the start or the end of the year tells."""
    year = 2000 if rule.leap else 2001
    date = dt.date(year, month, day)
    number = (date - dt.date(year, 1, 1)).days + 1 if month > 2 else (date - dt.date(year, 12, 31)).days - 1
    weekdays = ",".join(WEEKDAYS[weekday] for weekday in sorted(rule.weekdays))
    return [
        "FREQ=YEARLY",
        f"INTERVAL={interval}",
        f"BYMONTH={month}",
        f"BYMONTHDAY={day}",
        f"BYYEARDAY={number}",
        f"BYDAY={weekdays}",
    ]


def _list(numbers: Iterable[int]) -> str:
    return ",".join(str(number) for number in sorted(numbers))
