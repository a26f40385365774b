# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Command."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any

from .documents import Document, check_parameters, check_version, find_document
from .errors import ApiError
from .nodes import resolve
from .paging import page
from .patching import is_patch_document, run_patch
from .registry import serves
from .world import Call, Json, Region

_OUTPUT, _ERRORS, _LISTED = 24000, 8000, 2500


@serves("SendCommand")
def send(call: Call, request: Json) -> Json:
    identifiers, targets = request.get("InstanceIds", []), request.get("Targets", [])
    if bool(identifiers) == bool(targets):
        raise ApiError("ValidationException", "Exactly one of InstanceIds and Targets has to be specified.")
    document = find_document(call, request["DocumentName"])
    if document.is_automation:
        raise ApiError("InvalidDocument", "The document isn't of type Command.")
    check_version(request.get("DocumentVersion"))
    check_parameters(document, request.get("Parameters", {}))
    return {"Command": start(call, document, request)}


def start(call: Call, document: Document, request: Json) -> Json:
    """Make a command and its invocations; nodes do at once what they will be seen to have done."""
    nodes = _nodes(call.state, document, request)
    command_id = str(uuid.uuid4())
    parameters = request.get("Parameters", {})
    command: Json = {
        "CommandId": command_id,
        "DocumentName": request["DocumentName"],
        "DocumentVersion": request.get("DocumentVersion", "$DEFAULT"),
        "Comment": request.get("Comment", ""),
        "ExpiresAfter": call.now + request.get("TimeoutSeconds", 3600) + 3600,
        "Parameters": parameters,
        "InstanceIds": request.get("InstanceIds", []),
        "Targets": request.get("Targets", []),
        "RequestedDateTime": call.now,
        "OutputS3Region": request.get("OutputS3Region", ""),
        "OutputS3BucketName": request.get("OutputS3BucketName", ""),
        "OutputS3KeyPrefix": request.get("OutputS3KeyPrefix", ""),
        "MaxConcurrency": request.get("MaxConcurrency", "50"),
        "MaxErrors": request.get("MaxErrors", "0"),
        "ServiceRole": request.get("ServiceRoleArn", ""),
        "NotificationConfig": request.get("NotificationConfig", {}),
        "CloudWatchOutputConfig": request.get("CloudWatchOutputConfig", {"CloudWatchOutputEnabled": False}),
        "TimeoutSeconds": request.get("TimeoutSeconds", 3600),
        **({"AlarmConfiguration": request["AlarmConfiguration"]} if "AlarmConfiguration" in request else {}),
        "invocations": _run(call, document, request, nodes),
    }
    call.state.commands[command_id] = command
    return _shown(call, command)


def _run(call: Call, document: Document, request: Json, nodes: list[str]) -> Json:
    """How each node ends: so many at a time, and no more once too many have failed."""
    at_once = max(1, _share(request.get("MaxConcurrency", "50"), len(nodes)))
    allowed, errors, ends = _share(request.get("MaxErrors", "0"), len(nodes)), 0, {}
    for start_ in range(0, len(nodes), at_once):
        for name in nodes[start_ : start_ + at_once]:
            if errors > allowed:
                ends[name] = {"end": "Cancelled", "detail": "Terminated", "steps": {}}
                continue
            ends[name] = _invoke(call, document, request, name)
        errors = sum(found["detail"] == "Failed" for found in ends.values())
    return ends


def _share(text: str, total: int) -> int:
    return int(text[:-1]) * total // 100 if text.endswith("%") else int(text)


def _nodes(state: Region, document: Document, request: Json) -> list[str]:
    identifiers: list[str] = request.get("InstanceIds", [])
    if len(set(identifiers)) != len(identifiers):
        raise ApiError("DuplicateInstanceId", "An instance id is given twice.")
    for name in identifiers:
        if name not in state.nodes:
            raise ApiError("InvalidInstanceId", f"Instances not in a valid state for account: {name}")
        if state.nodes[name]["information"]["PlatformType"] not in document.platforms:
            raise ApiError("UnsupportedPlatformType", "The document isn't for the platform of the instance.")
    return identifiers or resolve(state, request["Targets"])


