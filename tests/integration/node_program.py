# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node program on a node, without a controller: what the transport would send, sent by hand."""

from __future__ import annotations

import secrets
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from tests.estate.node import Node


def ask(node: Node, user: str = "root", **command: Any) -> dict[str, Any]:
    """The answer to one command."""
    nonce = secrets.token_hex(16)
    result = node.run(["/bin/sh"], stdin=build_script(command, nonce).decode(), user=user)
    return read_answer(result.out, result.err, result.rc, nonce=nonce, host=node.name)


def kill_program(node: Node) -> bool:
    """Kill every process of the node program at once; whether there was one."""
    return node.run("pkill -KILL -f '[i]mport base64, fcntl, json, select'").rc == 0
