# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``InstallOverrideList``: the patches of one run, named one by one (``patch-manager-aws-runpatchbaseline``)."""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    name_keys,
    read_fields,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    limit_pattern,
    read_text,
)

_LIST_KEYS = name_keys("patches")
_ENTRY_KEYS = name_keys("id", "title")
_TEXT = limit_pattern(r"[^\x00-\x1f\x7f]+", "a text on one line")


class OverrideEntry(NamedTuple):
    """Which patches an entry names: globs for id and title; without a title any version."""

    id: str
    title: str | None


def parse_install_override_list(data: object, *, where: str = "") -> tuple[OverrideEntry, ...]:
    """Return the entries of an install override list; keys other than ``id`` and ``title`` are ignored.

    Raises ``BaselineDocumentError``.
    """
    problems = Problems(ignore_unknown_keys=True)
    document = read_fields(Item(data, ""), _LIST_KEYS, problems)
    items = read_items(document.item("patches"), problems) if document else []
    entries = [_read_entry(item, problems) for item in items]
    problems.raise_errors("install override list", where)
    return tuple(entries)


def _read_entry(item: Item, problems: Problems) -> OverrideEntry:
    fields = read_fields(item, _ENTRY_KEYS, problems)
    if fields is None:
        return OverrideEntry("", None)
    title = fields.item("title")
    return OverrideEntry(
        read_text(fields.item("id"), problems, _TEXT) or "",
        None if title.value is None else read_text(title, problems, _TEXT),
    )
