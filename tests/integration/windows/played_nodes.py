# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows nodes for ansible-playbook: they are played in one PowerShell and stay up between its calls."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ansible

from tests.integration.windows.connection.played import ask
from tests.windows.play import PLUGINS, POWERSHELL

HERE = Path(__file__).resolve().parent
CONNECTION_PLUGINS = HERE / "connection"
BOOT_KEY = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters"

Json = dict[str, Any]


class PlayedNodes:
    """Nodes by name, as ``tests.windows.nodes.server`` describes them; ``folder`` has a short path."""

    def __init__(self, folder: Path, nodes: Mapping[str, Json]) -> None:
        self._names = list(nodes)
        self.socket = str(folder / "socket")
        rows = {name: {"registry": {BOOT_KEY: {"BootId": 41}}, **node} for name, node in nodes.items()}
        (folder / "nodes.json").write_text(json.dumps(rows), encoding="utf-8")
        command = [POWERSHELL, "-NoProfile", "-NonInteractive", "-File", str(HERE / "serve.ps1")]
        command += ["-Nodes", str(folder / "nodes.json"), "-Socket", self.socket, "-Plugins", str(PLUGINS)]
        command += ["-Core", str(Path(ansible.__file__).parent), "-Work", str(folder)]
        self._output = (folder / "output").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=self._output, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 120
        while not Path(self.socket).exists():
            assert self._process.poll() is None, self._say()
            assert time.monotonic() < deadline, self._say()
            time.sleep(0.1)

    def _say(self) -> str:
        self._output.seek(0)
        return self._output.read()

    def look(self) -> dict[str, Json]:
        """What was asked of each node, and what is on it now."""
        return {name: json.loads(ask(self.socket, name, {"log": True})["stdout"]) for name in self._names}

    def host_vars(self) -> Json:
        """What an inventory says of each node."""
        return {"ansible_connection": "played", "played_socket": self.socket}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()
