# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single values: text, numbers, switches, days and enums, with the traps of YAML explained to who fell into them."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    LONGEST_NUMBER_BITS,
    Item,
    Problems,
    describe,
    suggest,
)

EnumT = TypeVar("EnumT", bound=enum.Enum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LABEL_SIGNS = frozenset("_.:/=+-@")


class TextRule(NamedTuple):
    """Which texts a field takes, and the same in words."""

    accepts: Callable[[str], object]
    allowed: str


def limit_length(shortest: int, longest: int) -> TextRule:
    """Return the rule for a text of which only the length counts."""
    return TextRule(lambda text: shortest <= len(text) <= longest, f"a text of {shortest} to {longest} characters")


def limit_label(shortest: int, longest: int) -> TextRule:
    r"""Return the rule for tags and patch groups: ``^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$``."""
    return TextRule(
        lambda text: shortest <= len(text) <= longest and all(map(_is_label_character, text)),
        f"{shortest} to {longest} letters, digits, spaces or _ . : / = + - @",
    )


def limit_pattern(pattern: str, allowed: str) -> TextRule:
    """Return the rule for a text that matches a regular expression as a whole."""
    return TextRule(re.compile(pattern).fullmatch, allowed)


def read_text(item: Item, problems: Problems, rule: TextRule) -> str | None:
    """Return a text that obeys the rule, or ``None`` after refusing it; a whole number is taken as its digits."""
    value, hint = item.value, ""
    if isinstance(value, (bool, float, date)):
        hint = " (write it in quotes, YAML reads it as something else)"
    elif isinstance(value, int) and value.bit_length() <= LONGEST_NUMBER_BITS:
        value = str(int(value))
    if isinstance(value, str) and rule.accepts(value):
        return str(value)
    problems.refuse(item.path, describe(value), rule.allowed + hint)
    return None


def read_number(item: Item, problems: Problems, least: int, most: int) -> int | None:
    """Return a whole number in a range; ``None`` if there is none, or after refusing it."""
    value = item.value
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return int(value)
    if value is not None:
        problems.refuse(item.path, describe(value), f"a whole number from {least} to {most}{_unquote(value)}")
    return None


def read_switch(item: Item, problems: Problems, default: bool) -> bool:
    """Return ``true`` or ``false``, the default if there is none or it was refused."""
    if isinstance(item.value, bool):
        return item.value
    if item.value is not None:
        problems.refuse(item.path, describe(item.value), f"true or false{_unquote(item.value)}")
    return default


def read_day(item: Item, problems: Problems) -> date | None:
    """Return a calendar day given as text or as what YAML makes of it; ``None`` if there is none or it was refused."""
    value = item.value
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(value.year, value.month, value.day)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # the form of a day, but none of the calendar: refused below
    if value is not None:
        problems.refuse(item.path, describe(value), "a day as YYYY-MM-DD")
    return None


def read_word(item: Item, problems: Problems, default: EnumT) -> EnumT:
    """Return a member of the default's enum, the default itself if there is none or it was refused."""
    if item.value is None:
        return default
    members = {str(member.value): member for member in type(default)}
    if isinstance(item.value, str) and item.value in members:
        return members[item.value]
    hint = suggest(item.value, members) if isinstance(item.value, str) else ""
    problems.refuse(item.path, describe(item.value) + hint, ", ".join(members))
    return default


def _is_label_character(character: str) -> bool:
    return character in _LABEL_SIGNS or unicodedata.category(character)[0] in "LZN"


def _unquote(value: object) -> str:
    return ", without quotes" if isinstance(value, str) else ""
