# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as a process of its own, and its control endpoint."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    url: str

    def control(self, **orders: Any) -> dict[str, Any]:
        """Tell it what to do (``reset=True``, ``seed={...}``, ``throttle={...}``)."""
        return self._ask(json.dumps(orders).encode())

    def status(self) -> dict[str, Any]:
        return self._ask(None)

    def _ask(self, body: bytes | None) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/openpatch/control", data=body, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


@contextmanager
def running() -> Iterator[Emulator]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.aws", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Emulator(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.communicate(timeout=30)
