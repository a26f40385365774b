# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the API does not take, by the model of it that boto3 has: lengths, ranges, patterns, values and types; pure.

For check mode, which sends nothing. A real call is judged by AWS, which may know more than an older boto3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_TYPES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a text", str),
    "integer": ("a number", int),
    "boolean": ("true or false", bool),
    "list": ("a list", (list, tuple)),
    "map": ("a dictionary", Mapping),
    "structure": ("a dictionary", Mapping),
}
# classes of Unicode, for which Python has wider ones
_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}
_SHOWN = 60  # characters of a value in a message


def find_faults(shape: Any, value: Any, unknown: type, path: str = "") -> Iterator[str]:
    """Yield what is wrong with a value of a request; those of the type ``unknown`` are not there before it is sent."""
    if isinstance(value, unknown):
        return
    if not _has_type(shape, value):
        yield f"{path} cannot be {_show(value)}, it takes {_TYPES[shape.type_name][0]}"
        return
    yield from _limits(shape, value, path)
    if shape.type_name == "structure":
        yield from (f"{_below(path, name)} is missing" for name in shape.required_members if name not in value)
        for name, item in value.items():
            if name in shape.members:
                yield from find_faults(shape.members[name], item, unknown, _below(path, name))
            else:
                yield f"{_below(path, name)} is not known to this boto3, take a newer one"
    elif shape.type_name == "list":
        for number, item in enumerate(value):
            yield from find_faults(shape.member, item, unknown, f"{path}[{number}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from find_faults(shape.key, key, unknown, path)
            yield from find_faults(shape.value, item, unknown, _below(path, str(key)))


def _has_type(shape: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return bool(shape.type_name == "boolean")
    return shape.type_name not in _TYPES or isinstance(value, _TYPES[shape.type_name][1])


def _limits(shape: Any, value: Any, path: str) -> Iterator[str]:
    limits = shape.metadata
    if shape.type_name in ("string", "integer", "list", "map"):
        size, of_what = (value, "") if shape.type_name == "integer" else (len(value), "a length ")
        if "min" in limits and size < limits["min"]:
            yield f"{path} cannot be {_show(value)}, it takes {of_what}from {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"{path} cannot be {_show(value)}, it takes {of_what}up to {limits['max']}"
    if "enum" in limits and value not in limits["enum"]:
        yield f"{path} cannot be {_show(value)}, it takes {', '.join(limits['enum'])}"
    pattern = limits.get("pattern")
    ours = _compile(pattern) if pattern else None
    if ours and not ours.fullmatch(value):
        yield f"{path} cannot be {_show(value)}, it has to match {pattern}"


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str] | None:
    """The pattern as Python has it; None for one that it has not, and AWS is left to judge by."""
    for theirs, ours in _CLASSES.items():
        pattern = pattern.replace(theirs, ours)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _show(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(value)} in all)"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
