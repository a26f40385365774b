# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serving a directory of repositories over HTTP, and making single ones misbehave."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Literal

from .errors import BuildError, NodeError
from .network import require_free, wait_for_answer
from .processes import find_pids, is_alive, kill_and_wait, spawn_daemon

Mode = Literal["ok", "missing", "error", "drop", "hang", "corrupt"]
_PROGRAM = Path(__file__).with_name("repo_server.py")


class RepoServer:
    """The web server of one directory, at one address."""

    def __init__(self, root: Path, address: str, port: int, log: Path) -> None:
        self.root = root
        self.address = address
        self._port = port
        self._log = log

    def start(self) -> None:
        """Serve the directory; nothing happens when it is served already."""
        if find_pids(_PROGRAM.name, self.root):
            return
        require_free(self.address, self._port)
        command = [sys.executable, str(_PROGRAM), str(self.root), self.address, str(self._port)]
        server = spawn_daemon(command, self._log, {"PATH": os.environ["PATH"]})
        if wait_for_answer(self.address, self._port, b"", lambda: is_alive(server)):
            return
        tail = self._log.read_text().splitlines()[-1:]
        raise NodeError(f"Failed to serve the repositories on {self.address}: {''.join(tail) or 'no answer'}")

    def stop(self) -> None:
        """Take the web server away: every repository refuses connections."""
        kill_and_wait(find_pids(_PROGRAM.name, self.root))

    def set_mode(self, repository: str, mode: Mode) -> None:
        """Make a repository, a first component of a path, misbehave."""
        if not (self.root / repository).is_dir():
            raise BuildError(f"Failed to change repository '{repository}': there is none of that name.")
        path = self.root / "modes.json"
        modes = json.loads(path.read_text()) if path.exists() else {}
        new = path.with_suffix(".new")
        new.write_text(json.dumps({**modes, repository: mode}))
        new.replace(path)
