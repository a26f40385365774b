# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import (
    install_host,
    is_change,
    scan_before_install,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import PatchAction
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.result import shape_result
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import INSTALL_OPTIONS
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible


class ActionModule(PatchAction):
    """Install what a node lacks by its patch baseline."""

    OPTIONS = INSTALL_OPTIONS
    OPERATION = "Install"

    def operate(self, operation: HostOperation) -> dict[str, Any]:
        hooks = {"hooks": dict(operation.settings.hooks)}
        if operation.settings.patch_hold_install:
            return hooks | self._scan(operation)
        return hooks | self._install(operation)

    def _scan(self, operation: HostOperation) -> dict[str, Any]:
        judged, steps, notes = scan_before_install(operation)
        result = {"changed": False, **shape_result(judged, operation.run_id)}
        result["warnings"] = list(dict.fromkeys([*result["warnings"], *notes]))
        return result | {"install": {"decided": steps.proceed, "reason": steps.reason}}

    def _install(self, operation: HostOperation) -> dict[str, Any]:
        installed = install_host(operation)
        result = {"changed": installed.changed, **shape_result(installed.judged, operation.run_id)}
        result["transaction"] = list(installed.transaction)
        result["reboot"] = installed.reboot.to_dict()
        result["held_back"] = list(installed.held_back)
        result["warnings"] = list(dict.fromkeys([*result["warnings"], *installed.notes]))
        if self._task.diff:
            result["diff"] = [describe_diff(operation.settings.host, installed.transaction)]
        return result


def describe_diff(host: str, transaction: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Versions before and after, a package per line; packages that stay as they are do not show."""
    before: list[str] = []
    after: list[str] = []
    for entry in transaction:
        if is_change(entry):
            package = f"{entry['name']}.{entry['arch']}" if entry["arch"] else entry["name"]
            # Ansible prints these as they are, and they are the node's words
            if entry.get("from_version"):
                before.append(make_visible(f"{package} {entry['from_version']}") + "\n")
            after.append(make_visible(f"{package} {entry['version']}") + "\n")
    header = f"packages of {host}"
    return {
        "before_header": header,
        "after_header": header,
        "before": "".join(sorted(before)),
        "after": "".join(sorted(after)),
    }
