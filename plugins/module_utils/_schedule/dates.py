# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sets of dates as rules that a calendar, a systemd timer and an iCalendar rule all can say.

Whatever a cron expression says of days depends on the day in the month, the weekday and how long the month is. So each
of its forms is a union of :class:`DateRule`, and so is every such union moved by some days.
"""

from __future__ import annotations

import datetime as dt
from calendar import isleap, monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

FIRST_YEAR, LAST_YEAR = 1970, 2199
ALL_YEARS = frozenset(range(FIRST_YEAR, LAST_YEAR + 1))
ALL_MONTHS = frozenset(range(1, 13))
ALL_WEEKDAYS = frozenset(range(7))
EVERY_DAY: frozenset[int] = frozenset()
ALL_DAYS = 0  # stands for EVERY_DAY among the numbers of days
FEBRUARY = 2


@dataclass(frozen=True)
class DateRule:
    """Dates that fulfil every condition.

    Weekdays count from Monday = 0, days below 0 from the month's end: -1 is the last. No days are all days.
    """

    days: frozenset[int] = EVERY_DAY
    weekdays: frozenset[int] = ALL_WEEKDAYS
    months: frozenset[int] = ALL_MONTHS
    years: frozenset[int] = field(default=ALL_YEARS, repr=False)
    leap: bool | None = None  # only in leap years, only in others, in both

    @property
    def own_years(self) -> frozenset[int]:
        """The years without those that are, or are not, leap years."""
        return frozenset(year for year in self.years if self.leap in (None, isleap(year)))

    def days_in(self, year: int, month: int) -> list[int]:
        if month not in self.months or year not in self.years or self.leap not in (None, isleap(year)):
            return []
        weekday, length = monthrange(year, month)
        return [day for day in self._days(length) if (weekday + day - 1) % 7 in self.weekdays]

    def _days(self, length: int) -> Iterable[int]:
        if self.days == EVERY_DAY:
            return range(1, length + 1)
        numbers = (day if day > 0 else length + 1 + day for day in self.days)
        return [day for day in numbers if 1 <= day <= length]

    def moved(self, offset: int) -> Iterator[DateRule]:
        """The same dates some days later, month by month; merge_rules makes few of these many."""
        weekdays = frozenset((day + offset) % 7 for day in self.weekdays)
        if self.days == EVERY_DAY and self.months == ALL_MONTHS and self.years == ALL_YEARS and self.leap is None:
            yield replace(self, weekdays=weekdays)
            return
        for month in self.months:
            for leap in (True, False) if month == FEBRUARY and self.leap is None else (self.leap,):
                length = monthrange(2000 if leap else 2001, month)[1]
                days = {day + offset for day in self._days(length)}
                stay = frozenset(day for day in days if day <= length)
                pass_on = frozenset(day - length for day in days if day > length)
                rule = replace(self, weekdays=weekdays, leap=leap)
                if stay:
                    yield replace(rule, days=stay, months=frozenset({month}))
                if pass_on and month < 12:
                    yield replace(rule, days=pass_on, months=frozenset({month + 1}))
                elif pass_on:
                    years = frozenset(year + 1 for year in self.own_years if year < LAST_YEAR)
                    yield replace(rule, days=pass_on, months=frozenset({1}), years=years, leap=None)


def move_rules(rules: Iterable[DateRule], offset: int) -> tuple[DateRule, ...]:
    """The same dates some days later, without rules that have no year."""
    moved = merge_rules(moved for rule in rules for moved in rule.moved(offset)) if offset else rules
    return tuple(rule for rule in moved if rule.own_years)


def merge_rules(rules: Iterable[DateRule]) -> tuple[DateRule, ...]:
    """The same dates in few rules: all taken apart into days, then put together by what they share."""
    weekdays_of: dict[tuple[frozenset[int], bool | None, int, int], set[int]] = defaultdict(set)
    for rule in rules:
        for month in rule.months:
            for day in rule.days or (ALL_DAYS,):
                if month == FEBRUARY and rule.leap is not None and day > (29 if rule.leap else 28):
                    continue
                # Only leap years have that day.
                leap = None if (month, day) == (FEBRUARY, 29) else rule.leap
                weekdays_of[rule.years, leap, month, day] |= rule.weekdays
    for years, _leap, month, day in [key for key in weekdays_of if key[1]]:
        shared = weekdays_of[years, True, month, day] & weekdays_of[years, False, month, day]
        weekdays_of[years, None, month, day] |= shared
        weekdays_of[years, True, month, day] -= shared
        weekdays_of[years, False, month, day] -= shared
    days_of: dict[tuple[frozenset[int], bool | None, int, int, frozenset[int]], set[int]] = defaultdict(set)
    for (years, leap, month, day), weekdays in weekdays_of.items():
        if weekdays:
            days_of[years, leap, month, (day > 0) - (day < 0), frozenset(weekdays)].add(day)
    months_of: dict[DateRule, set[int]] = defaultdict(set)
    for (years, leap, month, _sign, weekday_set), days in days_of.items():
        months_of[DateRule(frozenset(days - {ALL_DAYS}), weekday_set, ALL_MONTHS, years, leap)].add(month)
    return tuple(sorted((replace(rule, months=frozenset(months)) for rule, months in months_of.items()), key=_order))


def _order(rule: DateRule) -> tuple[list[int], list[int], list[int], str]:
    return sorted(rule.years), sorted(rule.months), sorted(rule.days), f"{sorted(rule.weekdays)}{rule.leap}"


def dates_from(rules: tuple[DateRule, ...], first: dt.date) -> Iterator[dt.date]:
    """All dates of the rules on and after one, ascending."""
    months = sorted({month for rule in rules for month in rule.months})
    for year in range(first.year, LAST_YEAR + 1):
        for month in months:
            if (year, month) >= (first.year, first.month):
                days = sorted({day for rule in rules for day in rule.days_in(year, month)})
                yield from (date for day in days if (date := dt.date(year, month, day)) >= first)


def dates_back_from(rules: tuple[DateRule, ...], last: dt.date) -> Iterator[dt.date]:
    """All dates of the rules on and before one, descending."""
    months = sorted({month for rule in rules for month in rule.months}, reverse=True)
    for year in range(min(last.year, LAST_YEAR), FIRST_YEAR - 1, -1):
        for month in months:
            if (year, month) <= (last.year, last.month):
                days = sorted({day for rule in rules for day in rule.days_in(year, month)}, reverse=True)
                yield from (date for day in days if (date := dt.date(year, month, day)) <= last)
