# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A patch operation by Run Command: what is to be sent, whether it is sent, and how it ended."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm import automations, commands
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.commands import (
    Report,
    View,
    expect_invocation,
    has_ended,
    is_good,
    is_running,
    view_command,
    wait_for_end,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.documents import (
    DOCUMENTS,
    Document,
    check_parameters,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import take_alarms
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.targets import (
    Targets,
    list_nodes,
    read_targets,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_members

Options = Mapping[str, Any]

# option: member of the request, the expression all of it has to match, the same in words
_TEXTS = {
    "comment": ("Comment", ".{0,100}", "up to 100 characters"),
    "document_version": ("DocumentVersion", r"\$LATEST|\$DEFAULT|[1-9][0-9]*", "$LATEST, $DEFAULT or a number"),
    "document_hash": ("DocumentHash", ".{1,256}", "up to 256 characters"),
    "document_hash_type": ("DocumentHashType", "Sha256|Sha1", "Sha256 or Sha1"),
    "max_concurrency": ("MaxConcurrency", "[1-9][0-9]{0,6}|[1-9][0-9]?%|100%", "a number from 1, or 1% to 100%"),
    "max_errors": ("MaxErrors", "[1-9][0-9]{0,6}|0|[1-9]?[0-9]%|100%", "a number from 0, or 0% to 100%"),
    "output_s3_region": ("OutputS3Region", "[a-z0-9-]{3,20}", "a region"),
    "output_s3_bucket_name": ("OutputS3BucketName", "[a-z0-9.-]{3,63}", "the name of a bucket"),
    "output_s3_key_prefix": ("OutputS3KeyPrefix", ".{0,500}", "up to 500 characters"),
    "service_role_arn": ("ServiceRoleArn", "arn:.+", "the ARN of a role"),
}
_CANCEL = (
    "aws ssm cancel-command --command-id",
    "aws ssm stop-automation-execution --automation-execution-id",
)
_SECONDS = range(30, 2592001)
_NAMES_IN_A_MESSAGE = 20
_MORE_READS = 4
_WORKLESS = {
    "NoInstancesInTag": "no node is what the targets say",
    "AccessDenied": "the caller may not use the resource group",
    "RateExceeded": "too many nodes at once for the quota of pending commands",
}
# *patch-manager-troubleshooting*
_CODES = {
    1: "package manager and Python do not go together, or RPM could not unpack",
    2: "the package database is locked",
    4: "another patch operation is running there",
    126: "scripts cannot run from the agent's directory",
    152: "the patch code could not be loaded",
    155: "the patch code could not be unpacked",
    156: "the patch code could not be downloaded",
    4294967295: "the patch code could not run",
}


@dataclass
class Run:
    """What a module returns of a run; ``failure`` says why it failed, if it did."""

    changed: bool
    command: View
    failed_nodes: list[str] = field(default_factory=list)
    failure: str = ""
    warnings: list[str] = field(default_factory=list)
    diff: Mapping[str, Any] = field(default_factory=dict)


# What Automation does not take.
_COMMANDS_ONLY = (
    "comment",
    "document_hash",
    "timeout_seconds",
    "output_s3_bucket_name",
    "cloud_watch_output",
    "service_role_arn",
    "notification",
)


@dataclass(frozen=True)
class _Way:
    """How a document is run: by Run Command, or by Automation."""

    send: Callable[[Ssm, Answer], Answer]
    find_running: Callable[..., Answer | None]
    read: commands.Read
    read_invocations: Callable[..., list[View]]


_RUN_COMMAND = _Way(commands.send_command, commands.find_running, commands.read_command, commands.read_invocations)
_AUTOMATION = _Way(automations.start, automations.find_running, automations.read, automations.read_invocations)


@dataclass(frozen=True)
class _Order:
    """What is to be sent to whom."""

    document: Document
    targets: Targets
    request: Answer
    has_own_snapshot: bool  # made up here, since nobody named one
    warnings: list[str]


def run_patch_operation(ssm: Ssm, options: Options, check_mode: bool, report: Report) -> Run:
    """Send a command once and wait for it, or wait for one that was sent before; in check mode only say what it is."""
    way = _AUTOMATION if DOCUMENTS[options["document"]].is_runbook else _RUN_COMMAND
    if options["command_id"]:
        command = way.read(ssm, options["command_id"]) or {}
        return _finish(ssm, options, command, Run(False, {}), report)
    order = _read_order(ssm, options)
    running = None
    if options["pick_up"]:
        running = way.find_running(ssm, order.request, with_snapshot=not order.has_own_snapshot)
    run = Run(running is None, {}, warnings=order.warnings, diff=_diff(order, running))
    if running:
        run.warnings.append(f"The same is running as command {running['CommandId']}, so no other is sent.")
    if check_mode:
        return _predict(ssm, order, running, run)
    command = running or way.send(ssm, order.request)
    try:
        return _finish(ssm, options, command, run, report)
    except SsmError as error:
        # whoever runs this again must not send it again
        run.failure = f"{error} Command {command['CommandId']} was sent. Set command_id to it to wait for it."
        run.command = run.command or view_command(command, [])
        return run


def _read_order(ssm: Ssm, options: Options) -> _Order:
    document = DOCUMENTS[options["document"]]
    checked = check_parameters(document, options["parameters"] or {})
    useless = [name for name in _COMMANDS_ONLY if options[name]] if document.is_runbook else []
    if useless:
        raise StateError(
            f"Failed to read {useless[0]}: {document.name} is a runbook of Automation, which does not take it. "
            "Leave it out."
        )
    request: Answer = {"DocumentName": document.name, **_read_settings(options)}
    has_own = "SnapshotId" in document.parameters and "SnapshotId" not in checked.parameters
    if has_own:
        # else each node would have its own snapshot, and what they install may differ
        checked.parameters["SnapshotId"] = [str(uuid.uuid4())]
    if checked.parameters:
        request["Parameters"] = checked.parameters
    targets = read_targets(ssm, options)
    hybrid = [name for name in targets.ids if name.startswith("mi-")]
    if hybrid and document.instances_only:
        raise StateError(
            f"Failed to send {document.name} to {', '.join(hybrid)}: it is for EC2 instances only. "
            "Use AWS-RunPatchBaseline."
        )
    request |= automations.write_targets(document.name, targets) if document.is_runbook else targets.request()
    return _Order(document, targets, request, has_own, checked.warnings)


def _read_settings(options: Options) -> Answer:
    settings: Answer = {}
    for name, (member, pattern, words) in _TEXTS.items():
        text = options[name]
        if text not in (None, ""):
            if not re.fullmatch(pattern, text):
                raise StateError(f"Failed to read {name}: it cannot be {text!r}. It takes {words}.")
            settings[member] = text
    seconds = options["timeout_seconds"]
    if seconds is not None:
        if seconds not in _SECONDS:
            raise StateError(f"Failed to read timeout_seconds: it cannot be {seconds}. It takes 30 to 2592000 seconds.")
        settings["TimeoutSeconds"] = seconds
    if options["cloud_watch_output"]:
        group = options["cloud_watch_log_group_name"]
        settings["CloudWatchOutputConfig"] = {
            "CloudWatchOutputEnabled": True,
            **({"CloudWatchLogGroupName": group} if group else {}),
        }
    alarms = take_alarms(options["alarm_configuration"] or {})
    if alarms:
        settings["AlarmConfiguration"] = to_members(alarms)
    notification = options["notification"]
    if notification:
        settings["NotificationConfig"] = {
            "NotificationArn": notification["arn"],
            "NotificationEvents": notification["events"],
            "NotificationType": notification["type"],
        }
    return settings


def _diff(order: _Order, running: Answer | None) -> dict[str, Any]:
    if running:
        return {"before": {}, "after": {}}
    parameters = {name: values[0] for name, values in _known_parameters(order).items()}
    sent = {"document_name": order.document.name, "parameters": parameters}
    nodes: Any = list(order.targets.ids) or {key: list(values) for key, values in order.targets.keys}
    return {"before": {}, "after": {**sent, "targets": nodes}}


def _known_parameters(order: _Order) -> dict[str, list[str]]:
    """Return the parameters without what is made up anew for each command."""
    parameters = dict(order.request.get("Parameters", {}))
    if order.has_own_snapshot:
        del parameters["SnapshotId"]
    return parameters


def _predict(ssm: Ssm, order: _Order, running: Answer | None, run: Run) -> Run:
    nodes = list_nodes(ssm, order.targets)
    _refuse_platforms(order, nodes)
    if not nodes:
        run.warnings.append("No node is what the targets say now.")
    known = running or {
        **order.request,
        "Parameters": _known_parameters(order),
        "ServiceRole": order.request.get("ServiceRoleArn", ""),
        "MaxConcurrency": order.request.get("MaxConcurrency", None if order.document.is_runbook else "50"),
        "MaxErrors": order.request.get("MaxErrors", None if order.document.is_runbook else "0"),
        "TargetCount": len(nodes),
    }
    invocations = sorted(map(expect_invocation, nodes), key=lambda view: str(view["instance_id"]))
    run.command = view_command(known, invocations)
    return run


def _refuse_platforms(order: _Order, nodes: Iterable[Answer]) -> None:
    """Refuse what AWS refuses: a node that is named and has no platform of the document."""
    wrong = [node for node in nodes if node.get("PlatformType") not in order.document.platforms]
    if wrong and order.targets.ids:
        names = ", ".join(f"{node['InstanceId']} ({node.get('PlatformType')})" for node in wrong)
        raise StateError(
            f"Failed to send {order.document.name} to {names}: it is for {' and '.join(order.document.platforms)}. "
            "Leave these nodes out."
        )


def _finish(ssm: Ssm, options: Options, command: Answer, run: Run, report: Report) -> Run:
    way = _AUTOMATION if DOCUMENTS[options["document"]].is_runbook else _RUN_COMMAND
    timeout = options["wait_timeout"]
    if options["wait"]:
        command = wait_for_end(ssm, way.read, command, timeout, report)
    document = DOCUMENTS.get(str(command["DocumentName"]).rpartition("/")[2])
    reports = document is not None and document.reports
    invocations = _read_nodes(ssm, way, command, options["output"], reports)
    run.command = view_command(command, invocations)
    run.failed_nodes = [view["instance_id"] for view in invocations if not is_good(view) and not is_running(view)]
    if options["wait"] and not has_ended(command):
        run.failure = _say_time_is_over(way, command, invocations, timeout)
    elif has_ended(command) and options["fail_on_error"]:
        run.failure = _say_failure(command, invocations)
    return run


def _read_nodes(ssm: Ssm, way: _Way, command: Answer, output: str, reports: bool) -> list[View]:
    """Return what the nodes did; read again for a moment while there are fewer of them than the command says."""
    found = way.read_invocations(ssm, command["CommandId"], output=output, reports=reports)
    for attempt in range(_MORE_READS if has_ended(command) else 0):
        if len(found) >= (command.get("TargetCount") or 0):
            break
        time.sleep(0.3 * 2**attempt)
        found = way.read_invocations(ssm, command["CommandId"], output=output, reports=reports)
    return found


def _say_failure(command: Answer, invocations: list[View]) -> str:
    bad = [view for view in invocations if not is_good(view)]
    name, details = command["DocumentName"], command.get("StatusDetails", "")
    way_out = "Set fail_on_error to false if this is to be no failure."
    if bad:
        return (
            f"Failed to run {name} on {len(bad)} of {len(invocations)} nodes: {_name_nodes(bad)}. "
            f"What they wrote is in command.invocations. {way_out}"
        )
    if not invocations or details in _WORKLESS:
        why = _WORKLESS.get(details, _WORKLESS["NoInstancesInTag"])
        return f"Failed to run {name}: {why} (command {command['CommandId']}). {way_out}"
    if command["Status"] != "Success":
        return (
            f"Failed to run {name}: command {command['CommandId']} ended as {details or command['Status']}. {way_out}"
        )
    return ""


def _say_time_is_over(way: _Way, command: Answer, invocations: list[View], timeout: int) -> str:
    command_id, busy = command["CommandId"], [view for view in invocations if is_running(view)]
    return (
        f"Failed to see the end of {command['DocumentName']} within {timeout} s: {len(busy)} of {len(invocations)} "
        f"nodes are not done: {_name_nodes(busy)}. It goes on. Set command_id to {command_id} to wait for it again; "
        f"to end it, run: {_CANCEL[way is _AUTOMATION]} {command_id}"
    )


def _name_nodes(views: list[View]) -> str:
    names = ", ".join(map(_name_node, views[:_NAMES_IN_A_MESSAGE]))
    more = len(views) - _NAMES_IN_A_MESSAGE
    return f"{names} and {more} more" if more > 0 else names


def _name_node(view: View) -> str:
    code, details = view["response_code"], view["status_details"] or view["status"]
    if view["status"] != "Failed" or code in (None, 0, -1):
        return f"{view['instance_id']} ({details})"
    meaning = f", {_CODES[code]}" if code in _CODES else ""
    return f"{view['instance_id']} ({details}, code {code}{meaning})"
