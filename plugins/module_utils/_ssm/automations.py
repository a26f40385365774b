# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runbooks of Automation that patch one node each, started for many and shown as if they were commands.

One execution is started with targets, and it starts one for each node. Starting has a token, so it can be repeated.
"""

from __future__ import annotations

import uuid
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.commands import (
    View,
    expect_invocation,
    is_running,
    read_states_of,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.targets import GROUP_KEY, Targets
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain

_NODE = "InstanceId"
_MISSING = "AutomationExecutionNotFoundException"
_GOOD = ("Success", "CompletedWithSuccess")


def write_targets(document: str, targets: Targets) -> Answer:
    """Return the members of a request that say which nodes are meant. Raises ``StateError``."""
    if targets.ids:
        found = [{"Key": "ParameterValues", "Values": list(targets.ids)}]
    else:
        found = [{"Key": _write_key(document, key), "Values": list(values)} for key, values in targets.keys]
    return {"TargetParameterName": _NODE, "Targets": found}


def _write_key(document: str, key: str) -> str:
    if key.startswith("tag:"):
        return key
    if key == GROUP_KEY:
        return "ResourceGroup"
    raise StateError(
        f"Failed to read the targets: {document} is a runbook of Automation, which does not take {key}. "
        "Name the nodes by ids, by tags with values, or by a resource group."
    )


def start(ssm: Ssm, request: Answer) -> Answer:
    """Start an execution and return it as a command."""
    document = request["DocumentName"]
    answer = ssm.call(f"start {document}", "start_automation_execution", **request, ClientToken=str(uuid.uuid4()))
    return _to_command({**request, **answer, "AutomationExecutionStatus": "Pending"})


def find_running(ssm: Ssm, request: Answer, *, with_snapshot: bool) -> Answer | None:
    """Return an execution of the document that was started for the same nodes and has not ended."""
    filters = [
        {"Key": "DocumentNamePrefix", "Values": [request["DocumentName"]]},
        {"Key": "ExecutionStatus", "Values": ["InProgress"]},
    ]
    for found in _list(ssm, filters):
        of_node = found.get("ParentAutomationExecutionId")
        if not of_node and found["DocumentName"] == request["DocumentName"] and _targets(found) == _targets(request):
            return _to_command(found)
    return None


def _targets(execution: Answer) -> dict[str, list[str]]:
    return {target["Key"]: sorted(target.get("Values", ())) for target in execution.get("Targets") or ()}


def _list(ssm: Ssm, filters: list[Answer]) -> list[Answer]:
    return list(
        ssm.pages(
            "list automations", "describe_automation_executions", "AutomationExecutionMetadataList", Filters=filters
        )
    )


def read(ssm: Ssm, command_id: str, *, patient: bool = False) -> Answer | None:
    """Return an execution as a command; ``None`` if it is not there and need not be yet. Raises ``StateError``."""
    doing = f"read automation {command_id}"
    try:
        answer = ssm.call(doing, "get_automation_execution", AutomationExecutionId=command_id)
    except SsmError as error:
        if error.code != _MISSING:
            raise
        if patient:
            return None
        raise StateError(f"Failed to {doing}: it is not there. Look at its id, the region and the account.") from error
    return _to_command(answer["AutomationExecution"])


def _to_command(execution: Answer) -> Answer:
    counters = execution.get("ProgressCounters") or {}
    total, bad = counters.get("TotalSteps"), counters.get("FailedSteps", 0) + counters.get("TimedOutSteps", 0)
    done = counters.get("SuccessSteps", 0) + counters.get("CancelledSteps", 0) + bad
    return {
        "CommandId": execution.get("AutomationExecutionId"),
        "DocumentName": execution["DocumentName"],
        "DocumentVersion": execution.get("DocumentVersion", ""),
        "Parameters": execution.get("Parameters") or {},
        "Targets": execution.get("Targets") or [],
        "MaxConcurrency": execution.get("MaxConcurrency"),
        "MaxErrors": execution.get("MaxErrors"),
        "AlarmConfiguration": execution.get("AlarmConfiguration") or {},
        "TriggeredAlarms": execution.get("TriggeredAlarms") or [],
        "RequestedDateTime": execution.get("ExecutionStartTime"),
        "Status": execution["AutomationExecutionStatus"],
        "StatusDetails": execution.get("FailureMessage") or execution["AutomationExecutionStatus"],
        "TargetCount": total,
        "CompletedCount": None if total is None else done,
        "ErrorCount": None if total is None else bad,
    }


def read_invocations(ssm: Ssm, command_id: str, *, output: str, reports: bool) -> list[View]:
    """Return what each node did, by its id, with its steps if output is wanted."""
    children = _list(ssm, [{"Key": "ParentExecutionId", "Values": [command_id]}])
    views = [_view_child(ssm, child, output) for child in children]
    ended = [view["instance_id"] for view in views if not is_running(view)] if reports else []
    states = read_states_of(ssm, ended)
    for view in views:
        view["patch_state"] = states.get(view["instance_id"])
    return sorted(views, key=lambda view: str(view["instance_id"]))


def _view_child(ssm: Ssm, child: Answer, output: str) -> View:
    steps: list[Answer] = []
    if output != "none":
        doing = f"read automation {child['AutomationExecutionId']}"
        answer = ssm.call(doing, "get_automation_execution", AutomationExecutionId=child["AutomationExecutionId"])
        child = {**child, **answer["AutomationExecution"]}
        steps = child.get("StepExecutions") or []
    node = child.get("Target") or ((child.get("Parameters") or {}).get(_NODE) or [""])[0]
    status = child["AutomationExecutionStatus"]
    bad = [step for step in steps if step["StepStatus"] not in (*_GOOD, "Pending")]
    step = next(iter(bad or steps[-1:]), {})
    told: Answer = {
        "status": "Success" if status in _GOOD else status,
        "status_details": status,
        "plugin_name": step.get("StepName"),
        "response_code": _to_code(step),
        "execution_start_date_time": child.get("ExecutionStartTime"),
        "execution_end_date_time": child.get("ExecutionEndTime"),
        "standard_output_content": step.get("Response", ""),
        "standard_error_content": child.get("FailureMessage") or step.get("FailureMessage", ""),
        "standard_output_url": "",
        "standard_error_url": "",
    }
    plugins = [
        {
            "name": one["StepName"],
            "status": one["StepStatus"],
            "status_details": one.get("FailureMessage") or one["StepStatus"],
            "response_code": _to_code(one),
            "output": one.get("Response", ""),
        }
        for one in steps
    ]
    shown: dict[str, Any] = {key: to_plain(value) for key, value in told.items()}
    return expect_invocation({"InstanceId": node}) | shown | {"command_plugins": plugins}


def _to_code(step: Answer) -> int | None:
    code = str(step.get("ResponseCode") or "")
    return int(code) if code.lstrip("-").isdigit() else None
