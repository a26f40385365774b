# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Maintenance windows with their targets and tasks: which one is meant, what is there, and the calls that change it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    Field,
    Json,
    changed_fields,
    defaults_of,
    keep_equal,
    normalise_fields,
    read_fields,
    take_fields,
    take_number,
    take_targets,
    write_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Answered, Plan, Step, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.schedules import (
    OF_WINDOW,
    check_window,
    normalise_moment,
    normalise_zone,
    write_moment,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.tags import Tagged, tags_after
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    is_empty,
    to_plain,
    to_tag_list,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_entries import (
    Entry,
    Kind,
    match_entries,
    plan_entry,
    step_deregister,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_targets import (
    REGISTERED,
    TARGETS,
    ids_by_name,
    named_targets,
    names_of,
    normalise_target,
    read_targets,
    sort_targets,
    with_targets,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_tasks import (
    TASKS,
    complete_task,
    normalise_task,
    read_tasks,
    request_of_task,
    sort_tasks,
)

WINDOW = (
    Field("name"),
    Field("description"),
    Field("enabled", True),
    Field("schedule"),
    Field("schedule_timezone", normalise=normalise_zone),
    Field("schedule_offset", None, take=take_number),
    Field("start_date", take=write_moment, normalise=normalise_moment),
    Field("end_date", take=write_moment, normalise=normalise_moment),
    Field("duration", None),
    Field("cutoff", None),
    Field("allow_unassociated_targets", False),
)
_REQUIRED = ("schedule", "duration", "cutoff")  # what has no default
_GENERATED = ("NextExecutionTime", "CreatedDate", "ModifiedDate")
_NAME = re.compile(r"[a-zA-Z0-9_\-.]{3,128}")
_MOST_HOURS = 24
_KEY = "window"  # of the step that makes it


@dataclass(frozen=True)
class Found:
    """A window that is there: what counts of it, what only AWS knows, and what hangs on it."""

    id: str
    fields: Json
    generated: Json
    targets: list[Json]
    tasks: list[Json]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class _Registered:
    """The targets that tasks of a window may name, and those that have to go."""

    window: Json
    targets: list[Json]
    leaving: list[Json]

    def check(self, doing: str, entry: Entry) -> None:
        """Raise ``StateError`` for a task on what is not there, or on what the window does not allow."""
        known = {value for target in self.targets for value in (target["window_target_id"], target["name"]) if value}
        leaving = {target["window_target_id"] for target in self.leaving}
        for value in named_targets(entry.wanted):
            if value not in known | leaving:
                raise StateError(
                    f"Failed to {doing}: {entry.place}: the window has no target '{value}'. Add it to targets, or "
                    f"write one of: {', '.join(sorted(known)) or 'none is there'}."
                )
        others = sorted({target["key"] for target in entry.wanted["targets"]} - {REGISTERED})
        if others and not self.window["allow_unassociated_targets"]:
            raise StateError(
                f"Failed to {doing}: {entry.place}: the window allows its own targets only, not {', '.join(others)}. "
                f"Use {REGISTERED}, or set allow_unassociated_targets."
            )

    def refuse_in_use(self, doing: str, tasks: list[Json]) -> None:
        """Raise ``StateError`` if a task runs on a target that has to go."""
        for target in self.leaving:
            for task in tasks:
                if target["window_target_id"] in named_targets(task):
                    raise StateError(
                        f"Failed to {doing}: target '{target['name'] or target['window_target_id']}' is not in targets "
                        f"any more, but task '{task['name'] or task['window_task_id']}' runs on it. "
                        "Change the task too."
                    )


@dataclass(frozen=True)
class MaintenanceWindow:
    """A maintenance window and the options of ``ssm_maintenance_window``."""

    options: Mapping[str, Any]

    def read(self, ssm: Ssm) -> Found | None:
        window_id = self.options["window_id"]
        if not window_id:
            found = find_by_name(ssm, self.options["name"])
            window_id = found and found["WindowId"]
        return read_window(ssm, window_id) if window_id else None

    def view(self, state: Found | None) -> View:
        return view_window(state) if state else {}

    def normalise(self, view: View) -> View:
        if not view:
            return {}
        names = names_of(view["targets"])
        return {
            **normalise_fields(WINDOW, view),
            "targets": sorted((normalise_target(target) for target in view["targets"]), key=repr),
            "tasks": sorted((normalise_task(task, names) for task in view["tasks"]), key=repr),
            "tags": dict(view["tags"]),
        }

    def plan(self, state: Found | None) -> Plan:
        if self.options["state"] == "absent":
            return self._plan_absence(state)
        if state is None and self.options["window_id"]:
            raise StateError(
                f"Failed to find maintenance window '{self.options['window_id']}'. "
                "Leave window_id out to create one, AWS gives it its id."
            )
        name = self.options["name"] or (state.fields["name"] if state else "")
        doing = f"{'change' if state else 'create'} maintenance window '{name}'"
        wanted = self._wanted(doing, state)
        steps = self._change(doing, state, wanted) if state else self._create(doing, wanted)
        window_id: str | Answered = state.id if state else Answered(_KEY, "WindowId")
        targets, target_steps, leaving = self._plan_targets(doing, window_id, state)
        tasks, task_steps = self._plan_tasks(doing, window_id, state, _Registered(wanted, targets, leaving))
        steps += target_steps + task_steps
        if state:
            steps += [step_deregister(TARGETS, state.id, view, Safe=True) for view in leaving]
            steps += _tagged(state.id, name).steps(state.tags, self.options)
        before: Mapping[str, str] = state.tags if state else {}
        generated = state.generated if state else to_plain(dict.fromkeys(_GENERATED))
        id_now = state.id if state else None
        expected = _compose(id_now, wanted, targets, tasks, tags_after(before, self.options), generated)
        return Plan(expected, tuple(steps))

    def _wanted(self, doing: str, state: Found | None) -> Json:
        before = state.fields if state else defaults_of(WINDOW)
        base = defaults_of(WINDOW) | {key: before[key] for key in _REQUIRED} if self.options["replace"] else before
        wanted = {**base, "name": before["name"], **take_fields(WINDOW, self.options)}
        missing = [key for key in _REQUIRED if is_empty(wanted[key])]
        if missing:
            raise StateError(f"Failed to {doing}: a window needs {' and '.join(missing)}.")
        _check(doing, wanted)
        # What AWS has taken already is not judged again: it may know more than is documented.
        if not state or set(OF_WINDOW) & set(changed_fields(WINDOW, before, wanted)):
            check_window(doing, wanted)
        return keep_equal(WINDOW, before, wanted) if state else wanted

    def _create(self, doing: str, wanted: Json) -> list[Step]:
        content = write_fields(WINDOW, wanted)
        enabled = content.pop("Enabled")
        if self.options["tags"]:
            content["Tags"] = to_tag_list(self.options["tags"])
        window_id = {"WindowId": Answered(_KEY, "WindowId")}
        undo = Step(f"delete maintenance window '{wanted['name']}'", "delete_maintenance_window", window_id)
        content["ClientToken"] = str(uuid.uuid4())
        steps = [Step(doing, "create_maintenance_window", content, undo, _KEY)]
        if not enabled:
            request = {**window_id, "Enabled": False}
            steps.append(Step(f"disable maintenance window '{wanted['name']}'", "update_maintenance_window", request))
        return steps

    def _change(self, doing: str, state: Found, wanted: Json) -> list[Step]:
        changed = changed_fields(WINDOW, state.fields, wanted)
        if not changed:
            return []
        operation, ids = "update_maintenance_window", {"WindowId": state.id}
        back = {**ids, **write_fields(WINDOW, state.fields), "Replace": True}
        request = {**ids, **write_fields(WINDOW, wanted, changed)}
        if any(is_empty(wanted[key]) for key in changed):  # only an update that replaces takes something away
            request = {**ids, **write_fields(WINDOW, wanted), "Replace": True}
        return [Step(doing, operation, request, Step(f"{doing} back", operation, back))]

    def _plan_targets(
        self, doing: str, window_id: str | Answered, state: Found | None
    ) -> tuple[list[Json], list[Step], list[Json]]:
        """The targets as they will be, the calls for that, and those that have to go when no task names them."""
        found = state.targets if state else []
        if self.options["targets"] is None:
            return found, [], []
        entries = self._match(TARGETS, doing, found)
        steps = [plan_entry(TARGETS, window_id, entry, lambda content, _view: content) for entry in entries]
        left = _unmatched(found, entries)
        kept = [] if self.options["purge_targets"] else left
        targets = sort_targets([entry.wanted for entry in entries] + kept)
        return targets, [step for step in steps if step], left if self.options["purge_targets"] else []

    def _plan_tasks(
        self, doing: str, window_id: str | Answered, state: Found | None, registered: _Registered
    ) -> tuple[list[Json], list[Step]]:
        found = state.tasks if state else []
        ids = ids_by_name(registered.targets)
        tasks, steps, going = found, [], []
        if self.options["tasks"] is not None:
            named = [_with_ids(option, ids) for option in self.options["tasks"]]
            entries = [
                Entry(entry.place, entry.number, complete_task(doing, entry.place, entry.wanted), entry.found)
                for entry in self._match(TASKS, doing, found, named)
            ]
            made = self._ids_to_come(ids)
            for entry in entries:
                registered.check(doing, entry)
                steps.append(
                    plan_entry(TASKS, window_id, entry, lambda content, task: request_of_task(content, task, made))
                )
            left = _unmatched(found, entries)
            going = left if self.options["purge_tasks"] else []
            tasks = sort_tasks([entry.wanted for entry in entries] + [task for task in left if task not in going])
        registered.refuse_in_use(doing, tasks)
        calls = [step for step in steps if step]
        return tasks, calls + [step_deregister(TASKS, state.id, task) for task in going if state]

    def _match(
        self, kind: Kind, doing: str, found: list[Json], options: list[Mapping[str, Any]] | None = None
    ) -> list[Entry]:
        given = self.options[kind.option] if options is None else options
        return match_entries(kind, doing, given, found, replace=self.options["replace"])

    def _ids_to_come(self, known: Mapping[str, Any]) -> dict[str, Answered]:
        """By name, where the ids of targets come from that are registered by the way."""
        return {
            option["name"]: Answered(f"targets[{number}]", "WindowTargetId")
            for number, option in enumerate(self.options["targets"] or ())
            if option["name"] and option["name"] not in known
        }

    def _plan_absence(self, state: Found | None) -> Plan:
        if state is None:
            return Plan({})
        doing = f"delete maintenance window '{state.fields['name']}'"
        return Plan({}, (Step(doing, "delete_maintenance_window", {"WindowId": state.id}),))


def _check(doing: str, window: Json) -> None:
    if not _NAME.fullmatch(window["name"]):
        raise StateError(
            f"Failed to {doing}: name {window['name']!r} is none for a window. "
            "Use 3 to 128 letters, digits, hyphens, underscores and dots."
        )
    duration, cutoff = window["duration"], window["cutoff"]
    if not 1 <= duration <= _MOST_HOURS:
        raise StateError(f"Failed to {doing}: duration is {duration}, not 1 to {_MOST_HOURS} hours.")
    if not 0 <= cutoff < duration:
        raise StateError(f"Failed to {doing}: cutoff is {cutoff}, not 0 to {duration - 1} hours, less than duration.")


def _with_ids(option: Mapping[str, Any], ids: Mapping[str, Any]) -> Mapping[str, Any]:
    """A task of the options with the ids of the targets that it names and that are there."""
    if not option["targets"]:
        return option
    return {**option, "targets": with_targets({"targets": take_targets(option["targets"])}, ids)}


def _unmatched(found: list[Json], entries: list[Entry]) -> list[Json]:
    return [view for view in found if not any(entry.found is view for entry in entries)]


def _compose(
    window_id: str | None,
    fields: Json,
    targets: list[Json],
    tasks: list[Json],
    tags: Mapping[str, str],
    generated: Mapping[str, Any],
) -> View:
    return {
        "window_id": window_id,
        **fields,
        "targets": [dict(target) for target in targets],
        "tasks": [dict(task) for task in tasks],
        "tags": dict(tags),
        **generated,
    }


def _tagged(window_id: str, name: str) -> Tagged:
    return Tagged("MaintenanceWindow", window_id, f"maintenance window '{name}'")


def view_window(found: Found) -> View:
    """Return a window as modules return it."""
    return _compose(found.id, found.fields, found.targets, found.tasks, found.tags, found.generated)


def read_window(ssm: Ssm, window_id: str) -> Found | None:
    """Return a window by its id with all that hangs on it, ``None`` if there is none."""
    answer = ssm.find(f"read maintenance window '{window_id}'", "get_maintenance_window", WindowId=window_id)
    if answer is None:
        return None
    what = f"maintenance window '{answer['Name']}'"
    return Found(
        window_id,
        read_fields(WINDOW, answer),
        to_plain({key: answer.get(key) for key in _GENERATED}),
        read_targets(ssm, window_id, what),
        read_tasks(ssm, window_id, what),
        _tagged(window_id, answer["Name"]).read(ssm),
    )


def list_windows(ssm: Ssm, filters: Mapping[str, list[str]]) -> list[Answer]:
    """Return the identities of windows."""
    return list(
        ssm.pages(
            "list maintenance windows", "describe_maintenance_windows", "WindowIdentities", Filters=to_filters(filters)
        )
    )


def find_by_name(ssm: Ssm, name: str) -> Answer | None:
    """Return a window's identity by its name, ``None`` if there is none. Raises ``StateError`` if there are more."""
    found = [identity for identity in list_windows(ssm, {"Name": [name]}) if identity["Name"] == name]
    if len(found) > 1:
        ids = ", ".join(identity["WindowId"] for identity in found)
        raise StateError(f"Failed to find maintenance window '{name}': several have this name: {ids}. Set window_id.")
    return found[0] if found else None
