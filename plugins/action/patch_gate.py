# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import (
    make_lines_visible,
    validate_arguments,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.turn import give_back
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

OPTIONS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["ended", "failed"], "default": "ended"},
    "reason": {"type": "str"},
    "operation": {"type": "str", "choices": ["Scan", "Install"], "default": "Install"},
    "patch_run_id": {"type": "str"},
    "patch_store_url": {"type": "str"},
}
NO_REASON = "a step of the play failed"


class ActionModule(ActionBase):
    """Give back the place that a node kept among those worked on at the same time."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = validate_arguments(self, OPTIONS)
        host = str(variables["inventory_hostname"])
        has_failed = args["state"] == "failed"
        reason = make_lines_visible(args.get("reason") or NO_REASON) if has_failed else None
        try:
            with open_store(args.get("patch_store_url")) as store:
                run = store.join_run(
                    find_run_key(),
                    operation=args["operation"],
                    attributes={"check_mode": self._task.check_mode},
                    run_id=args.get("patch_run_id") or None,
                )
                outcome = give_back(
                    store,
                    run.run_id,
                    host,
                    operation=args["operation"],
                    address=str(variables.get("ansible_host") or ""),
                    reason=reason,
                    check_mode=self._task.check_mode,
                )
        except StoreError as error:
            raise AnsibleActionFail(str(error)) from None  # ansible-core 2.19 repeats a cause
        # it is bookkeeping on the controller, which check mode has as well; nothing on the node changes
        return result | {"changed": False, "outcome": outcome, "msg": reason or f"the turn of {host} ended: {outcome}"}
