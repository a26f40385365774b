# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the blocks that a Mac sends to the answer of every node program: ``{"ok": ..., "result" or "error": ...}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import Blocks
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.facts import describe_facts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.observations import observe
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.operation import describe_last, plan
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import describe_system

Json = dict[str, Any]


def understand(blocks: Blocks) -> Json:
    """The answer to the command that the blocks are of."""
    for code, block in blocks.starting_with("refusal ").items():
        return {"ok": False, "error": _describe_refusal(code, block.text.strip(), blocks)}
    command = blocks.line("command")
    if command in ("install", "poll"):
        return _describe_operation(blocks)
    handlers: dict[str, Callable[[], Json]] = {
        "identify": lambda: {"facts": describe_system(blocks)},
        "collect": lambda: {"facts": describe_facts(blocks)},
        "plan": lambda: plan(blocks),
        "preflight": lambda: {"observations": observe(blocks)},
        "reboot": lambda: {
            "boot_id": blocks.line("boot_id"),
            "command": blocks.line("reboot_command").split(),
        },
    }
    return {"ok": True, "result": handlers[command]()}


def _describe_operation(blocks: Blocks) -> Json:
    operation = describe_last(blocks)
    asked = blocks.line("asked")
    if operation is None or (asked and operation["id"] != asked):
        known = f"the node's last one is '{operation['id']}'" if operation else "the node knows of none"
        message = f"Failed to find operation '{asked}': {known}"
        return {"ok": False, "error": {"code": "unknown_operation", "message": message, "details": {}}}
    return {"ok": True, "result": operation}


def _describe_refusal(code: str, message: str, blocks: Blocks) -> Json:
    running = describe_last(blocks) if code == "operation_running" else None
    if running is None:
        return {"code": code, "message": message, "details": {}}
    details = {key: running.get(key) for key in ("id", "pid", "started_at")}
    message = (
        f"{message}: operation '{running['id']}' (process {running.get('pid')}, started at"
        f" {running.get('started_at')}) is still running on this node. Wait for it to end"
    )
    return {"code": code, "message": message, "details": details}
