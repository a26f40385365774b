# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time a policy's operation has: one date of its schedule, its window, and how late it may begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    describe,
    name_keys,
    read_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import read_number
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import grace_of

LONGEST_HOURS = 24
# without a window; who switches a controller on in the evening does not expect the installs of the night
LATEST_START = timedelta(hours=12)

_KEYS = name_keys("duration", "cutoff")


@dataclass(frozen=True, slots=True)
class Window:
    """How many hours an operation may take, and how long before their end no further node is started."""

    duration: int
    cutoff: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One date of a schedule.

    The operation may begin before ``closes``; ``cutoff`` and ``end`` are those of the window, if there is one.
    """

    date: datetime
    closes: datetime
    cutoff: datetime | None = None
    end: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether the operation may still begin."""
        return self.date <= now < self.closes


def find_slot(schedule: Schedule, window: Window | None, now: datetime) -> Slot | None:
    """Give the last date of a schedule; None before the first.

    It is open until its window ends. Without one it is for some hours, but not until the next start of a timer that has
    to fire at more times than the schedule has: that one is not to begin what was due before.
    """
    date = schedule.latest(now)
    if date is None:
        return None
    if window is None:
        return Slot(date, date + min(LATEST_START, grace_of(schedule)))
    end = date + timedelta(hours=window.duration)
    return Slot(date, end, end - timedelta(hours=window.cutoff), end)


def read_window(item: Item, problems: Problems) -> Window | None:
    """Read ``window``; None if there is none or it was refused."""
    if item.value is None:
        return None
    fields = read_fields(item, _KEYS, problems)
    if fields is None:
        return None
    given = fields.item("duration")
    if given.value is None:
        problems.refuse(given.path, describe(None), f"a whole number from 1 to {LONGEST_HOURS}")
    duration = read_number(given, problems, 1, LONGEST_HOURS)
    if duration is None:
        return None
    cutoff = read_number(fields.item("cutoff"), problems, 0, duration - 1)
    return Window(duration, cutoff or 0)
