# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A recorded Mac in a folder, and the shells that its program has to run in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.script import Places
from tests.estate.macos.machine import list_brew_files, list_files

NONCE = "0123456789abcdef" * 2
SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"]}
SOMEBODY = 2001

# Root of this Mac is whoever runs the tests: nothing here may restart the machine or change its user.
_ID = '#!/bin/sh\ncase $1 in -un) echo root ;; *) echo "${RECORDED_UID-0}" ;; esac\n'
# Of the caller's environment only what is named is left.
_SUDO = """\
#!/bin/sh
[ "$1 $2" = '-n -H' ] || exit 9
shift 2
kept=
case $1 in --preserve-env=*) kept=${1#*=}; shift ;; esac
[ "$1" = -u ] && [ "$3" = -- ] || exit 9
uid=${2#'#'}
shift 3
IFS=,
for name in $kept; do
    eval "value=\\${$name-}"
    [ -z "$value" ] || set -- "$name=$value" "$@"
done
exec env -i RECORDED_UID="$uid" HOME=/Users/somebody "$@"
"""
_DOWN = '#!/bin/sh\necho "${{0##*/}} $*" >> "{place}/down"\n'


@dataclass
class Mac:
    """Commands, their state, and the shell that obeys."""

    folder: Path
    shell: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        return self.folder / "place"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def change(self, name: str, **values: Any) -> None:
        """Change what the commands know."""
        path = self.place / name
        path.write_text(json.dumps({**json.loads(path.read_text()), **values}), encoding="utf-8")

    def read(self, name: str) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((self.place / name).read_text())
        return known

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.place / "calls.log").read_text().splitlines()]

    def build(self, **command: Any) -> bytes:
        places = Places(str(self.state), (f"{self.folder}/none/brew", f"{self.folder}/brew dir/brew".replace(" ", "_")))
        return build_script(command, NONCE, places=places)

    def run(self, script: bytes, *, uid: int = 0) -> subprocess.CompletedProcess[bytes]:
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": "/", "RECORDED_UID": str(uid), "TMPDIR": str(self.folder / "tmp")}
        environment.update(self.environment)
        return subprocess.run(self.shell, input=script, capture_output=True, env=environment, timeout=60, check=False)

    def ask(self, *, uid: int = 0, **command: Any) -> dict[str, Any]:
        done = self.run(self.build(**command), uid=uid)
        return read_answer(done.stdout.decode(), done.stderr.decode(), done.returncode, nonce=NONCE, host="mac1")

    def wait_for(self, identity: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while True:
            answer = self.ask(command="poll", operation_id=identity, wait=5)
            if answer["state"] != "running":
                return answer
            assert time.monotonic() < deadline, answer


@pytest.fixture
def mac(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Mac]:
    """In dash; a test that asks for ``shell`` names another."""
    shell = request.getfixturevalue("shell") if "shell" in request.fixturenames else "dash"
    found = Mac(tmp_path, SHELLS[shell])
    (tmp_path / "tmp").mkdir()
    place, programs, brew = str(found.place), str(tmp_path / "bin"), str(tmp_path / "brew_dir/brew")
    files = list_files(place, programs, brew, sys.executable)
    files.update({f"{programs}/id": _ID, f"{programs}/sudo": _SUDO, f"{place}/calls.log": ""})
    files.update(dict.fromkeys((f"{programs}/shutdown", f"{programs}/reboot"), _DOWN.format(place=place)))
    for path, text in files.items():
        found.write(Path(path), text)
    if os.geteuid() == 0:
        for path in list_brew_files(place, brew):
            os.chown(path, SOMEBODY, SOMEBODY)
    yield found
    assert list((tmp_path / "tmp").iterdir()) == [], "no temporary file is left"
