# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the node program on the host of a task, through whatever connection and become the task has."""

from __future__ import annotations

import contextlib
import functools
import secrets
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import NodeError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.windows import WindowsNode, is_windows

_DISCOVERED = frozenset({"", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent"})
_SCRIPT_NAME = "openpatch_node.sh"


def open_node(
    action: ActionBase, task_vars: Mapping[str, Any], windows_options: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """The way to the node of a task: what obeys commands there. Which one it is costs no remote execution."""
    if is_windows(action):
        return WindowsNode(action, task_vars, windows_options).obey
    return functools.partial(run_on_node, action, task_vars)


def run_on_node(action: ActionBase, task_vars: Mapping[str, Any], command: Mapping[str, Any]) -> dict[str, Any]:
    """Make the node obey one command and give its answer's ``result``.

    One remote execution with pipelining. Raises a NodeError, or ansible's AnsibleConnectionFailure for a lost node.
    """
    host = str(task_vars.get("inventory_hostname", ""))
    if is_windows(action):
        raise NodeError(f"Failed to run the node program on host '{host}': its shell is not a POSIX one")
    nonce = secrets.token_hex(16)
    interpreter, last_resort = _choose_interpreter(action, task_vars)
    script = build_script(command, nonce, interpreter, last_resort)
    result = _run_from_input(action, script) if action._is_pipelining_enabled("new") else _run_from_file(action, script)
    return read_answer(
        str(result.get("stdout", "")), str(result.get("stderr", "")), int(result.get("rc", 0)), nonce=nonce, host=host
    )


def _run_from_input(action: ActionBase, script: bytes) -> dict[str, Any]:
    try:
        result: dict[str, Any] = action._low_level_execute_command(_build_command(action), in_data=script)
    except AnsibleConnectionFailure as error:
        if str(error.message).startswith("Data could not be sent"):
            # ssh was gone before it took the script, and ansible tells of the pipe: this fails with ssh's own words
            action._low_level_execute_command("exit 0")
        raise
    return result


def _run_from_file(action: ActionBase, script: bytes) -> dict[str, Any]:
    shell = action._connection._shell
    is_ours = shell.tmpdir is None
    directory = action._make_tmp_path() if is_ours else shell.tmpdir
    path = shell.join_path(directory, _SCRIPT_NAME)
    action._transfer_data(path, script)
    action._fixup_perms2((directory, path))
    result: dict[str, Any] = action._low_level_execute_command(_build_command(action, path))
    if is_ours:
        # a node that goes away now has answered already
        with contextlib.suppress(AnsibleConnectionFailure):
            action._remove_tmp_path(directory)
    return result


def _build_command(action: ActionBase, path: str = "") -> str:
    """``VARIABLE=value /bin/sh [path]``: the task's ``environment:`` in the words of the node's shell."""
    words = [str(action._compute_environment_string()).strip(), "/bin/sh", shlex.quote(path) if path else ""]
    return " ".join(word for word in words if word)


def _choose_interpreter(action: ActionBase, task_vars: Mapping[str, Any]) -> tuple[str, str]:
    """(the interpreter the user asked for or "", what to take when the node has no other).

    Ansible gives an implicit localhost the interpreter it runs with itself, often a virtual environment's. Nobody
    asked for that one, and it lacks the package manager's bindings: it is only taken when there is no other.
    """
    own = str(task_vars.get("ansible_playbook_python") or "")
    asked = str(
        action._templar.template(task_vars.get("ansible_python_interpreter"))
        or C.config.get_config_value("INTERPRETER_PYTHON")
        or ""
    ).strip()
    if asked in _DISCOVERED:
        return "", ""
    if asked == own and action._connection.transport == "local":
        return "", own
    return asked, ""
