# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the steps of an Install with hooks are gone (``patch-manager-aws-runpatchbaselinewithhooks``, rule A)."""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import (
    RebootOption,
    decide_reboot,
)


class StepsDecision(NamedTuple):
    """Whether the hooks, the install and the reboot between them follow the scan, and why or why not."""

    proceed: bool
    reason: str


def decide_steps(option: RebootOption, to_install: int, assessment: Assessment) -> StepsDecision:
    """Decide after the scan of an Install with hooks.

    ``to_install`` counts what the install would take, which is more than the missing patches if a list names others.
    """
    missing = assessment.counts.missing_count
    if missing or to_install:
        return StepsDecision(True, f"{missing} missing, {to_install} to install")
    reboot = decide_reboot(option, (), assessment)
    return StepsDecision(reboot.reboot, f"nothing to install; {reboot.reason}")
