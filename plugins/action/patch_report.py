# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.csv_report import (
    name_csv_files,
    write_csv_report,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.errors import ReportError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.json_report import write_json_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import build_current_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {
    "patch_report_format": {"type": "str", "choices": ["json", "csv"], "default": "json"},
    "patch_report_path": {"type": "path", "required": True},
    "patch_report_max_age": {"type": "int", "default": 7},
    "patch_store_url": {"type": "str"},
}


class ActionModule(ActionBase):
    """Write the current assessments of all nodes to a file."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = validate_arguments(self, OPTIONS)
        path = Path(args["patch_report_path"])
        is_csv = args["patch_report_format"] == "csv"
        expected = [str(name) for name in variables.get("ansible_play_hosts_all", [])]
        try:
            with open_store(args.get("patch_store_url")) as store:
                report = build_current_report(
                    store,
                    now=datetime.now(timezone.utc),
                    expected=expected,
                    max_age=timedelta(days=args["patch_report_max_age"]),
                    patches=True,
                )
            if self._task.check_mode:
                files: tuple[Path, ...] = name_csv_files(path) if is_csv else (path,)
            else:
                files = (write_csv_report if is_csv else write_json_report)(report, path)
        except (ReportError, StoreError) as error:
            raise AnsibleActionFail(str(error)) from None  # ansible-core 2.19 repeats a cause
        nodes = f"{len(report.rows)} node{'' if len(report.rows) == 1 else 's'}"
        msg = f"{nodes} in {', '.join(map(str, files))}"
        display.display(f"{msg} (check mode: not written)" if self._task.check_mode else msg)
        # a report is an answer, not a state that is managed: it says nothing of a change
        return result | {"changed": False, "files": [str(file) for file in files], "msg": msg}
