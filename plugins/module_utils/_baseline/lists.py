# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Approved and rejected lists: every documented way to name a patch.

Source: ``patch-manager-approved-rejected-package-name-formats``; ``baselines.md`` 4.

Both lists are compiled into one set and one regular expression, rejections first: since they win, the first entry that
matches is the one that decides. Most packages are named by no entry; for them a look at the beginnings of their labels
is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.globs import translate_glob
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import HEADS, LABELS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Notice, Package

_NOWHERE, _IN_TEXTS, _IN_GLOBS = 0, 1, 2  # flags: where an entry for a label may be found


class PatchLists:
    """A baseline's lists, made ready for the notices of one node."""

    def __init__(self, baseline: Baseline, notices: Mapping[str, Notice]) -> None:
        manager = baseline.package_manager
        entries = [*enumerate((*baseline.rejected_patches, *baseline.approved_patches))]
        if manager is PackageManager.WINDOWS:
            entries = [(position, text.upper()) for position, text in entries]
        self._is_empty = not entries
        self._packages = _Entries((position, text) for position, text in entries if may_name_package(text, manager))
        self._ids = _Entries(_choose_ids(entries, manager))
        self._notices = notices
        self._with_references = manager is PackageManager.RPM
        self._heads_of, self._labels_of = HEADS[manager], LABELS[manager]
        self._heads = Memo(self._packages.look_up_head)
        self._firsts, self._flags = self._packages.firsts, self._packages.flags
        self._by_notices = Memo(self._find_by_notices)

    def find(self, package: Package) -> int | None:
        """Return the first entry that names the package, itself or through a notice.

        Entries are counted from the first rejected one through to the last approved one.
        """
        if self._is_empty:
            return None
        flags, firsts = self._flags, self._firsts
        for head in self._heads_of(package):
            if head[:1] in firsts:
                flags |= self._heads[head]
        by_notices = self._by_notices[package.notices]
        if flags == _NOWHERE:
            return by_notices
        by_label = self._packages.find(self._labels_of(package), flags)
        if by_label is None or by_notices is None:
            return by_notices if by_label is None else by_label
        return min(by_label, by_notices)

    def find_by_notices(self, package: Package) -> int | None:
        """Return the first entry that names the package through a notice, counted as above."""
        return self._by_notices[package.notices]

    def _find_by_notices(self, notice_ids: tuple[str, ...]) -> int | None:
        ids = [*notice_ids]
        if self._with_references:
            for notice_id in notice_ids:
                notice = self._notices.get(notice_id)
                if notice is not None:
                    ids += notice.cve_ids
                    ids += notice.bugzilla_ids
        return self._ids.find(ids, _IN_TEXTS | _IN_GLOBS)


class _Entries:
    """Entries as texts and globs, each with its position."""

    def __init__(self, entries: Iterable[tuple[int, str]]) -> None:
        self._texts: dict[str, int] = {}
        globs: list[tuple[int, str]] = []
        for position, text in entries:
            if "*" in text:
                globs.append((position, text))
            else:
                self._texts.setdefault(text, position)
        self._positions = [position for position, _text in globs]
        alternatives = "|".join([f"({translate_glob(text)})" for _position, text in globs])
        self._globs = re.compile(f"(?:{alternatives})\\Z", re.DOTALL) if globs else None
        self._literals = tuple([text.partition("*")[0] for _position, text in globs])
        self._text_beginnings = _list_beginnings(self._texts)
        self._glob_beginnings = _list_beginnings(self._literals)
        # A label that begins with no entry's first character needs no further look, unless an entry begins with *.
        self.firsts = frozenset([text[:1] for text in (*self._texts, *self._literals) if text])
        self.flags = _IN_GLOBS if "" in self._literals else _NOWHERE

    def look_up_head(self, head: str) -> int:
        """Return where entries may be found that match a text beginning with ``head``: one must begin the other."""
        flags = _IN_TEXTS if head in self._text_beginnings else _NOWHERE
        if head in self._glob_beginnings or head.startswith(self._literals):
            flags |= _IN_GLOBS
        return flags

    def find(self, texts: Iterable[str], flags: int) -> int | None:
        """Return the position of the first entry that matches one of the texts."""
        found: list[int] = []
        if flags & _IN_TEXTS and not self._texts.keys().isdisjoint(texts):
            found += [self._texts[text] for text in texts if text in self._texts]
        if flags & _IN_GLOBS and self._globs is not None:
            for text in texts:
                match = self._globs.match(text)
                if match is not None and match.lastindex is not None:
                    found.append(self._positions[match.lastindex - 1])
        return min(found, default=None)


def may_name_package(entry: str, manager: PackageManager) -> bool:
    """Tell whether an entry is to be compared with packages: digits alone are a Bugzilla id on rpm systems."""
    return manager is not PackageManager.RPM or not entry.isdecimal()


def _choose_ids(entries: Iterable[tuple[int, str]], manager: PackageManager) -> Iterator[tuple[int, str]]:
    for position, text in entries:
        if manager is PackageManager.ZYPPER:
            yield position, text  # of all ids only patch names take a wildcard
        elif manager is PackageManager.RPM and "*" not in text:
            yield position, text
            yield position, text.upper()  # as publishers write them


def _list_beginnings(texts: Iterable[str]) -> frozenset[str]:
    return frozenset([text[:end] for text in texts for end in range(1, len(text) + 1)])
