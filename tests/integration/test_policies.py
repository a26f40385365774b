# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch policies from file to node, and to timers."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.integration.test_baselines import WEB
from tests.integration.test_ubuntu import MISSING, patches_of

UNREACHABLE = {"ansible_host": "127.0.0.1", "ansible_port": 9}


def daily(ago: timedelta) -> str:
    """A schedule the last date of which is so long ago."""
    date = datetime.now(timezone.utc) - ago
    return f"cron({date.minute} {date.hour} * * ? *)"


@pytest.mark.smoke
def test_a_policy_is_run_on_its_targets_by_its_baselines_and_settings(node: GiveNode, controller: Controller) -> None:
    ubuntu, other = node("ubuntu"), node("ubuntu2")
    controller.inventory(
        {
            "tagged": {**ubuntu.host_vars, "patch_group": "elsewhere", "patch_tags": {"Patch": True, "Env": "test"}},
            "other-value": {**other.host_vars, "patch_tags": {"Patch": True, "Env": "none"}},
            "untagged": UNREACHABLE,
        }
    )
    controller.write("patch_baselines/web.yml", WEB)
    policy = {
        "targets": {"tags": {"Patch": True, "Env": ["production", "test"]}},
        "baselines": {"UBUNTU": "web", "DEBIAN": "web"},
        "log_destination": "logs",
    }
    controller.write("patch_policies/weekly.yml", json.dumps(policy))
    wrong = controller.play("patch", patch_policy="weekly")
    assert wrong.rc != 0
    assert "weekly.yml" in wrong.output and "no baseline 'web' for DEBIAN" in wrong.output
    assert not wrong.results("patch_scan")

    controller.write("patch_policies/weekly.yml", json.dumps({**policy, "baselines": {"UBUNTU": "web"}}))
    run = controller.play("patch", patch_policy="weekly")
    assert run.rc == 0, run.output
    assert set(run.results("patch_scan")) == {"tagged"}
    assert run.results("patch_scan")["tagged"]["baseline"] == "web"
    assert patches_of(run, "tagged", "MISSING") == {"sec-required": "1.0-1ubuntu0.1"}
    assert "1 of 3 hosts" in run.stdout
    assert "Could not match" not in run.output
    (log,) = (controller.folder / "logs").glob("*/*/*")
    assert log.relative_to(controller.folder / "logs").parts[1:] == ("tagged", "scan.json")
    assert json.loads(log.read_text(encoding="utf-8"))["compliance_status"] == "NON_COMPLIANT"

    controller.write("patch_policies/weekly.yml", json.dumps({"targets": {"pattern": "all:!untagged"}}))
    limited = controller.play("patch", patch_policy="weekly", patch_targets="tagged:untagged")
    assert limited.rc == 0, limited.output
    assert set(limited.results("patch_scan")) == {"tagged"}
    assert set(patches_of(limited, "tagged", "MISSING")) >= set(MISSING)

    none = controller.play("patch", "--limit", "untagged", patch_policy="weekly")
    assert none.rc == 0, none.output
    assert "no host is a target; nothing is done" in none.stdout
    assert "Could not match" not in none.output


def test_after_the_cutoff_no_node_is_started_and_the_run_ends_well(controller: Controller) -> None:
    controller.inventory({"web1": UNREACHABLE, "web2": UNREACHABLE})
    window = {"duration": 3, "cutoff": 1}
    policy = {"operation": "ScanAndInstall", "install_schedule": daily(timedelta(minutes=150)), "window": window}
    controller.write("patch_policies/weekly.yml", json.dumps(policy))
    run = controller.play("patch", patch_policy="weekly", patch_slot="auto")
    assert run.rc == 0, run.output
    assert run.results("patch_policy")["web1"]["operation"] == "install"
    assert run.stdout.count("OUTSIDE_WINDOW") >= 2
    assert run.outcome("web1") == "ok"


def test_a_date_of_the_schedule_begins_one_run_and_not_any_time_later(node: GiveNode, controller: Controller) -> None:
    controller.inventory({"ubuntu": node("ubuntu").host_vars})
    policy = {"scan_schedule": daily(timedelta(minutes=1)), "install_schedule": daily(timedelta(hours=13))}
    controller.write("patch_policies/weekly.yml", json.dumps(policy))
    checked = controller.play("patch", "--check", patch_policy="weekly", patch_slot="auto")
    first = controller.play("patch", patch_policy="weekly", patch_slot="auto")
    second = controller.play("patch", patch_policy="weekly", patch_slot="auto")
    by_hand = controller.play("patch", patch_policy="weekly")
    late = controller.play("patch", patch_policy="weekly", patch_slot="auto", patch_operation="install")
    assert [run.rc for run in (checked, first, second, by_hand, late)] == [0] * 5, second.output
    assert [len(run.results("patch_scan")) for run in (checked, first, second, by_hand, late)] == [1, 1, 0, 1, 0]
    assert "another run has been started for" in second.stdout
    assert "too long ago to begin" in late.stdout


def test_timers_are_deployed_changed_and_removed_and_nobody_elses_are(controller: Controller) -> None:
    controller.inventory({"web1": UNREACHABLE})
    units = controller.folder / "units"
    controller.write("patch_policies/weekly.yml", "operation: ScanAndInstall\n")
    controller.write("patch_policies/daily.yml", "")
    controller.write("units/foreign.timer", "[Timer]\n")
    variables: dict[str, Any] = {"patch_schedule_dir": str(units), "patch_schedule_state": "present"}
    checked = controller.play("schedule", "--check", "--diff", **variables)
    assert [path.name for path in units.iterdir()] == ["foreign.timer"]
    first = controller.play("schedule", **variables)
    made = {path.name for path in units.iterdir()}
    assert made == {
        "foreign.timer",
        "openpatch-daily-scan.timer",
        "openpatch-daily-scan.service",
        "openpatch-daily-scan-now.service",
        "openpatch-weekly-scan.timer",
        "openpatch-weekly-scan.service",
        "openpatch-weekly-scan-now.service",
        "openpatch-weekly-install.timer",
        "openpatch-weekly-install.service",
    }
    ours = [str(units / name) for name in made - {"foreign.timer"}]
    subprocess.run(["systemd-analyze", "verify", *ours], check=True, timeout=60)
    again = controller.play("schedule", **variables)
    (controller.folder / "patch_policies" / "weekly.yml").unlink()
    fewer = controller.play("schedule", **variables)
    assert {path.name for path in units.iterdir()} == {name for name in made if "weekly" not in name}
    absent = controller.play("schedule", patch_schedule_dir=str(units), patch_schedule_state="absent")
    assert [path.name for path in units.iterdir()] == ["foreign.timer"]

    runs = (checked, first, again, fewer, absent)
    assert [run.rc for run in runs] == [0] * 5, first.output
    changed = [run.results("patch_schedule")["web1"]["changed"] for run in runs]
    assert changed == [True, True, False, True, True]
    assert "Patch policy 'weekly', install: every Sunday at 02:00 UTC" in checked.stdout
    assert "+OnCalendar=Sun *-*-* 02:00:00 UTC" in checked.stdout
    awx = {schedule["name"]: schedule["rrule"] for schedule in checked.results("patch_schedule")["web1"]["awx"]}
    assert awx["openpatch weekly install"].endswith(
        "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"
    )
