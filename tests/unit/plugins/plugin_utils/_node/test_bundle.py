# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script as nodes run it: by real shells, with the Pythons of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    NodeRefusedError,
    NoPythonError,
)

NONCE = "0123456789abcdef" * 2
SHELLS = [shell for shell in ("sh", "dash", "bash") if shutil.which(shell)]
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
PYTHONS = [sys.executable, *sorted(str(path) for path in PYENV.glob("*/bin/python"))]
# no node program knows it, so every machine answers the same
STRANGE = {"command": "dance"}


def run(words: list[str], script: bytes | None = None, cwd: Path | None = None) -> tuple[str, str, int]:
    done = subprocess.run(words, input=script or b"", capture_output=True, cwd=cwd, timeout=60, check=False)
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def refusal(words: list[str], script: bytes | None = None, cwd: Path | None = None) -> NodeRefusedError:
    """The refusal a run of the script ends with."""
    with pytest.raises(NodeRefusedError) as caught:
        read_answer(*run(words, script, cwd), nonce=NONCE, host="web1")
    return caught.value


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_runs_it_from_its_input_and_from_a_file(shell: str, tmp_path: Path) -> None:
    script = build_script(STRANGE, NONCE)
    (tmp_path / "node.sh").write_bytes(script)
    assert refusal([shell], script).code == "unknown_command"
    assert refusal([shell, str(tmp_path / "node.sh")]).code == "unknown_command"


@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_runs_it(python: str) -> None:
    assert refusal(["sh"], build_script(STRANGE, NONCE, python)).code == "unknown_command"


def test_noise_around_the_answer_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "node.sh").write_bytes(build_script(STRANGE, NONCE))
    noisy = "printf 'Welcome!'; echo careful >&2; sh \"$1\"; echo; echo '@@openpatch bye'"
    assert refusal(["sh", "-c", noisy, "sh", str(tmp_path / "node.sh")]).code == "unknown_command"


def test_a_missing_interpreter_is_named_and_no_other_taken() -> None:
    with pytest.raises(NoPythonError, match=r"host 'web1'.*/nowhere/python.*ansible_python_interpreter"):
        read_answer(*run(["sh"], build_script(STRANGE, NONCE, "/nowhere/python")), nonce=NONCE, host="web1")


def test_a_python_without_the_modules_it_needs_is_no_python(tmp_path: Path) -> None:
    crippled = tmp_path / "python"
    # what an interpreter without zlib does: "$5" is the code after the options -E -s -c
    crippled.write_text(
        f'#!/bin/sh\nexec {sys.executable} -E -s -c "import sys; sys.modules[\'zlib\'] = None\n$4" "$5"\n',
        encoding="utf-8",
    )
    crippled.chmod(0o755)
    with pytest.raises(NoPythonError, match="zlib"):
        read_answer(*run(["sh"], build_script(STRANGE, NONCE, str(crippled))), nonce=NONCE, host="web1")


def test_arguments_of_an_interpreter_reach_it(tmp_path: Path) -> None:
    wrapper, seen = tmp_path / "a python", tmp_path / "seen"
    wrapper.write_text(f'#!/bin/sh\necho "$1" > \'{seen}\'; shift; exec {sys.executable} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    refusal(["sh"], build_script(STRANGE, NONCE, f"'{wrapper}' '-X $HOME'"))
    assert seen.read_text(encoding="utf-8") == "-X $HOME\n"


@pytest.mark.parametrize(
    "name",
    ["'; exit 7; '", "$(exit 7)", "`exit 7`", f"\nend_{NONCE}\nexit 7", "\u201cf\u00fcr\u201d \U0001f600", "{0}%s"],
)
def test_text_of_a_command_arrives_as_it_is(name: str) -> None:
    assert f"'{name}'" in str(refusal(["sh"], build_script({"command": name}, NONCE)))


def test_modules_of_the_directory_it_starts_in_are_not_imported(tmp_path: Path) -> None:
    for name in ("json", "linecache", "zlib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(7)", encoding="utf-8")
    assert refusal(["sh"], build_script(STRANGE, NONCE), tmp_path).code == "unknown_command"


@pytest.mark.parametrize("nonce", ["", "short", "A" * 32, "0" * 33, "0" * 31 + "\n", "0" * 32 + "\n", "'" * 32])
def test_a_nonce_that_is_none_never_gets_into_a_script(nonce: str) -> None:
    with pytest.raises(ValueError, match="32 hex digits"):
        build_script(STRANGE, nonce)


def test_the_script_is_plain_ascii_in_short_lines_of_program() -> None:
    payload: dict[str, Any] = {"command": "\u00fc" * 1000}
    script = build_script(payload, NONCE).decode("ascii")
    program = script.partition(f"<<'end_{NONCE}'\n")[2].partition(f"\nend_{NONCE}\n")[0]
    assert program
    assert max(len(line) for line in program.splitlines()) <= 76
