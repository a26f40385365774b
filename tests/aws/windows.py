# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance windows with their targets and tasks."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

from .errors import ApiError
from .nodes import resolve
from .paging import page
from .registry import serves
from .schedules import BadSchedule, check_schedule, next_times
from .tagging import put_tags
from .tokens import once
from .world import Call, Json

_MAX_WINDOWS, _MAX_TARGETS, _MAX_TASKS = 50, 100, 20
_SHOWN = 50
"""Coming executions of one window that are told."""
_REQUIRED = ("Name", "Schedule", "Duration", "Cutoff", "AllowUnassociatedTargets")


@serves("CreateMaintenanceWindow")
def create(call: Call, request: Json) -> Json:
    return once(call, lambda: _create(call, request))


def _create(call: Call, request: Json) -> Json:
    if len(call.state.windows) >= _MAX_WINDOWS:
        raise ApiError("ResourceLimitExceededException", f"At most {_MAX_WINDOWS} maintenance windows.")
    window_id = f"mw-{secrets.token_hex(9)[1:]}"
    given = {key: value for key, value in request.items() if key not in ("ClientToken", "Tags")}
    window = {"WindowId": window_id, "Enabled": True, **given, "CreatedDate": call.now, "ModifiedDate": call.now}
    _check(window)
    call.state.windows[window_id] = window
    put_tags(call.state, "MaintenanceWindow", window_id, request.get("Tags", []))
    return {"WindowId": window_id}


def _check(window: Json) -> None:
    if window["Cutoff"] >= window["Duration"]:
        raise ApiError("ValidationException", "Cutoff must be less than Duration.")
    try:
        check_schedule(window["Schedule"])
        ZoneInfo(window.get("ScheduleTimezone") or "UTC")
    except BadSchedule as error:
        raise ApiError("ValidationException", f"Invalid schedule expression: {error}") from error
    except (KeyError, ValueError, OSError) as error:
        raise ApiError("ValidationException", f"Invalid time zone: {window['ScheduleTimezone']}") from error
    if window.get("ScheduleOffset") and not window["Schedule"].startswith("cron("):
        raise ApiError("ValidationException", "ScheduleOffset needs a cron expression.")
    for key in ("StartDate", "EndDate"):
        if window.get(key):
            moment_of(window[key])


