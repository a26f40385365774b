# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a Windows node: the same commands as the node program's, obeyed by the modules ``win_patch_*``.

They run by Ansible's own means, whatever the connection is: psrp, winrm, or ssh with PowerShell or cmd as its shell.

The reboot is our own and not the one of ``ansible.windows.win_reboot``: it is proved by another boot of the node, as on
Linux, keeps to the same limits and windows, and needs no other collection.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import MARK
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeError,
    NodeRefusedError,
)

COLLECTION = "openpatch.patch_manager"

# A time of boot is worked out from the clock, which may have been put right since. A boot takes longer than that.
_SAME_BOOT = timedelta(seconds=60)

# Longer than an install waits for a node that is away.
_LONG_AGO = timedelta(minutes=10)

_BOOT_ID = re.compile(r"[0-9A-Za-z:.+-]{1,80}")

_TELL_BOOT = r"""
$ErrorActionPreference = 'Stop'
$key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters'
$system = Get-CimInstance -ClassName Win32_OperatingSystem
$booted = $system.LastBootUpTime.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'")
$boot = [string](Get-ItemProperty -LiteralPath $key -Name BootId -ErrorAction SilentlyContinue).BootId
if (-not $boot) { $boot = $booted }
Write-Output "MARK boot $boot $booted"
"""

# 1115: it is on its way down already, 1190: somebody has told it to
_LEAVE_BOOT = r"""
if ($boot -eq 'BOOT') {
    # or Windows PowerShell ends the script at the first word that a program says of an error
    $ErrorActionPreference = 'Continue'
    $said = shutdown.exe /r /t 2 /d p:2:17 /c 'openpatch.patch_manager: patches were installed' 2>&1
    if (@(0, 1115, 1190) -notcontains $LASTEXITCODE) { Write-Output "MARK refused $LASTEXITCODE $said" }
}
"""


def is_windows(action: ActionBase) -> bool:
    """Tell by the shell of the connection: psrp and winrm have PowerShell's, ssh the one of ansible_shell_type."""
    return bool(getattr(action._connection._shell, "_IS_WINDOWS", False))


