# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands of Run Command: sent once, waited for, and what each node answered.

SendCommand has no token against being sent twice. So a call is not repeated unless AWS refused it, and one whose answer
got lost is looked for among the commands that are there.
"""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain

View = dict[str, Any]
Report = Callable[[str], None]


class Read(Protocol):
    """Returns a command as it is now; ``None`` if it is not there and need not be yet."""

    def __call__(self, ssm: Ssm, command_id: str, *, patient: bool = False) -> Answer | None: ...


_RUNNING = frozenset({"Pending", "InProgress", "Delayed", "Cancelling", "Waiting", "Scheduled"})
_GOOD = "Success"
# A command is not everywhere at once after it was sent.
_NOT_THERE_YET = frozenset({"InvalidCommandId", "InvocationDoesNotExist"})
_APPEARS_WITHIN = 60  # seconds
_CLOCKS_DIFFER = 300  # seconds between ours and AWS's, at most
_LOOKS = 4
_FIRST_POLL, _LONGEST_POLL = 0.3, 15.0  # seconds
_SKIPPED = "Step execution skipped"
_NODES_A_CALL = 50

COMMAND_KEYS = (
    "CommandId",
    "DocumentName",
    "DocumentVersion",
    "Comment",
    "Parameters",
    "InstanceIds",
    "Targets",
    "MaxConcurrency",
    "MaxErrors",
    "TimeoutSeconds",
    "OutputS3Region",
    "OutputS3BucketName",
    "OutputS3KeyPrefix",
    "ServiceRole",
    "NotificationConfig",
    "CloudWatchOutputConfig",
    "AlarmConfiguration",
    "TriggeredAlarms",
    "RequestedDateTime",
    "ExpiresAfter",
    "Status",
    "StatusDetails",
    "TargetCount",
    "CompletedCount",
    "ErrorCount",
    "DeliveryTimedOutCount",
)
# What the API answers where nothing was asked for.
_EMPTY: Answer = {
    "DocumentVersion": "",
    "Comment": "",
    "Parameters": {},
    "InstanceIds": [],
    "Targets": [],
    "OutputS3Region": "",
    "OutputS3BucketName": "",
    "OutputS3KeyPrefix": "",
    "ServiceRole": "",
    "NotificationConfig": {},
    "CloudWatchOutputConfig": {},
    "AlarmConfiguration": {},
    "TriggeredAlarms": [],
}
_OF_NODE = ("InstanceId", "InstanceName", "Status", "StatusDetails")
_OF_STEP = (
    "PluginName",
    "ResponseCode",
    "ExecutionStartDateTime",
    "ExecutionEndDateTime",
    "StandardOutputContent",
    "StandardErrorContent",
    "StandardOutputUrl",
    "StandardErrorUrl",
)
_OF_PLUGIN = ("Name", "Status", "StatusDetails", "ResponseCode", "Output")


def send_command(ssm: Ssm, request: Answer) -> Answer:
    """Send a command and return it. Raises ``SsmError``; after it nothing was sent, or nobody can tell."""
    begun = datetime.datetime.now(datetime.timezone.utc)
    doing = f"send {request['DocumentName']}"
    try:
        command: Answer = ssm.call_once(doing, "send_command", **request)["Command"]
    except SsmError as error:
        if not error.is_open:
            raise
        found = _look_for_lost(ssm, request, begun)
        if found is None:
            raise StateError(
                f"Failed to {doing}: {str(error.cause).rstrip('.')}. It is not known whether AWS took it, and it is "
                "not among the commands. Look at them again before you send another."
            ) from error
        return found
    return command


def _look_for_lost(ssm: Ssm, request: Answer, begun: datetime.datetime) -> Answer | None:
    after = (begun - datetime.timedelta(seconds=_CLOCKS_DIFFER)).isoformat(timespec="seconds").replace("+00:00", "Z")
    for attempt in range(_LOOKS):
        time.sleep(0.3 * 4**attempt)  # 25 s in all
        found = _list_same(ssm, request, {"key": "InvokedAfter", "value": after}, with_snapshot=True)
        if found:
            return found[0]
    return None


def find_running(ssm: Ssm, request: Answer, *, with_snapshot: bool) -> Answer | None:
    """Return the newest command that asks for the same on the same nodes and has not ended."""
    found = _list_same(ssm, request, {"key": "ExecutionStage", "value": "Executing"}, with_snapshot=with_snapshot)
    return found[0] if found else None


def _list_same(ssm: Ssm, request: Answer, filter_: Answer, *, with_snapshot: bool) -> list[Answer]:
    filters = [filter_, {"key": "DocumentName", "value": request["DocumentName"]}]
    wanted = _asked(request, with_snapshot)
    found = ssm.pages("list commands", "list_commands", "Commands", Filters=filters)
    return [command for command in found if _asked(command, with_snapshot) == wanted]


def _asked(command: Answer, with_snapshot: bool) -> Any:
    """Return what tells commands apart: a request's own members, or those of a command that came of one."""
    parameters = {
        name: values
        for name, values in (command.get("Parameters") or {}).items()
        if name != "SnapshotId" or with_snapshot
    }
    targets = {target["Key"]: sorted(target.get("Values", ())) for target in command.get("Targets") or ()}
    # AWS may answer with the nodes that targets were found to mean
    ids = [] if targets else sorted(command.get("InstanceIds") or ())
    return parameters, targets, ids


