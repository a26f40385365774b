# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    NodeError,
    NodeRefusedError,
    NoPythonError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.transport import open_node
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.windows import is_windows
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.aws_endpoints import (
    PORT,
    list_endpoints,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    Check,
    describe_node,
    judge_lost,
    judge_node,
    measure_offset,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_result import shape_preflight
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_windows import (
    describe_windows,
    judge_windows,
    read_clock,
)

OPTIONS: dict[str, dict[str, Any]] = {"patch_preflight_region": {"type": "str"}}


class ActionModule(ActionBase):
    """Check what patching demands of a node."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        region = validate_arguments(self, OPTIONS).get("patch_preflight_region") or None
        try:
            endpoints = [[endpoint.host, PORT] for endpoint in list_endpoints(region)] if region else []
        except OperationError as error:
            raise AnsibleActionFail(str(error)) from None  # ansible-core 2.19 repeats a cause
        lost, summary = False, ""
        try:
            checks, summary = self._check(variables, endpoints, region)
        except AnsibleConnectionFailure as error:
            lost = True
            checks = judge_lost(
                str(error.message), way_out="Check address, user and key with 'ansible -m ansible.builtin.ping'"
            )
        except NoPythonError as error:
            checks = judge_lost(str(error), name="python")
        except NodeRefusedError as error:
            checks = judge_lost(str(error), name="source" if is_windows(self) else "connection")
        except NodeError as error:
            checks = judge_lost(
                str(error), way_out="Look at the node's shell, and at the password of become if it asks"
            )
        return result | shape_preflight(checks, summary, lost=lost)

    def _check(
        self, variables: dict[str, Any], endpoints: list[list[Any]], region: str | None
    ) -> tuple[list[Check], str]:
        node = open_node(self, variables, {})
        before = time.time()
        answer = node({"command": "preflight", "endpoints": endpoints})
        after = time.time()
        if is_windows(self):
            return _judge_windows(answer["facts"], before, after, region)
        seen = answer.get("observations")
        if not isinstance(seen, dict):
            raise NodeError(f"Failed to understand the answer of host '{variables['inventory_hostname']}'")
        try:
            clock = seen["clock"]
            offset = measure_offset(before, after, float(clock["started"]), float(clock["ended"]))
        except (KeyError, TypeError, ValueError):
            offset = None
        return judge_node(seen, offset=offset, region=region), describe_node(seen)


def _judge_windows(facts: dict[str, Any], before: float, after: float, region: str | None) -> tuple[list[Check], str]:
    try:
        told = read_clock(facts)
        offset = measure_offset(before, after, told, told)
    except (KeyError, TypeError, ValueError):
        offset = None
    return judge_windows(facts, offset=offset, region=region), describe_windows(facts)
