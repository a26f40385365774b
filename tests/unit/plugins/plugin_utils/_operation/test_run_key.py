# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from multiprocessing.connection import Connection

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key

fork = multiprocessing.get_context("fork")


def key_of_a_fork() -> str:
    """The key as a fork of this process finds it."""
    mine, theirs = fork.Pipe()
    process = fork.Process(target=_send_key, args=(theirs,))
    process.start()
    key: str = mine.recv()
    process.join()
    return key


def _send_key(connection: Connection) -> None:
    connection.send(find_run_key())


def _send_key_of_a_fork(connection: Connection) -> None:
    connection.send(key_of_a_fork())


def test_all_forks_of_one_process_have_one_key() -> None:
    assert len({key_of_a_fork() for _fork in range(3)}) == 1


def test_forks_of_two_processes_have_two_keys() -> None:
    mine, theirs = fork.Pipe()
    processes = [fork.Process(target=_send_key_of_a_fork, args=(theirs,)) for _parent in range(2)]
    for process in processes:
        process.start()
    keys = {mine.recv(), mine.recv(), key_of_a_fork()}
    for process in processes:
        process.join()
    assert len(keys) == 3


def test_a_key_says_when_the_parent_started_since_process_numbers_are_used_again() -> None:
    """The start in clock ticks is what ps counts its ``etimes`` from, so it only ever grows."""
    script = (
        "import subprocess, sys;"
        "print(subprocess.run([sys.executable, '-c', sys.argv[1]], capture_output=True, text=True, check=True).stdout)"
    )
    ask = f"import sys; sys.path[:] = {sys.path!r}; from {find_run_key.__module__} import find_run_key as f; print(f())"
    starts = []
    for _run in range(2):
        done = subprocess.run([sys.executable, "-c", script, ask], capture_output=True, text=True, check=True)
        _host, _pid, *_boot, start = done.stdout.strip().split(":")
        starts.append(int(start))
    assert starts[0] < starts[1]
