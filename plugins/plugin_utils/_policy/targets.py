# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts a patch policy is for: all of them, or those of its groups, tags, pattern or list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    describe,
    name_keys,
    read_fields,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    TextRule,
    limit_length,
    read_text,
)

Kind = Literal["all", "groups", "tags", "pattern", "hosts"]

KINDS = name_keys("groups", "tags", "pattern", "hosts")
ALLOWED = "all, or one of groups, tags, pattern and hosts"

_NAME = limit_length(1, 253)
_PATTERN = limit_length(1, 4000)
_TAG_KEY = limit_length(1, 128)
_TAG_VALUE = limit_length(0, 256)


@dataclass(frozen=True, slots=True)
class Targets:
    """What ``targets`` says: ``names`` are groups, hosts, or the one pattern; ``tags`` are keys and their values."""

    kind: Kind = "all"
    names: tuple[str, ...] = ()
    tags: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def match_tags(self, tags: Mapping[object, object]) -> bool:
        """Tell whether a host has one of the values of every key; as in AWS, upper and lower case differ."""
        found = {str(key): spell_tag(value) for key, value in tags.items()}
        return all(found.get(key) in values for key, values in self.tags)


def spell_tag(value: object) -> str:
    """A tag's value as text: tags are texts in AWS, and YAML reads ``true`` and ``1`` as something else."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def read_targets(item: Item, problems: Problems) -> Targets:
    """Read ``targets``; all hosts if there is nothing, or after refusing it."""
    if item.value in (None, "all"):
        return Targets()
    if not isinstance(item.value, Mapping):
        problems.refuse(item.path, describe(item.value), ALLOWED)
        return Targets()
    fields = read_fields(item, KINDS, problems)
    given = [key.name for key in KINDS if fields and fields.item(key.name).value is not None]
    if fields is None or len(given) != 1:
        problems.refuse(item.path, f"{' and '.join(given) or 'none of them'}", ALLOWED)
        return Targets()
    value = fields.item(given[0])
    if given[0] == "tags":
        return Targets("tags", tags=_read_tags(value, problems))
    if given[0] == "pattern":
        return Targets("pattern", _read_texts([value], problems, _PATTERN))
    return Targets("groups" if given[0] == "groups" else "hosts", _read_names(value, problems))


def _read_names(item: Item, problems: Problems) -> tuple[str, ...]:
    if item.value == []:
        problems.refuse(item.path, "an empty list", "a list of at least one name")
    return _read_texts(read_items(item, problems), problems, _NAME)


def _read_texts(items: list[Item], problems: Problems, rule: TextRule) -> tuple[str, ...]:
    texts = (read_text(item, problems, rule) for item in items)
    return tuple(text for text in texts if text is not None)


def _read_tags(item: Item, problems: Problems) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(item.value, Mapping) or not item.value:
        problems.refuse(item.path, describe(item.value), "a mapping of tags, such as {Patch: true}, with at least one")
        return ()
    tags: list[tuple[str, tuple[str, ...]]] = []
    for key, value in item.value.items():
        name, path = spell_tag(key), f"{item.path}.{spell_tag(key)}"
        read_text(Item(name, path), problems, _TAG_KEY)
        values = read_items(Item(value, path), problems) if isinstance(value, list) else [Item(value, path)]
        if not values or any(isinstance(entry.value, (Mapping, list)) for entry in values):
            problems.refuse(path, describe(value), "a value, or a list of at least one value")
            continue
        texts = [Item(spell_tag(entry.value), entry.path) for entry in values]
        tags.append((name, _read_texts(texts, problems, _TAG_VALUE)))
    return tuple(tags)
