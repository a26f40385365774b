# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of the node's script that a Mac runs: ``program/*.sh`` and one command, as words of a shell.

A bare Mac has no Python, so what its programs say comes home as text and is read on the controller. Names and labels
become words of a shell here and nowhere else.
"""

from __future__ import annotations

import functools
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).parent / "program"

_PLAIN = re.compile(r"[ -~]*")
_LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f-][^\x00-\x1f\x7f-\x9f]*")
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f]*")
_BREW_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@+._/-]*")
_MANAGERS = {"softwareupdate": _LABEL, "brew": _BREW_NAME, "brew cask": _BREW_NAME}

_SHELL = """\
nonce={nonce}
state={state}
brew_places={brews}
{program}
send {words}
exit 0"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a Mac has things: the record of installs, root's alone, and Homebrew, as AWS looks for it."""

    state: str = "/var/lib/openpatch/patch_manager"
    brews: tuple[str, ...] = ("/opt/homebrew/bin/brew", "/usr/local/bin/brew")


DEFAULT_PLACES = Places()


class _BadPackageError(Exception):
    """A package that cannot be one of a Mac."""


def build_program(command: Mapping[str, Any], nonce: str, places: Places = DEFAULT_PLACES) -> str:
    """Lines of shell that obey a command and end. They are ASCII, whatever the command holds."""
    try:
        words = list(_list_words(command))
    except _BadPackageError as error:
        words = ["bad_command", str(error)]
    return _SHELL.format(
        nonce=nonce,
        state=quote(places.state),
        brews=quote(" ".join(places.brews)),
        program=read_program(),
        words=" ".join(map(quote, words)),
    )


@functools.cache
def read_program() -> str:
    """All files of the program in the order of their names, without what only people read."""
    lines = [
        line.rstrip()
        for path in sorted(PROGRAM.glob("*.sh"))
        for line in path.read_text(encoding="ascii").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    return "\n".join(lines)


def quote(text: str) -> str:
    """A word of a shell that stands for the text; what is not ASCII is written in octal."""
    if _PLAIN.fullmatch(text):
        return shlex.quote(text)
    return "\"$(printf '" + "".join(f"\\{byte:03o}" for byte in text.encode("utf-8", "replace")) + "')\""


def _list_words(command: Mapping[str, Any]) -> Iterator[str]:
    name = str(command.get("command"))
    yield name
    if name == "collect":
        yield "yes" if command.get("refresh") else "no"
    elif name == "install":
        yield str(command.get("operation_id") or "")
        yield str(int(command.get("step_timeout") or 3600))
        yield json.dumps(command.get("info") or {})
        yield from _list_items(command)
    elif name == "plan":
        yield from _list_items(command)
    elif name == "poll":
        yield str(command.get("operation_id") or "")
        yield str(int(command.get("wait") or 0))
    elif name == "preflight":
        yield from (f"{host}:{port}" for host, port in command.get("endpoints") or ())
    elif name == "reboot":
        yield str(command.get("boot_id") or "")


def _list_items(command: Mapping[str, Any]) -> Iterator[str]:
    """Five words for each package, all of them or none: one that cannot be right stops the whole command."""
    items: list[str] = []
    for package in command.get("packages") or ():
        manager, name, version, from_version, label = (
            str(package.get(key) or "") for key in ("classification", "name", "version", "from_version", "title")
        )
        rule = _MANAGERS.get(manager)
        asked = label if manager == "softwareupdate" else name
        if rule is None or not rule.fullmatch(asked) or not all(map(_TEXT.fullmatch, (name, version, from_version))):
            raise _BadPackageError(
                f"Failed to read package {name!r} {version!r} of {manager!r}: not one of softwareupdate or Homebrew"
            )
        items += (manager, name, version, from_version, asked)
    yield from items
