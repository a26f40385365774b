# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is registered with a maintenance window, targets or tasks: which entry means which, and the calls for them.

The API knows them by ids that it gives itself, and registers the same twice if it is asked twice. So an entry means,
in this order, what has its id, what has its name, or what has no name and does the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    Fields,
    Json,
    changed_fields,
    defaults_of,
    keep_equal,
    normalise_fields,
    take_fields,
    write_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Answered, Step
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    is_empty,
    to_camel_case,
)


@dataclass(frozen=True)
class Kind:
    """Targets or tasks: their words in the API and in options, their fields."""

    noun: str
    option: str  # of the window
    id_key: str
    fields: Fields
    fixed: str  # the field that no update changes
    identity: tuple[str, ...]  # what two without a name have in common if they are one
    required: tuple[str, ...]  # what an update that replaces has to give
    names: str  # Target or Task, in the names of operations and errors

    @property
    def id_member(self) -> str:
        return to_camel_case(self.id_key)


@dataclass(frozen=True)
class Entry:
    """One entry of an option: what is to be, and what is there of it."""

    place: str
    number: int
    wanted: Json
    found: Json | None

    @property
    def label(self) -> str:
        return str(self.wanted["name"] or (self.found or {}).get("name") or self.place)


# Completes what a request holds of a view.
RequestOf = Callable[[Json, Json], Json]


@dataclass
class _Matching:
    """What each entry of an option means of what is there."""

    kind: Kind
    doing: str
    found: Sequence[Json]
    given: Sequence[Json]
    ids: Sequence[str | None]
    taken: list[Json | None]

    def refuse(self, number: int, cause: str) -> StateError:
        return StateError(f"Failed to {self.doing}: {self.kind.option}[{number}]: {cause}")

    def match(self) -> list[Json | None]:
        self._refuse_twice()
        for match in (self._by_id, self._by_name, self._by_content):
            for number in [number for number, taken in enumerate(self.taken) if taken is None]:
                self._claim(number, match(number, self.given[number].get("name")))
        return self.taken

    def _claim(self, number: int, candidate: Json | None) -> None:
        for other, claimed in enumerate(self.taken):
            if candidate is not None and claimed is candidate:
                cause = f"it means the same {self.kind.noun} as {self.kind.option}[{other}]."
                raise self.refuse(number, f"{cause} Give each a name of its own.")
        self.taken[number] = candidate

    def _by_id(self, number: int, _name: str | None) -> Json | None:
        wanted, key = self.ids[number], self.kind.id_key
        same = [entry for entry in self.found if entry[key] == wanted]
        if wanted and not same:
            cause = f"there is no {self.kind.noun} '{wanted}'."
            raise self.refuse(number, f"{cause} Leave {key} out to register one.")
        return same[0] if same else None

    def _by_name(self, number: int, name: str | None) -> Json | None:
        same = [entry for entry in self.found if name and entry["name"] == name]
        if len(same) > 1:
            ids = ", ".join(entry[self.kind.id_key] for entry in same)
            cause = f"several {self.kind.option} are named '{name}': {ids}."
            raise self.refuse(number, f"{cause} Set {self.kind.id_key}.")
        return same[0] if same else None

    def _by_content(self, number: int, name: str | None) -> Json | None:
        wanted = self._identity(self.given[number])
        free = [entry for entry in self.found if not any(entry is claimed for claimed in self.taken)]
        same = [entry for entry in free if not (name and entry["name"]) and _identity_of(self.kind, entry) == wanted]
        return same[0] if same else None

    def _identity(self, given: Json) -> Json:
        return _identity_of(self.kind, defaults_of(self.kind.fields) | given)

    def _refuse_twice(self) -> None:
        known: dict[str, int] = {}
        for number, fields in enumerate(self.given):
            name = fields.get("name")
            key = f"name {name}" if name else f"identity {self._identity(fields)}"
            if key in known and not self.ids[number]:
                what = f"the name '{name}'" if name else "no name and does the same"
                cause = f"{self.kind.option}[{known[key]}] has {what} too."
                raise self.refuse(number, f"{cause} Give each a name of its own.")
            known[key] = number


