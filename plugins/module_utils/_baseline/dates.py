# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a rule approves, always in UTC (``API_PatchRule``: ``ApproveAfterDays``, ``ApproveUntilDate``)."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    PackageManager,
)

# Stands for "no date known", so that every delay and cut-off of today is satisfied (patch-manager-release-dates).
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# On apt dates are held to be unreliable, macOS has none: a matching patch is approved at once.
DATED = frozenset({PackageManager.RPM, PackageManager.ZYPPER, PackageManager.WINDOWS})


def to_utc(moment: datetime) -> datetime:
    """Return the moment in UTC; without a zone UTC is meant."""
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def format_moment(moment: datetime) -> str:
    """Return a moment in UTC as people and the API write it, ``2025-11-16T18:00:00Z``."""
    return moment.isoformat(timespec="seconds")[:19] + "Z"


class Delay:
    """The date part of a rule: a whole number of 24-hour days after the patch's date, or a fixed cut-off."""

    __slots__ = ("_last", "_wait", "is_fixed", "text", "waits")

    def __init__(self, rule: ApprovalRule) -> None:
        self._wait = timedelta(days=rule.approve_after_days or 0)
        self._last: datetime | None = None
        self.text = f"approve_after_days {rule.approve_after_days or 0}"
        if rule.approve_until_date is not None:
            self._last = datetime.combine(rule.approve_until_date, time.max, timezone.utc)
            self.text = f"approve_until_date {rule.approve_until_date.isoformat()}"
        self.is_fixed = self._last is not None
        self.waits = self.is_fixed or bool(self._wait)

    def find_moment(self, dated: datetime) -> datetime | None:
        """Return when a patch of that date is approved, to the second; ``None`` for never.

        Under a fixed cut-off the patch counts as approved whenever one asks, even before its own date.
        """
        if self._last is None:
            return dated + self._wait
        return dated if dated <= self._last else None
