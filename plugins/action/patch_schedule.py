# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.caller import find_caller
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import find_base_dir
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.systemd import Systemd, find_systemd
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.unit_files import (
    Change,
    apply_changes,
    plan_changes,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.agenda import (
    Agenda,
    make_agenda,
    render_agenda,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy_files import (
    find_policies,
    list_policies,
    load_policy,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.units import (
    Origin,
    name_unit,
    render_units,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {
    "patch_policy": {"type": "str"},
    "patch_policy_dir": {"type": "str"},
    "patch_schedule_state": {"type": "str", "choices": ["shown", "present", "absent"], "default": "shown"},
    "patch_schedule_dir": {"type": "path"},
}


class ActionModule(ActionBase):
    """Show when patch policies are due, and keep the timers that start them."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = validate_arguments(self, OPTIONS)
        try:
            return result | self._schedule(args, task_vars or {})
        except (OperationError, PolicyError) as error:
            lines = str(error).split("\n")
            raise AnsibleActionFail("\n".join(map(make_visible, lines))) from None  # ansible-core 2.19 repeats a cause

    def _schedule(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> dict[str, Any]:
        base_dir = find_base_dir(task_vars)
        policies = find_policies(args.get("patch_policy_dir"), base_dir)
        origin_folder = os.path.realpath(policies)
        systemd, state = find_systemd(), args["patch_schedule_state"]
        folder = Path(args.get("patch_schedule_dir") or systemd.folder)
        name = args.get("patch_policy")
        agendas = [] if state == "absent" else _read_agendas(policies, name)
        caller = find_caller(
            task_vars,
            base_dir,
            origin_folder if args.get("patch_policy_dir") else None,
            is_system=systemd.is_system,
        )
        wanted: dict[str, str] = {}
        for agenda in agendas:
            display.display("\n".join(map(make_visible, render_agenda(agenda).split("\n"))))
            wanted |= render_units(agenda, Origin(origin_folder, agenda.policy.name), caller)
        described = {
            "schedules": [agenda.to_dict() for agenda in agendas],
            "awx": [agenda.awx for agenda in agendas if agenda.awx],
            "units": {str(folder / unit): text for unit, text in wanted.items()},
        }
        if state == "shown":
            return described | {"changed": False, "msg": f"{len(agendas)} schedules shown"}
        changes = plan_changes(folder, wanted, origin_folder, name)
        new = {change.name for change in changes if change.before is None}
        first = [
            f"{unit}-now.service"
            for unit, agenda in ((name_unit(agenda), agenda) for agenda in agendas)
            if f"{unit}.timer" in new and agenda.is_in_force and not agenda.policy.waits(agenda.operation)
        ]
        return described | self._deploy(folder, changes, list(wanted), first, systemd)

    def _deploy(
        self, folder: Path, changes: tuple[Change, ...], wanted: list[str], first: list[str], systemd: Systemd
    ) -> dict[str, Any]:
        """Change the units; ``first`` are services that are started because their timers are new."""
        is_loaded = systemd.runs and folder == systemd.folder
        timers = [unit for unit in wanted if unit.endswith(".timer")]
        idle = systemd.find_idle(timers) if is_loaded else ()
        changed = [change.name for change in changes if change.after is not None]
        gone = [change.name for change in changes if change.after is None]
        to_start = [timer for timer in timers if timer in changed or timer in idle]
        if not self._task.check_mode:
            if is_loaded:
                systemd.stop_timers(unit for unit in gone if unit.endswith(".timer"))
            apply_changes(folder, changes)
            if is_loaded and changes:
                systemd.reload()
            if is_loaded:
                systemd.start_timers(to_start)
                systemd.start_services(first)
        msg = f"{len(wanted)} units in {folder}: {len(changed)} written, {len(gone)} removed"
        if is_loaded:
            msg += f", {len(to_start)} timers started"
        elif changed or gone:
            msg += f". No systemd has loaded them: {_tell_what_to_do(systemd, folder, timers, first)}"
        display.display(make_visible(f"{msg} (check mode: nothing was done)" if self._task.check_mode else msg))
        result: dict[str, Any] = {"changed": bool(changes or idle), "msg": msg}
        if self._task.diff:
            result["diff"] = [_describe_diff(folder, change) for change in changes]
        return result


def _read_agendas(folder: Path, name: str | None) -> list[Agenda]:
    """All operations of one policy or of all; what is wrong with any policy is said at once."""
    now = datetime.now(timezone.utc)
    agendas: list[Agenda] = []
    errors: list[str] = []
    for each in (name,) if name else list_policies(folder):
        try:
            policy = load_policy(folder, each)
        except PolicyError as error:
            errors.append(str(error))
            continue
        agendas += [make_agenda(policy, operation, now) for operation in policy.operations]
    if errors:
        raise PolicyError("\n".join(errors))
    return agendas


def _tell_what_to_do(systemd: Systemd, folder: Path, timers: list[str], first: list[str]) -> str:
    command = " ".join(systemd.command)
    where = "" if folder == systemd.folder else f"copy them to {systemd.folder}, then "
    calls = [f"{command} daemon-reload"]
    calls += [f"{command} enable --now {' '.join(timers)}"] if timers else []
    calls += [f"{command} start --no-block {' '.join(first)}"] if first else []
    return f"{where}call {' && '.join(calls)}"


def _describe_diff(folder: Path, change: Change) -> dict[str, str]:
    path = make_visible(str(folder / change.name))
    return {
        "before_header": path,
        "after_header": path,
        "before": change.before or "",
        "after": change.after or "",
    }