def wait_for_end(ssm: Ssm, read: Read, command: Answer, timeout: float, report: Report) -> Answer:
    """Return a command when it has ended, or as it is when the time is over."""
    begun, pause, told = time.monotonic(), _FIRST_POLL, ""
    while True:
        passed = time.monotonic() - begun
        command = read(ssm, command["CommandId"], patient=passed < _APPEARS_WITHIN) or command
        told = _tell(command, told, report)
        left = timeout - passed
        if has_ended(command) or left <= 0:
            return command
        time.sleep(min(pause * random.uniform(0.8, 1), left))
        pause = min(pause * 1.5, _LONGEST_POLL)


def _tell(command: Answer, told: str, report: Report) -> str:
    done, total, bad = (command.get(key) or 0 for key in ("CompletedCount", "TargetCount", "ErrorCount"))
    text = (
        f"{command['DocumentName']} {command['CommandId']}: {command['Status']}, {done} of {total} nodes are done, "
        f"{bad} with errors"
    )
    if text != told:
        report(text)
    return text


def read_command(ssm: Ssm, command_id: str, *, patient: bool = False) -> Answer | None:
    """Return a command as it is now; ``None`` if it is not there and need not be yet. Raises ``StateError``."""
    doing = f"read command {command_id}"
    try:
        found = list(ssm.pages(doing, "list_commands", "Commands", CommandId=command_id))
    except SsmError as error:
        if error.code not in _NOT_THERE_YET:
            raise
        found = []
    if not found and not patient:
        raise StateError(f"Failed to {doing}: it is not there. Look at its id, the region and the account.")
    return found[0] if found else None


def has_ended(command: Answer) -> bool:
    """Whether nothing more comes of a command."""
    return command["Status"] not in _RUNNING


def read_invocations(ssm: Ssm, command_id: str, *, output: str, reports: bool) -> list[View]:
    """Return what each node did, by its id.

    ``output`` is how much of what nodes wrote is wanted: ``full`` is what AWS keeps, one call for each node.
    """
    doing = f"read what the nodes of command {command_id} did"
    try:
        found = list(
            ssm.pages(doing, "list_command_invocations", "CommandInvocations", CommandId=command_id, Details=True)
        )
    except SsmError as error:
        if error.code not in _NOT_THERE_YET:
            raise
        found = []
    views = [_view_invocation(ssm, invocation, output) for invocation in found]
    ended = [view["instance_id"] for view in views if view["status"] not in _RUNNING] if reports else []
    states = read_states_of(ssm, ended)
    for view in views:
        view["patch_state"] = states.get(view["instance_id"])
    return sorted(views, key=lambda view: str(view["instance_id"]))


