# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schedule expressions: cron, rate and at, with a time zone, an offset and a time in which they hold.

Local times and daylight saving, as systemd and AWX have it, so that timers compiled from a schedule agree with it: a
local time that a day does not have (02:30 when 03:00 follows 01:59) has no slot on that day, one that a day has twice
has one, at the first. :meth:`Schedule.lost_times` names the slots that are lost.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise, takewhile
from typing import Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.cron import (
    SECONDS_OF_A_DAY,
    Cron,
    check_association,
    parse_cron,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    DateRule,
    dates_back_from,
    dates_from,
    move_rules,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError

Kind = Literal["window", "association"]

LONGEST_TEXT = 256
LONGEST_OFFSET = 6
DAY = dt.timedelta(days=1)
FIRST_DATE = dt.date(FIRST_YEAR, 1, 1)
FIRST_MOMENT = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.timezone.utc)
LAST_MOMENT = dt.datetime(LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=dt.timezone.utc)
SHORTEST_INTERVAL = {"window": dt.timedelta(minutes=5), "association": dt.timedelta(minutes=30)}
LIMIT_OF_ASSOCIATIONS = dt.timedelta(days=31)
# What stands beside the zones in a system's database: other times, or another time on each machine.
NO_ZONES = re.compile(r"(?:posix|right)/.*|posixrules|localtime|Factory")
UNITS = {"minute": dt.timedelta(minutes=1), "hour": dt.timedelta(hours=1), "day": DAY}


@dataclass(frozen=True)
class Schedule:
    """When something is due: exactly one of cron, rate and at is set.

    A rate counts from ``start``, without one from 1970-01-01 00:00 UTC, in elapsed time: its days have 24 hours. ``at``
    is in UTC. With an offset, ``start`` is compared with the date that the cron expression names, not with the one some
    days later.
    """

    text: str
    timezone: dt.tzinfo = dt.timezone.utc
    cron: Cron | None = field(default=None, repr=False)
    rate: dt.timedelta | None = None
    at: dt.datetime | None = None
    offset: int = 0
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    rules: tuple[DateRule, ...] = field(default=(), repr=False)  # the days of cron, moved by the offset

    @property
    def anchor(self) -> dt.datetime:
        """The moment that a rate counts from."""
        return self.start or FIRST_MOMENT

    def next_dates(self, after: dt.datetime, count: int = 10) -> list[dt.datetime]:
        """The next slots after a moment, in UTC; fewer than asked for where the schedule ends."""
        last = self.end or LAST_MOMENT
        dates = takewhile(lambda date: date <= last, self._forward(max(_in_utc(after), self.anchor)))
        return list(islice((date for date in dates if date > after and self._has_begun(date)), count))

    def latest(self, at: dt.datetime) -> dt.datetime | None:
        """The last slot at or before a moment, in UTC."""
        at = min(_in_utc(at), self.end or LAST_MOMENT)
        date = next((date for date in self._backward(at) if date <= at), None)
        return date if date and self._has_begun(date) else None

    def lost_times(self, after: dt.datetime, before: dt.datetime) -> list[dt.datetime]:
        """Local times, without time zone, that the schedule names but that do not exist, on the days of two moments."""
        first, last = (_in_utc(moment).astimezone(self.timezone).date() for moment in (after, before))
        days = takewhile(lambda day: day <= last, dates_from(self.rules, first))
        return [local for day in days for local in self._times_of(day) if self._in_utc(local) is None]

    def _forward(self, after: dt.datetime) -> Iterator[dt.datetime]:
        """Slots ascending from somewhat before a moment, without a look at start and end."""
        if self.at is not None:
            yield self.at
        elif self.rate is not None:
            date = self.anchor + max((after - self.anchor) // self.rate, 0) * self.rate
            while date <= LAST_MOMENT:
                yield date
                date += self.rate
        else:
            for day in dates_from(self.rules, max(after.date() - DAY, FIRST_DATE)):
                yield from filter(None, map(self._in_utc, self._times_of(day)))

    def _backward(self, at: dt.datetime) -> Iterator[dt.datetime]:
        """Slots descending from somewhat after a moment, without a look at start and end."""
        if self.at is not None:
            yield self.at
        elif self.rate is not None:
            yield self.anchor + (at - self.anchor) // self.rate * self.rate
        else:
            for day in dates_back_from(self.rules, at.date() + DAY):
                yield from filter(None, map(self._in_utc, reversed(self._times_of(day))))

    def _has_begun(self, date: dt.datetime) -> bool:
        if date < self.anchor:
            return False
        if self.start and self.offset:
            named = date.astimezone(self.timezone).replace(tzinfo=None) - self.offset * DAY
            return named.replace(tzinfo=self.timezone) >= self.start
        return True

    def _times_of(self, day: dt.date) -> list[dt.datetime]:
        times = self.cron.times if self.cron else ()
        return [dt.datetime.combine(day, dt.time(*time)) for time in times]

    def _in_utc(self, local: dt.datetime) -> dt.datetime | None:
        """A local time as a moment, the first of two; None where it does not exist."""
        moment = local.replace(tzinfo=self.timezone).astimezone(dt.timezone.utc)
        return moment if moment.astimezone(self.timezone).replace(tzinfo=None) == local else None


def parse_schedule(
    text: str,
    *,
    timezone: str = "UTC",
    offset: int | None = None,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    kind: Kind = "window",
) -> Schedule:
    """Read a schedule expression, or say in a ScheduleError which part of it is wrong and what is allowed there."""
    if len(text) > LONGEST_TEXT:
        raise ScheduleError(
            f"Failed to read a schedule: it has {len(text)} characters, at most {LONGEST_TEXT} are allowed"
        )
    try:
        schedule = Schedule(
            text.strip(),
            read_timezone(timezone),
            offset=offset or 0,
            start=_whole_seconds("start", start),
            end=_whole_seconds("end", end),
        )
        if schedule.end and schedule.end <= schedule.anchor:
            raise ScheduleError(
                f"its end {schedule.end.isoformat()} is not after its start {schedule.anchor.isoformat()}"
            )
        match = re.fullmatch(r"(cron|rate|at)\((.*)\)", schedule.text, re.DOTALL)
        if match is None:
            raise ScheduleError("it is neither cron(...) nor rate(...) nor at(...), in small letters")
        form, content = match.groups()
        if offset is not None and form != "cron":
            raise ScheduleError(f"an offset is for cron expressions only, not for {form}(). Leave it out")
        if offset is not None and not 1 <= offset <= LONGEST_OFFSET:
            raise ScheduleError(f"its offset is {offset}, not 1 to {LONGEST_OFFSET} days")
        if form == "rate":
            return replace(schedule, rate=_read_rate(content, kind))
        if form == "at":
            return replace(schedule, at=_read_at(content, schedule))
        cron, given = parse_cron(content)
        _check_cron(cron, kind)
        if kind == "association":
            check_association(cron, given)
        return replace(schedule, cron=cron, rules=move_rules(cron.rules, schedule.offset))
    except ScheduleError as error:
        raise ScheduleError(f"Failed to read schedule {text!r}: {error}") from error


def read_timezone(name: str) -> dt.tzinfo:
    """The time zone of a name of the IANA database; UTC needs no database, nor does an empty name, which is UTC too."""
    if name in ("", "UTC"):
        return dt.timezone.utc
    try:
        # Such a name ends up in timers, and as a path below the folders of the database.
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]*", name, re.ASCII) or NO_ZONES.fullmatch(name):
            raise ValueError(name)
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        if zoneinfo.available_timezones():
            raise ScheduleError(
                f"time zone {name!r} is unknown here. Use an IANA name like Europe/Zurich, or UTC"
            ) from error
        raise ScheduleError(
            f"time zone {name!r} cannot be read, this controller has no time zone database. "
            "Install the system's package tzdata or the Python package tzdata, or use UTC"
        ) from error


