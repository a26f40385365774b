# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the prerequisites demand of a Windows node, from the facts that a scan collects. Pure.

That there are facts at all shows that the update source answered: a search that fails is an error of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    MOST_SECONDS_OFF,
    MOST_SECONDS_OFF_AT_ALL,
    Check,
    Seen,
    show_seconds,
    sort_checks,
)

# patch-manager-prerequisites: Windows Server 2012 to 2025
SUPPORTED = re.compile(r"WindowsServer(2012(R2)?|2016|2019|2022|2025)")
OLDEST_POWERSHELL = (5, 1)  # ansible-core 2.17 and later
# what stands between a node and its update source, by what the policies are called
NO_ACCESS = "DisableWindowsUpdateAccess"


def judge_windows(facts: Seen, *, offset: float | None = None, region: str | None = None) -> list[Check]:
    """Judge the facts of a Windows node, worst first; what cannot be read is ``unknown``."""
    checks: list[Check] = []
    for name, rule in _RULES:
        try:
            checks += rule(facts)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            checks.append(Check(name, "unknown", f"The node's answer cannot be read: {type(error).__name__}: {error}"))
    checks.append(_judge_clock(offset))
    if region:
        checks.append(Check("endpoint", "unknown", f"What a node reaches of Region {region} is not tried on Windows"))
    return sort_checks(checks)


def read_clock(facts: Seen) -> float:
    """When the node collected its facts, as seconds; raises ValueError, KeyError or TypeError."""
    return datetime.fromisoformat(facts["collected_at"]).timestamp()


def describe_windows(facts: Seen) -> str:
    """What a person wants to know of a node of which everything is as it should be."""
    try:
        system, source = facts["os"], facts["update_source"]
        return f"{system['name']}, PowerShell {system['powershell']}, updates from {source['effective']}"
    except (KeyError, TypeError):
        return ""


def _judge_system(facts: Seen) -> Iterator[Check]:
    system = facts["os"]
    name = str(system.get("name") or "unknown Windows")
    if SUPPORTED.fullmatch(str(system.get("product", ""))):
        yield Check("system", "ok", name)
        return
    yield Check(
        "system",
        "warning",
        f"{name} ({system.get('version', 'no version')}) is not on Patch Manager's list, Windows Server 2012 to 2025",
        "Try it on one node, or leave the host out of patch_targets",
    )


def _judge_powershell(facts: Seen) -> Iterator[Check]:
    shown = str(facts["os"]["powershell"])
    version = tuple(int(part) for part in shown.split(".")[:2])
    if version < OLDEST_POWERSHELL:
        yield Check("powershell", "failed", f"PowerShell {shown} is too old", "Install Windows PowerShell 5.1")
    else:
        yield Check("powershell", "ok", f"PowerShell {shown}")


def _judge_source(facts: Seen) -> Iterator[Check]:
    source = facts["update_source"]
    policies = [str(policy) for policy in source.get("policy") or ()]
    if NO_ACCESS in policies:
        yield Check(
            "source",
            "failed",
            f"A policy forbids access to Windows Update ({NO_ACCESS})",
            "Take the policy back, or leave the host out of patch_targets",
        )
    where = f"{source['effective']} {source.get('wsus_url', '')}".strip()
    if not source.get("other_products"):
        yield Check(
            "source",
            "warning",
            f"Updates come from {where}, which serves Windows only: Microsoft's other products get none",
            "Turn on updates for other Microsoft products, or set patch_windows_update_source to microsoft_update",
        )
    elif NO_ACCESS not in policies:
        yield Check("source", "ok", f"Updates come from {where}")


def _judge_reboot(facts: Seen) -> Iterator[Check]:
    found: Mapping[str, Any] = facts.get("reboot_required") or {}
    if found.get("required"):
        yield Check(
            "reboot",
            "warning",
            f"The node waits for a reboot: {_join(found.get('reasons') or ())}",
            "Reboot it before the installs, which may fail otherwise",
        )
    elif not facts.get("boot_id"):
        yield Check("reboot", "warning", "The node has no boot id that would prove a reboot", "Reboot it yourself")
    else:
        yield Check("reboot", "ok", "No reboot is pending")


def _judge_operation(facts: Seen) -> Iterator[Check]:
    last = facts.get("last_operation")
    if last and last.get("state") == "running":
        yield Check(
            "operation",
            "warning",
            f"Install {last.get('id')} has been running since {last.get('started_at')}",
            "Wait for it to end; an install begins by waiting for it",
        )
    else:
        yield Check("operation", "ok", "No install is running")


def _judge_warnings(facts: Seen) -> Iterator[Check]:
    for warning in facts.get("warnings") or ():
        if warning.get("code") not in ("policy", "unknown_product"):  # told above
            yield Check("facts", "warning", str(warning["message"]), "Look at the node's Windows Update")


def _judge_clock(offset: float | None) -> Check:
    if offset is None:
        return Check("clock", "unknown", "The node's answer has no time that could be compared")
    if abs(offset) <= MOST_SECONDS_OFF:
        return Check("clock", "ok", "As the controller's")
    shown = f"{show_seconds(abs(offset))} {'ahead of' if offset > 0 else 'behind'} the controller's"
    is_far = abs(offset) > MOST_SECONDS_OFF_AT_ALL
    return Check("clock", "failed" if is_far else "warning", shown, "Look at the time service (w32tm /query /status)")


def _join(reasons: Sequence[str]) -> str:
    return "; ".join(map(str, reasons)) or "it does not say why"


_RULES: tuple[tuple[str, Callable[[Seen], Iterable[Check]]], ...] = (
    ("system", _judge_system),
    ("powershell", _judge_powershell),
    ("source", _judge_source),
    ("operation", _judge_operation),
    ("reboot", _judge_reboot),
    ("facts", _judge_warnings),
)
