# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation, scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import PatchAction
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.result import shape_result
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import SCAN_OPTIONS


class ActionModule(PatchAction):
    """Find out what a node lacks by its patch baseline."""

    OPTIONS = SCAN_OPTIONS
    OPERATION = "Scan"

    def operate(self, operation: HostOperation) -> dict[str, Any]:
        judged = scan_host(operation)
        return {"changed": False, **shape_result(judged, operation.run_id)}
