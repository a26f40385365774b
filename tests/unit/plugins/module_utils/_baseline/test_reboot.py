# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an Install ends with a reboot; the cases of the reference are with the worked examples."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment, Operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import (
    RebootOption,
    decide_reboot,
)
from tests.unit.plugins.module_utils._baseline.nodes import NOW, result


@pytest.mark.parametrize(
    ("statuses", "pending", "option", "decision"),
    [
        ([], 0, "RebootIfNeeded", (False, "nothing was installed and nothing waits for a reboot")),
        (["failed", "not_tried"], 0, "RebootIfNeeded", (False, "nothing was installed and nothing waits for a reboot")),
        (["installed", "dependency"], 2, "RebootIfNeeded", (True, "2 installed now, 2 waiting for a reboot")),
        ([], 1, "RebootIfNeeded", (True, "0 installed now, 1 waiting for a reboot")),
        (
            ["installed"],
            0,
            "NoReboot",
            (False, "1 installed now, 0 waiting for a reboot, but reboot_option is NoReboot"),
        ),
    ],
)
def test_decision(statuses: list[str], pending: int, option: str, decision: tuple[bool, str]) -> None:
    counts = Counters(installed_pending_reboot_count=pending)
    assessment = Assessment(Operation.INSTALL, NOW, OperatingSystem.DEBIAN, "b", counts=counts)
    results = [result("a", "2", status) for status in statuses]
    assert decide_reboot(RebootOption(option), results, assessment) == decision