def moment_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ApiError("ValidationException", f"{text} isn't a date in ISO 8601.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def find_window(call: Call, window_id: str) -> Json:
    window: Json | None = call.state.windows.get(window_id)
    if window is None:
        raise ApiError("DoesNotExistException", f"Maintenance window {window_id} does not exist")
    return window


def _replaced(call: Call, old: Json, request: Json, fixed: Iterable[str], required: Iterable[str]) -> Json:
    """An update: what is left out stays, or with `Replace` goes."""
    given = {key: value for key, value in request.items() if key != "Replace"}
    if not request.get("Replace"):
        return old | given
    missing = [key for key in required if key not in request]
    if missing:
        raise ApiError("ValidationException", f"If Replace is true, these are required: {', '.join(missing)}")
    return {key: old[key] for key in fixed if key in old} | given


@serves("UpdateMaintenanceWindow")
def update(call: Call, request: Json) -> Json:
    old = find_window(call, request["WindowId"])
    window = {"Enabled": True} | _replaced(call, old, request, ("WindowId", "CreatedDate"), _REQUIRED)
    _check(window)
    call.state.windows[request["WindowId"]] = window | {"ModifiedDate": call.now}
    return window


@serves("GetMaintenanceWindow")
def get(call: Call, request: Json) -> Json:
    return _with_next(call, find_window(call, request["WindowId"]))


def _with_next(call: Call, window: Json) -> Json:
    coming = next(_times(call, window), None)
    return window | {"NextExecutionTime": _iso(coming) if coming and window["Enabled"] else None}


def _times(call: Call, window: Json) -> Iterator[datetime]:
    now = datetime.fromtimestamp(call.now, tz=timezone.utc)
    start = moment_of(window["StartDate"]) if window.get("StartDate") else None
    end = moment_of(window["EndDate"]) if window.get("EndDate") else None
    created = datetime.fromtimestamp(window["CreatedDate"], tz=timezone.utc)
    # A rate may begin at its start itself.
    after = max(now, start - timedelta(seconds=1)) if start else now
    offset = timedelta(days=window.get("ScheduleOffset") or 0)
    zone = window.get("ScheduleTimezone") or "UTC"
    for moment in next_times(window["Schedule"], after, start or created, zone):
        if end and moment + offset > end:
            return
        yield moment + offset


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


@serves("DeleteMaintenanceWindow")
def delete(call: Call, request: Json) -> Json:
    window_id = request["WindowId"]
    call.state.windows.pop(window_id, None)
    call.state.tags.pop(("MaintenanceWindow", window_id), None)
    for kept in (call.state.window_targets, call.state.window_tasks):
        for name in [name for name, entry in kept.items() if entry["WindowId"] == window_id]:
            del kept[name]
    return {"WindowId": window_id}


@serves("DescribeMaintenanceWindows")
def describe(call: Call, request: Json) -> Json:
    found = [_with_next(call, window) for window in call.state.windows.values()]
    found = meets(found, request, {"Name": "Name", "Enabled": "Enabled"}, begins=("Name",))
    return page(call, found, "WindowIdentities")


def meets(found: list[Json], request: Json, keys: dict[str, str], begins: Iterable[str] = ()) -> list[Json]:
    """Those that the filters of a request let through; of some keys the value need only begin so."""
    for filter_ in request.get("Filters", []):
        key, values = filter_.get("Key"), filter_.get("Values", [])
        if key not in keys:
            raise ApiError("ValidationException", f"Filter key {key} isn't supported.")
        texts = [(entry, _text(entry.get(keys[key]))) for entry in found]
        if key in begins:
            found = [entry for entry, text in texts if text.startswith(tuple(values))]
        else:
            found = [entry for entry, text in texts if text in values]
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@serves("RegisterTargetWithMaintenanceWindow")
def register_target(call: Call, request: Json) -> Json:
    return once(call, lambda: _register_target(call, request))


def _register_target(call: Call, request: Json) -> Json:
    window_id = request["WindowId"]
    find_window(call, window_id)
    if sum(target["WindowId"] == window_id for target in call.state.window_targets.values()) >= _MAX_TARGETS:
        raise ApiError("ResourceLimitExceededException", f"At most {_MAX_TARGETS} targets per maintenance window.")
    target_id = str(uuid.uuid4())
    given = {key: value for key, value in request.items() if key != "ClientToken"}
    call.state.window_targets[target_id] = given | {"WindowTargetId": target_id}
    return {"WindowTargetId": target_id}


def _find_target(call: Call, request: Json) -> Json:
    find_window(call, request["WindowId"])
    target: Json | None = call.state.window_targets.get(request["WindowTargetId"])
    if target is None or target["WindowId"] != request["WindowId"]:
        raise ApiError("DoesNotExistException", f"Target {request['WindowTargetId']} does not exist")
    return target


@serves("UpdateMaintenanceWindowTarget")
def update_target(call: Call, request: Json) -> Json:
    old = _find_target(call, request)
    target = _replaced(call, old, request, ("WindowId", "WindowTargetId", "ResourceType"), ("Targets",))
    call.state.window_targets[request["WindowTargetId"]] = target
    return target


@serves("DeregisterTargetFromMaintenanceWindow")
def deregister_target(call: Call, request: Json) -> Json:
    target_id = _find_target(call, request)["WindowTargetId"]
    if request.get("Safe") and any(target_id in _target_ids(task) for task in call.state.window_tasks.values()):
        raise ApiError("TargetInUseException", f"Target {target_id} is in use by a task.")
    del call.state.window_targets[target_id]
    return {"WindowId": request["WindowId"], "WindowTargetId": target_id}


def _target_ids(task: Json) -> list[str]:
    named = [target["Values"] for target in task.get("Targets", []) if target["Key"] == "WindowTargetIds"]
    return [name for values in named for name in values]


@serves("DescribeMaintenanceWindowTargets")
def describe_targets(call: Call, request: Json) -> Json:
    find_window(call, request["WindowId"])
    found = [entry for entry in call.state.window_targets.values() if entry["WindowId"] == request["WindowId"]]
    keys = {"Type": "ResourceType", "WindowTargetId": "WindowTargetId", "OwnerInformation": "OwnerInformation"}
    return page(call, meets(found, request, keys), "Targets")


@serves("RegisterTaskWithMaintenanceWindow")
def register_task(call: Call, request: Json) -> Json:
    return once(call, lambda: _register_task(call, request))


def _register_task(call: Call, request: Json) -> Json:
    window_id = request["WindowId"]
    find_window(call, window_id)
    if sum(task["WindowId"] == window_id for task in call.state.window_tasks.values()) >= _MAX_TASKS:
        raise ApiError("ResourceLimitExceededException", f"At most {_MAX_TASKS} tasks per maintenance window.")
    task_id = str(uuid.uuid4())
    given = {key: value for key, value in request.items() if key != "ClientToken"}
    task = {"Priority": 0, "CutoffBehavior": "CONTINUE_TASK", **given, "WindowTaskId": task_id}
    _check_task(call, task)
    call.state.window_tasks[task_id] = task
    return {"WindowTaskId": task_id}


def _check_task(call: Call, task: Json) -> None:
    if task.get("Targets"):
        missing = [key for key in ("MaxConcurrency", "MaxErrors") if key not in task]
        if missing:
            raise ApiError("ValidationException", f"A task with targets needs {' and '.join(missing)}.")
    elif task["TaskType"] == "RUN_COMMAND":
        raise ApiError("ValidationException", "A Run Command task needs targets.")
    else:
        task |= {"MaxConcurrency": "1", "MaxErrors": "1"}
    for target_id in _target_ids(task):
        if target_id not in call.state.window_targets:
            raise ApiError("DoesNotExistException", f"Target {target_id} does not exist")
    window = find_window(call, task["WindowId"])
    if not window["AllowUnassociatedTargets"] and any(t["Key"] != "WindowTargetIds" for t in task.get("Targets", [])):
        raise ApiError("ValidationException", "The maintenance window allows registered targets only.")


def _find_task(call: Call, request: Json) -> Json:
    find_window(call, request["WindowId"])
    task: Json | None = call.state.window_tasks.get(request["WindowTaskId"])
    if task is None or task["WindowId"] != request["WindowId"]:
        raise ApiError("DoesNotExistException", f"Task {request['WindowTaskId']} does not exist")
    return task


@serves("UpdateMaintenanceWindowTask")
def update_task(call: Call, request: Json) -> Json:
    old = _find_task(call, request)
    fixed = ("WindowId", "WindowTaskId", "TaskType")
    task = {"Priority": 0, "CutoffBehavior": "CONTINUE_TASK"} | _replaced(call, old, request, fixed, ("TaskArn",))
    _check_task(call, task)
    call.state.window_tasks[request["WindowTaskId"]] = task
    return task


@serves("GetMaintenanceWindowTask")
def get_task(call: Call, request: Json) -> Json:
    return _find_task(call, request)


@serves("DeregisterTaskFromMaintenanceWindow")
def deregister_task(call: Call, request: Json) -> Json:
    del call.state.window_tasks[_find_task(call, request)["WindowTaskId"]]
    return {"WindowId": request["WindowId"], "WindowTaskId": request["WindowTaskId"]}


@serves("DescribeMaintenanceWindowTasks")
def describe_tasks(call: Call, request: Json) -> Json:
    find_window(call, request["WindowId"])
    found = [
        entry | {"Type": entry["TaskType"]}
        for entry in call.state.window_tasks.values()
        if entry["WindowId"] == request["WindowId"]
    ]
    keys = {"WindowTaskId": "WindowTaskId", "TaskArn": "TaskArn", "Priority": "Priority", "TaskType": "TaskType"}
    return page(call, meets(found, request, keys), "Tasks")


def windows_for(call: Call, request: Json) -> list[Json]:
    """Windows whose targets share a node, or a resource group, with those of a request."""
    wanted = _reached(call, request.get("Targets", []))
    return [
        call.state.windows[window_id]
        for window_id in dict.fromkeys(
            target["WindowId"]
            for target in call.state.window_targets.values()
            if target["ResourceType"] == request.get("ResourceType") and wanted & _reached(call, target["Targets"])
        )
    ]


def _reached(call: Call, targets: list[Json]) -> set[str]:
    groups = {f"group {v}" for t in targets if t["Key"] == "resource-groups:Name" for v in t["Values"]}
    return groups or set(resolve(call.state, targets))


@serves("DescribeMaintenanceWindowsForTarget")
def describe_for_target(call: Call, request: Json) -> Json:
    return page(call, windows_for(call, request), "WindowIdentities")


@serves("DescribeMaintenanceWindowSchedule")
def describe_schedule(call: Call, request: Json) -> Json:
    if "WindowId" in request:
        windows = [find_window(call, request["WindowId"])]
    elif "Targets" in request and "ResourceType" in request:
        windows = windows_for(call, request)
    else:
        windows = list(call.state.windows.values())
    found = [
        {"WindowId": window["WindowId"], "Name": window["Name"], "ExecutionTime": _iso(moment)}
        for window in windows
        if window["Enabled"]
        for moment in islice(_times(call, window), _SHOWN)
    ]
    found.sort(key=lambda entry: entry["ExecutionTime"])
    return page(call, found, "ScheduledWindowExecutions", default=10)
