# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Play a Windows Server for a scenario: ``python -m tests.integration.windows INVENTORY`` until it is ended.

Where there is no PowerShell, the inventory that it writes is empty, and it ends at once.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import tempfile
from pathlib import Path

from tests.integration.windows.played_nodes import Json, PlayedNodes
from tests.windows.nodes import server, update
from tests.windows.play import POWERSHELL

NAME = "windows2022"


def write(inventory: Path, hosts: Json) -> None:
    draft = inventory.with_suffix(".new")
    draft.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    draft.replace(inventory)


def main() -> int:
    inventory = Path(sys.argv[1])
    if not POWERSHELL:
        print("No PowerShell: no Windows Server takes part. Set PWSH, or put pwsh on the path", file=sys.stderr)
        write(inventory, {})
        return 0
    signal.signal(signal.SIGTERM, lambda *_received: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        nodes = PlayedNodes(Path(folder), {NAME: server(updates=[update("5034129", 2)])})
        stack.callback(nodes.stop)
        write(inventory, {NAME: nodes.host_vars()})
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
