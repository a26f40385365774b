# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Automation executions of the patch runbooks."""

from __future__ import annotations

import uuid

from .documents import check_parameters, check_version, find_document
from .errors import ApiError
from .nodes import resolve
from .paging import page
from .patching import run_patch
from .registry import serves
from .tagging import put_tags
from .tokens import once
from .world import Call, Json

_DONE = ("Success", "Cancelled", "Failed")
_FILTERS = {
    "ExecutionStatus": "AutomationExecutionStatus",
    "ExecutionId": "AutomationExecutionId",
    "AutomationType": "AutomationType",
    "ParentExecutionId": "ParentAutomationExecutionId",
}


@serves("StartAutomationExecution")
def start(call: Call, request: Json) -> Json:
    return once(call, lambda: _start(call, request))


def _start(call: Call, request: Json) -> Json:
    document = find_document(call, request["DocumentName"], "AutomationDefinitionNotFoundException")
    if not document.is_automation:
        raise ApiError("AutomationDefinitionNotFoundException", "The document isn't a runbook.")
    check_version(request.get("DocumentVersion"), "AutomationDefinitionVersionNotFoundException")
    given, name = dict(request.get("Parameters", {})), request.get("TargetParameterName")
    if name:
        given[name] = ["i-00000000"]
    check_parameters(document, given, "InvalidAutomationExecutionParametersException")
    execution_id = _add(call, request, document.steps)
    if name:
        for node_id in _nodes(call, request.get("Targets", [])):
            child = {**request, "Parameters": {**request.get("Parameters", {}), name: [node_id]}}
            _add(call, child, document.steps, parent=execution_id, node_id=node_id)
    put_tags(call.state, "Automation", execution_id, request.get("Tags", []))
    return {"AutomationExecutionId": execution_id}


def _nodes(call: Call, targets: list[Json]) -> list[str]:
    """The nodes for which an execution starts another one each."""
    found = list(call.state.nodes)
    for target in targets:
        key, values = target["Key"], target["Values"]
        if key == "ParameterValues":
            found = [node_id for node_id in found if node_id in values]
        else:
            key = "resource-groups:Name" if key == "ResourceGroup" else key
            members = resolve(call.state, [{"Key": key, "Values": values}])
            found = [node_id for node_id in found if node_id in members]
    return found


def _add(call: Call, request: Json, steps: tuple[str, ...], *, parent: str = "", node_id: str = "") -> str:
    execution_id = str(uuid.uuid4())
    bad = bool(node_id) and (call.state.nodes[node_id].get("result") or {}).get("ResponseCode", 0) != 0
    if node_id and not bad:
        run_patch(call.state, node_id, {"Operation": ["Install"]}, call.now)
    of_node: Json = {"ParentAutomationExecutionId": parent, "Target": node_id} if parent else {}
    kept = (
        *("DocumentName", "Parameters", "Targets", "TargetParameterName"),
        *("MaxConcurrency", "MaxErrors", "AlarmConfiguration"),
    )
    call.state.automations[execution_id] = {
        "AutomationExecutionId": execution_id,
        "DocumentVersion": request.get("DocumentVersion", "1"),
        "ExecutionStartTime": call.now,
        "ExecutedBy": f"arn:aws:sts::{call.account}:assumed-role/tester/tester",
        "Mode": request.get("Mode", "Auto"),
        "AutomationType": "Local",
        **{key: request[key] for key in kept if key in request},
        **of_node,
        "steps": list(steps),
        "bad": bad,
    }
    return execution_id


def _shown(call: Call, execution: Json) -> Json:
    own = execution["AutomationExecutionId"]
    whose = str(execution.get("ParentAutomationExecutionId", own))
    age = call.world.ages[call.account, call.region, "automation", whose]
    children = [entry for entry in call.state.automations.values() if entry.get("ParentAutomationExecutionId") == own]
    end = "Failed" if execution["bad"] or any(child["bad"] for child in children) else "Success"
    status = execution.get("stopped") or (end if age > call.world.steps else "InProgress")
    ended: Json = {"ExecutionEndTime": call.now} if status in _DONE else {}
    steps = [
        {"StepName": name, "StepStatus": status, "StepExecutionId": str(uuid.uuid4())} for name in execution["steps"]
    ]
    if status == "Failed":
        ended["FailureMessage"] = "Step fails when it is Poll action status for completion."
    return execution | ended | {"AutomationExecutionStatus": status, "StepExecutions": steps, "Outputs": None}


@serves("GetAutomationExecution")
def get(call: Call, request: Json) -> Json:
    execution = _find(call, request)
    call.age("automation", execution["AutomationExecutionId"])
    return {"AutomationExecution": _shown(call, execution)}


def _find(call: Call, request: Json) -> Json:
    execution: Json | None = call.state.automations.get(request["AutomationExecutionId"])
    if execution is None:
        raise ApiError("AutomationExecutionNotFoundException", "There is no automation execution information.")
    return execution


@serves("StopAutomationExecution")
def stop(call: Call, request: Json) -> Json:
    execution = _find(call, request)
    if _shown(call, execution)["AutomationExecutionStatus"] in _DONE:
        raise ApiError("InvalidAutomationStatusUpdateException", "The execution has ended.")
    execution["stopped"] = "Success" if request.get("Type") == "Complete" else "Cancelled"
    return {}


@serves("DescribeAutomationExecutions")
def describe(call: Call, request: Json) -> Json:
    found = [_shown(call, execution) for execution in reversed(call.state.automations.values())]
    for filter_ in request.get("Filters", []):
        key, values = filter_["Key"], filter_["Values"]
        if key == "DocumentNamePrefix":
            found = [entry for entry in found if entry["DocumentName"].startswith(tuple(values))]
        elif key in _FILTERS:
            found = [entry for entry in found if entry.get(_FILTERS[key]) in values]
        else:
            raise ApiError("InvalidFilterKey", f"The key {key} isn't emulated.")
    return page(call, found, "AutomationExecutionMetadataList")
