# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule in words for people: "the third Tuesday of each month at 23:30 Europe/Zurich"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.cron import (
    MONTH_NAMES,
    WEEKDAY_NAMES,
    Cron,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import DAY, Schedule

WEEKDAYS = tuple("Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split())
MONTHS = tuple("January February March April May June July August September October November December".split())
ORDINALS = tuple("first second third fourth fifth".split())
MOST_TIMES = 6


def describe(schedule: Schedule) -> str:
    """Say when a schedule is due, in words, with its time zone."""
    if schedule.at is not None:
        words = f"once, on {schedule.at:%Y-%m-%d at %H:%M:%S} UTC"
    elif schedule.rate is not None:
        words = f"every {_duration(schedule.rate)}, counted from {_moment(schedule.anchor)}"
    elif schedule.cron is not None:
        words = _cron(schedule, schedule.cron)
    else:
        raise ValueError("a schedule is a date, a rate or a cron expression")
    if schedule.start and schedule.rate is None:
        words += f", from {_moment(schedule.start)}"
    return words + (f", until {_moment(schedule.end)}" if schedule.end else "")


def _cron(schedule: Schedule, cron: Cron) -> str:
    days = _days(cron)
    if schedule.offset:
        days = f"{_count(schedule.offset, 'day')} after {days}"
    if cron.year != "*":
        days += f" in {_numbers(cron.year, 'year', ())}"
    times = _times(cron)
    zone = schedule.timezone
    return f"{times} {zone}, {days}" if times.startswith("every") else f"{days} {times} {zone}"


def _days(cron: Cron) -> str:
    if cron.day_of_month == "?":
        days = _join([_day_of_week(item) for item in cron.day_of_week.split(",")])
        every_day = cron.day_of_week == "*"
        of_month = any(mark in cron.day_of_week for mark in "L#")
    else:
        days = _join([_day_of_month(item) for item in cron.day_of_month.split(",")])
        every_day = cron.day_of_month == "*"
        of_month = not every_day
    if every_day:
        days = "every day"
    elif not of_month:
        days = f"every {days}"
    if cron.month == "*":
        return days + (" of each month" if of_month else "")
    return f"{days} {'of' if of_month else 'in'} {_numbers(cron.month, 'month', MONTHS)}"


def _day_of_week(item: str) -> str:
    if item.endswith("L"):
        return f"the last {_named(item[:-1], WEEKDAYS, WEEKDAY_NAMES)}"
    day, mark, number = item.partition("#")
    if mark:
        return f"the {ORDINALS[int(number) - 1]} {_named(day, WEEKDAYS, WEEKDAY_NAMES)}"
    return _numbers(item, "weekday", WEEKDAYS)


def _day_of_month(item: str) -> str:
    if item == "L":
        return "the last day"
    if item in ("LW", "WL"):
        return "the last weekday (Monday to Friday)"
    if item.endswith("W"):
        return f"the weekday (Monday to Friday) nearest to day {int(item[:-1])}"
    return ("" if "/" in item else "day ") + _numbers(item, "day", ())


def _numbers(text: str, unit: str, names: Sequence[str]) -> str:
    """A list of numbers or names of a field, as words."""
    return _join([_span(item, unit, names) for item in text.split(",")])


def _span(item: str, unit: str, names: Sequence[str]) -> str:
    span, slash, step = item.partition("/")
    first, dash, last = span.partition("-")
    if first == "*":
        return f"every {_ordinal(step)}{unit}"
    short = WEEKDAY_NAMES if names is WEEKDAYS else MONTH_NAMES
    words = _named(first, names, short)
    if dash:
        words += f" to {_named(last, names, short)}"
    return f"every {_ordinal(step)}{unit} from {words}" if slash else words


def _ordinal(step: str) -> str:
    """What stands before the unit of a step; every first one is every one."""
    number = int(step or 1)
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} " if number > 1 else ""


def _named(text: str, names: Sequence[str], short: Sequence[str]) -> str:
    if not names:
        return text if len(text) > 2 else str(int(text))
    return names[short.index(text) if text in short else int(text) - 1]


def _times(cron: Cron) -> str:
    gaps = set(cron.gaps)
    if len(gaps) == 1 and len(cron.times) > 1:
        first = dt.time(*cron.times[0])
        start = f" from {_clock(cron)[0]}" if first != dt.time() else ""
        return f"every {_duration(dt.timedelta(seconds=gaps.pop()))}{start}"
    times = _clock(cron)
    if len(times) > MOST_TIMES:
        return f"at {', '.join(times[: MOST_TIMES - 1])} and {len(times) - MOST_TIMES + 1} more times"
    return f"at {_join(times)}"


def _clock(cron: Cron) -> list[str]:
    return [f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "") for hour, minute, second in cron.times]


def _duration(length: dt.timedelta) -> str:
    for unit, size in (("day", DAY), ("hour", dt.timedelta(hours=1))):
        if not length % size:
            return _count(length // size, unit) if length != size else unit
    return _count(length // dt.timedelta(minutes=1), "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _join(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
