# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What systemd is told where it runs, which it does on no test machine; the rest is in tests/integration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import context
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.action import patch_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.systemd import Systemd

Deploy = Callable[..., tuple[dict[str, Any], list[str]]]

# Says yes to every question once a timer was enabled.
SYSTEMCTL = """\
#!/bin/sh
case "$1" in
is-*) test -e {folder}/enabled; exit;;
enable) touch {folder}/enabled;;
esac
echo "$*" >> {folder}/calls
"""


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """Gives the action's result and what systemctl was told meanwhile."""
    program, calls = tmp_path / "systemctl", tmp_path / "calls"
    program.write_text(SYSTEMCTL.format(folder=tmp_path), encoding="utf-8")
    program.chmod(0o755)
    systemd = Systemd(tmp_path / "units", tmp_path / "stamps", (str(program),), True, True)
    monkeypatch.setattr(patch_schedule, "find_systemd", lambda: systemd)
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict())
    (tmp_path / "patch_policies").mkdir()

    def run(*, check_mode: bool = False, **args: Any) -> tuple[dict[str, Any], list[str]]:
        calls.write_text("", encoding="utf-8")
        loader, play_context, task = DataLoader(), PlayContext(), Task()
        task.args = {"patch_schedule_state": "present", **args}
        task.check_mode = check_mode
        connection = connection_loader.get("local", play_context)
        action = patch_schedule.ActionModule(task, connection, play_context, loader, Templar(loader), None)
        action._load_name = "patch_schedule"  # ansible's loader of plugins sets it; older releases have no other
        result = action.run(task_vars={"inventory_hostname": "web1", "inventory_dir": str(tmp_path)})
        return result, calls.read_text(encoding="utf-8").splitlines()

    return run


def write(folder: Path, name: str, text: str) -> None:
    (folder / "patch_policies" / f"{name}.yml").write_text(text, encoding="utf-8")


def test_new_timers_are_started_and_what_does_not_wait_is_started_once(deploy: Deploy, tmp_path: Path) -> None:
    """operations example 19."""
    write(tmp_path, "weekly", "operation: ScanAndInstall\n")
    checked, nothing = deploy(check_mode=True)
    first, calls = deploy()
    again, no_more = deploy()
    timers = "openpatch-weekly-scan.timer openpatch-weekly-install.timer"
    assert calls == [
        "daemon-reload",
        f"enable {timers}",
        f"restart {timers}",
        "start --no-block openpatch-weekly-scan-now.service",
    ]
    assert (checked["changed"], first["changed"], again["changed"]) == (True, True, False)
    assert (nothing, no_more) == ([], [])


def test_what_changes_is_started_anew_and_what_is_gone_is_stopped_first(deploy: Deploy, tmp_path: Path) -> None:
    write(tmp_path, "weekly", "operation: ScanAndInstall\n")
    deploy()
    write(tmp_path, "weekly", "scan_schedule: rate(1 day)\n")
    result, calls = deploy()
    assert calls == [
        "disable --now openpatch-weekly-install.timer",
        "daemon-reload",
        "enable openpatch-weekly-scan.timer",
        "restart openpatch-weekly-scan.timer",
    ]
    assert "2 removed" in result["msg"]


def test_a_timer_that_somebody_stopped_is_started_again(deploy: Deploy, tmp_path: Path) -> None:
    write(tmp_path, "daily", "")
    deploy()
    (tmp_path / "enabled").unlink()
    result, calls = deploy()
    assert result["changed"]
    assert calls == ["enable openpatch-daily-scan.timer", "restart openpatch-daily-scan.timer"]


def test_a_policy_that_begins_later_is_not_started_when_it_is_deployed(deploy: Deploy, tmp_path: Path) -> None:
    write(tmp_path, "daily", "start_date: 2190-01-01T00:00:00Z\n")
    _result, calls = deploy()
    assert not [call for call in calls if call.startswith("start ")]


def test_timers_that_are_not_wanted_any_more_are_stopped_and_removed(deploy: Deploy, tmp_path: Path) -> None:
    write(tmp_path, "daily", "")
    write(tmp_path, "other", "")
    deploy()
    result, calls = deploy(patch_schedule_state="absent", patch_policy="daily")
    assert calls == ["disable --now openpatch-daily-scan.timer", "daemon-reload"]
    assert sorted(path.name for path in (tmp_path / "units").glob("*.timer")) == ["openpatch-other-scan.timer"]
    assert result["changed"]


def test_another_folder_is_left_to_who_asked_for_it(deploy: Deploy, tmp_path: Path) -> None:
    write(tmp_path, "daily", "")
    made, calls = deploy(patch_schedule_dir=str(tmp_path / "elsewhere"))
    removed, no_calls = deploy(patch_schedule_dir=str(tmp_path / "elsewhere"), patch_schedule_state="absent")
    assert (calls, no_calls) == ([], [])
    assert f"copy them to {tmp_path}/units" in made["msg"] and "enable --now openpatch-daily-scan.timer" in made["msg"]
    assert "copy" not in removed["msg"] and "disable --now openpatch-daily-scan.timer" in removed["msg"]


def test_all_policies_are_checked_before_any_timer_is_written(deploy: Deploy, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path, name, "operation: Scann\n")
    write(tmp_path, "right", "")
    with pytest.raises(AnsibleActionFail, match=r"(?s)one\.yml:1'.*two\.yml:1'"):
        deploy()
    assert not (tmp_path / "units").exists()
