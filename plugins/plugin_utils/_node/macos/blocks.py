# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The blocks of text that the program for macOS sends: what each command said, and how it ended.

::

    @@ NONCE begin sw_vers
    ProductName:  macOS
    @@ NONCE end 0
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Block(NamedTuple):
    """What one command of the node said, and its exit status."""

    text: str = ""
    status: int = 0


NOTHING = Block("", -1)


class Blocks:
    """The blocks of one answer by name; one that is not there is empty."""

    def __init__(self, found: dict[str, Block]) -> None:
        self._found = found

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __getitem__(self, name: str) -> Block:
        return self._found.get(name, NOTHING)

    def line(self, name: str) -> str:
        """A block of one line."""
        return self[name].text.strip()

    def number(self, name: str) -> int | None:
        """A block that holds a number; None if it does not."""
        text = self.line(name)
        return int(text) if re.fullmatch(r"\d{1,18}", text) else None

    def starting_with(self, prefix: str) -> dict[str, Block]:
        """The blocks whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): block for name, block in self._found.items() if name.startswith(prefix)}


def read_blocks(text: str, nonce: str) -> Blocks:
    """Take an answer apart; raises ValueError if it is not whole."""
    begin, end = f"@@ {nonce} begin ", f"@@ {nonce} end "
    found: dict[str, Block] = {}
    name = ""
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith(begin) and not name:
            name, lines = line.removeprefix(begin), []
        elif line.startswith(end) and name:
            found[name] = Block("\n".join(lines), int(line.removeprefix(end)))
            name = ""
        elif name:
            lines.append(line)
    if name or not found:
        raise ValueError(f"it broke off in '{name}'" if name else "it holds nothing")
    return Blocks(found)


def show_end(text: str, length: int = 300) -> str:
    """The last line that says something, for a message."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?i)(error|fatal)\b", line)]
    return (errors or lines or ["it said nothing"])[-1][:length]
