# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a resource is made of: members of the API as options and in results, and their defaults: pure.

A view holds every field. What says nothing there (an empty text, list or map, or null) is left out of requests.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    is_empty,
    to_camel_case,
    to_members,
    to_plain,
)

Json = dict[str, Any]

# Maps further down whose keys are a document's own, or values of the API.
OWN_KEYS = ("Parameters", "AssociationStatusAggregatedCount")
_IN_ORDER = ("parameters", "task_parameters")  # lists in here are sequences, as of commands
_SPELLINGS = {name.lower(): name for name in ("InstanceIds", "WindowTargetIds")}  # the API reads them in any case


def _read(value: Any) -> Any:
    return to_plain(value, OWN_KEYS)


def _write(value: Any) -> Any:
    return to_members(value, OWN_KEYS)


def settle(value: Any) -> Any:
    """Return a value in one order and without what says nothing, so that what means the same is equal."""
    if isinstance(value, Mapping):
        kept = {key: item if key in _IN_ORDER else settle(item) for key, item in sorted(value.items())}
        return {key: item for key, item in kept.items() if not is_empty(item) and item is not False}
    if isinstance(value, (list, tuple)):
        unique = {repr(item): item for item in map(settle, value)}
        return [unique[text] for text in sorted(unique)]
    return value


def without_unset(value: Any) -> Any:
    """Return an option without the suboptions that are not given."""
    if isinstance(value, Mapping):
        return {key: without_unset(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_unset(item) for item in value]
    return value


@dataclass(frozen=True)
class Field:
    """A field: its name as option and in results, and how it gets from one to the other."""

    name: str
    default: Any = ""
    take: Callable[[Any], Any] = field(default=without_unset, repr=False)  # option -> view
    read: Callable[[Any], Any] = field(default=_read, repr=False)  # answer -> view
    write: Callable[[Any], Any] = field(default=_write, repr=False)  # view -> request
    normalise: Callable[[Any], Any] = field(default=settle, repr=False)  # view -> what counts of it

    @property
    def member(self) -> str:
        return to_camel_case(self.name)


Fields = tuple[Field, ...]


def defaults_of(fields: Fields) -> Json:
    """Return what a resource is where nothing is said."""
    return {field.name: copy.deepcopy(field.default) for field in fields}


def read_fields(fields: Fields, answer: Mapping[str, Any]) -> Json:
    """Return an answer of the API as a view."""
    found = {field.name: field.read(answer[field.member]) for field in fields if not is_empty(answer.get(field.member))}
    return defaults_of(fields) | found


def take_fields(fields: Fields, options: Mapping[str, Any]) -> Json:
    """Return the fields that are given, as a view has them. What is given empty is the default, as the API has it."""
    given = {field.name: field.take(options[field.name]) for field in fields if options.get(field.name) is not None}
    defaults = defaults_of(fields)
    return {name: defaults[name] if is_empty(value) else value for name, value in given.items()}


def write_fields(fields: Fields, view: Mapping[str, Any], names: Iterable[str] | None = None) -> Json:
    """Return what of a view requests take, of all fields or of some."""
    wanted = None if names is None else frozenset(names)
    return {
        field.member: field.write(view[field.name])
        for field in fields
        if (wanted is None or field.name in wanted) and not is_empty(view[field.name])
    }


def normalise_fields(fields: Fields, view: Mapping[str, Any]) -> Json:
    """Return what counts of a view."""
    return {field.name: field.normalise(view[field.name]) for field in fields}


def changed_fields(fields: Fields, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields in which two views differ."""
    return [field.name for field in fields if field.normalise(before[field.name]) != field.normalise(after[field.name])]


def keep_equal(fields: Fields, before: Mapping[str, Any], after: Json) -> Json:
    """Return the latter of two views with what means the same in both as the former spells it."""
    changed = changed_fields(fields, before, after)
    return after | {field.name: before[field.name] for field in fields if field.name not in changed}


def take_targets(targets: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Return targets with keys as the API spells them. Raises ``StateError`` for those that mean nothing."""
    taken = [{**target, "key": _SPELLINGS.get(target["key"].lower(), target["key"])} for target in targets]
    for target in taken:
        if not target["key"] or not target.get("values"):
            raise StateError(f"Failed to read targets: {target} matches nothing. Give it a key and values.")
    return taken


def write_targets(targets: Iterable[Mapping[str, Any]]) -> list[Json]:
    """Return targets as a request takes them."""
    written: list[Json] = to_members(take_targets(targets))
    return written


def take_parameters(parameters: Mapping[str, Any]) -> Json:
    """Return parameters of a document: lists of texts, a truth value as JSON spells it."""
    return {
        str(key): [to_parameter(value) for value in (values if isinstance(values, list) else [values])]
        for key, values in parameters.items()
        if values is not None
    }


def to_parameter(value: Any) -> str:
    """Return a value as a text, as JSON spells it if it is none."""
    return value if isinstance(value, str) else json.dumps(value)


def take_alarms(configuration: Mapping[str, Any]) -> Json:
    """Return an alarm, nothing if its list is empty."""
    taken: Json = without_unset(configuration)
    return taken if taken.get("alarms") else {}


def take_number(number: int) -> int | None:
    """Return a number that 0 takes away."""
    return number or None


def settle_json(text: str) -> Any:
    """Return what a text of JSON says, whatever its spaces and the order of its keys; another text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


# The options that say which nodes something is for.
TARGETS_SPEC: Json = {
    "type": "list",
    "elements": "dict",
    "options": {
        "key": {"type": "str", "required": True, "no_log": False},
        "values": {"type": "list", "elements": "str", "required": True},
    },
}
ALARMS_SPEC: Json = {
    "type": "dict",
    "options": {
        "alarms": {
            "type": "list",
            "elements": "dict",
            "options": {"name": {"type": "str", "required": True}},
        },
        "ignore_poll_alarm_failure": {"type": "bool", "default": False},
    },
}
