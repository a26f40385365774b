# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single values of the facts: a node may be broken or hostile, so every value is checked for type and size.

A reader returns the value or raises ``Misfit``; ``read_record`` and ``read_list`` note the place on the way out, so
that it costs nothing as long as everything fits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import TypeVar

Value = TypeVar("Value")

_LONGEST_WORD = 1_024
_LONGEST_TEXT = 65_536
_MOST_WORDS = 10_000
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 9000  # leaves room for adding and subtracting delays


class Misfit(Exception):
    """A value that does not fit the schema; ``place`` grows from the inside to the outside."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.place: list[str] = []


def describe(value: object) -> str:
    """Name what was found in JSON's words, without showing a long or secret value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a switch"
    for kind, name in ((str, "text"), ((int, float), "a number"), (Mapping, "an object"), ((list, tuple), "a list")):
        if isinstance(value, kind):
            return name
    return type(value).__name__


def read_text(value: object) -> str:
    """Return free text of people: any character that can be written as UTF-8."""
    if not isinstance(value, str):
        raise Misfit(f"text is expected, found {describe(value)}")
    if len(value) > _LONGEST_TEXT:
        raise Misfit(f"text of at most {_LONGEST_TEXT} characters is expected, found {len(value)}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit("valid Unicode is expected") from None
    return str.__str__(value)


def read_word(value: object) -> str:
    """Return a name, id or version: one printable line."""
    if not isinstance(value, str):
        raise Misfit(f"text is expected, found {describe(value)}")
    if len(value) > _LONGEST_WORD or not value.isprintable():
        raise Misfit(f"at most {_LONGEST_WORD} printable characters are expected")
    return str.__str__(value)


def read_name(value: object) -> str:
    """Return a word that is not empty."""
    return read_word(value) or _refuse("a name is expected, found an empty text")


def read_switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise Misfit(f"true or false is expected, found {describe(value)}")
    return value


def read_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misfit(f"a whole number is expected, found {describe(value)}")
    return value


def read_moment(value: object) -> datetime:
    """Return a moment in UTC: without zone UTC is meant, without time of day midnight (``baselines.md`` 5.1)."""
    if not isinstance(value, str):
        raise Misfit(f"a time is expected, found {describe(value)}")
    return _parse_moment(value)


def read_list(reader: Callable[[object], Value], most: int) -> Callable[[object], tuple[Value, ...]]:
    """Return the reader of a list of at most ``most`` items."""

    def read(value: object) -> tuple[Value, ...]:
        if not isinstance(value, (list, tuple)):
            raise Misfit(f"a list is expected, found {describe(value)}")
        if len(value) > most:
            raise Misfit(f"at most {most} entries are expected, found {len(value)}")
        items: list[Value] = []
        try:
            for item in value:
                items.append(reader(item))
        except Misfit as misfit:
            misfit.place.append(f"[{len(items)}]")
            raise
        return tuple(items)

    return read


read_words = read_list(read_word, _MOST_WORDS)
read_texts = read_list(read_text, _MOST_WORDS)


def read_record(
    build: Callable[..., Value],
    readers: Mapping[str, Callable[[object], object]],
    required: frozenset[str] = frozenset(),
) -> Callable[[object], Value]:
    """Return the reader of an object; keys without a reader are from a newer collector and ignored."""

    def read(value: object) -> Value:
        if not isinstance(value, Mapping):
            raise Misfit(f"an object is expected, found {describe(value)}")
        fields: dict[str, object] = {}
        key = ""
        try:
            for key, item in value.items():
                reader = readers.get(key)
                if reader is not None:
                    fields[key] = reader(item)
        except Misfit as misfit:
            misfit.place.append(f".{key}")
            raise
        if not required <= fields.keys():
            raise Misfit(f"'{min(required - fields.keys())}' is missing")
        return build(**fields)

    return read


def _refuse(cause: str) -> str:
    raise Misfit(cause)


@functools.lru_cache(maxsize=16_384)
def _parse_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise Misfit("a time in ISO 8601 is expected") from None
    if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise Misfit(f"a time between the years {_EARLIEST_YEAR} and {_LATEST_YEAR} is expected")
    return moment