def _invoke(call: Call, document: Document, request: Json, node_id: str) -> Json:
    """How a node's part will end."""
    information = call.state.nodes[node_id]["information"]
    platform = information["PlatformType"]
    if platform not in document.platforms:
        return {"end": "Failed", "detail": "InvalidPlatform", "steps": {}}
    if information["PingStatus"] != "Online":
        return {"end": "TimedOut", "detail": "Undeliverable", "steps": {}}
    result = call.state.nodes[node_id].get("result") or {}
    output, code = result.get("Output", ""), result.get("ResponseCode", 0)
    if is_patch_document(request["DocumentName"]) and code == 0:
        output += run_patch(call.state, node_id, request.get("Parameters", {}), call.now)
    steps = {}
    for name in document.steps:
        runs = not name.startswith("Patch") or name == f"Patch{platform}"
        skipped = f"Step execution skipped due to unsatisfied preconditions. Step name: {name}"
        steps[name] = output if runs else skipped
    end = "Success" if code == 0 else "Failed"
    return {"end": end, "detail": end, "steps": steps, "code": code, "errors": result.get("Errors", "")}


def _state_of(call: Call, command: Json, node_id: str, more: int = 0) -> tuple[str, str]:
    """(status, detail) of an invocation by now."""
    invocation = command["invocations"][node_id]
    age = call.world.ages[call.account, call.region, "command", command["CommandId"]] + more
    if invocation.get("cancelled"):
        return "Cancelled", "Cancelled"
    if age >= call.world.steps or invocation["detail"] == "InvalidPlatform":
        return invocation["end"], invocation["detail"]
    return ("Pending", "Pending") if age == 0 and call.world.steps > 1 else ("InProgress", "InProgress")


def _shown(call: Call, command: Json) -> Json:
    states = [_state_of(call, command, node_id) for node_id in command["invocations"]]
    ends = [detail for status, detail in states if status not in ("Pending", "InProgress")]
    errors = sum(detail in ("Failed", "ExecutionTimedOut") for detail in ends)
    status, detail = _summary(states, errors > _share(command["MaxErrors"], len(states)))
    return command | {
        "Status": status,
        "StatusDetails": detail,
        "TargetCount": len(states),
        "CompletedCount": len(ends),
        "ErrorCount": errors,
        "DeliveryTimedOutCount": sum(detail in ("DeliveryTimedOut", "Undeliverable") for detail in ends),
    }


def _summary(states: list[tuple[str, str]], too_many_errors: bool) -> tuple[str, str]:
    statuses = {status for status, _unused in states}
    if not states:
        return "Success", "NoInstancesInTag"
    if statuses == {"Pending"}:
        return "Pending", "Pending"
    if statuses & {"Pending", "InProgress"}:
        return "InProgress", "InProgress"
    if ("Cancelled", "Cancelled") in states:
        return "Cancelled", "Cancelled"
    if too_many_errors or "Success" not in statuses:
        return "Failed", "Failed"
    return ("Failed", "Incomplete") if "Failed" in {detail for _unused, detail in states} else ("Success", "Success")


@serves("ListCommands")
def list_commands(call: Call, request: Json) -> Json:
    found = _commands(call, request)
    for command in found:
        call.age("command", command["CommandId"])
    shown = [_shown(call, command) for command in found]
    shown = [entry for entry in shown if _meets(entry, request)]
    if request.get("InstanceId"):
        shown = [entry for entry in shown if request["InstanceId"] in entry["invocations"]]
    return page(call, shown, "Commands")


@serves("ListCommandInvocations")
def list_invocations(call: Call, request: Json) -> Json:
    found = []
    for command in _commands(call, request):
        call.age("command", command["CommandId"])
        for node_id in command["invocations"]:
            shown = _shown_invocation(call, command, node_id, bool(request.get("Details")))
            if request.get("InstanceId") in (None, node_id) and _meets(shown, request):
                found.append(shown)
    return page(call, found, "CommandInvocations")


def _commands(call: Call, request: Json) -> list[Json]:
    if "InstanceId" in request and request["InstanceId"] not in call.state.nodes:
        raise ApiError("InvalidInstanceId", f"Invalid instance id {request['InstanceId']}")
    wanted = request.get("CommandId")
    if wanted is not None and not _is_guid(wanted):
        raise ApiError("InvalidCommandId", "The specified command ID isn't valid.")
    commands = [command for name, command in call.state.commands.items() if wanted in (None, name)]
    if wanted is not None and not commands:
        raise ApiError("InvalidCommandId", "The specified command ID isn't valid.")
    return commands[::-1]


def _meets(entry: Json, request: Json) -> bool:
    for filter_ in request.get("Filters", []):
        key, value = filter_["key"], filter_["value"]
        if key == "InvokedAfter":
            good = entry["RequestedDateTime"] > _moment(value)
        elif key == "InvokedBefore":
            good = entry["RequestedDateTime"] < _moment(value)
        elif key == "Status":
            good = value in (entry["Status"], entry["StatusDetails"])
        elif key == "DocumentName":
            good = entry["DocumentName"] == value
        else:
            done = entry["Status"] not in ("Pending", "InProgress")
            good = value == ("Complete" if done else "Executing")
        if not good:
            return False
    return True


