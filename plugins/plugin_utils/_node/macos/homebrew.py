# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Homebrew says: installed formulae and casks, and those with a newer version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Outdated(NamedTuple):
    """A formula or cask that has a newer version; a pinned one stays as it is.

    What is of a tap goes by its last word here, as it does in the list of what is installed, where it is the only one.
    """

    name: str
    installed: str
    version: str
    pinned: bool


def parse_versions(text: str) -> dict[str, str]:
    """``brew list --versions``: name to version, the last of several; ``(!)`` marks what is no longer in Homebrew."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        words = [word for word in line.split() if word != "(!)"]
        if len(words) > 1 and not words[0].endswith(":"):
            found[words[0]] = words[-1]
    return found


def parse_outdated(text: str, kind: str) -> list[Outdated]:
    """``brew outdated --json=v2``: the ``formulae`` or ``casks``, whatever was said before and after the document.

    Raises ValueError if there is no document.
    """
    start = re.search(r"(?m)^\{", text)
    document = json.JSONDecoder().raw_decode(text, start.start())[0] if start else None
    if not isinstance(document, dict) or not isinstance(document.get(kind), list):
        raise ValueError(f"it has no list of {kind}")
    return list(_read_entries(document[kind]))


def _read_entries(entries: list[Any]) -> Iterator[Outdated]:
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("name") and entry.get("current_version"):
            # a list for formulae, one text for casks of older versions
            versions = entry.get("installed_versions") or ""
            installed = versions if isinstance(versions, str) else str(versions[-1])
            name = str(entry["name"]).rpartition("/")[2]
            yield Outdated(name, installed, str(entry["current_version"]), entry.get("pinned") is True)
