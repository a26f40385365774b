# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import EngineError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AWS_OPTIONS,
    AwsError,
    AwsSession,
    read_aws_options,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.baseline_sync import (
    Synced,
    pull_baselines,
    push_baselines,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import (
    make_lines_visible,
    validate_arguments,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import find_base_dir
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import find_path

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {
    "patch_baselines_direction": {"type": "str", "choices": ["push", "pull"], "required": True},
    "patch_baselines_predefined": {"type": "bool", "default": False},
    "patch_baseline_dir": {"type": "str"},
    **AWS_OPTIONS,
}


class ActionModule(ActionBase):
    """Push baselines of files to AWS, or pull those of AWS into files."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        args = validate_arguments(self, OPTIONS)
        try:
            synced, msg = self._sync(args, task_vars or {})
        except (AwsError, EngineError, OperationError, SourceError) as error:
            raise AnsibleActionFail(make_lines_visible(str(error))) from None  # ansible-core 2.19 repeats a cause
        display.display(make_visible(msg))
        result |= {
            "changed": bool(synced.diff),
            "msg": make_visible(msg),
            "baselines": list(synced.baselines),
            "only_in_files": list(synced.only_in_files),
            "only_in_aws": list(synced.only_in_aws),
            "warnings": [make_visible(warning) for warning in synced.warnings],
        }
        if self._task.diff:
            result["diff"] = [
                {name: make_lines_visible(text) for name, text in described.items()} for described in synced.diff
            ]
        return result

    def _sync(self, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> tuple[Synced, str]:
        folder = find_path(
            args.get("patch_baseline_dir") or "patch_baselines", "patch_baseline_dir", find_base_dir(task_vars)
        )
        session = AwsSession(read_aws_options(args))
        is_check = self._task.check_mode
        if args["patch_baselines_direction"] == "push":
            synced = push_baselines(folder, session, check_mode=is_check)
            what, others = f"pushed from '{folder}' to AWS", synced.only_in_aws
        else:
            synced = pull_baselines(folder, session, predefined=args["patch_baselines_predefined"], check_mode=is_check)
            what, others = f"pulled from AWS into '{folder}'", synced.only_in_files
        changed = sum(bool(row["changed"]) for row in synced.baselines)
        kept = f"; left alone, because only there: {', '.join(others)}" if others else ""
        check = " (check mode: nothing was done)" if is_check else ""
        count = len(synced.baselines)
        return synced, f"{count} baseline{'' if count == 1 else 's'} {what}, {changed} changed{kept}{check}"
