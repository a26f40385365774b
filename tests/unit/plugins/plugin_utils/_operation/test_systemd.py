# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.systemd import (
    Systemd,
    find_systemd,
)

GiveSystemd = Callable[[str], Systemd]


@pytest.fixture
def calls(tmp_path: Path) -> Callable[[], list[str]]:
    def read() -> list[str]:
        path = tmp_path / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    return read


@pytest.fixture
def systemd(tmp_path: Path) -> GiveSystemd:
    """A systemctl that writes down how it is called, and then does what the test says: no test machine runs systemd."""

    def give(then: str) -> Systemd:
        program = tmp_path / "systemctl"
        program.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\n{then}\n', encoding="utf-8")
        program.chmod(0o755)
        return Systemd(tmp_path, tmp_path, (str(program), "--user"), True, False)

    return give


def test_timers_are_enabled_and_started_anew_and_services_are_not_waited_for(
    systemd: GiveSystemd, calls: Callable[[], list[str]]
) -> None:
    manager = systemd("exit 0")
    manager.reload()
    manager.start_timers(["a.timer", "b.timer"])
    manager.stop_timers(["c.timer"])
    manager.start_services(["a-now.service"])
    assert calls() == [
        "--user daemon-reload",
        "--user enable a.timer b.timer",
        "--user restart a.timer b.timer",
        "--user disable --now c.timer",
        "--user start --no-block a-now.service",
    ]


def test_what_was_due_before_a_timer_is_started_is_not_made_up_for(
    systemd: GiveSystemd, calls: Callable[[], list[str]], tmp_path: Path
) -> None:
    stamp, other = tmp_path / "stamp-a.timer", tmp_path / "stamp-b.timer"
    for path in (stamp, other):
        path.touch()
        os.utime(path, (1, 1))
    # before the start, or it is too late
    manager = systemd(f'test "$2" != restart || stat -c "since %Y" {stamp} >> {tmp_path}/calls')
    manager.start_timers(["a.timer", "new.timer"])
    (since,) = [float(line.split()[1]) for line in calls() if line.startswith("since")]
    assert abs(since - time.time()) < 60
    assert other.stat().st_mtime == 1
    assert not (tmp_path / "stamp-new.timer").exists()


def test_a_stamp_that_cannot_be_set_is_said(systemd: GiveSystemd, tmp_path: Path) -> None:
    (tmp_path / "stamp-a.timer").symlink_to("stamp-a.timer")
    with pytest.raises(OperationError, match=r"stamp-a\.timer': .*\. Remove it"):
        systemd("exit 0").start_timers(["a.timer"])


def test_for_no_unit_nothing_is_called(systemd: GiveSystemd, calls: Callable[[], list[str]]) -> None:
    manager = systemd("exit 1")
    manager.start_timers([])
    manager.stop_timers([])
    manager.start_services([])
    assert (manager.find_idle([]), calls()) == ((), [])


@pytest.mark.parametrize(
    ("then", "idle"),
    [
        ("exit 0", ()),
        ("exit 3", ("a.timer",)),
        ('case "$*" in *is-enabled*) exit 1;; esac', ("a.timer",)),
        ('case "$*" in *is-active*) exit 3;; esac', ("a.timer",)),
    ],
)
def test_a_timer_that_is_not_both_enabled_and_active_is_idle(
    systemd: GiveSystemd, then: str, idle: tuple[str, ...]
) -> None:
    assert systemd(then).find_idle(["a.timer"]) == idle


def test_a_call_that_fails_is_said_with_its_cause(systemd: GiveSystemd) -> None:
    with pytest.raises(OperationError, match=r"daemon-reload': Access denied\. Call it by hand"):
        systemd("echo Access denied >&2; exit 4").reload()
    with pytest.raises(OperationError, match=r"daemon-reload': exit code 4"):
        systemd("exit 4").reload()


def test_a_systemctl_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="No such file"):
        Systemd(tmp_path, tmp_path, (str(tmp_path / "none"),), True, False).reload()


@pytest.mark.parametrize(
    ("user", "folder", "stamps", "command"),
    [
        (0, "/etc/systemd/system", "/var/lib/systemd/timers", ("systemctl",)),
        (1000, "{config}/systemd/user", "{config}/data/systemd/timers", ("systemctl", "--user")),
    ],
)
def test_root_has_the_machines_and_anybody_else_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, folder: str, stamps: str, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = find_systemd()
    assert (str(found.folder), found.command) == (folder.format(config=tmp_path), command)
    assert str(found.stamps) == stamps.format(config=tmp_path)
    assert found.is_system == (user == 0)
    assert found.runs == (user == 0 and Path("/run/systemd/system").is_dir())
    if user:
        (tmp_path / "systemd" / "private").mkdir(parents=True)
        assert find_systemd().runs
