# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Condensed real advisories, as notices of one system, and what a node of that system has installed before them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rpm_packages import Module, Notice, RpmPackage, parse_nevra

_FOLDER = Path(__file__).with_name("advisories")


@dataclass(frozen=True)
class Advisory:
    """A notice, the repository that carries it, and how a node stands to it."""

    notice: Notice
    repository: str
    node: str
    """`old`: its packages are installed, older; `fixed`: they are installed; `absent`: they are not."""
    installed: tuple[str, ...] = ()
    """What was really installed before it; without it the oldest version's release is made older."""


def load_advisories(family: str, prefix: str = "", alma: bool = False) -> list[Advisory]:
    """The advisories of a family; `prefix` goes before its ids, `RL` makes `RLSA-...` of `SA-...`.

    Other systems than AlmaLinux lack the `.alma` in its releases.
    """
    loaded = json.loads((_FOLDER / f"{family}.json").read_text())
    return [_read(entry, prefix, alma) for entry in loaded]


def _read(entry: dict[str, Any], prefix: str, alma: bool) -> Advisory:
    packages = [text if alma else re.sub(r"\.alma(\.\d+)?", "", text) for text in entry["packages"]]
    notice = Notice(
        # Oracle writes ELSA-2024-4312 where the others write RHSA-2024:4312.
        id=(prefix + entry["id"]).replace(":", "-" if prefix == "EL" else ":"),
        packages=tuple(packages),
        type=entry["type"],
        severity=entry["severity"],
        issued=entry["issued"],
        updated=entry["updated"],
        cves=tuple(entry["cves"]),
        bugzillas=tuple(entry["bugzillas"]),
        reboot_suggested=entry.get("reboot", False),
        restart_suggested=entry.get("restart", False),
        module=_module(entry, packages),
        title=entry.get("title", ""),
    )
    return Advisory(notice, entry["repository"], entry["node"], tuple(entry.get("installed", ())))


def _module(entry: dict[str, Any], packages: list[str]) -> Module | None:
    if "module" not in entry:
        return None
    name, stream = entry["module"]
    # As in the release, `1.module_el8.10.0+3882+e12e42db`; the version is made from the date, for want of the real one.
    context = parse_nevra(packages[0]).release.rpartition("+")[2]
    return Module(name, stream, int("8100" + re.sub(r"\D", "", entry["issued"])[:14].ljust(14, "0")), context)


def offered(advisories: Iterable[Advisory], repository: str) -> tuple[RpmPackage, ...]:
    """Every version that the notices of a repository name."""
    chosen = [advisory.notice for advisory in advisories if advisory.repository == repository]
    return tuple(_package(text, notice.module) for notice in chosen for text in notice.packages)


def notices(advisories: Iterable[Advisory], repository: str) -> tuple[Notice, ...]:
    """The notices of a repository."""
    return tuple(advisory.notice for advisory in advisories if advisory.repository == repository)


def installed(advisories: Sequence[Advisory]) -> tuple[RpmPackage, ...]:
    """What a node has: the fixed versions, and of the others something older than their oldest notice."""
    found: dict[tuple[str, str], RpmPackage] = {}
    told = [text for advisory in advisories for text in advisory.installed]
    given = {_place(text): text for text in told}
    for advisory in sorted(advisories, key=lambda each: each.notice.issued):
        if advisory.node == "absent":
            continue
        for text in advisory.notice.packages:
            key = _place(text)
            before = text if advisory.node == "fixed" else given.get(key) or _older(text)
            found.setdefault(key, _package(before, advisory.notice.module))
    return tuple(found.values())


def _place(text: str) -> tuple[str, str]:
    parts = parse_nevra(text)
    return parts.name, parts.arch


def _older(text: str) -> str:
    parts = parse_nevra(text)
    distribution = re.search(r"\.?(el\d+|module_?\+?el\d+.*|amzn\d+)", parts.release)
    release = f"0.{distribution[1]}" if distribution else "0"
    return f"{parts.name}-{parts.epoch}:{parts.version}-{release}.{parts.arch}"


def _package(text: str, module: Module | None) -> RpmPackage:
    label = f"{module.name}:{module.stream}:{module.version}:{module.context}" if module else ""
    return RpmPackage(text, module=label)
