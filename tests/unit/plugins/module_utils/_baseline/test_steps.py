# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rule A of an Install with hooks; that they run in its order is tests/integration/test_hooks.py."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment, Operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import RebootOption
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.steps import decide_steps
from tests.unit.plugins.module_utils._baseline.nodes import NOW


@pytest.mark.parametrize(
    ("missing", "to_install", "pending", "option", "proceed", "reason"),
    [
        (0, 0, 0, "RebootIfNeeded", False, "nothing to install; nothing was installed and nothing waits for a reboot"),
        (0, 0, 1, "NoReboot", False, "but reboot_option is NoReboot"),
        (0, 0, 1, "RebootIfNeeded", True, "nothing to install; 0 installed now, 1 waiting for a reboot"),
        (0, 0, 1, "WhenRequired", False, "the node cannot tell"),
        (2, 1, 0, "NoReboot", True, "2 missing, 1 to install"),
        (2, 0, 0, "RebootIfNeeded", True, "2 missing, 0 to install"),  # AWS goes on for what is missing, held or not
        (0, 1, 0, "NoReboot", True, "0 missing, 1 to install"),  # named by a list only
    ],
)
def test_rule_a(missing: int, to_install: int, pending: int, option: str, proceed: bool, reason: str) -> None:
    counts = Counters(missing_count=missing, installed_pending_reboot_count=pending)
    assessment = Assessment(Operation.SCAN, NOW, OperatingSystem.DEBIAN, "b", counts=counts)
    decision = decide_steps(RebootOption(option), to_install, assessment)
    assert decision.proceed is proceed
    assert reason in decision.reason
