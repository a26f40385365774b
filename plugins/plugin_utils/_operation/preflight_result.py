# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a preflight's task returns, and what its table makes of it: checks as plain values, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    SEVERITY,
    Check,
    find_worst,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_table import NodeChecks
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible

# the variable in which the role keeps the result
REGISTERED = "patch_preflight_result"


def shape_preflight(checks: Sequence[Check], summary: str, *, lost: bool = False) -> dict[str, Any]:
    """The task's result: it fails if a check did; a node that could not be reached is ``lost``."""
    # Ansible prints these as they are, and they are the node's own words
    visible = [
        Check(check.name, check.status, make_visible(check.finding), make_visible(check.way_out)) for check in checks
    ]
    worst = find_worst(visible)
    lacking = {check.name for check in visible if check.status != "ok"}
    shaped: dict[str, Any] = {
        "changed": False,
        "status": worst,
        "summary": make_visible(summary),
        "checks": [check.to_dict() for check in visible if check.status != "ok"],
        "passed": list(dict.fromkeys(check.name for check in visible if check.name not in lacking)),
        "msg": _say(visible),
    }
    if lost:
        return shaped | {"unreachable": True}
    return shaped | ({"failed": True} if worst == "failed" else {})


def read_preflight(host: str, result: object) -> NodeChecks:
    """The checks in a node's registered result; a task that ended otherwise is a failed check too."""
    if isinstance(result, Mapping):
        try:
            checks = [Check(**{key: str(value) for key, value in entry.items()}) for entry in result["checks"]]  # type: ignore[arg-type]
            if all(check.status in SEVERITY for check in checks):
                return NodeChecks(host, checks, str(result.get("summary") or ""))
        except (AttributeError, KeyError, TypeError):
            pass
    said = str(result.get("msg") or "") if isinstance(result, Mapping) else ""
    finding = said or "The preflight did not get to this node"
    return NodeChecks(host, [Check("preflight", "failed", finding, "Correct it and run the preflight again")])


def end_node(node: NodeChecks, result: object) -> dict[str, Any]:
    """The task result of a node whose preflight ended like this: failed checks fail it, warnings do not."""
    names = dict.fromkeys(check.name for check in node.checks if check.status == node.status != "ok")
    ended: dict[str, Any] = {"changed": False, "msg": f"{node.status}: {', '.join(names)}" if names else "ok"}
    if isinstance(result, Mapping) and result.get("unreachable"):
        return ended | {"unreachable": True}
    return ended | ({"failed": True} if node.status == "failed" else {})


def _say(checks: Sequence[Check]) -> str:
    """The gravest checks in one line."""
    worst = find_worst(checks)
    if worst == "ok":
        return "ok"
    found = [f"{check.name}: {check.finding}" for check in checks if check.status == worst]
    return f"{worst}: {'; '.join(found)}"
