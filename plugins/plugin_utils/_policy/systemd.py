# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A schedule as the lines of a systemd timer.

Dates of cron expressions all have an exact form, so do rates that divide a day or the week. Other rates become the
longest such interval that meets all their slots. OnCalendar knows neither a start nor an end, so with these the run
checks its slot. A timer that is started within an hour that daylight saving repeats may run in it a second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.dates import (
    ALL_WEEKDAYS,
    EVERY_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    DateRule,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import DAY, Schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import (
    ClockRule,
    Compiled,
    candidate_interval,
    clock_rules_of_cron,
    clock_rules_of_rate,
    grace_of,
)

WEEK = 7 * DAY
WEEKDAYS = tuple("Mon Tue Wed Thu Fri Sat Sun".split())
MONTHS, HOURS, MINUTES = range(1, 13), range(24), range(60)
# The first year may lack dates that come from the year before.
YEARS = range(FIRST_YEAR + 1, LAST_YEAR + 1)


def compile_timer(schedule: Schedule, *, now: dt.datetime, persistent: bool = True) -> Compiled:
    """The lines of a timer's section ``[Timer]`` that are due at each slot of a schedule after now.

    With ``persistent``, a slot in which the machine was off is made up for when it is on again.
    """
    calendar, notes = _calendar(schedule)
    begins = schedule.start and schedule.start + schedule.offset * DAY
    if schedule.at is None and begins and begins > now:
        notes.append(f"runs before its start {schedule.start} end without work")
    if schedule.at is None and schedule.end:
        notes.append(f"runs after its end {schedule.end} end without work")
    return Compiled(
        lines=(
            *(f"OnCalendar={line}" for line in calendar),
            f"Persistent={'true' if persistent else 'false'}",
            # A minute is systemd's own, which is too near to the interval of some rates.
            "AccuracySec=1s",
        ),
        exact=not notes,
        note="; ".join(notes) or "the timer is due at exactly the slots of the schedule",
        grace=grace_of(schedule),
    )


def _calendar(schedule: Schedule) -> tuple[list[str], list[str]]:
    """What comes after ``OnCalendar=``, and in words what is not exact."""
    if schedule.at is not None:
        return [f"{schedule.at:%Y-%m-%d %H:%M:%S} UTC"], []
    if schedule.rate is None:
        clocks = clock_rules_of_cron(schedule)
        return [f"{_date(rule)} {_clock(clock)} {schedule.timezone}" for rule in schedule.rules for clock in clocks], []
    rate, anchor = schedule.rate, schedule.anchor
    if not rate % WEEK:
        interval = WEEK
        days = f"{WEEKDAYS[anchor.weekday()]} *-*-*"
    else:
        interval = candidate_interval(rate)
        days = "*-*-*"
    clocks = clock_rules_of_rate(anchor, min(interval, DAY))
    notes = [] if interval == rate else [f"the timer is due every {interval}, runs outside a slot end without work"]
    return [f"{days} {_clock(clock)} UTC" for clock in clocks], notes


def _date(rule: DateRule) -> str:
    months = _numbers(rule.months, MONTHS)
    weekdays = "" if rule.weekdays == ALL_WEEKDAYS else f"{_weekdays(rule.weekdays)} "
    if rule.days == EVERY_DAY:
        days = "-*"
    elif max(rule.days) > 0:
        days = f"-{_numbers(rule.days)}"
    else:
        from_end = sorted(-day for day in rule.days)
        # n/1 are the last n days.
        first_days = from_end == list(range(1, len(from_end) + 1)) and len(from_end) > 1
        days = f"~{len(from_end):02}/1" if first_days else f"~{','.join(f'{day:02}' for day in from_end)}"
    return f"{weekdays}{_years(rule.own_years)}-{months}{days}"


def _clock(clock: ClockRule) -> str:
    return f"{_numbers(clock.hours, HOURS)}:{_numbers(clock.minutes, MINUTES)}:{clock.second:02}"


def _weekdays(numbers: Collection[int]) -> str:
    spans = _series(sorted(numbers), only_step=1)
    return ",".join("..".join(WEEKDAYS[number] for number in dict.fromkeys((span[0], span[-1]))) for span in spans)


def _years(years: Collection[int]) -> str:
    """Years that are not leap years are three short series, one by one they are many."""
    by_remainder = [_numbers(part) for start in range(4) if (part := [year for year in years if year % 4 == start])]
    return min(_numbers(years, YEARS), ",".join(by_remainder), key=len)


def _numbers(numbers: Collection[int], full: Collection[int] = ()) -> str:
    if full and set(numbers) >= set(full):
        return "*"
    parts = []
    for span in _series(sorted(numbers)):
        step = f"/{span.step}" if span.step > 1 else ""
        parts.append(f"{span[0]:02}" if len(span) == 1 else f"{span[0]:02}..{span[-1]:02}{step}")
    return ",".join(parts)


def _series(numbers: Sequence[int], only_step: int | None = None) -> list[range]:
    """Numbers as ranges of one, or of three and more, with a step."""
    found = []
    at = 0
    while at < len(numbers):
        rest = numbers[at:]
        step = rest[1] - rest[0] if len(rest) > 1 else 1
        length = 1
        while length < len(rest) and rest[length] - rest[length - 1] == step:
            length += 1
        if length < 3 or only_step not in (None, step):
            length = 1
        found.append(range(rest[0], rest[length - 1] + 1, step))
        at += length
    return found
