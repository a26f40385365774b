# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a program on a terminal and looks at what a person would see there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyte

COLUMNS, ROWS = 90, 40


@dataclass
class Seen:
    """What came out of a run."""

    rc: int
    raw: bytes
    screen: list[str] = field(default_factory=list)
    cursor: tuple[int, int] = (0, 0)
    living: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.raw.decode()


def look_at(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    until: Callable[[str], bool] | None = None,
    timeout: float = 120,
) -> Seen:
    """Run to the end; press Ctrl-C once the line of the cursor is as ``until`` says."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    pid, master = pty.fork()
    if pid == 0:
        # what was started in the background hears none, nor do its children
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(cwd)
        os.execve(command[0], list(command), env)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    raw = b""
    living: list[str] = []
    deadline = time.monotonic() + timeout
    while chunk := _read_some(master, deadline):
        raw += chunk
        stream.feed(chunk)
        last = screen.display[screen.cursor.y].rstrip()
        if last and last not in living[-1:]:
            living.append(last)
        if until and until(last):
            os.write(master, b"\x03")
            until = None
    os.close(master)
    rc = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    rows = [row.rstrip() for row in screen.display]
    return Seen(rc, raw, rows[: screen.cursor.y + 1], (screen.cursor.x, screen.cursor.y), living)


def _read_some(master: int, deadline: float) -> bytes:
    """The next bytes of a terminal; nothing when its last process has gone."""
    ready, _writable, _broken = select.select([master], [], [], max(deadline - time.monotonic(), 0))
    assert ready, "it takes too long"
    try:
        return os.read(master, 65536)
    except OSError:  # Linux says so instead of an end of file
        return b""
