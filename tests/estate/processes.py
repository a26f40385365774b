# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running programs on the host, and finding the ones that belong to a node."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .errors import EstateError


class Result(NamedTuple):
    """What a command left behind; `out` and `err` are text, undecodable bytes are escaped."""

    rc: int
    out: str
    err: str


def run(
    command: Sequence[str | Path],
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Result:
    """Run a program and return what it said; never raises for a non-zero exit status."""
    done = subprocess.run(
        [str(word) for word in command],
        input=stdin,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        env={**os.environ, **env} if env else None,
        timeout=timeout,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def must_run(
    command: Sequence[str | Path],
    error: type[EstateError],
    what: str,
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return its standard output; a failure raises `error` "Failed to <what>: <last lines>"."""
    result = run(command, stdin=stdin, env=env)
    if result.rc != 0:
        tail = " | ".join((result.out + result.err).strip().splitlines()[-6:])
        raise error(f"Failed to {what}: exit status {result.rc}: {tail}")
    return result.out


def spawn_daemon(command: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> int:
    """Start a program that outlives this one, in a session of its own, and return its pid."""
    return os.posix_spawn(
        str(command[0]),
        [str(word) for word in command],
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        # A shell in the background ignores the first two for all that it starts, and a shell cannot trap what it was
        # born to ignore: process 1 of a node would never hear of its reboot.
        setsigdef=[signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP],
    )


def find_pids(program: str, directory: Path) -> list[int]:
    """Live processes that run a file named `program` for `directory`, or for something in it.

    The kernel is asked, not a pid file, so the answer is right after any crash.
    """
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            words = _read(Path(entry.path) / "cmdline").split("\0")
            runs = any(word.rsplit("/", 1)[-1] == program for word in words[:4])
            if runs and any(_is_within(word, directory) for word in words):
                found.append(int(entry.name))
    return found


def _is_within(word: str, directory: Path) -> bool:
    return word == str(directory) or word.startswith(f"{directory}/")


def descend(pids: Sequence[int], generations: int) -> list[int]:
    """The processes so many generations below `pids`: 1 is their children."""
    parents = {int(entry.name): _parent(Path(entry.path)) for entry in os.scandir("/proc") if entry.name.isdecimal()}
    for _generation in range(generations):
        pids = [pid for pid, parent in parents.items() if parent in pids]
    return list(pids)


def kill_and_wait(pids: Sequence[int], also_gone: Sequence[int] = (), seconds: float = 5.0) -> bool:
    """Kill `pids`, then wait until they and `also_gone` have left; False when one is still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + seconds
    left = {*pids, *also_gone}
    while left:
        left = {pid for pid in left if is_alive(pid)}
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    with suppress(ChildProcessError):  # reap it if it is ours: a process that started nodes may live long
        os.waitpid(pid, os.WNOHANG)
    stat = _read(Path("/proc") / str(pid) / "stat")
    return bool(stat) and stat.rpartition(")")[2].split()[0] != "Z"


def _parent(entry: Path) -> int:
    fields = _read(entry / "stat").rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else -1


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="backslashreplace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