def _identity_of(kind: Kind, view: Mapping[str, Any]) -> Json:
    normal = normalise_fields(kind.fields, view)
    return {key: normal[key] for key in kind.identity}


def match_entries(
    kind: Kind, doing: str, options: Sequence[Mapping[str, Any]], found: Sequence[Json], *, replace: bool
) -> list[Entry]:
    """Return what each entry of an option means. Raises ``StateError`` where that cannot be told, or not be done."""
    given = [take_fields(kind.fields, option) for option in options]
    ids = [option[kind.id_key] for option in options]
    matching = _Matching(kind, doing, found, given, ids, [None] * len(options))
    entries = []
    for number, there in enumerate(matching.match()):
        base = defaults_of(kind.fields) if there is None or replace else there
        wanted = {kind.id_key: there and there[kind.id_key], **base, **given[number]}
        if there:
            # What tells which one is meant is not taken away by leaving it out.
            wanted |= {key: there[key] for key in ("name", kind.fixed) if key not in given[number]}
            if wanted[kind.fixed] != there[kind.fixed]:
                cause = f"the {kind.noun} has the {kind.fixed} {there[kind.fixed]}, and that cannot be changed."
                raise matching.refuse(number, f"{cause} Register another {kind.noun} for {wanted[kind.fixed]}.")
            wanted = keep_equal(kind.fields, there, wanted)
        missing = [key for key in (kind.fixed, *kind.required) if is_empty(wanted[key])]
        if missing:
            raise matching.refuse(number, f"a {kind.noun} needs {' and '.join(missing)}.")
        entries.append(Entry(f"{kind.option}[{number}]", number, wanted, there))
    return entries


def plan_entry(kind: Kind, window_id: str | Answered, entry: Entry, request_of: RequestOf) -> Step | None:
    """Return the call that makes an entry true, ``None`` if it is."""
    if entry.found is None:
        key = f"{kind.option}[{entry.number}]"
        request = {
            "WindowId": window_id,
            **request_of(write_fields(kind.fields, entry.wanted), entry.wanted),
            "ClientToken": str(uuid.uuid4()),
        }
        undo = Step(
            f"deregister {kind.noun} '{entry.label}'",
            f"deregister_{kind.names.lower()}_from_maintenance_window",
            {"WindowId": window_id, kind.id_member: Answered(key, kind.id_member)},
        )
        doing = f"register {kind.noun} '{entry.label}'"
        return Step(doing, f"register_{kind.names.lower()}_with_maintenance_window", request, undo, key)
    changed = changed_fields(kind.fields, entry.found, entry.wanted)
    if not changed:
        return None
    doing = f"change {kind.noun} '{entry.label}'"
    operation = f"update_maintenance_window_{kind.names.lower()}"
    ids = {"WindowId": window_id, kind.id_member: entry.found[kind.id_key]}
    emptied = [key for key in changed if is_empty(entry.wanted[key])]
    content = write_fields(kind.fields, entry.wanted, None if emptied else changed)
    undo = Step(
        f"change {kind.noun} '{entry.label}' back",
        operation,
        _updatable(kind, {**ids, **request_of(write_fields(kind.fields, entry.found), entry.found), "Replace": True}),
    )
    request = {**ids, **request_of(content, entry.wanted), **({"Replace": True} if emptied else {})}
    return Step(doing, operation, _updatable(kind, request), undo)


def _updatable(kind: Kind, request: Json) -> Json:
    fixed = to_camel_case(kind.fixed)
    return {key: value for key, value in request.items() if key != fixed}


def step_deregister(kind: Kind, window_id: str, view: Mapping[str, Any], **more: Any) -> Step:
    """Return the call that takes a target or a task from a window."""
    label = view["name"] or view[kind.id_key]
    request = {"WindowId": window_id, kind.id_member: view[kind.id_key], **more}
    return Step(
        f"deregister {kind.noun} '{label}'", f"deregister_{kind.names.lower()}_from_maintenance_window", request
    )