def _shown_invocation(call: Call, command: Json, node_id: str, with_plugins: bool) -> Json:
    status, detail = _state_of(call, command, node_id)
    shown: Json = {
        **{key: value for key, value in command.items() if key not in ("Status", "StatusDetails")},
        "InstanceId": node_id,
        "InstanceName": "",
        "Status": status,
        "StatusDetails": detail,
        "StandardOutputUrl": "",
        "StandardErrorUrl": "",
        "CommandPlugins": [],
    }
    if with_plugins:
        invocation = command["invocations"][node_id]
        shown["CommandPlugins"] = [
            _plugin(command, invocation, status, name, text) for name, text in invocation["steps"].items()
        ]
    return shown


def _plugin(command: Json, invocation: Json, status: str, name: str, output: str) -> Json:
    is_done = status in ("Success", "Failed")
    is_skipped = output.startswith("Step execution skipped")
    status = "Success" if is_done and is_skipped else status
    return {
        "Name": name,
        "Status": status,
        "StatusDetails": status,
        "ResponseCode": _code(invocation, output) if is_done else -1,
        "Output": output[:_LISTED] if is_done else "",
        "ResponseStartDateTime": command["RequestedDateTime"],
        "ResponseFinishDateTime": command["RequestedDateTime"] if is_done else None,
    }


def _code(invocation: Json, output: str) -> int:
    return 0 if output.startswith("Step execution skipped") else int(invocation["code"])


@serves("GetCommandInvocation")
def get_invocation(call: Call, request: Json) -> Json:
    command_id, node_id = request["CommandId"], request["InstanceId"]
    if not _is_guid(command_id):
        raise ApiError("InvalidCommandId", "The specified command ID isn't valid.")
    command = call.state.commands.get(command_id)
    if command is None or node_id not in command["invocations"]:
        raise ApiError("InvocationDoesNotExist", "An error occurred.")
    call.age("command", command_id)
    steps = command["invocations"][node_id]["steps"]
    name = request.get("PluginName") or _only(steps)
    if steps and name not in steps:
        raise ApiError("InvalidPluginName", "The plugin name isn't valid, or is missing where there are several steps.")
    status, detail = _state_of(call, command, node_id)
    is_done = status in ("Success", "Failed") and bool(steps)
    output = steps.get(name, "")
    begun = _iso(command["RequestedDateTime"])
    return {
        "CommandId": command_id,
        "InstanceId": node_id,
        "Comment": command["Comment"],
        "DocumentName": command["DocumentName"],
        "DocumentVersion": command["DocumentVersion"],
        "PluginName": name or None,
        "ResponseCode": _code(command["invocations"][node_id], output) if is_done else -1,
        "ExecutionStartDateTime": begun if is_done else "",
        "ExecutionElapsedTime": "PT1S" if is_done else "",
        "ExecutionEndDateTime": begun if is_done else "",
        "Status": status,
        "StatusDetails": detail,
        "StandardOutputContent": output[:_OUTPUT] if is_done else "",
        "StandardOutputUrl": "",
        "StandardErrorContent": command["invocations"][node_id]["errors"][:_ERRORS] if is_done else "",
        "StandardErrorUrl": "",
        "CloudWatchOutputConfig": command["CloudWatchOutputConfig"],
    }


def _only(steps: dict[str, str]) -> str:
    return next(iter(steps)) if len(steps) == 1 else ""


@serves("CancelCommand")
def cancel(call: Call, request: Json) -> Json:
    command = call.state.commands.get(request["CommandId"])
    if command is None:
        raise ApiError("InvalidCommandId", "The specified command ID isn't valid.")
    nodes = request.get("InstanceIds") or list(command["invocations"])
    if len(set(nodes)) != len(nodes):
        raise ApiError("DuplicateInstanceId", "An instance id is given twice.")
    for node_id in nodes:
        if node_id not in command["invocations"]:
            raise ApiError("InvalidInstanceId", f"Invalid instance id {node_id}")
        if _state_of(call, command, node_id)[0] in ("Pending", "InProgress"):
            command["invocations"][node_id]["cancelled"] = True
    return {}


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError as error:
        raise ApiError("ValidationException", f"{text} isn't a time in ISO 8601.") from error


def _iso(moment: Any) -> str:
    text = datetime.fromtimestamp(moment, tz=timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
