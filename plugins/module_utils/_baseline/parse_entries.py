# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of the approved and rejected lists, per package manager.

Source: ``patch-manager-approved-rejected-package-name-formats``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    describe,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    TextRule,
    limit_length,
    limit_pattern,
    read_text,
)

_MOST_ENTRIES = 50
_ANY_TEXT = limit_length(1, 100)

_FORMS: Mapping[PackageManager, TextRule] = {
    PackageManager.APT: limit_pattern(
        r"[A-Za-z0-9+.\-]*\*?[A-Za-z0-9+.\-]*",
        "a package name (openssl) without architecture and version, at most one *",
    ),
    PackageManager.RPM: limit_pattern(
        r"[^\s,*]*\*?[^\s,*]*",
        "one package (name, name.arch, name-version ...) or one CVE, advisory or Bugzilla id, at most one *",
    ),
    PackageManager.ZYPPER: limit_pattern(r"[^\s,*]*\*?[^\s,*]*", "one patch name or package file name, at most one *"),
    PackageManager.MACOS: limit_pattern(r"[^\x00-\x1f,*]+", "a full package name without *"),
    PackageManager.WINDOWS: limit_pattern(
        r"[Kk][Bb][0-9]+|[Mm][Ss][0-9]{2}-[0-9]{3}", "a KB id (KB2032276) or a bulletin id (MS10-048) without *"
    ),
}

# Well-formed, and yet hardly what was meant.
_APT_DOUBTS = (
    (re.compile(r".*\*.*"), "a wildcard; AWS documents none for this operating system, here it works"),
    (
        re.compile(r".+\.(all|amd64|arm64|armel|armhf|i386|ppc64el|riscv64|s390x)"),
        "looks like name.arch; a plain name is meant, which covers every architecture",
    ),
    (re.compile(r".*[A-Z].*"), "matches nothing, Debian package names are lower-case"),
)


def read_entries(item: Item, manager: PackageManager | None, problems: Problems) -> tuple[str, ...]:
    """Return the entries of an approved or rejected list; without a package manager only their length is checked."""
    if item.value is None:
        return ()
    entries = (_read_entry(entry, manager, problems) for entry in read_items(item, problems, most=_MOST_ENTRIES))
    return tuple(filter(None, entries))


def _read_entry(item: Item, manager: PackageManager | None, problems: Problems) -> str | None:
    text = read_text(item, problems, _ANY_TEXT)
    if text is None or manager is None:
        return text
    form = _FORMS[manager]
    if not form.accepts(text):
        bare_number = manager is PackageManager.WINDOWS and text.isdecimal()
        hint = f" (did you mean 'KB{text}'?)" if bare_number else ""
        problems.refuse(item.path, describe(text) + hint, form.allowed)
        return None
    if manager is PackageManager.WINDOWS:
        return text.upper()
    if manager is PackageManager.APT:
        for pattern, doubt in _APT_DOUBTS:
            if pattern.fullmatch(text):
                problems.warn(item.path, f"{describe(text)} {doubt}")
    return text
