# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.agenda import (
    Agenda,
    make_agenda,
    render_agenda,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import Operation, parse_policy

NOW = datetime(2026, 11, 25, 10, tzinfo=timezone.utc)
ZURICH: dict[str, Any] = {"install_schedule": "cron(30 23 ? * TUE#2 *)", "schedule_timezone": "Europe/Zurich"}


def agenda(operation: Operation = "install", **data: Any) -> Agenda:
    return make_agenda(parse_policy({"operation": "ScanAndInstall", **data}, "weekly", "weekly.yml"), operation, NOW)


def test_the_next_ten_dates_are_shown_in_the_policys_time_zone_and_in_utc() -> None:
    lines = render_agenda(agenda(**ZURICH)).split("\n")
    assert lines[0] == "Patch policy 'weekly', install: the second Tuesday of each month at 23:30 Europe/Zurich"
    assert lines[1] == "  Tue 2026-12-08 23:30 CET  Tue 2026-12-08 22:30 UTC"
    assert lines[6] == "  Tue 2027-05-11 23:30 CEST Tue 2027-05-11 21:30 UTC"
    assert sum(line.startswith("  Tue ") for line in lines) == 10


def test_in_utc_each_date_is_shown_once() -> None:
    assert "  Sun 2026-11-29 02:00 UTC" in render_agenda(agenda()).split("\n")


def test_timer_and_rules_are_shown_and_given() -> None:
    shown, given = render_agenda(agenda(**ZURICH)), agenda(**ZURICH).to_dict()
    assert "  systemd: OnCalendar=Tue *-*-08..14 23:30:00 Europe/Zurich" in shown
    assert f"  AWX: {given['awx']['rrule']}" in shown
    assert given["awx"]["rrule"].startswith("DTSTART;TZID=Europe/Zurich:20261208T233000 RRULE:FREQ=MONTHLY")
    assert given["awx"]["name"] == "openpatch weekly install"
    assert given["awx"]["extra_vars"] == {
        "patch_policy": "weekly",
        "patch_operation": "install",
        "patch_slot": "auto",
    }
    assert (given["next"][0], len(given["next"]), given["notes"]) == ("2026-12-08T22:30:00+00:00", 10, [])


def test_what_is_not_exact_is_said() -> None:
    late = agenda(start_date="2026-12-01T00:00:00Z")
    assert any("before its start" in note for note in late.notes)
    assert "note, systemd: " in render_agenda(late)


@pytest.mark.parametrize(
    ("data", "in_force"),
    [
        ({}, True),
        ({"start_date": NOW.isoformat()}, True),
        ({"start_date": (NOW + timedelta(seconds=1)).isoformat()}, False),
        ({"end_date": (NOW + timedelta(days=1)).isoformat()}, False),
        ({"end_date": (NOW + timedelta(days=7)).isoformat()}, True),
    ],
)
def test_a_schedule_is_in_force_from_its_start_to_its_last_date(data: dict[str, Any], in_force: bool) -> None:
    assert agenda(**data).is_in_force == in_force


def test_a_schedule_that_is_over_has_a_timer_that_never_fires_and_nothing_for_awx() -> None:
    over = agenda(end_date="2026-01-01T00:00:00Z")
    assert (over.dates, over.awx) == ((), None)
    assert "no date comes any more" in render_agenda(over)


def test_a_date_that_daylight_saving_takes_away_is_said() -> None:
    sundays = agenda(install_schedule="cron(0 2 ? * SUN *)", schedule_timezone="Europe/Zurich")
    note = "the clocks of Europe/Zurich leave out Sun 2027-03-28 02:00: no run starts then"
    assert note in sundays.notes
    assert f"  note, {note}" in render_agenda(sundays).split("\n")
    often = agenda(install_schedule="cron(0/30 * * * ? *)", schedule_timezone="Europe/Zurich")
    assert "leave out Sun 2027-03-28 02:00, and 1 more" in " ".join(often.notes)
