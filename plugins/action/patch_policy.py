# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AWS_OPTIONS, read_aws_options
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.choose_hosts import (
    Chosen,
    choose_hosts,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host_baseline import check_baselines
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import (
    find_base_dir,
    find_baselines,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import Operation, PatchPolicy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy_files import (
    find_policies,
    load_policy,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.variables import name_variables
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import Slot, find_slot
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

display = Display()

TARGETS = "patch_policy_targets"

OPTIONS: dict[str, dict[str, Any]] = {
    "patch_policy": {"type": "str", "required": True},
    "patch_policy_dir": {"type": "str"},
    "patch_baseline_source": {"type": "str", "choices": ["local", "ssm"], "default": "local"},
    **AWS_OPTIONS,
    "patch_operation": {"type": "str", "choices": ["scan", "install"]},
    "patch_slot": {"type": "str", "choices": ["auto"]},
    "patch_run_id": {"type": "str"},
    "patch_store_url": {"type": "str"},
}


class Plan(NamedTuple):
    """What is to be done by a policy now; ``refusal`` says why no host is a target, if that is so."""

    policy: PatchPolicy
    operation: Operation
    slot: Slot | None
    chosen: Chosen
    variables: Mapping[str, Any]
    refusal: str


class ActionModule(ActionBase):
    """Choose the hosts that a patch policy is for, and give its settings as variables."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = validate_arguments(self, OPTIONS)
        try:
            plan = self._plan(args, task_vars or {}, datetime.now(timezone.utc))
        except (OperationError, PolicyError, SourceError, StoreError) as error:
            lines = str(error).split("\n")
            raise AnsibleActionFail("\n".join(map(make_visible, lines))) from None  # ansible-core 2.19 repeats a cause
        msg = make_visible(_sum_up(plan, len((task_vars or {}).get("ansible_play_hosts_all", ()))))
        display.display(msg)
        return result | {
            "changed": False,
            "msg": msg,
            "policy": plan.policy.name,
            "operation": plan.operation,
            "slot": plan.slot.date.isoformat() if plan.slot else "",
            "targets": list(plan.chosen.hosts),
            "variables": dict(plan.variables),
            "warnings": [make_visible(f"{plan.policy.name}: {warning}") for warning in plan.chosen.warnings],
        }

    def _plan(self, args: Mapping[str, Any], task_vars: Mapping[str, Any], now: datetime) -> Plan:
        base_dir = find_base_dir(task_vars)
        policy = load_policy(find_policies(args.get("patch_policy_dir"), base_dir), args["patch_policy"])
        operation: Operation = args.get("patch_operation") or policy.operations[-1]
        slot = find_slot(policy.schedule_of(operation), policy.window, now)
        variables = name_variables(policy, operation, slot, now=now, base_dir=base_dir)
        if not isinstance(policy.baselines, str):
            is_ssm = (policy.baseline_source or args["patch_baseline_source"]) == "ssm"
            place = read_aws_options(args) if is_ssm else find_baselines(policy.baseline_dir, base_dir)
            check_baselines(policy.baselines, place, policy.file)
        chosen = choose_hosts(policy.targets, task_vars["ansible_play_hosts_all"], task_vars, self._loader)
        strangers = set(task_vars["groups"].get(TARGETS, ())) - set(chosen.hosts)
        if strangers:
            raise OperationError(
                f"Failed to use patch policy '{policy.name}': another one has targets in this call of ansible-playbook"
                f" already, such as '{min(strangers)}'. Run each policy by a call of its own"
            )
        refusal = "" if chosen.hosts else "no host is a target"
        if chosen.hosts and args.get("patch_slot"):
            refusal = self._refuse_slot(args, policy, operation, slot, now)
        return Plan(policy, operation, slot, chosen._replace(hosts=()) if refusal else chosen, variables, refusal)

    def _refuse_slot(
        self, args: Mapping[str, Any], policy: PatchPolicy, operation: Operation, slot: Slot | None, now: datetime
    ) -> str:
        """Why a timer does not start the operation now; nothing if it does, and this run is the only one."""
        if slot is None:
            return "the schedule has not begun"
        when = slot.date.isoformat()
        if not slot.is_open(now):
            return f"the schedule's last date, {when}, is too long ago to begin"
        if self._task.check_mode:
            return ""
        with open_store(args.get("patch_store_url")) as store:
            run = store.join_run(
                find_run_key(),
                operation=operation.capitalize(),
                attributes={"check_mode": False, "policy": policy.name},
                run_id=args.get("patch_run_id"),
            )
            claimed = store.claim_slot(policy.name, operation, slot.date, run.run_id)
        return "" if claimed else f"another run has been started for {when}"


def _sum_up(plan: Plan, hosts: int) -> str:
    what = f"Patch policy '{plan.policy.name}', {plan.operation}"
    if plan.refusal:
        return f"{what}: {plan.refusal}; nothing is done"
    count = len(plan.chosen.hosts)
    window = f", no node is started after {plan.slot.cutoff.isoformat()}" if plan.slot and plan.slot.cutoff else ""
    return f"{what}: {count} of {hosts} host{'' if hosts == 1 else 's'}{window}"
