# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of a document: which keys a mapping may have, in which spellings, and where in it we are.

A key of ours (``approve_after_days``) is also read as the API spells it (``ApproveAfterDays``) and as files on a node
do (``approveAfterDays``). A path names keys as the writer of the document spelled them.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import (
    BaselineDocumentError,
    BaselineValueError,
)

LONGEST_NUMBER_BITS = 200  # Python refuses to print numbers of many thousand digits
_SHOWN = 60


@dataclass(slots=True)
class Problems:
    """Collects what is wrong with a document, so that its writer sees everything at once."""

    ignore_unknown_keys: bool = False
    errors: list[BaselineValueError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, path: str, found: str, allowed: str) -> None:
        self.errors.append(BaselineValueError(path, found, allowed))

    def warn(self, path: str, text: str) -> None:
        self.warnings.append(f"{path}: {text}")

    def raise_errors(self, kind: str, name: str = "") -> None:
        """Raise ``BaselineDocumentError`` for a kind of document and its name or place, if anything was refused."""
        if self.errors:
            raise BaselineDocumentError(f"{kind} {name!r}" if name else kind, self.errors)


class Key(NamedTuple):
    """A key's name, and the API's and the on-node file's where they are other words (in snake_case too)."""

    name: str
    api: str = ""
    node: str = ""


class Item(NamedTuple):
    """A value and where it stands; an absent value is ``None``."""

    value: object
    path: str


class Fields:
    """The values of a mapping by our names, whichever way its keys are spelled; ``null`` is the same as absent."""

    def __init__(
        self, data: Mapping[object, object], path: str, keys: Sequence[Key], problems: Problems, ignored: Sequence[Key]
    ) -> None:
        self._path = path
        self._keys = {key.name: key for key in keys}
        spelled = data or (path.rpartition(".")[2],)
        self._camel = any(isinstance(found, str) and found[:1].isupper() for found in spelled)
        self._items: dict[str, Item] = {}
        names = {spelling: key.name for key in (*keys, *ignored) for spelling in _spell_key(key)}
        for found, value in data.items():
            name = names.get(found) if isinstance(found, str) else None
            place = join_path(path, found)
            if name is None:
                self._report_unknown(found, place, problems)
            elif name in self._items:
                problems.refuse(place, "another spelling of the same key", f"only {self._items[name].path}")
            else:
                self._items[name] = Item(value, place)

    def item(self, name: str) -> Item:
        """Return a value with its path as it is spelled here, or as it would be."""
        return self._items.get(name) or Item(None, join_path(self._path, self._spell(self._keys[name])))

    def _spell(self, key: Key) -> str:
        return _camel_case(key.api or key.name) if self._camel else key.name

    def _report_unknown(self, found: object, place: str, problems: Problems) -> None:
        choices = sorted(map(self._spell, self._keys.values()))
        text = f"an unknown key{suggest(found, choices) if isinstance(found, str) else ''}"
        if problems.ignore_unknown_keys:
            problems.warn(place, f"ignored, {text}")
        else:
            problems.refuse(place, text, ", ".join(choices))


def name_keys(*names: str) -> tuple[Key, ...]:
    """Return keys that have one name everywhere."""
    return tuple(Key(name) for name in names)


def read_fields(item: Item, keys: Sequence[Key], problems: Problems, ignored: Sequence[Key] = ()) -> Fields | None:
    """Return a mapping's fields, or ``None`` after refusing anything else."""
    if isinstance(item.value, Mapping):
        return Fields(item.value, item.path, keys, problems, ignored)
    names = ", ".join(sorted(key.name for key in keys))
    problems.refuse(item.path, describe(item.value), f"a mapping with the keys {names}")
    return None


def read_items(
    item: Item, problems: Problems, *, least: int = 0, most: int | None = None, wrapper: Key | None = None
) -> list[Item]:
    """Return the items of a list, no more than are allowed; with ``wrapper`` the list may also stand under that key."""
    if wrapper and isinstance(item.value, Mapping):
        item = Fields(item.value, item.path, (wrapper,), problems, ()).item(wrapper.name)
    value, path = item
    allowed = "a list" if most is None else f"a list of {least} to {most} items"
    if not isinstance(value, (list, tuple)):
        problems.refuse(path, describe(value), allowed)
        return []
    if len(value) < least or (most is not None and len(value) > most):
        problems.refuse(path, f"{len(value)} items", allowed)
    return [Item(entry, f"{path}[{position}]") for position, entry in enumerate(value[:most])]


def join_path(path: str, key: object) -> str:
    """Return the path of a key; one that is no plain word is shown quoted and cut short, it may hold anything."""
    if isinstance(key, str) and len(key) <= _SHOWN and key.isidentifier():
        return f"{path}.{key}" if path else str(key)
    return f"{path}[{describe(key)}]"


def describe(value: object) -> str:
    """Return what a value is, for an error message: short, on one line, printable."""
    if isinstance(value, str):
        return repr(value[:_SHOWN] + ("…" if len(value) > _SHOWN else ""))
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS:
        return "a very long number"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, datetime.date):
        return f"the date {value.isoformat()}"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else f"a value of type {type(value).__name__}"


def suggest(word: str, choices: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the choice nearest to a misspelled word, or nothing."""
    by_lower_case = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(word[:_SHOWN].casefold(), by_lower_case, n=1)
    return f" (did you mean '{by_lower_case[near[0]]}'?)" if near else ""


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _spell_key(key: Key) -> Iterable[str]:
    for name in filter(None, key):
        camel = _camel_case(name)
        yield from (name, camel, camel[0].lower() + camel[1:])
