# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter groups: ``PatchFilterGroup``, or in short form the list of filters itself."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Key,
    Problems,
    describe,
    name_keys,
    read_fields,
    read_items,
    suggest,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    limit_length,
    read_text,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_vocabulary import (
    VOCABULARIES,
    find_value,
)

_GROUP = Key("filters", api="patch_filters")
_KEYS = name_keys("key", "values")
_MOST_FILTERS = 4
_MOST_VALUES = 20
_ANY_TEXT = limit_length(1, 64)


def read_filters(item: Item, os: OperatingSystem | None, problems: Problems) -> tuple[PatchFilter, ...]:
    """Return the filters of a group; without an operating system keys and values are taken as they are."""
    filters: list[PatchFilter] = []
    for entry in read_items(item, problems, most=_MOST_FILTERS, wrapper=_GROUP):
        found = _read_filter(entry, os, problems)
        if found and any(found.key == earlier.key for earlier in filters):
            problems.warn(entry.path, f"a second filter with the key {found.key}; a patch must pass both")
        if found:
            filters.append(found)
    return tuple(filters)


def _read_filter(item: Item, os: OperatingSystem | None, problems: Problems) -> PatchFilter | None:
    fields = read_fields(item, _KEYS, problems)
    if fields is None:
        return None
    key = _read_key(fields.item("key"), os, problems)
    entries = read_items(fields.item("values"), problems, least=1, most=_MOST_VALUES)
    values = [_read_value(entry, os if key else None, key or "", problems) for entry in entries]
    return PatchFilter(key, tuple(filter(None, values))) if key else None


def _read_key(item: Item, os: OperatingSystem | None, problems: Problems) -> str | None:
    key = read_text(item, problems, _ANY_TEXT)
    if key is None or os is None or key in VOCABULARIES[os]:
        return key
    choices = sorted(VOCABULARIES[os])
    found = f"{describe(key)}{suggest(key, choices)}, no filter key of {os.value}"
    problems.refuse(item.path, found, ", ".join(choices))
    return None


def _read_value(item: Item, os: OperatingSystem | None, key: str, problems: Problems) -> str | None:
    text = read_text(item, problems, _ANY_TEXT)
    if text is None or os is None:
        return text
    known = find_value(os, key, text)
    if known is None:
        choices = (*VOCABULARIES[os][key], "*")
        found = f"{describe(text)}{suggest(text, choices)}, no {key} of {os.value}"
        problems.refuse(item.path, found, ", ".join(choices))
    return known
