# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controllers of tests: real processes that can be killed, and names of some that are elsewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import name_controller

ELSEWHERE = "elsewhere.example:4711:boot:4026531836:99"


class Process:
    """A process that does nothing but live."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.name = name_controller(self._process.pid)

    def kill(self, *, reap: bool = True) -> None:
        """End it at once. Without ``reap`` it stays a zombie, as one does whose parent does not care."""
        self._process.kill()
        if reap:
            self._process.wait()

    def end(self) -> None:
        self.kill()


@contextmanager
def live() -> Iterator[Process]:
    """A controller for the length of the block, unless it is killed in it."""
    process = Process()
    try:
        yield process
    finally:
        process.end()
