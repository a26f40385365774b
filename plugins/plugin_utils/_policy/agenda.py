# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a policy's operations are due, for people, for systemd's timers and for AWX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import Compiled
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.icalendar import compile_rrule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import Operation, PatchPolicy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.schedule_words import describe
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.systemd import compile_timer

SHOWN_DATES = 10
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Agenda:
    """One operation of one policy; ``is_in_force``: from its start to its end; ``rules``: None when no date is left.

    ``lost``: local times of the next year that daylight saving leaves out, which no date stands in for.
    """

    policy: PatchPolicy
    operation: Operation
    is_in_force: bool
    words: str
    dates: tuple[datetime, ...]
    timer: Compiled
    rules: Compiled | None
    lost: tuple[datetime, ...] = ()

    @property
    def awx(self) -> dict[str, Any] | None:
        """The arguments of a schedule in AWX, apart from the template that it starts."""
        if self.rules is None:
            return None
        return {
            "name": f"openpatch {self.policy.name} {self.operation}",
            "rrule": self.rules.text,
            "extra_vars": name_extra_vars(self.policy, self.operation),
        }

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "policy": self.policy.name,
            "operation": self.operation,
            "schedule": self.words,
            "next": [date.isoformat() for date in self.dates],
            "timer": list(self.timer.lines),
            "awx": self.awx,
            "notes": self.notes,
        }

    @property
    def notes(self) -> list[str]:
        """What is not exact about timer and rules, and what the clocks take away."""
        compiled = [("systemd", self.timer)] + ([("AWX", self.rules)] if self.rules else [])
        notes = [f"{name}: {made.note}" for name, made in compiled if not made.exact]
        if self.lost:
            zone = self.policy.schedule_of(self.operation).timezone
            more = f", and {len(self.lost) - 1} more" if len(self.lost) > 1 else ""
            notes.append(f"the clocks of {zone} leave out {self.lost[0]:%a %Y-%m-%d %H:%M}{more}: no run starts then")
        return notes


def name_extra_vars(policy: PatchPolicy, operation: Operation) -> dict[str, str]:
    """What a timer's run is told, by ``-e``."""
    return {"patch_policy": policy.name, "patch_operation": operation, "patch_slot": "auto"}


def make_agenda(policy: PatchPolicy, operation: Operation, now: datetime) -> Agenda:
    """Find the dates after now, and compile the schedule."""
    schedule = policy.schedule_of(operation)
    try:
        rules = compile_rrule(schedule, now=now)
    except ScheduleError:  # no date comes any more
        rules = None
    dates = tuple(schedule.next_dates(now, SHOWN_DATES))
    return Agenda(
        policy,
        operation,
        bool(dates) and (schedule.start is None or schedule.start <= now),
        describe(schedule),
        dates,
        compile_timer(schedule, now=now),
        rules,
        tuple(schedule.lost_times(now, now + YEAR)) if schedule.rules else (),
    )


def render_agenda(agenda: Agenda) -> str:
    """Show an agenda to a person, dates in the policy's time zone and in UTC."""
    zone = agenda.policy.scan_schedule.timezone
    lines = [f"Patch policy '{agenda.policy.name}', {agenda.operation}: {agenda.words}"]
    for date in agenda.dates:
        utc = f"{date.astimezone(timezone.utc):%a %Y-%m-%d %H:%M} UTC"
        local = f"{date.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"
        lines.append(f"  {utc}" if local == utc else f"  {local:<26}{utc}")
    if not agenda.dates:
        lines.append("  no date comes any more")
    lines += [f"  systemd: {line}" for line in agenda.timer.lines]
    lines += [f"  AWX: {agenda.rules.text}"] if agenda.rules else []
    lines += [f"  note, {note}" for note in agenda.notes]
    return "\n".join(lines)
