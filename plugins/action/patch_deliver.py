# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log_delivery import deliver_logs
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results import report_due
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.deliveries import FAILED, WITHHELD
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {"patch_run_id": {"type": "str"}, "patch_store_url": {"type": "str"}}

_HOSTS_SHOWN = 5


class ActionModule(ActionBase):
    """Tell Systems Manager what operations found, and write their logs to buckets."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = validate_arguments(self, OPTIONS)
        hosts = [str(name) for name in variables.get("ansible_play_hosts_all", [variables["inventory_hostname"]])]
        check_mode = self._task.check_mode
        try:
            with open_store(args.get("patch_store_url")) as store:
                run = store.join_run(
                    find_run_key(), operation="Scan", attributes={}, run_id=args.get("patch_run_id") or None
                )
                reports = report_due(store, run.run_id, hosts, check_mode=check_mode)
                logs = deliver_logs(store, hosts, check_mode=check_mode)
        except StoreError as error:
            raise AnsibleActionFail(str(error)) from None  # ansible-core 2.19 repeats a cause
        told = [
            *_sum_up("Systems Manager", [report.state for report in reports]),
            *_sum_up("Logs", [log.state for log in logs]),
        ]
        for line in told:
            display.display(line)
        return result | {
            "changed": any(report.changed for report in reports),
            "msg": "; ".join(told) or "nothing to deliver",
            "reports": [report.to_dict() for report in reports],
            "logs": [log.to_dict() for log in logs],
            "warnings": [
                *_describe_failures((report.state, report.msg, report.host) for report in reports),
                *_describe_failures((log.state, log.msg, log.host) for log in logs),
            ],
        }


def _sum_up(what: str, states: Iterable[str]) -> list[str]:
    """A line that says how many are in which state, if there are any."""
    count = Counter(states)
    return [f"{what}: {', '.join(f'{number} {state}' for state, number in sorted(count.items()))}"] if count else []


def _describe_failures(reports: Iterable[tuple[str, str, str]]) -> list[str]:
    """One warning for all hosts that have the same to say; takes states, messages and hosts."""
    hosts: dict[tuple[str, str], dict[str, None]] = {}
    for state, message, host in reports:
        if state in (FAILED, WITHHELD):
            hosts.setdefault((state, message), {})[host] = None
    return [make_visible(_describe(state, message, list(names))) for (state, message), names in hosts.items()]


def _describe(state: str, message: str, hosts: list[str]) -> str:
    more = len(hosts) - _HOSTS_SHOWN
    names = ", ".join(hosts[:_HOSTS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    if state == WITHHELD:
        return f"Systems Manager keeps what it had of {names}: {message}"
    return f"{message}. Hosts: {names}. The next run tries again; all is in the store"
