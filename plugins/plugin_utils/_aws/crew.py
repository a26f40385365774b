# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many calls of one kind: a few at a time, so many a second, and no more of them where AWS refuses whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError

HANDS = 4
CALLS_A_SECOND = 20.0
GIVE_UP_AFTER = 3  # failures in a row that have nothing to do with the job

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Crew:
    """Does jobs. ``of_the_job``: codes of errors that are wrong with one job, and say nothing of the next."""

    def __init__(self, of_the_job: frozenset[str], *, calls_a_second: float = CALLS_A_SECOND) -> None:
        self._of_the_job = of_the_job
        self._interval = 1 / calls_a_second
        self._lock = threading.Lock()
        self._next = 0.0
        self._failures = 0  # in a row
        self._given_up: AwsError | None = None

    def do(self, job: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result | AwsError]:
        """Do a job with each item; gives what came of each, in order."""
        with ThreadPoolExecutor(max_workers=HANDS) as pool:
            return list(pool.map(lambda item: self._do(job, item), items))

    def wait(self) -> None:
        """Wait until the next call may be made; a job does so before each."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._interval
        time.sleep(turn - now)

    def _do(self, job: Callable[[_Item], _Result], item: _Item) -> _Result | AwsError:
        if self._given_up is not None:
            return self._given_up
        try:
            done = job(item)
        except AwsError as error:
            with self._lock:
                self._failures = 0 if error.code in self._of_the_job else self._failures + 1
                if self._failures >= GIVE_UP_AFTER:
                    self._given_up = error
            return error
        with self._lock:
            self._failures = 0
        return done
