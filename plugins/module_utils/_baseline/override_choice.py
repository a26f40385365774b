# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which updates an ``InstallOverrideList`` names (``baselines.md`` 7.3, ``operations.md`` 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.globs import (
    compile_glob,
    translate_glob,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import (
    LABELS,
    format_id,
    format_title,
    format_version,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package

_LINUX = frozenset({PackageManager.APT, PackageManager.RPM, PackageManager.ZYPPER})


class _Entry(NamedTuple):
    id: re.Pattern[str]
    title: re.Pattern[str] | None  # None: any version


class OverrideList:
    """An override list made ready for one package manager; ids and titles take any number of wildcards."""

    def __init__(self, entries: Sequence[OverrideEntry], manager: PackageManager) -> None:
        self._texts = entries
        self._manager = manager
        with_titles = manager in _LINUX
        ignore_case = manager is PackageManager.WINDOWS
        self._entries = [
            _Entry(
                compile_glob(entry.id, ignore_case=ignore_case),
                compile_glob(entry.title) if with_titles and entry.title is not None else None,
            )
            for entry in entries
        ]
        # One look tells for most packages that no entry names them.
        either = "|".join(f"(?:{translate_glob(entry.id)})" for entry in entries) or "(?!)"
        self._any = re.compile(either, re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG))

    def find(self, package: Package) -> int | None:
        """Return the position of the first entry that names this version of the package."""
        for position in self._find_by_id(package):
            title = self._entries[position].title
            if title is None or any(title.fullmatch(text) for text in self._list_titles(package)):
                return position
        return None

    def choose(self, candidates: Iterable[Package]) -> Package | None:
        """Return the highest version that the list names and a repository has."""
        chosen: Package | None = None
        for package in candidates:
            if package.available and self.find(package) is not None:
                chosen = package
        return chosen

    def pins(self, package: Package) -> bool:
        """Tell whether the list names the package, but not every version of it."""
        positions = self._find_by_id(package)
        return bool(positions) and all(self._entries[position].title is not None for position in positions)

    def explain(self, package: Package) -> str:
        """Return the entry that names the package, in words."""
        position = self.find(package)
        return "" if position is None else self._name(position)

    def list_unmatched(self, packages: Iterable[Package]) -> tuple[str, ...]:
        """Return the entries that name none of the packages."""
        named = {position for package in packages for position in self._find_by_id(package)}
        return tuple(
            f"install_override_list{self._name(position)}"
            for position in range(len(self._entries))
            if position not in named
        )

    def _find_by_id(self, package: Package) -> list[int]:
        ids = self._list_ids(package)
        if not any(self._any.fullmatch(text) for text in ids):
            return []
        return [
            position for position, entry in enumerate(self._entries) if any(entry.id.fullmatch(text) for text in ids)
        ]

    def _list_ids(self, package: Package) -> tuple[str, ...]:
        if self._manager is PackageManager.WINDOWS:
            return LABELS[self._manager](package)
        if self._manager is PackageManager.MACOS:
            return (package.name, format_title(self._manager, package))
        return (format_id(package), package.name)

    def _list_titles(self, package: Package) -> tuple[str, ...]:
        # Samples leave out name and architecture, and on rpm systems the epoch too.
        bare = (f"{package.version}-{package.release}",) if package.release else ()
        return (format_title(self._manager, package), format_version(self._manager, package), *bare)

    def _name(self, position: int) -> str:
        entry = self._texts[position]
        title = f", title '{entry.title}'" if self._entries[position].title is not None else ""
        return f"[{position}] '{entry.id}'{title}"
