# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule, parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.compiled import Compiled
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.systemd import compile_timer
from tests.unit.plugins.module_utils._schedule.expressions import CHANGES, DAY, UTC, schedules

NOW = dt.datetime(2026, 11, 25, tzinfo=UTC)
MORNING = dt.datetime(2026, 11, 1, 4, 10, 30, tzinfo=UTC)  # a Sunday
ELAPSE = re.compile(r"^\s*(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$", re.MULTILINE)
ITERATIONS = 30

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze, of the package systemd"
)


def calendars(compiled: Compiled) -> list[str]:
    return [line.removeprefix("OnCalendar=") for line in compiled.lines if line.startswith("OnCalendar=")]


def elapses(compiled: Compiled, after: dt.datetime) -> tuple[list[dt.datetime], dt.datetime]:
    """When systemd says that a timer is due, and until when that is all."""
    shown = subprocess.run(
        [
            "systemd-analyze",
            "calendar",
            f"--iterations={ITERATIONS}",
            f"--base-time={after:%Y-%m-%d %H:%M:%S UTC}",
            *calendars(compiled),
        ],
        env={"TZ": "UTC", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    _unused, *parts = shown.split("Normalized form: ")
    assert len(parts) == len(calendars(compiled))
    found: set[dt.datetime] = set()
    until = after + 4 * 366 * DAY
    for part in parts:
        dates = [dt.datetime.fromisoformat(date).replace(tzinfo=UTC) for date in ELAPSE.findall(part)]
        assert dates or "Next elapse: never" in part
        if len(dates) == ITERATIONS:
            until = min(until, dates[-1])
        found.update(dates)
    return sorted(date for date in found if date <= until), until


def slots(schedule: Schedule, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    return [date for date in schedule.next_dates(after, 20 * ITERATIONS) if date <= until]


@pytest.mark.parametrize(
    ("text", "options", "lines"),
    [
        ("cron(0 1 * * ? *)", {}, ["*-*-* 01:00:00 UTC"]),
        ("cron(0 2 ? * SUN *)", {"timezone": "Europe/Zurich"}, ["Sun *-*-* 02:00:00 Europe/Zurich"]),
        ("cron(15 10 ? * MON-FRI *)", {}, ["Mon..Fri *-*-* 10:15:00 UTC"]),
        ("cron(15 10 ? * SAT,SUN *)", {}, ["Sat,Sun *-*-* 10:15:00 UTC"]),
        ("cron(0 2 ? * SAT#1 *)", {}, ["Sat *-*-01..07 02:00:00 UTC"]),
        ("cron(0 2 ? * THU#5 *)", {}, ["Thu *-*-29..31 02:00:00 UTC"]),
        ("cron(15 10 ? * 6L *)", {}, ["Fri *-*~07/1 10:15:00 UTC"]),
        ("cron(0 2 L * ? *)", {}, ["*-*~01 02:00:00 UTC"]),
        (
            "cron(0 2 15W * ? *)",
            {},
            ["Fri *-*-14 02:00:00 UTC", "Mon..Fri *-*-15 02:00:00 UTC", "Mon *-*-16 02:00:00 UTC"],
        ),
        ("cron(0 2 LW * ? *)", {}, ["Fri *-*~02,03 02:00:00 UTC", "Mon..Fri *-*~01 02:00:00 UTC"]),
        ("cron(0/20 8-17 1/10 1,6 ? 2027/2)", {}, ["2027..2199/2-01,06-01..31/10 08..17:00..40/20:00 UTC"]),
        ("cron(0 2 ? * TUE#2 *)", {"offset": 4}, ["Sat *-*-12..18 02:00:00 UTC"]),
        ("cron(0 2 ? * TUE *)", {"offset": 4}, ["Sat *-*-* 02:00:00 UTC"]),
        ("cron(0 2 29 2 ? *)", {"offset": 2}, ["1972..2096/4,2104..2196/4-03-02 02:00:00 UTC"]),
        (
            "cron(0 2 28 2 ? *)",
            {"offset": 2},
            [
                "1972..2096/4,2104..2196/4-03-01 02:00:00 UTC",
                "2100,1973..2197/4,1970..2198/4,1971..2199/4-03-02 02:00:00 UTC",
            ],
        ),
        (
            "cron(0 2 28W 2 ? 2028)",
            {},
            ["Fri 2028-02-27 02:00:00 UTC", "Mon..Fri 2028-02-28 02:00:00 UTC", "Mon 2028-02-29 02:00:00 UTC"],
        ),
        ("cron(0 2 1 1 ? 1970,2199)", {}, ["1970,2199-01-01 02:00:00 UTC"]),
        ("rate(7 days)", {"start": MORNING}, ["Sun *-*-* 04:10:30 UTC"]),
        ("rate(1 day)", {}, ["*-*-* 00:00:00 UTC"]),
        ("rate(12 hours)", {"start": MORNING}, ["*-*-* 04,16:10:30 UTC"]),
        ("rate(30 minutes)", {"start": MORNING}, ["*-*-* *:10,40:30 UTC"]),
        ("at(2026-12-07T15:55:00)", {"timezone": "Europe/Zurich"}, ["2026-12-07 15:55:00 UTC"]),
    ],
)
def test_what_systemd_can_say_is_exact(text: str, options: dict[str, Any], lines: list[str]) -> None:
    compiled = compile_timer(parse_schedule(text, **options), now=NOW)
    assert sorted(calendars(compiled)) == sorted(lines)
    assert compiled.exact
    assert compiled.note == "the timer is due at exactly the slots of the schedule"


@pytest.mark.parametrize(
    ("text", "options", "lines", "note"),
    [
        ("rate(14 days)", {"start": MORNING}, ["Sun *-*-* 04:10:30 UTC"], "due every 7 days"),
        ("rate(2 days)", {"start": MORNING}, ["*-*-* 04:10:30 UTC"], "due every 1 day,"),
        ("rate(36 hours)", {"start": MORNING}, ["*-*-* 04,16:10:30 UTC"], "due every 12:00:00"),
        (
            "cron(0 1 * * ? *)",
            {"start": NOW + DAY},
            ["*-*-* 01:00:00 UTC"],
            "before its start 2026-11-26 00:00:00+00:00",
        ),
        ("cron(0 1 * * ? *)", {"end": NOW + DAY}, ["*-*-* 01:00:00 UTC"], "after its end 2026-11-26 00:00:00+00:00"),
        # Tuesday the 24th was before the start, so the slot of the 26th is skipped.
        ("cron(0 1 ? * TUE *)", {"start": NOW, "offset": 2}, ["Thu *-*-* 01:00:00 UTC"], "before its start"),
        ("rate(1 day)", {"start": NOW + DAY, "end": NOW + 9 * DAY}, ["*-*-* 00:00:00 UTC"], "without work; runs after"),
    ],
)
def test_what_systemd_cannot_say_is_due_too_often_and_says_so(
    text: str, options: dict[str, Any], lines: list[str], note: str
) -> None:
    compiled = compile_timer(parse_schedule(text, **options), now=NOW)
    assert calendars(compiled) == lines
    assert not compiled.exact
    assert note in compiled.note


def test_a_timer_makes_up_for_slots_unless_it_is_told_not_to() -> None:
    schedule = parse_schedule("rate(1 day)")
    assert compile_timer(schedule, now=NOW).lines[1:] == ("Persistent=true", "AccuracySec=1s")
    assert compile_timer(schedule, now=NOW, persistent=False).lines[1:] == ("Persistent=false", "AccuracySec=1s")


@needs_systemd
@settings(deadline=None, max_examples=50)
@given(schedules(), st.integers(0, 1), st.booleans())
def test_the_dates_of_a_timer_are_those_of_the_schedule(schedule: Schedule, which: int, at_change: bool) -> None:
    changes = CHANGES[str(schedule.timezone)]
    after = changes[which % len(changes)] if at_change else NOW
    compiled = compile_timer(schedule, now=NOW)
    found, until = elapses(compiled, after)
    assert found == slots(schedule, after, until)
    assert compiled.exact


@needs_systemd
@settings(deadline=None, max_examples=20)
@given(st.integers(5, 3000), st.sampled_from(["minutes", "hours", "days"]), st.booleans())
def test_a_timer_is_due_at_every_slot_of_a_rate_and_its_other_dates_are_known(
    value: int, unit: str, starts: bool
) -> None:
    schedule = parse_schedule(f"rate({value} {unit})", start=MORNING if starts else None)
    compiled = compile_timer(schedule, now=NOW)
    found, until = elapses(compiled, NOW)
    assert set(found) >= set(slots(schedule, NOW, until))
    in_slot = [date for date in found if (latest := schedule.latest(date)) and date - latest < compiled.grace]
    assert in_slot == slots(schedule, NOW, until)
    assert compiled.exact is (in_slot == found) or len(found) < ITERATIONS