class WindowsNode:
    """One node during one task; ``options`` say where updates come from and go to both modules as they are."""

    def __init__(self, action: ActionBase, task_vars: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        self._action = action
        self._task_vars = dict(task_vars)
        self._host = str(task_vars.get("inventory_hostname", ""))
        self._options = {name: value for name, value in options.items() if value}
        self._boot: tuple[str, str] | None = None
        self._ended = ""

    def obey(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """Do what one command of the node program does, and give the same answer.

        Raises a NodeError, or ansible's AnsibleConnectionFailure for a lost node.
        """
        obey = {
            "collect": self._collect,
            "preflight": self._collect,
            "identify": self._identify,
            "plan": self._plan,
            "install": self._install,
            "poll": self._poll,
            "reboot": self._reboot,
        }[command["command"]]
        return obey(command)

    def _collect(self, _command: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._run("win_patch_facts", self._options)
        facts = answer.get("facts")
        if not isinstance(facts, dict):
            raise BadAnswerError(f"Failed to understand the answer of host '{self._host}': it has no facts")
        self._boot = str(facts.get("boot_id", "")), str(facts.get("booted_at", ""))
        # its results are in the facts: the answer has arrived, and nothing is to stay on the node
        ended, self._ended = self._ended or _find_left(facts), ""
        if ended:
            self._forget(ended)
        return {"facts": facts}

    def _forget(self, operation_id: str) -> None:
        with contextlib.suppress(NodeError, AnsibleConnectionFailure):
            self._run("win_patch_install", {"request": "forget", "operation_id": operation_id})

    def _identify(self, _command: Mapping[str, Any]) -> dict[str, Any]:
        boot, booted = self._tell_boot(_TELL_BOOT)
        system = {"id": "windows", "operating_system": "WINDOWS"}
        return {"facts": {"schema": 1, "os": system, "boot_id": boot, "booted_at": booted}}

    def _plan(self, command: Mapping[str, Any]) -> dict[str, Any]:
        # updates have no dependencies: what is asked for is what would be installed
        planned = [_complete({**package, "status": "planned"}) for package in command["packages"]]
        return {"transaction": planned}

    def _install(self, command: Mapping[str, Any]) -> dict[str, Any]:
        updates = [
            {"name": package["name"], "update_id": package["update_id"], "revision": int(package["version"])}
            for package in command["packages"]
        ]
        request = {
            "request": "start",
            "operation_id": command["operation_id"],
            "updates": updates,
            "time_limit": command["step_timeout"],
            "patch_lock_timeout": command["lock_timeout"],
        }
        return self._read_operation(self._run("win_patch_install", {**self._options, **request}), command)

    def _poll(self, command: Mapping[str, Any]) -> dict[str, Any]:
        request = {"request": "poll", "operation_id": command["operation_id"]}
        operation = self._read_operation(self._run("win_patch_install", request), command)
        if operation["state"] == "running":
            time.sleep(command["wait"])
        else:
            self._ended = str(command["operation_id"])
        return operation

    def _read_operation(self, answer: Mapping[str, Any], command: Mapping[str, Any]) -> dict[str, Any]:
        operation = answer.get("operation")
        if not isinstance(operation, dict) or not isinstance(operation.get("results"), list):
            raise NodeRefusedError(
                f"Failed to follow install {command['operation_id']} on host '{self._host}': the node knows none of"
                " that id. Scan it to see what is installed",
                "unknown_operation",
                {},
            )
        results = [_complete(result) for result in operation["results"]]
        error = operation.get("error")
        # where something was done before, each update's own result tells of the error
        if isinstance(error, dict) and all(result.get("status") == "not_tried" for result in results):
            self._forget(str(command["operation_id"]))
            raise NodeRefusedError(f"{error.get('message')} (host '{self._host}')", str(error.get("code")), error)
        progress = operation.get("progress")
        if isinstance(progress, dict):
            doing = [str(progress.get(name) or "") for name in ("doing", "current")]
            operation["progress"] = {**progress, "doing": " ".join(filter(None, doing))}
        return {**operation, "results": results}

    def _reboot(self, command: Mapping[str, Any]) -> dict[str, Any]:
        boot_id = str(command["boot_id"])
        if not _BOOT_ID.fullmatch(boot_id):  # it becomes part of a script
            raise NodeRefusedError(
                f"Failed to reboot host '{self._host}': it calls its boot {boot_id[:80]!r}."
                " Reboot it yourself, then scan",
                "bad_boot_id",
                {},
            )
        boot, _booted = self._tell_boot(_TELL_BOOT + _LEAVE_BOOT.replace("BOOT", boot_id))
        return {"boot_id": boot}

    def _tell_boot(self, script: str) -> tuple[str, str]:
        """Run a script that tells the boot the node is in: its id and when it began."""
        mark = f"{MARK} {secrets.token_hex(16)}"
        shell = self._action._connection._shell
        encoded = shell._encode_script(script.replace("MARK", mark), strict_mode=False, preserve_rc=False)
        result = self._action._low_level_execute_command(encoded, sudoable=False)
        stdout = str(result.get("stdout", ""))
        found = None
        for line in stdout.splitlines():
            words = line.strip().removeprefix(mark).split(maxsplit=1)
            if not line.strip().startswith(mark) or len(words) != 2:
                continue
            if words[0] == "refused":
                raise NodeRefusedError(
                    f"Failed to reboot host '{self._host}': shutdown.exe ended with {words[1]}", "refused", {}
                )
            found = words[1].rpartition(" ")
        if found is None:
            said = " ".join(f"{result.get('stderr', '')} {stdout}".split())[:400] or "it printed nothing"
            raise BadAnswerError(f"Failed to ask host '{self._host}' which boot it is in: {said}")
        boot, _space, booted = found
        return self._name_boot(boot, booted), booted

    def _name_boot(self, boot: str, booted: str) -> str:
        """The boot's id; where Windows does not count its boots, the time tells two of the same id apart."""
        if self._boot is None or boot != self._boot[0]:
            return boot
        try:
            later = datetime.fromisoformat(booted) - datetime.fromisoformat(self._boot[1])
        except (TypeError, ValueError):
            return boot
        return f"{boot}, {booted}" if later > _SAME_BOOT else boot

    def _run(self, module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = self._action._execute_module(
            module_name=f"{COLLECTION}.{module}", module_args=dict(arguments), task_vars=self._task_vars
        )
        message = str(result.get("msg") or "")
        if result.get("unreachable"):
            raise AnsibleConnectionFailure(message)
        if not result.get("failed"):
            return _make_plain(result)
        if "module_stdout" in result or "module_stderr" in result:
            said = " ".join(f"{result.get('module_stderr', '')} {result.get('module_stdout', '')}".split())[:400]
            raise BadAnswerError(f"Failed to run {module} on host '{self._host}': {message} {said}".strip())
        code = str(result.get("code") or result.get("hresult_name") or result.get("hresult") or "failed")
        details: dict[str, Any] = {
            name: result[name] for name in ("hresult", "hresult_name", "transient") if name in result
        }
        raise NodeRefusedError(f"{message} (host '{self._host}')", code, details)


def _find_left(facts: Mapping[str, Any]) -> str:
    """The id of an install that ended so long ago that nobody is on the way to its answer any more, else nothing."""
    last: Any = facts.get("last_operation")
    try:
        age = datetime.fromisoformat(facts["collected_at"]) - datetime.fromisoformat(last["finished_at"])
        return str(last["id"]) if age > _LONG_AGO else ""
    except (KeyError, TypeError, ValueError):
        return ""


def _make_plain(result: Mapping[str, Any]) -> dict[str, Any]:
    """The same as plain values: ansible-core 2.19 marks each text with where it comes from."""
    plain: dict[str, Any] = json.loads(json.dumps(result, default=str))
    return plain


def _complete(result: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of a transaction has the same keys on every system."""
    return {"arch": "", "from_version": "", "reason": "", **result}