def _whole_seconds(name: str, moment: dt.datetime | None) -> dt.datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ScheduleError(f"its {name} {moment.isoformat()} has no UTC offset. Add one, as in {moment.isoformat()}Z")
    if not FIRST_YEAR < moment.year <= LAST_YEAR:
        raise ScheduleError(f"its {name} {moment.isoformat()} is not in the years {FIRST_YEAR + 1} to {LAST_YEAR}")
    return moment.astimezone(dt.timezone.utc).replace(microsecond=0)


def _read_rate(content: str, kind: Kind) -> dt.timedelta:
    words = content.split()
    if len(words) != 2 or not re.fullmatch(r"[0-9]{1,5}", words[0]):
        raise ScheduleError("rate needs a whole number of 1 to 99999 and a unit, as in rate(7 days)")
    value, unit = int(words[0]), words[1]
    singular = unit.removesuffix("s")
    if singular not in UNITS:
        raise ScheduleError(f"rate unit {unit!r} is unknown. Allowed: minute, minutes, hour, hours, day, days")
    right = singular if value == 1 else f"{singular}s"
    if unit != right:
        raise ScheduleError(f"rate unit {unit!r} does not go with {value}. Write rate({value} {right})")
    rate = value * UNITS[singular]
    _check_interval(rate, kind)
    if kind == "association" and rate >= LIMIT_OF_ASSOCIATIONS:
        raise ScheduleError(f"an association's rate is less than {LIMIT_OF_ASSOCIATIONS.days} days")
    return rate


def _read_at(content: str, schedule: Schedule) -> dt.datetime:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", content):
            raise ValueError("it is not of the form YYYY-MM-DDThh:mm:ss")
        at = dt.datetime.fromisoformat(content).replace(tzinfo=dt.timezone.utc)
    except ValueError as error:
        raise ScheduleError(f"at needs a time in UTC, as in at(2026-07-07T15:55:00): {error}") from error
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ScheduleError(f"at has the year {at.year}, not {FIRST_YEAR} to {LAST_YEAR}")
    if at < schedule.anchor or at > (schedule.end or at):
        raise ScheduleError("it never runs: the time of at is not between its start and its end")
    return at


def _check_cron(cron: Cron, kind: Kind) -> None:
    dates = dates_from(cron.rules, FIRST_DATE)
    if next(dates, None) is None:
        raise ScheduleError("it never runs: no date has that day-of-month, month and year")
    *within, over_midnight = cron.gaps
    limit = SHORTEST_INTERVAL[kind].total_seconds()
    # The gap over midnight counts only where a day follows the other.
    pairs = pairwise(dates_from(cron.rules, FIRST_DATE))
    if over_midnight < limit and any(after - before == DAY for before, after in pairs):
        within.append(over_midnight)
    _check_interval(dt.timedelta(seconds=min(within, default=SECONDS_OF_A_DAY)), kind)


def _check_interval(interval: dt.timedelta, kind: Kind) -> None:
    shortest = SHORTEST_INTERVAL[kind]
    if interval < shortest:
        minutes, least = (int(length.total_seconds()) // 60 for length in (interval, shortest))
        of_what = "an association" if kind == "association" else "a schedule"
        raise ScheduleError(f"it runs every {minutes} min, the shortest interval of {of_what} is {least} min")


def _in_utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment.isoformat()} has no time zone")
    return moment.astimezone(dt.timezone.utc)
