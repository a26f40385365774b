# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import validate_arguments
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_result import (
    REGISTERED,
    end_node,
    read_preflight,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_table import render_preflight
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.terminal import choose_style

display = Display()

OPTIONS: dict[str, dict[str, Any]] = {"outcome": {"type": "bool", "default": False}, "width": {"type": "int"}}


class ActionModule(ActionBase):
    """Print what the preflight of all nodes found, or end a node's task as its preflight ended."""

    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = validate_arguments(self, OPTIONS)
        host = str(variables["inventory_hostname"])
        if args["outcome"]:
            found = variables.get(REGISTERED)
            return result | end_node(read_preflight(host, found), found)
        hosts = [str(name) for name in variables.get("ansible_play_hosts_all", [host])]
        nodes = [read_preflight(name, variables["hostvars"][name].get(REGISTERED)) for name in hosts]
        display.display(render_preflight(nodes, choose_style(display, args.get("width"))))
        return result | {"changed": False, "nodes": [{"host": node.host, "status": node.status} for node in nodes]}
