# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an Install ends with a reboot (``patch-manager-aws-runpatchbaseline``, ``operations.md`` 3.2)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult

_DONE = frozenset({"installed", "dependency"})
_PLANNED = "planned"


class RebootOption(str, enum.Enum):
    """``RebootOption`` of the API, and a value of ours: only if the node itself says that it needs it."""

    REBOOT_IF_NEEDED = "RebootIfNeeded"
    NO_REBOOT = "NoReboot"
    WHEN_REQUIRED = "WhenRequired"


class RebootDecision(NamedTuple):
    """Whether to reboot, and why or why not; ``reasons`` are the node's own for needing a reboot, if it has any."""

    reboot: bool
    reason: str
    reasons: tuple[str, ...] = ()


def decide_reboot(option: RebootOption, results: Iterable[InstallResult], assessment: Assessment) -> RebootDecision:
    """Decide at the end of an Install; whether a patch technically needs a reboot is asked by our own option only.

    That one reboots in no case in which Patch Manager would not: where nothing was installed since the boot, a node
    that still says that it needs one would say so after the next one too. In check mode ``results`` are planned.
    """
    statuses = [result.status for result in results]
    installed = sum(status in _DONE for status in statuses)
    planned = statuses.count(_PLANNED)
    pending = assessment.counts.installed_pending_reboot_count
    reasons = assessment.reboot_reasons
    if not installed and not planned and not pending:
        return RebootDecision(False, "nothing was installed and nothing waits for a reboot", reasons)
    said = f"{planned} to be installed" if planned else f"{installed} installed now"
    said = f"{said}, {pending} waiting for a reboot"
    if option is RebootOption.NO_REBOOT:
        return RebootDecision(False, f"{said}, but reboot_option is {option.value}", reasons)
    if option is RebootOption.REBOOT_IF_NEEDED:
        return RebootDecision(True, said, reasons)
    required, word = _ask_node(assessment, is_planned=planned > 0)
    return RebootDecision(required, f"{said}, {'and' if required else 'but'} {word}", reasons)


def _ask_node(assessment: Assessment, *, is_planned: bool) -> tuple[bool, str]:
    """Whether the node itself says that it needs a reboot, and how to say so."""
    if assessment.reboot_required:
        why = "; ".join(assessment.reboot_reasons)
        return True, f"the node says that it needs one{f': {why}' if why else ''}"
    if is_planned:
        return False, "whether the node then says that it needs one is not known before"
    if assessment.reboot_required is None:
        return False, "whether it needs one the node cannot tell"
    return False, "the node says that it needs none"
