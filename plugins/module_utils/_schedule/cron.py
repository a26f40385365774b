# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cron expressions of Patch Manager: six or seven fields, days counted from Sunday = 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.dates import (
    ALL_MONTHS,
    EVERY_DAY,
    FEBRUARY,
    FIRST_YEAR,
    LAST_YEAR,
    DateRule,
    merge_rules,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError

SECONDS_OF_A_DAY = 24 * 60 * 60
FRIDAY, MONDAY = 4, 0
WORKING_DAYS = frozenset(range(5))
LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})
# What an association may have within a day, in seconds between its times.
ASSOCIATION_INTERVALS = frozenset(minutes * 60 for minutes in (30, 60, 120, 240, 480, 720, 1440))
MONTH_NAMES = tuple("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())
WEEKDAY_NAMES = tuple("SUN MON TUE WED THU FRI SAT".split())


@dataclass(frozen=True)
class Field:
    """What one field of a cron expression may hold."""

    name: str
    low: int
    high: int
    wildcards: str
    names: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        names = f" or {self.names[0]}-{self.names[-1]}" if self.names else ""
        wildcards = f" and {' '.join(self.wildcards)}" if self.wildcards else ""
        return f"{self.low}-{self.high}{names}{wildcards}"


SECONDS = Field("seconds", 0, 59, "")
MINUTES = Field("minutes", 0, 59, ",-*/")
HOURS = Field("hours", 0, 23, ",-*/")
DAY_OF_MONTH = Field("day-of-month", 1, 31, ",-*?/LW")
MONTH = Field("month", 1, 12, ",-*/", MONTH_NAMES)
DAY_OF_WEEK = Field("day-of-week", 1, 7, ",-*?/L#", WEEKDAY_NAMES)
YEAR = Field("year", FIRST_YEAR, LAST_YEAR, ",-*/")
FIELDS = (SECONDS, MINUTES, HOURS, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)


@dataclass(frozen=True)
class Given:
    """A field as it was written, and the place in which."""

    field: Field
    position: int
    text: str

    def error(self, cause: str) -> ScheduleError:
        return ScheduleError(
            f"cron field {self.position} ({self.field.name}) {self.text!r}: {cause}. Allowed: {self.field.allowed}"
        )


@dataclass(frozen=True)
class Cron:
    """What a cron expression says: the times of a day and the days that have them."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    second: int
    rules: tuple[DateRule, ...]
    # As they were written, in capitals.
    day_of_month: str
    month: str
    day_of_week: str
    year: str

    @property
    def times(self) -> tuple[tuple[int, int, int], ...]:
        return tuple((hour, minute, self.second) for hour in self.hours for minute in self.minutes)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Seconds from each time of a day to the next one; the last of them is that to the next day's first."""
        starts = [hour * 3600 + minute * 60 for hour in self.hours for minute in self.minutes]
        return tuple(
            after - before for before, after in zip(starts, [*starts[1:], starts[0] + SECONDS_OF_A_DAY], strict=True)
        )


def parse_cron(text: str) -> tuple[Cron, dict[Field, Given]]:
    """Read what stands between the parentheses; the second half is what was written, by field."""
    words = text.split()
    if len(words) not in (6, 7):
        raise ScheduleError(
            f"cron has {len(words)} fields, not 6 or 7. "
            "Write cron([seconds] minutes hours day-of-month month day-of-week year)"
        )
    fields = FIELDS[-len(words) :]
    given = {field: Given(field, index, word) for index, (field, word) in enumerate(zip(fields, words, strict=True), 1)}
    day_of_month, day_of_week = given[DAY_OF_MONTH], given[DAY_OF_WEEK]
    if (day_of_month.text == "?") is (day_of_week.text == "?"):
        raise ScheduleError(
            f"cron fields {day_of_month.position} (day-of-month) {day_of_month.text!r} and {day_of_week.position} "
            f"(day-of-week) {day_of_week.text!r}: exactly one of the two must be '?'"
        )
    months, years = frozenset(_numbers(given[MONTH])), frozenset(_numbers(given[YEAR]))
    days = _days_of_month(day_of_month) if day_of_week.text == "?" else _days_of_week(day_of_week)
    rules = (
        replace(rule, months=rule.months & months, years=years) for rule in merge_rules(days) if rule.months & months
    )
    cron = Cron(
        hours=tuple(sorted(set(_numbers(given[HOURS])))),
        minutes=tuple(sorted(set(_numbers(given[MINUTES])))),
        second=_value(given[SECONDS], words[0]) if SECONDS in given else 0,
        rules=tuple(rules),
        day_of_month=day_of_month.text.upper(),
        month=given[MONTH].text.upper(),
        day_of_week=day_of_week.text.upper(),
        year=given[YEAR].text,
    )
    return cron, given


def check_association(cron: Cron, given: dict[Field, Given]) -> None:
    """Refuse what an association may not have: its cron knows a few forms only."""
    for field, allowed, rule in (
        (SECONDS, r"0+", "runs at second 0"),
        (MONTH, r"\*", "runs in every month, '*'"),
        # The last day of the month, and 1/1 for every day, are none of the documented forms, but documented examples.
        (
            DAY_OF_MONTH,
            r"[*?]|L|1/1",
            "runs every day '*', on the last day 'L', or on a day-of-week, then this field is '?'",
        ),
        (DAY_OF_WEEK, r"[*?]|\w+|\w+#\d", "runs on one day of the week or on every '*', not on ranges and lists"),
    ):
        if field in given and not re.fullmatch(allowed, given[field].text, re.ASCII | re.IGNORECASE):
            place = given[field]
            raise ScheduleError(f"cron field {place.position} ({field.name}) {place.text!r}: an association {rule}")
    gaps = set(cron.gaps)
    every_day = given[DAY_OF_MONTH].text.upper() != "L" and given[DAY_OF_WEEK].text in ("*", "?")
    if len(gaps) > 1 or not gaps <= (ASSOCIATION_INTERVALS if every_day else {SECONDS_OF_A_DAY}):
        place = given[MINUTES]
        way_out = (
            "an association of every day runs every 30 minutes, or every 1, 2, 4, 8, 12 or 24 hours"
            if every_day
            else "an association of certain days runs once on each of them: write one minute and one hour"
        )
        raise ScheduleError(
            f"cron fields {place.position} and {place.position + 1} (minutes, hours) "
            f"{place.text!r} {given[HOURS].text!r}: {way_out}"
        )


def _value(given: Given, text: str) -> int:
    field = given.field
    name = text.upper()
    if name in field.names:
        return field.low + field.names.index(name)
    if re.fullmatch(r"[0-9]{1,4}", text) is None:
        raise given.error(f"{text!r} is no {field.name.replace('-', ' ')}")
    if not field.low <= int(text) <= field.high:
        raise given.error(f"{text} is out of range")
    return int(text)


def _numbers(given: Given) -> Iterator[int]:
    for item in given.text.split(","):
        yield from _span(given, item)


def _span(given: Given, item: str) -> range:
    """``*``, ``a``, ``a-b``, and each of them with ``/step``."""
    field = given.field
    span, slash, step = item.partition("/")
    first, dash, last = span.partition("-")
    if span == "*":
        if given.text != item:
            raise given.error("'*' is everything already, it cannot be in a list")
        low, high = field.low, field.high
    else:
        low = _value(given, first)
        high = _value(given, last) if dash else field.high if slash else low
    if low > high:
        raise given.error(f"{span} goes backwards. Write it as two ranges")
    if not slash:
        return range(low, high + 1)
    if re.fullmatch(r"[0-9]{1,4}", step) is None or not 1 <= int(step) <= field.high:
        raise given.error(f"{step!r} is no step, it is 1 to {field.high}")
    return range(low, high + 1, int(step))


def _days_of_month(given: Given) -> Iterator[DateRule]:
    plain: set[int] = set()
    for item in given.text.split(","):
        word = item.upper()
        if word == "L":
            yield DateRule(days=frozenset({-1}))
        elif word in ("LW", "WL"):
            yield DateRule(days=frozenset({-1}), weekdays=WORKING_DAYS)
            yield DateRule(days=frozenset({-2, -3}), weekdays=frozenset({FRIDAY}))
        elif word.endswith("W"):
            yield from _nearest_working_day(_value(given, item[:-1]))
        else:
            plain.update(_span(given, item))
    if plain:
        yield DateRule(days=EVERY_DAY if len(plain) == 31 else frozenset(plain))


def _nearest_working_day(day: int) -> Iterator[DateRule]:
    """The day itself, Friday before a Saturday, Monday after a Sunday, but never in another month.

    A month without that day has no such date, as it has none for the plain day.
    """
    friday = DateRule(weekdays=frozenset({FRIDAY}))
    if day == 31:
        months: tuple[tuple[frozenset[int], bool | None], ...] = ((LONG_MONTHS, None),)
        last = replace(friday, days=frozenset({29}), months=LONG_MONTHS)
    elif day == 30:
        months = ((ALL_MONTHS - {FEBRUARY}, None),)
        last = replace(friday, days=frozenset({28}), months=ALL_MONTHS - LONG_MONTHS - {FEBRUARY})
    elif day == 29:
        months = ((ALL_MONTHS - {FEBRUARY}, None), (frozenset({FEBRUARY}), True))
        last = replace(friday, days=frozenset({27}), months=frozenset({FEBRUARY}), leap=True)
    else:
        months = ((ALL_MONTHS, None),)
        last = replace(friday, days=frozenset({26}), months=frozenset({FEBRUARY}), leap=False)
    for among, leap in months:
        rule = DateRule(months=among, leap=leap)
        yield replace(rule, days=frozenset({day}), weekdays=WORKING_DAYS)
        if day < 31:
            mondays = frozenset({2, 3} if day == 1 else {day + 1})
            yield replace(rule, days=mondays, weekdays=frozenset({MONDAY}))
        if day > 1:
            yield replace(rule, days=frozenset({day - 1}), weekdays=frozenset({FRIDAY}))
    if day >= 28:
        yield last


def _days_of_week(given: Given) -> Iterator[DateRule]:
    plain: set[int] = set()
    for item in given.text.split(","):
        if item.upper() == "L":
            raise given.error("'L' needs a day before it, as in 6L, the last Friday")
        if item.upper().endswith("L"):
            yield DateRule(days=frozenset(range(-7, 0)), weekdays=frozenset({_weekday(_value(given, item[:-1]))}))
        elif "#" in item:
            day, _mark, number = item.partition("#")
            weekday = _weekday(_value(given, day))
            if number not in tuple("12345"):
                raise given.error(f"{number!r} is no number of a week, it is 1 to 5")
            first = 7 * int(number) - 6
            yield DateRule(days=frozenset(range(first, min(first + 7, 32))), weekdays=frozenset({weekday}))
        else:
            plain.update(_weekday(number) for number in _span(given, item))
    if plain:
        yield DateRule(weekdays=frozenset(plain))


def _weekday(number: int) -> int:
    """Sunday = 1 of Patch Manager as Monday = 0 of Python."""
    return (number + 5) % 7
