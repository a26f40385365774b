# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shlex
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.agenda import make_agenda
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import Operation, parse_policy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.units import (
    Caller,
    Origin,
    quote_word,
    read_origin,
    render_units,
)

NOW = datetime(2026, 11, 25, 10, tzinfo=timezone.utc)
ORIGIN = Origin("/srv/it's %n/patch_policies", "weekly")
NASTY = "/srv/a b/100% $HOME \"x\" \\n 'y' ; é/hosts.yml"
CALLER = Caller(
    ("/bin/true", "--inventory", NASTY, "openpatch.patch_manager.patch"),
    "/tmp",
    {"HOME": "/root", "ANSIBLE_CONFIG": '/srv/100%/a "b".cfg'},
    True,
)


def units(operation: Operation = "install", caller: Caller = CALLER, **data: Any) -> dict[str, str]:
    policy = parse_policy({"operation": "ScanAndInstall", **data}, "weekly", "weekly.yml")
    return render_units(make_agenda(policy, operation, NOW), ORIGIN, caller)


def test_an_operation_is_a_timer_and_its_service() -> None:
    assert set(units()) == {"openpatch-weekly-install.timer", "openpatch-weekly-install.service"}
    timer = units()["openpatch-weekly-install.timer"].split("\n")
    assert "OnCalendar=Sun *-*-* 02:00:00 UTC" in timer
    assert "Persistent=true" in timer
    assert "WantedBy=timers.target" in timer


def test_what_does_not_wait_for_its_first_date_has_a_service_outside_the_schedule() -> None:
    made = units("scan")
    assert set(made) == {
        "openpatch-weekly-scan.timer",
        "openpatch-weekly-scan.service",
        "openpatch-weekly-scan-now.service",
    }
    assert '"patch_slot=auto"' in made["openpatch-weekly-scan.service"]
    assert "patch_slot" not in made["openpatch-weekly-scan-now.service"]
    for unit in ("openpatch-weekly-scan.service", "openpatch-weekly-scan-now.service"):
        assert made[unit].rstrip().split(" ")[-1].startswith('"patch_')
        assert '"-e" "patch_policy=weekly" "-e" "patch_operation=scan"' in made[unit]


def test_a_user_has_no_target_of_the_network() -> None:
    of_user = units(caller=Caller(CALLER.command, CALLER.folder, {}, False))
    assert "network-online" in units()["openpatch-weekly-install.service"]
    assert "network-online" not in of_user["openpatch-weekly-install.service"]


@pytest.mark.parametrize("data", [{}, {"schedule_timezone": "Europe/Zurich", "install_schedule": "rate(7 hours)"}])
def test_systemd_accepts_the_units(tmp_path: Path, data: dict[str, Any]) -> None:
    made = units("scan", **data) | units("install", **data)
    for name, text in made.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in made)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, [line for line in done.stderr.split("\n") if str(tmp_path) in line]) == (0, [])


def test_systemd_reads_the_calendar_of_the_timer() -> None:
    timer = units(install_schedule="cron(30 23 ? * TUE#2 *)", schedule_timezone="Europe/Zurich")
    (line,) = [
        line.removeprefix("OnCalendar=")
        for line in timer["openpatch-weekly-install.timer"].split("\n")
        if line.startswith("OnCalendar=")
    ]
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--base-time=2026-11-25 10:00:00 UTC", line],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    assert "Tue 2026-12-08 22:30:00 UTC" in done.stdout


def test_a_unit_says_where_it_was_made_from() -> None:
    assert {read_origin(text) for text in units("scan").values()} == {ORIGIN}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[Unit]\n",
        "[Unit]\n# Made by openpatch.patch_manager.patch_schedule: {}\n",
        "# Made by openpatch.patch_manager.patch_schedule: {\n",
        "# Made by openpatch.patch_manager.patch_schedule: {}\n",
        "# Made by openpatch.patch_manager.patch_schedule: []\n",
    ],
)
def test_what_does_not_say_so_is_not_ours(text: str) -> None:
    assert read_origin(text) is None


@pytest.mark.parametrize("path", ["ansible-playbook", "/a\nb", "/a ", "/a$b"])
def test_a_program_that_systemd_cannot_be_given_is_refused(path: str) -> None:
    with pytest.raises(PolicyError, match="systemd cannot be given the path"):
        units(caller=Caller((path,), "/tmp", {}, True))


def test_a_folder_that_systemd_cannot_be_given_is_refused() -> None:
    with pytest.raises(PolicyError, match="systemd cannot be given the path"):
        units(caller=Caller(CALLER.command, "/a\nb", {}, True))


def test_specifiers_and_quotes_are_plain_text() -> None:
    service = units()["openpatch-weekly-install.service"]
    assert 'Environment="ANSIBLE_CONFIG=/srv/100%%/a \\"b\\".cfg"' in service
    assert "100%% $$HOME \\\"x\\\" \\\\n 'y' ; é/hosts.yml" in service


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%"), min_size=1))
def test_a_word_stays_one_word_on_one_line(text: str) -> None:
    """Of quotes and backslashes a shell reads what systemd reads, but for the hexadecimal escapes."""
    quoted = quote_word(text)
    assert not any(ord(sign) < 32 or ord(sign) == 127 for sign in quoted)
    if not any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        assert shlex.split(quoted) == [text]