def read_states_of(ssm: Ssm, ids: list[str]) -> dict[str, View]:
    """Return what nodes reported last, by their ids; those that never did are left out."""
    states: dict[str, View] = {}
    for start in range(0, len(ids), _NODES_A_CALL):
        pages = ssm.pages(
            "read the patch states of nodes",
            "describe_instance_patch_states",
            "InstancePatchStates",
            InstanceIds=ids[start : start + _NODES_A_CALL],
        )
        states |= {state["InstanceId"]: to_plain(state) for state in pages}
    return states


def _view_invocation(ssm: Ssm, invocation: Answer, output: str) -> View:
    plugins = invocation.get("CommandPlugins") or []
    decisive = _decisive(plugins)
    step = _read_step(ssm, invocation, decisive, output)
    shown = [
        {key: plugin.get(key) for key in _OF_PLUGIN} | {"Output": "" if output == "none" else plugin.get("Output", "")}
        for plugin in plugins
    ]
    view: View = to_plain({key: invocation.get(key, "") for key in _OF_NODE} | {key: step.get(key) for key in _OF_STEP})
    return view | {"command_plugins": to_plain(shown), "patch_state": None}


def _decisive(plugins: Iterable[Answer]) -> Answer | None:
    """Return the step that says how it went: the first that did not end well, or else the first that really ran.

    A document has a step for each kind of node, and those for other kinds are skipped, successfully.
    """
    ran = [plugin for plugin in plugins if not str(plugin.get("Output", "")).startswith(_SKIPPED)]
    bad = [plugin for plugin in ran if plugin["Status"] != _GOOD]
    return next(iter(bad or ran or plugins), None)


def _read_step(ssm: Ssm, invocation: Answer, plugin: Answer | None, output: str) -> Answer:
    if plugin is None:
        return {"ResponseCode": -1, **dict.fromkeys(_OF_STEP[4:], "")}
    if output == "full" and invocation["Status"] not in _RUNNING:
        try:
            return ssm.call(
                f"read the output of '{invocation['InstanceId']}'",
                "get_command_invocation",
                CommandId=invocation["CommandId"],
                InstanceId=invocation["InstanceId"],
                PluginName=plugin["Name"],
            )
        except SsmError as error:
            # a step within a step has no output of its own there
            if error.code not in (*_NOT_THERE_YET, "InvalidPluginName"):
                raise
    return {
        "PluginName": plugin["Name"],
        "ResponseCode": plugin.get("ResponseCode", -1),
        "ExecutionStartDateTime": plugin.get("ResponseStartDateTime"),
        "ExecutionEndDateTime": plugin.get("ResponseFinishDateTime"),
        "StandardOutputContent": "" if output == "none" else plugin.get("Output", ""),
        "StandardErrorContent": "",
        "StandardOutputUrl": plugin.get("StandardOutputUrl", ""),
        "StandardErrorUrl": plugin.get("StandardErrorUrl", ""),
    }


def expect_invocation(node: Answer) -> View:
    """Return a node of a command that is not sent, with all that is not known left empty."""
    unknown: View = to_plain(dict.fromkeys((*_OF_NODE, *_OF_STEP)))
    known = {"instance_id": node["InstanceId"], "instance_name": node.get("Name") or node.get("ComputerName", "")}
    return unknown | known | {"command_plugins": [], "patch_state": None}


def view_command(command: Mapping[str, Any], invocations: list[View]) -> View:
    """Return a command as the module returns it."""
    answer = {key: command.get(key, _EMPTY.get(key)) for key in COMMAND_KEYS}
    view: View = to_plain(answer, keep=("Parameters",))
    return view | {"invocations": invocations}


def is_good(invocation: View) -> bool:
    """Whether a node did what it was told."""
    return bool(invocation["status"] == _GOOD)


def is_running(invocation: View) -> bool:
    """Whether a node is still at it, or has not begun."""
    return invocation["status"] in _RUNNING
