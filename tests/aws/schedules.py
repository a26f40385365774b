# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schedule expressions of windows and associations: which are allowed, and when they come next."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate("SUN MON TUE WED THU FRI SAT".split(), 1)}
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_HORIZON = 366 * 9  # days; the longest gap between two leap days, and a little
_MIN_WINDOW, _MIN_ASSOCIATION, _MAX_ASSOCIATION = 300, 1800, 31 * 86400


class BadSchedule(Exception):
    """Not a schedule expression, or one that the resource does not allow."""


def check_schedule(text: str, for_association: bool = False) -> None:
    """Raise BadSchedule for what cannot be a schedule."""
    if text.startswith("rate("):
        seconds = _rate(text)
        least = _MIN_ASSOCIATION if for_association else _MIN_WINDOW
        if seconds < least or (for_association and seconds >= _MAX_ASSOCIATION):
            raise BadSchedule(f"The rate in {text} is out of bounds.")
    elif text.startswith("at("):
        _at(text)
    else:
        cron = _Cron(text)
        if for_association:
            cron.check_for_association()


def next_times(text: str, after: datetime, start: datetime | None = None, zone: str = "UTC") -> Iterator[datetime]:
    """The coming times of a schedule, in UTC; a rate counts from its start."""
    if text.startswith("at("):
        moment = _at(text)
        if moment > after:
            yield moment
    elif text.startswith("rate("):
        step = timedelta(seconds=_rate(text))
        moment = start or after
        while True:
            if moment > after:
                yield moment
            moment += step
    else:
        yield from _Cron(text).times(after, ZoneInfo(zone))


def _rate(text: str) -> int:
    found = re.fullmatch(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)", text)
    if not found or (found[1] == "1") == bool(found[3]):
        raise BadSchedule(f"{text} isn't a rate: a number above 0 and minute(s), hour(s), day(s).")
    return int(found[1]) * _UNITS[found[2]]


def _at(text: str) -> datetime:
    found = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?)\)", text)
    try:
        return datetime.fromisoformat(found[1] if found else "").replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise BadSchedule(f"{text} isn't a time.") from error


class _Cron:
    """cron(minutes hours day-of-month month day-of-week year), or with seconds in front."""

    def __init__(self, text: str) -> None:
        found = re.fullmatch(r"cron\((\S+(?: \S+){5,6})\)", text)
        if not found:
            raise BadSchedule(f"{text} isn't a schedule expression.")
        fields = found[1].upper().split(" ")
        self._seconds = _numbers(fields.pop(0), 0, 59) if len(fields) == 7 else [0]
        minutes, hours, day, months, weekday, years = fields
        self._day: str = day
        self._weekday: str = weekday
        self._minutes, self._hours = _numbers(minutes, 0, 59), _numbers(hours, 0, 23)
        self._months, self._years = _numbers(months, 1, 12, _MONTHS), _numbers(years, 1970, 2199)
        self._month_text = months
        if (self._day == "?") == (self._weekday == "?"):
            raise BadSchedule(f"{text}: one of day-of-month and day-of-week must be ?.")
        self._matches(date(2024, 2, 29))  # reads both fields of days

    def check_for_association(self) -> None:
        if self._month_text != "*" or re.search(r"[,-]", self._weekday) or self._seconds != [0]:
            raise BadSchedule("Associations take neither months, nor lists or ranges of weekdays, nor seconds.")

    def times(self, after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        day = after.astimezone(zone).date()
        for _unused in range(_HORIZON):
            if day.month in self._months and day.year in self._years and self._matches(day):
                for hour in self._hours:
                    for minute in self._minutes:
                        for second in self._seconds:
                            moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
                            if moment > after:
                                yield moment.astimezone(timezone.utc)
            day += timedelta(days=1)

    def _matches(self, day: date) -> bool:
        return self._matches_day(day) if self._weekday == "?" else self._matches_weekday(day)

    def _matches_day(self, day: date) -> bool:
        last = calendar.monthrange(day.year, day.month)[1]
        if self._day == "L":
            return day.day == last
        nearest = re.fullmatch(r"(\d+)W", self._day)
        if nearest:
            return day == _nearest_weekday(day.replace(day=min(int(nearest[1]), last)))
        return day.day in _numbers(self._day, 1, 31)

    def _matches_weekday(self, day: date) -> bool:
        weekday = day.isoweekday() % 7 + 1
        special = re.fullmatch(r"(\w+?)(?:#([1-5])|(L))", self._weekday)
        if special and (special[2] or special[3]):
            wanted = _numbers(special[1], 1, 7, _DAYS)[0]
            if special[2]:
                return weekday == wanted and (day.day - 1) // 7 + 1 == int(special[2])
            return weekday == wanted and (day + timedelta(days=7)).month != day.month
        return weekday in _numbers(self._weekday, 1, 7, _DAYS)


def _nearest_weekday(day: date) -> date:
    for distance in (0, -1, 1, -2, 2):
        near = day + timedelta(days=distance)
        if near.isoweekday() <= 5 and near.month == day.month:
            return near
    return day


def _numbers(text: str, least: int, most: int, names: dict[str, int] | None = None) -> list[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _unused, step = part.partition("/")
        first, _unused, last = span.partition("-")
        begin = least if first == "*" else _number(first, names)
        end = _number(last, names) if last else most if first == "*" or step else begin
        if not least <= begin <= most or not least <= end <= most:
            raise BadSchedule(f"{text} is out of {least}-{most}.")
        found |= set(range(begin, end + 1, int(step) if step.isdigit() and int(step) else 1))
    return sorted(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    if names and text in names:
        return names[text]
    if not text.isdigit():
        raise BadSchedule(f"{text} isn't a number.")
    return int(text)
