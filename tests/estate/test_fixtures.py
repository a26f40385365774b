# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a killed test session left is removed, however many sessions find it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .fixtures import remove_dead_sessions

NO_PROCESS = 2**22 + 1  # beyond the largest process id of Linux


def test_sessions_that_begin_at_once_remove_what_a_dead_one_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_CACHE", str(tmp_path / "cache"))
    sessions = tmp_path / "sessions"
    left = [sessions / f"{NO_PROCESS + number}" for number in range(20)]
    alive = sessions / str(os.getpid())
    for directory in (*left, alive):
        (directory / "nodes/debian12/upper").mkdir(parents=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(remove_dead_sessions, [sessions] * 8))
    assert list(sessions.iterdir()) == [alive]
