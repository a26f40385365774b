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


class RebootOption(str, enum.Enum):
    """``RebootOption`` of the API, and a value of ours: only if the node itself says that it needs it."""

    REBOOT_IF_NEEDED = "RebootIfNeeded"
    NO_REBOOT = "NoReboot"
    WHEN_REQUIRED = "WhenRequired"


class RebootDecision(NamedTuple):
    """Whether to reboot, and why or why not."""

    reboot: bool
    reason: str


def decide_reboot(option: RebootOption, results: Iterable[InstallResult], assessment: Assessment) -> RebootDecision:
    """Decide at the end of an Install; whether a patch technically needs a reboot is not asked."""
    installed = sum(result.status in _DONE for result in results)
    pending = assessment.counts.installed_pending_reboot_count
    if not installed and not pending:
        return RebootDecision(False, "nothing was installed and nothing waits for a reboot")
    said = f"{installed} installed now, {pending} waiting for a reboot"
    if option is RebootOption.NO_REBOOT:
        return RebootDecision(False, f"{said}, but reboot_option is {option.value}")
    return RebootDecision(True, said)
