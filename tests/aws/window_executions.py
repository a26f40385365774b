# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ran in maintenance windows. Nothing runs by the clock: the control endpoint's `run_windows` does."""

from __future__ import annotations

import json
import uuid

from .commands import start
from .documents import find_document
from .errors import ApiError
from .paging import page
from .registry import serves
from .windows import find_window, meets, moment_of
from .world import Call, Json

_DONE = "SUCCESS"


def run_window(call: Call, window_id: str) -> str:
    """Run the tasks of a window now, by their priority."""
    window = find_window(call, window_id)
    execution_id = str(uuid.uuid4())
    tasks = [task for task in call.state.window_tasks.values() if task["WindowId"] == window["WindowId"]]
    call.state.window_executions[execution_id] = {
        "WindowId": window_id,
        "WindowExecutionId": execution_id,
        "StartTime": call.now,
        "tasks": {},
    }
    for task in sorted(tasks, key=lambda task: int(task["Priority"])):
        task_execution_id = str(uuid.uuid4())
        call.state.window_executions[execution_id]["tasks"][task_execution_id] = _run_task(call, task)
    return execution_id


def _run_task(call: Call, task: Json) -> Json:
    invocations = {}
    for target_id, targets in _groups(call, task):
        parameters = task.get("TaskInvocationParameters", {}).get("RunCommand", {})
        execution = str(uuid.uuid4())
        if task["TaskType"] == "RUN_COMMAND":
            request = {
                **parameters,
                "DocumentName": task["TaskArn"],
                "Targets": targets,
                "MaxConcurrency": task["MaxConcurrency"],
                "MaxErrors": task["MaxErrors"],
            }
            execution = str(start(call, find_document(call, task["TaskArn"]), request)["CommandId"])
        owner = call.state.window_targets.get(target_id, {}).get("OwnerInformation")
        invocations[str(uuid.uuid4())] = {
            "ExecutionId": execution,
            "WindowTargetId": target_id or None,
            "OwnerInformation": owner,
            "Parameters": json.dumps(parameters.get("Parameters", {})),
        }
    return {"task": task, "invocations": invocations}


def _groups(call: Call, task: Json) -> list[tuple[str, list[Json]]]:
    """Registered target groups one after the other, and what the task names itself."""
    groups: list[tuple[str, list[Json]]] = []
    for target in task.get("Targets", []):
        if target["Key"] == "WindowTargetIds":
            known = call.state.window_targets
            groups += [(name, known[name]["Targets"]) for name in target["Values"] if name in known]
        else:
            groups.append(("", [target]))
    return groups


def _times(call: Call, execution: Json) -> Json:
    """Status and times by now: as with commands, an execution is done after some reads."""
    age = call.world.ages[call.account, call.region, "execution", execution["WindowExecutionId"]]
    status = _DONE if age >= call.world.steps else "IN_PROGRESS"
    status = "CANCELLED" if execution.get("cancelled") else status
    ended = {} if status == "IN_PROGRESS" else {"EndTime": call.now}
    return {"Status": status, "StartTime": execution["StartTime"], **ended}


def _find(call: Call, request: Json) -> Json:
    execution: Json | None = call.state.window_executions.get(request["WindowExecutionId"])
    if execution is None:
        raise ApiError("DoesNotExistException", f"Execution {request['WindowExecutionId']} does not exist")
    return execution


def _find_task(call: Call, request: Json) -> tuple[Json, Json]:
    execution = _find(call, request)
    task: Json | None = execution["tasks"].get(request["TaskId"])
    if task is None:
        raise ApiError("DoesNotExistException", f"Task execution {request['TaskId']} does not exist")
    return execution, task


@serves("DescribeMaintenanceWindowExecutions")
def describe(call: Call, request: Json) -> Json:
    found = []
    for execution in call.state.window_executions.values():
        if execution["WindowId"] == request["WindowId"]:
            call.age("execution", execution["WindowExecutionId"])
            found.append(execution | _times(call, execution))
    for filter_ in request.get("Filters", []):
        found = [entry for entry in found if _is_within(entry, filter_["Key"], filter_["Values"][0])]
    return page(call, found, "WindowExecutions")


def _is_within(execution: Json, key: str, value: str) -> bool:
    moment = moment_of(value).timestamp()
    if key not in ("ExecutedBefore", "ExecutedAfter"):
        raise ApiError("ValidationException", f"Filter key {key} isn't supported.")
    return bool(execution["StartTime"] < moment if key == "ExecutedBefore" else execution["StartTime"] > moment)


@serves("GetMaintenanceWindowExecution")
def get(call: Call, request: Json) -> Json:
    execution = _find(call, request)
    call.age("execution", execution["WindowExecutionId"])
    return execution | _times(call, execution) | {"TaskIds": list(execution["tasks"])}


@serves("DescribeMaintenanceWindowExecutionTasks")
def describe_tasks(call: Call, request: Json) -> Json:
    execution = _find(call, request)
    found = [
        {
            "WindowExecutionId": execution["WindowExecutionId"],
            "TaskExecutionId": name,
            "TaskArn": entry["task"]["TaskArn"],
            "TaskType": entry["task"]["TaskType"],
            **_times(call, execution),
        }
        for name, entry in execution["tasks"].items()
    ]
    return page(call, meets(found, request, {"STATUS": "Status"}), "WindowExecutionTaskIdentities")


@serves("GetMaintenanceWindowExecutionTask")
def get_task(call: Call, request: Json) -> Json:
    execution, entry = _find_task(call, request)
    task = entry["task"]
    return {
        "WindowExecutionId": execution["WindowExecutionId"],
        "TaskExecutionId": request["TaskId"],
        "TaskArn": task["TaskArn"],
        "ServiceRole": task.get("ServiceRoleArn", ""),
        "Type": task["TaskType"],
        "Priority": task["Priority"],
        "MaxConcurrency": task["MaxConcurrency"],
        "MaxErrors": task["MaxErrors"],
        **_times(call, execution),
    }


@serves("DescribeMaintenanceWindowExecutionTaskInvocations")
def describe_invocations(call: Call, request: Json) -> Json:
    execution, entry = _find_task(call, request)
    found = [_invocation(call, execution, request["TaskId"], entry, name) for name in entry["invocations"]]
    found = meets(found, request, {"STATUS": "Status"})
    return page(call, found, "WindowExecutionTaskInvocationIdentities")


def _invocation(call: Call, execution: Json, task_id: str, entry: Json, name: str) -> Json:
    return {
        "WindowExecutionId": execution["WindowExecutionId"],
        "TaskExecutionId": task_id,
        "InvocationId": name,
        "TaskType": entry["task"]["TaskType"],
        **entry["invocations"][name],
        **_times(call, execution),
    }


@serves("GetMaintenanceWindowExecutionTaskInvocation")
def get_invocation(call: Call, request: Json) -> Json:
    execution, entry = _find_task(call, request)
    if request["InvocationId"] not in entry["invocations"]:
        raise ApiError("DoesNotExistException", f"Invocation {request['InvocationId']} does not exist")
    return _invocation(call, execution, request["TaskId"], entry, request["InvocationId"])


@serves("CancelMaintenanceWindowExecution")
def cancel(call: Call, request: Json) -> Json:
    execution = _find(call, request)
    if _times(call, execution)["Status"] == "IN_PROGRESS":
        execution["cancelled"] = True
    return {"WindowExecutionId": execution["WindowExecutionId"]}
