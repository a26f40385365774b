# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the Windows modules in a real PowerShell on nodes that agent.ps1 plays.

A test module says at its top what is played, ``SCAN = play(server(), facts())``, and its tests look at what came of it.
Starting PowerShell takes longer than all the rest, so everything that was collected is played in one go, when the first
test asks.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ansible
import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
HERE = Path(__file__).resolve().parent
LIMIT = 300  # seconds

Json = dict[str, Any]
_PLAYED: list[Json] = []


def find_powershell() -> str:
    """``$PWSH``, else ``pwsh``, else the engine beside the checkout; empty if there is none."""
    beside = ROOT.parent / "shared" / "tools" / "psrun" / "psrun"
    for found in (os.environ.get("PWSH"), shutil.which("pwsh"), beside if beside.exists() else None):
        if found:
            return str(found)
    return ""


POWERSHELL = find_powershell()
needs_powershell = pytest.mark.skipif(not POWERSHELL, reason="no PowerShell: set PWSH, or put pwsh on the path")


class Step:
    """What came of one run of a module."""

    def __init__(self, raw: Json) -> None:
        self.crash: str = raw["crash"]
        self.answer: Json = json.loads(raw["answer"]) if raw["answer"] else {}
        self.calls: list[str] = raw["calls"]
        self.files: list[str] = sorted(raw["files"])
        self.tasks: list[str] = raw["tasks"]
        self.services: list[str] = raw["services"]
        assert not self.crash, self.crash

    @property
    def facts(self) -> Json:
        assert not self.answer.get("failed"), self.answer["msg"]
        facts: Json = self.answer["facts"]
        return facts

    @property
    def operation(self) -> Json:
        assert not self.answer.get("failed"), self.answer["msg"]
        operation: Json = self.answer["operation"]
        return operation

    def find_results(self) -> dict[str, Json]:
        """The results of an operation by the name of the update."""
        return {row["name"]: row for row in self.operation["results"]}

    def list_calls(self, word: str) -> list[str]:
        return [call for call in self.calls if call.startswith(word)]


class Played:
    """The steps of one case; they run when they are first looked at."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, index: int) -> Step:
        return Step(run_all()["results"][self._name][index])


def play(node: Mapping[str, Any], *steps: Json) -> Played:
    """Put steps on one node, one after the other, on the programme."""
    name = str(len(_PLAYED))
    _PLAYED.append({"name": name, "node": dict(node), "steps": list(steps)})
    return Played(name)


def step(module: str, arguments: Json, check: bool, more: Json) -> Json:
    return {"module": module, "arguments": arguments, "check": check, **more}


def facts(*, check: bool = False, set: Json | None = None, left: Json | None = None, **arguments: Any) -> Json:
    """A run of win_patch_facts; ``set`` changes the node first, ``left`` are tasks of so many hours ago."""
    return step("win_patch_facts", arguments, check, {"set": set or {}, "left": left or {}})


def install(*, check: bool = False, set: Json | None = None, write: str = "", held: int = 0, **arguments: Any) -> Json:
    """A run of win_patch_install that waits for nothing.

    ``write`` is a record that is there already; ``held`` has another caller start something at the same time, for
    so many looks.
    """
    given = {"retry_delay": 0, "patch_lock_timeout": 0, **arguments}
    return step("win_patch_install", given, check, {"set": set or {}, "write": write, "held": held})


def run_all() -> Json:
    """Play everything on the programme, once, also if it fails."""
    report, problem = _run_all()
    assert not problem, problem
    return report


@functools.cache
def _run_all() -> tuple[Json, str]:
    with tempfile.TemporaryDirectory() as work:
        cases, out = Path(work, "cases.json"), Path(work, "out.json")
        cases.write_text(json.dumps(_PLAYED), encoding="utf-8")
        command = [POWERSHELL, "-NoProfile", "-NonInteractive", "-File", str(HERE / "run.ps1")]
        command += ["-Cases", str(cases), "-Out", str(out), "-Core", str(Path(ansible.__file__).parent)]
        command += ["-Plugins", str(PLUGINS), "-Work", work]
        try:
            # as most servers the node is not where UTC is
            environment = {**os.environ, "TZ": "Asia/Tokyo"}
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False, env=environment)
        except subprocess.TimeoutExpired:
            return {}, f"PowerShell took more than {LIMIT} s"
        if not out.exists():
            return {}, f"PowerShell played nothing: {done.stdout[-4000:]}{done.stderr[-4000:]}"
        return json.loads(out.read_text(encoding="utf-8")), ""
