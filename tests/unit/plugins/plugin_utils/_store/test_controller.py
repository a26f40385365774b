# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which process a name means, and whether that one lives."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import (
    is_alive_here,
    is_seen_by_all,
    name_controller,
)
from tests.unit.plugins.plugin_utils._store.controllers import ELSEWHERE, live


def test_a_process_lives_until_it_ends() -> None:
    with live() as process:
        assert is_alive_here(process.name) is True
        process.kill()
        assert is_alive_here(process.name) is False


def test_a_zombie_is_dead() -> None:
    with live() as process:
        process.kill(reap=False)
        pid = int(process.name.split(":")[1])
        deadline = time.monotonic() + 5
        while is_alive_here(process.name) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert Path(f"/proc/{pid}").exists(), "else it was reaped, and this tests nothing"
        assert is_alive_here(process.name) is False


def test_another_process_of_the_same_number_is_not_the_one() -> None:
    host, pid, boot, namespace, start = name_controller(os.getpid()).split(":")
    assert is_alive_here(":".join((host, pid, boot, namespace, start))) is True
    assert is_alive_here(":".join((host, pid, boot, namespace, str(int(start) - 1)))) is False


@pytest.mark.parametrize("part", [0, 2, 3])
def test_of_another_machine_boot_or_container_nothing_is_known(part: int) -> None:
    parts = name_controller(os.getpid()).split(":")
    parts[part] += "0"
    assert is_alive_here(":".join(parts)) is None


@pytest.mark.parametrize("name", ["", "key", "run 01234567-89ab-cdef-0123-456789abcdef", ELSEWHERE, platform.node()])
def test_of_any_other_text_nothing_is_known(name: str) -> None:
    assert is_alive_here(name) is None


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="makes a container of a kind, which needs root and unshare"
)
def test_who_is_in_a_container_is_not_seen_by_all_and_sees_no_other() -> None:
    script = (
        "import sys; sys.path[:] = sys.argv[2:];"
        f"from {is_seen_by_all.__module__} import is_alive_here, is_seen_by_all;"
        "print(is_seen_by_all(), is_alive_here(sys.argv[1]))"
    )
    inside = [sys.executable, "-c", script, name_controller(os.getpid()), *sys.path]
    done = subprocess.run(
        ["unshare", "--fork", "--pid", "--mount-proc", *inside], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "None"]
