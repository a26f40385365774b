# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of maintenance windows: what they run, on what, and how much of it at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    OWN_KEYS,
    Field,
    Json,
    normalise_fields,
    read_fields,
    settle,
    settle_json,
    take_alarms,
    take_parameters,
    take_targets,
    without_unset,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    is_empty,
    to_members,
    to_plain,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_entries import Kind
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_targets import with_targets

# The word of a task's type in the parameters of its invocation.
INVOCATIONS = {
    "RUN_COMMAND": "run_command",
    "AUTOMATION": "automation",
    "STEP_FUNCTIONS": "step_functions",
    "LAMBDA": "lambda",
}
_RATE = ("max_concurrency", "max_errors")
_RATE_MEMBERS = ("MaxConcurrency", "MaxErrors")
_PLACEHOLDER = "1"  # what the API shows as rate control of a task without targets
_SERVICE_LINKED = "/aws-service-role/ssm.amazonaws.com/"  # the role that AWS takes where none is given


def _take_invocation(value: Mapping[str, Any]) -> Json:
    taken: Json = without_unset(value)
    for parameters in taken.values():
        if "parameters" in parameters:
            parameters["parameters"] = take_parameters(parameters["parameters"])
    return taken


def _read_invocation(value: Mapping[str, Any]) -> Json:
    view: Json = to_plain(value, OWN_KEYS)
    payload = view.get("lambda", {}).get("payload")
    if isinstance(payload, bytes):
        view["lambda"]["payload"] = payload.decode(errors="replace")
    return {kind: parameters for kind, parameters in view.items() if parameters}


def _write_invocation(view: Mapping[str, Any]) -> Json:
    request: Json = to_members(view, OWN_KEYS)
    if "Payload" in request.get("Lambda", {}):
        request["Lambda"]["Payload"] = request["Lambda"]["Payload"].encode()
    return request


def _normalise_invocation(view: Mapping[str, Any]) -> Json:
    texts = {"step_functions": "input", "lambda": "payload"}
    return {
        kind: parameters
        | ({texts[kind]: settle_json(parameters[texts[kind]])} if texts.get(kind) in parameters else {})
        for kind, parameters in settle(view).items()
    }


def _read_parameters(value: Mapping[str, Any]) -> Json:
    return {key: list(expression.get("Values", ())) for key, expression in value.items()}


def _write_parameters(view: Mapping[str, Any]) -> Json:
    return {key: {"Values": values} for key, values in view.items()}


def _normalise_role(arn: str) -> str:
    return "" if _SERVICE_LINKED in arn else arn


TASKS = Kind(
    noun="task",
    option="tasks",
    id_key="window_task_id",
    fields=(
        Field("name"),
        Field("description"),
        Field("task_type"),
        Field("task_arn"),
        Field("targets", [], take=take_targets),
        Field("priority", 0),
        Field("max_concurrency"),
        Field("max_errors"),
        Field("cutoff_behavior", "CONTINUE_TASK"),
        Field("service_role_arn", normalise=_normalise_role),
        Field(
            "task_invocation_parameters",
            {},
            take=_take_invocation,
            read=_read_invocation,
            write=_write_invocation,
            normalise=_normalise_invocation,
        ),
        Field(
            "task_parameters",
            {},
            take=take_parameters,
            read=_read_parameters,
            write=_write_parameters,
            normalise=dict,
        ),
        Field("logging_info", {}),
        Field("alarm_configuration", {}, take=take_alarms),
    ),
    fixed="task_type",
    identity=("task_type", "task_arn", "targets"),
    required=("task_arn",),
    names="Task",
)


def read_tasks(ssm: Ssm, window_id: str, what: str) -> list[Json]:
    """Return the tasks of a window in one order; the list of them lacks what is given to an invocation."""
    pages = ssm.pages(f"list the tasks of {what}", "describe_maintenance_window_tasks", "Tasks", WindowId=window_id)
    found = []
    for task_id in [answer["WindowTaskId"] for answer in pages]:
        answer = ssm.find(
            f"read task '{task_id}' of {what}", "get_maintenance_window_task", WindowId=window_id, WindowTaskId=task_id
        )
        if answer:
            found.append({"window_task_id": task_id, **read_fields(TASKS.fields, answer)})
    return sort_tasks(found)


def sort_tasks(views: Iterable[Json]) -> list[Json]:
    """Return tasks in the order in which they run; those of one priority by name."""
    return sorted(
        views,
        key=lambda view: (
            view["priority"],
            view["name"],
            view["task_arn"],
            repr(settle(view["targets"])),
            view["window_task_id"] or "",
        ),
    )


def normalise_task(view: Mapping[str, Any], names: Mapping[str, str]) -> Json:
    """Return what counts of a task: not its id, and the targets of its window by name."""
    return normalise_fields(TASKS.fields, {**view, "targets": with_targets(view, names)})


def complete_task(doing: str, place: str, task: Json) -> Json:
    """Return a task with the rate control that the API gives it. Raises ``StateError`` if it does not take the task."""

    def refuse(cause: str) -> StateError:
        return StateError(f"Failed to {doing}: {place}: {cause}")

    allowed = INVOCATIONS[task["task_type"]]
    for kind in task["task_invocation_parameters"]:
        if kind != allowed:
            raise refuse(
                f"task_invocation_parameters.{kind} is not for a task of the type {task['task_type']}. "
                f"Use {allowed} instead."
            )
    if task["targets"]:
        missing = [key for key in _RATE if is_empty(task[key])]
        if missing:
            raise refuse(f"a task with targets needs {' and '.join(missing)}, such as 10% and 0.")
        return task
    if task["task_type"] == "RUN_COMMAND":
        raise refuse("a task of the type RUN_COMMAND needs targets.")
    given = [key for key in _RATE if task[key] not in ("", _PLACEHOLDER)]
    if given:
        raise refuse(f"{' and '.join(given)} need targets. Leave them out, or give targets.")
    return task | dict.fromkeys(_RATE, _PLACEHOLDER)


def request_of_task(content: Json, task: Json, targets: Mapping[str, Any]) -> Json:
    """Return what a request holds of a task: the ids of targets instead of names, no rate control without targets."""
    request = {key: value for key, value in content.items() if task["targets"] or key not in _RATE_MEMBERS}
    if "Targets" in request:
        request["Targets"] = to_members(with_targets(task, targets))
    return request
