# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which security updates a base system has pending, and how to get more of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from .errors import BuildError
from .processes import Result, run

_LARGEST = 400_000
_MOST_NEW_PACKAGES = 6


class Runner(Protocol):
    """Runs a shell script in a root file system."""

    def __call__(self, root: Path, script: str) -> Result: ...


def list_pending(root: Path, run_in_root: Runner) -> dict[str, str]:
    """Installed packages whose candidate comes from the security archive, by apt's own reckoning: name to version."""
    result = run_in_root(root, "apt-get -s -q dist-upgrade")
    if result.rc != 0:
        raise BuildError(f"Failed to simulate an upgrade in '{root}': {result.err.strip()}")
    return dict(re.findall(r"^Inst (\S+) \[\S+\] \((\S+) [^)]*Debian-Security:", result.out, re.MULTILINE))


def choose_more(root: Path, codename: str, count: int, run_in_root: Runner) -> list[str]:
    """Small packages of different sources that, installed as released, have a newer version in the security archive."""
    lists = root / "var/lib/apt/lists"
    released = {entry.name: entry.version for entry in _read_lists(lists, f"_{codename}_")}
    chosen: dict[str, str] = {}
    for entry in sorted(_read_lists(lists, f"_{codename}-security_"), key=lambda entry: entry.size):
        if entry.source in chosen or entry.size > _LARGEST or not _is_newer(entry.version, released.get(entry.name)):
            continue
        install = f"apt-get -s -q --no-install-recommends -o APT::Default-Release={codename} install {entry.name}"
        trial = run_in_root(root, install)
        if trial.rc == 0 and 0 < trial.out.count("\nInst ") <= _MOST_NEW_PACKAGES:
            chosen[entry.source] = entry.name
        if len(chosen) == count:
            break
    return list(chosen.values())


class _Entry(NamedTuple):
    name: str
    source: str
    version: str
    size: int


def _is_newer(version: str, than: str | None) -> bool:
    return than is not None and run(["dpkg", "--compare-versions", version, "gt", than]).rc == 0


def _read_lists(lists: Path, suite: str) -> Iterator[_Entry]:
    for path in lists.glob(f"*{suite}main_binary-*_Packages"):
        for stanza in path.read_text().split("\n\n"):
            fields = dict(re.findall(r"^(Package|Source|Version|Size): (\S+)", stanza, re.MULTILINE))
            if "Package" in fields:
                source = fields.get("Source") or fields["Package"]
                yield _Entry(fields["Package"], source, fields["Version"], int(fields["Size"]))
