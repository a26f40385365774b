# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that sign repositories: `archive`, which nodes trust, and `stranger`, which they do not."""

from __future__ import annotations

import shutil
from pathlib import Path

from .bases import build_once, recipe_key
from .errors import BuildError
from .paths import locked
from .processes import must_run

_NAMES = ("archive", "stranger")


class SigningKeys:
    """Key pairs, made once per cache."""

    def __init__(self, cache: Path) -> None:
        self.directory = build_once(cache, "keys", recipe_key(_NAMES), _make_keys)

    def public(self, name: str) -> str:
        """The public key, in ASCII armour."""
        return (self.directory / f"{name}.asc").read_text()

    def sign(self, name: str, text: str) -> str:
        """The text with a signature around it, as an InRelease file is."""
        home = self.directory / name
        with locked(home):
            try:
                return must_run(_gpg(home, "--clearsign"), BuildError, f"sign with key '{name}'", stdin=text)
            finally:
                _stop_agent(home)

    def sign_rpm(self, name: str, path: Path) -> None:
        """Sign a package in place."""
        home = self.directory / name
        with locked(home):
            try:
                defined = {"__gpg": shutil.which("gpg"), "_gpg_path": home, "_gpg_name": f"{name}@estate.test"}
                macros = [f"--define={macro} {value}" for macro, value in defined.items()]
                must_run(["rpmsign", "--addsign", *macros, path], BuildError, f"sign package '{path.name}'")
            finally:
                _stop_agent(home)


def _make_keys(directory: Path) -> None:
    for name in _NAMES:
        home = directory / name
        home.mkdir(mode=0o700)
        user = f"Estate {name} <{name}@estate.test>"
        create = _gpg(home, "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never")
        must_run(create, BuildError, f"make signing key '{name}'")
        armoured = must_run(_gpg(home, "--armor", "--export"), BuildError, f"export key '{name}'")
        (directory / f"{name}.asc").write_text(armoured)
        _stop_agent(home)


def _gpg(home: Path, *words: str) -> list[str | Path]:
    return ["gpg", "--homedir", home, "--batch", "--quiet", *words]


def _stop_agent(home: Path) -> None:
    # gpg starts a daemon per home directory, which would outlive the estate.
    must_run(["gpgconf", "--homedir", home, "--kill", "all"], BuildError, "stop gpg's agent")
