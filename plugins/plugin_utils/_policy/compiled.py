# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule in the language of something that starts jobs, and what such languages have in common."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import DAY, Schedule


@dataclass(frozen=True)
class Compiled:
    """A schedule in another language.

    What is not exact starts at each slot, but at other times too: then the run asks :meth:`Schedule.latest` whether it
    is in a slot. A start ``grace`` or more after a slot is not in it.
    """

    lines: tuple[str, ...]
    exact: bool
    note: str  # what the schedule became, for people
    grace: dt.timedelta

    @property
    def text(self) -> str:
        """All lines in one, as AWX wants it."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class ClockRule:
    """Times of a day: each of the hours with each of the minutes."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    second: int


def clock_rules_of_cron(schedule: Schedule) -> list[ClockRule]:
    """The times of day of a cron expression."""
    cron = schedule.cron
    return [ClockRule(cron.hours, cron.minutes, cron.second)] if cron else []


def clock_rules_of_rate(anchor: dt.datetime, interval: dt.timedelta) -> list[ClockRule]:
    """The times of day of an interval that divides the day."""
    hours_of: dict[int, set[int]] = defaultdict(set)
    for number in range(DAY // interval):
        time = anchor + number * interval
        hours_of[time.minute].add(time.hour)
    minutes_of: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for minute, hours in hours_of.items():
        minutes_of[tuple(sorted(hours))].add(minute)
    return [ClockRule(hours, tuple(sorted(minutes)), anchor.second) for hours, minutes in sorted(minutes_of.items())]


def candidate_interval(rate: dt.timedelta) -> dt.timedelta:
    """The longest interval that meets every slot of a rate and divides the day."""
    return dt.timedelta(minutes=math.gcd(rate // dt.timedelta(minutes=1), 24 * 60))


def grace_of(schedule: Schedule) -> dt.timedelta:
    """The least time from a slot to the next start that is not its own."""
    if schedule.cron is not None:
        return dt.timedelta(seconds=min(schedule.cron.gaps))
    return candidate_interval(schedule.rate) if schedule.rate else DAY
