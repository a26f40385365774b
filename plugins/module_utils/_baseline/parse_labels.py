# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hangs on a baseline: tags (``API_Tag``) and the patch groups it serves (``patch-manager-patch-groups``)."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    describe,
    join_path,
    name_keys,
    read_fields,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    limit_label,
    read_text,
)

PATCH_GROUP_NAME = limit_label(1, 256)
MOST_PATCH_GROUPS = 25

_TAG_KEYS = name_keys("key", "value")
_TAG_KEY = limit_label(1, 128)
_TAG_VALUE = limit_label(0, 256)
_MOST_TAGS = 1000


def read_tags(item: Item, problems: Problems) -> tuple[tuple[str, str], ...]:
    """Return tags from a mapping, or from the API's list of ``Key`` and ``Value``."""
    if item.value is None:
        return ()
    tags: dict[str, str] = {}
    for key_item, value_item in _list_tags(item, problems):
        key, value = read_text(key_item, problems, _TAG_KEY), read_text(value_item, problems, _TAG_VALUE)
        if key in tags:
            problems.refuse(key_item.path, f"{describe(key)} a second time", "each tag once")
        elif key is not None:
            tags[key] = value or ""
    return tuple(tags.items())


def read_patch_groups(item: Item, problems: Problems) -> tuple[str, ...]:
    """Return the names of the patch groups a baseline is registered for."""
    if item.value is None:
        return ()
    groups: dict[str, None] = {}
    for entry in read_items(item, problems, most=MOST_PATCH_GROUPS):
        group = read_text(entry, problems, PATCH_GROUP_NAME)
        if group in groups:
            problems.refuse(entry.path, f"{describe(group)} a second time", "each patch group once")
        elif group is not None:
            groups[group] = None
    return tuple(groups)


def _list_tags(item: Item, problems: Problems) -> list[tuple[Item, Item]]:
    if isinstance(item.value, Mapping):
        places = [(key, value, join_path(item.path, key)) for key, value in item.value.items()]
        if len(places) > _MOST_TAGS:
            problems.refuse(item.path, f"{len(places)} items", f"at most {_MOST_TAGS} tags")
        return [(Item(key, place), Item(value, place)) for key, value, place in places[:_MOST_TAGS]]
    entries = [read_fields(entry, _TAG_KEYS, problems) for entry in read_items(item, problems, most=_MOST_TAGS)]
    return [(fields.item("key"), fields.item("value")) for fields in entries if fields]
