# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory that Ansible and a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from .node import Node


def write_inventory(path: Path, nodes: Iterable[Node]) -> None:
    """Write the nodes, by group, as a YAML inventory."""
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.spec.group, []).append(node)
    lines = ["---", "all:", "  children:"]
    for group, members in sorted(groups.items()):
        lines += [f"    {group}:", "      hosts:"]
        for node in members:
            lines.append(f"        {node.name}:")
            # A JSON string is a YAML string.
            lines += [f"          {key}: {json.dumps(value)}" for key, value in node.host_vars.items()]
    path.write_text("\n".join(lines) + "\n")
