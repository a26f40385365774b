# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this call of Ansible would be made again by a timer, with nobody there to answer a question."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible import constants, context

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.units import Caller

PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLAYBOOK = "openpatch.patch_manager.patch"

# What decides which configuration, collections and store are found; nothing of it is secret. What differs from terminal
# to terminal is set instead: the units would change with it.
_KEPT = (
    "ANSIBLE_COLLECTIONS_PATH",
    "ANSIBLE_COLLECTIONS_PATHS",
    "ANSIBLE_HOME",
    "ANSIBLE_ROLES_PATH",
    "ANSIBLE_VAULT_IDENTITY_LIST",
    "ANSIBLE_VAULT_PASSWORD_FILE",
    "XDG_STATE_HOME",
)


def find_caller(task_vars: Mapping[str, Any], base_dir: str, policy_dir: str | None, *, is_system: bool) -> Caller:
    """Give the call of the patch playbook as far as it is the same for all policies; raises OperationError."""
    environment = {name: os.environ[name] for name in _KEPT if os.environ.get(name)}
    program = _find_program()
    environment |= {
        "HOME": str(Path.home()),
        "LC_ALL": "C.UTF-8",  # ansible-core refuses to start where letters beyond ASCII cannot be shown
        "PATH": f"{Path(program).parent}:{PROGRAMS}",
    }
    if constants.CONFIG_FILE:
        environment["ANSIBLE_CONFIG"] = os.fspath(Path(str(constants.CONFIG_FILE)).absolute())
    return Caller(
        command=(
            program,
            *_give(task_vars.get("ansible_inventory_sources") or (), "--inventory"),
            *_give(map(_absolute, context.CLIARGS.get("vault_password_files") or ()), "--vault-password-file"),
            PLAYBOOK,
            *(("-e", json.dumps({"patch_policy_dir": policy_dir})) if policy_dir else ()),
        ),
        folder=str(Path(base_dir).absolute()),
        environment=environment,
        is_system=is_system,
    )


def _find_program() -> str:
    called = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("ansible-playbook")
    for path in (called if called.name == "ansible-playbook" else beside, beside):
        if path.is_file():
            return str(path.absolute())
    found = shutil.which("ansible-playbook")
    if found is None:
        raise OperationError("Failed to find ansible-playbook, which the timers are to call. Put it on the PATH")
    return found


def _give(values: Any, option: str) -> Sequence[str]:
    return [word for value in values for word in (option, str(value))]


def _absolute(path: Any) -> str:
    return os.fspath(Path(str(path)).expanduser().absolute())
