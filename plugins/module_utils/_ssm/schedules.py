# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schedules of windows and associations, read before AWS is asked.

AWS tells of a mistake only where it is to keep the schedule, which check mode does not ask for.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError


def read_moment(text: str) -> datetime.datetime | None:
    """Return a time in ISO 8601, ``None`` if it is none."""
    try:
        return datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None


def write_moment(text: str) -> str:
    """Return a time as the API takes it, also where YAML has read it as a time already; anything else as it is."""
    moment = read_moment(text)
    return moment.isoformat().replace("+00:00", "Z") if moment else text


def write_filter(key: str, text: str | None) -> list[str]:
    """Return a time that lists are limited by as a filter takes it. Raises ``StateError`` if it is none."""
    if text and read_moment(text) is None:
        raise StateError(f"Failed to read {key}: {text!r} is no time. Write it as 2026-07-01T00:00:00Z.")
    return [write_moment(text)] if text else []


def normalise_moment(text: str) -> str:
    """Return a time in UTC, so that equal times are equal texts."""
    moment = read_moment(text)
    if moment is None or moment.tzinfo is None:
        return text
    return moment.astimezone(datetime.timezone.utc).isoformat()


def normalise_zone(name: str) -> str:
    """Return the name of a time zone; none is UTC."""
    return name or "UTC"


# What a schedule is made of.
OF_WINDOW = ("schedule", "schedule_timezone", "schedule_offset", "start_date", "end_date")
OF_ASSOCIATION = ("schedule_expression", "schedule_offset", "apply_only_at_cron_interval", "duration")


def check_window(doing: str, window: Mapping[str, Any]) -> None:
    """Raise ``StateError`` if a window could never open, or AWS does not take its schedule."""
    moments = {}
    for key in ("start_date", "end_date"):
        moments[key] = read_moment(window[key]) if window[key] else None
        if window[key] and moments[key] is None:
            raise StateError(f"Failed to {doing}: {key} {window[key]!r} is no time. Write it as 2026-07-01T00:00:00Z.")
    _check(
        doing,
        "schedule",
        window["schedule"],
        "window",
        zone=window["schedule_timezone"],
        offset=window["schedule_offset"],
        start=moments["start_date"],
        end=moments["end_date"],
    )


def check_association(doing: str, association: Mapping[str, Any]) -> None:
    """Raise ``StateError`` if AWS does not take the schedule of an association."""
    expression, by_cron = association["schedule_expression"], association["apply_only_at_cron_interval"]
    if expression:
        _check(doing, "schedule_expression", expression, "association", offset=association["schedule_offset"])
    if by_cron and (not expression or expression.startswith("rate(")):
        raise StateError(
            f"Failed to {doing}: apply_only_at_cron_interval needs a schedule_expression of cron(...) or at(...)."
        )
    for key in ("schedule_offset", "duration"):
        if association[key] is not None and not by_cron:
            raise StateError(f"Failed to {doing}: {key} needs apply_only_at_cron_interval. Set it too.")


def _check(
    doing: str,
    key: str,
    text: str,
    kind: Literal["window", "association"],
    *,
    zone: str = "",
    offset: int | None = None,
    start: datetime.datetime | None = None,
    end: datetime.datetime | None = None,
) -> None:
    try:
        parse_schedule(text, timezone=zone, offset=offset, start=start, end=end, kind=kind)
    except ScheduleError as error:
        raise StateError(f"Failed to {doing}: {key} {text!r}: {error.__cause__ or error}.") from error
