# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks at the store from a process of its own, for a process that must neither wait for a database nor hold one.

Ansible's main process forks for every task. A connection that is open then is the fork's as well, which breaks the
locks of SQLite; and a database that does not answer would hold up the whole run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

Seen = TypeVar("Seen")

_PERIOD = 1.0  # seconds between two looks
_RETRY = 10.0  # after one that failed
_TRUST = 15.0  # for which an answer is as good as a new one
_PATIENCE = 2.0

_forking = multiprocessing.get_context("fork")


class Watch(Generic[Seen]):
    """Calls ``open_look`` once and its answer again and again, both in the other process; keeps what came last.

    To be started while no thread of this process holds a lock that ``open_look`` needs.
    """

    def __init__(self, open_look: Callable[[], Callable[[], Seen]]) -> None:
        self._answers, theirs = _forking.Pipe(duplex=False)
        self._seen: Seen | None = None
        self._seen_at = 0.0
        self.failure = ""  # why the last look failed
        self._process = _forking.Process(
            target=_work, args=(open_look, theirs, os.getpid()), name="patch_progress", daemon=True
        )
        self._process.start()
        theirs.close()

    def read(self) -> Seen | None:
        """What was seen last; None if that is nothing, or too old. Never waits."""
        try:
            while self._answers.poll():
                self.failure, seen = self._answers.recv()
                if not self.failure:
                    self._seen, self._seen_at = seen, time.monotonic()
        except (EOFError, OSError):
            pass  # it has ended; what it said grows old
        return self._seen if time.monotonic() - self._seen_at < _TRUST else None

    def stop(self) -> None:
        """End the other process."""
        self._process.terminate()
        self._process.join(_PATIENCE)
        self._answers.close()


def _work(open_look: Callable[[], Callable[[], Seen]], answers: Connection, parent: int) -> None:
    _leave_the_terminal()
    look: Callable[[], Seen] | None = None
    while os.getppid() == parent:
        try:
            look = look or open_look()
            answer: tuple[str, Seen | None] = ("", look())
        except Exception as error:
            look, answer = None, (str(error) or repr(error), None)
        try:
            answers.send(answer)
        except OSError:
            return
        _sleep(_RETRY if answer[0] else _PERIOD, parent)


def _sleep(seconds: float, parent: int) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and os.getppid() == parent:
        time.sleep(min(_PERIOD, seconds))


def _leave_the_terminal() -> None:
    """Neither write there nor ask, and do not answer the signals that are meant for Ansible."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
