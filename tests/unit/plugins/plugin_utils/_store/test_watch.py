# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import watch
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.watch import Watch


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_PERIOD", 0.05)
    monkeypatch.setattr(watch, "_RETRY", 0.1)


Begin = Callable[[Callable[[], Callable[[], int]]], Watch[int]]


@pytest.fixture
def begin() -> Iterator[Begin]:
    begun: list[Watch[int]] = []

    def begin(open_look: Callable[[], Callable[[], int]]) -> Watch[int]:
        begun.append(Watch(open_look))
        return begun[-1]

    yield begin
    for found in begun:
        found.stop()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def count_bytes(path: Path) -> Callable[[], Callable[[], int]]:
    return lambda: lambda: path.stat().st_size


def test_what_is_seen_is_what_there_is_now(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "store"
    path.write_text("")
    found = begin(count_bytes(path))
    wait_until(lambda: found.read() == 0)
    path.write_text("12345")
    wait_until(lambda: found.read() == 5)


def test_a_look_that_fails_is_explained_and_tried_again(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "store"
    found = begin(count_bytes(path))
    wait_until(lambda: found.read() is None and "No such file" in found.failure)
    path.write_text("1")
    wait_until(lambda: found.read() == 1 and found.failure == "")


def test_reading_never_waits_for_a_look(begin: Begin) -> None:
    def look() -> int:
        time.sleep(60)
        return 1

    found = begin(lambda: look)
    before = time.monotonic()
    assert found.read() is None
    found.stop()
    assert time.monotonic() - before < 5


def test_an_answer_that_is_too_old_is_none(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    found = begin(lambda: lambda: 1)
    wait_until(lambda: found.read() == 1)
    os.kill(found._process.pid or 0, signal.SIGKILL)
    found._process.join()
    found.read()
    assert found.read() == 1
    monkeypatch.setattr(watch, "_TRUST", 0.0)
    assert found.read() is None


def test_the_other_process_ends_with_the_one_it_looks_for(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = os.fork()
    if child == 0:
        note.write_text(str(Watch(lambda: lambda: 1)._process.pid))
        os._exit(0)  # without a word, as if it was killed
    os.waitpid(child, 0)
    pid = int(note.read_text())
    wait_until(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"  # nobody asks for it in a container without init
    except (FileNotFoundError, ProcessLookupError):  # before, or while, it is read
        return False


def test_ctrl_c_is_not_for_the_other_process(begin: Begin) -> None:
    found = begin(lambda: lambda: 1)
    wait_until(lambda: found.read() == 1)
    os.kill(found._process.pid or 0, signal.SIGINT)
    time.sleep(0.2)
    assert found._process.is_alive()
