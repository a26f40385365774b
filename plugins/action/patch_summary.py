# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.terminal import choose_style
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.turn import end_run
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import states
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import Report, build_run_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.table import render_table
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {
    "outcome": {"type": "bool", "default": False},
    "patch_run_id": {"type": "str"},
    "patch_store_url": {"type": "str"},
    "width": {"type": "int"},
}


class ActionModule(ActionBase):
    """Print what a run found, or end a node's task as its operation ended."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = validate_arguments(self, OPTIONS)
        host = str(variables["inventory_hostname"])
        expected = (
            [host] if args["outcome"] else [str(name) for name in variables.get("ansible_play_hosts_all", [host])]
        )
        try:
            with open_store(args.get("patch_store_url")) as store:
                controller = find_run_key()
                run = store.join_run(
                    controller, operation="Scan", attributes={}, run_id=args.get("patch_run_id") or None
                )
                if not args["outcome"]:
                    end_run(store, run.run_id, controller, run.operation)
                report = build_run_report(store, run.run_id, now=datetime.now(timezone.utc), expected=expected)
        except StoreError as error:
            raise AnsibleActionFail(str(error)) from None  # ansible-core 2.19 repeats a cause
        if args["outcome"]:
            return result | _end_as(report, host, check_mode=self._task.check_mode)
        display.display(render_table(report, choose_style(display, args.get("width"))))
        rows = [
            {
                "host": row.host,
                "compliance_status": row.compliance_status,
                "patch_group": row.patch_group,
                "reason": row.reason,
            }
            for row in report.rows
        ]
        return result | {"changed": False, "nodes": rows}


def _end_as(report: Report, host: str, *, check_mode: bool) -> dict[str, Any]:
    """The task result of a node whose operation ended like this."""
    row = next(row for row in report.rows if row.host == host)
    if row.run_id and row.incident is None:
        ended: dict[str, Any] = {"changed": False, "msg": f"{row.compliance_status}: {row.reason}"}
        # check mode tries nothing: what failed was an earlier install then
        if row.operation == "Install" and (row.counts or {}).get("failed_count") and not check_mode:
            ended["failed"] = True
        return ended
    ended = {"changed": False, "msg": row.reason}
    if row.compliance_status == states.OUTSIDE_WINDOW:  # its window is for that: the next one takes it
        return ended
    return ended | ({"unreachable": True} if row.compliance_status == states.UNREACHABLE else {"failed": True})
