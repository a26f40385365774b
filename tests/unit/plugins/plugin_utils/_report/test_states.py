# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Worst first, held by one list."""

from __future__ import annotations

import random

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import states
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.states import rank

CRITICAL, SECURITY = "critical_non_compliant_count", "security_non_compliant_count"

IN_ORDER: list[tuple[str, dict[str, int] | None, str]] = [
    ("SOMETHING_NEW", None, "z"),
    ("NON_COMPLIANT", {"failed_count": 2}, "z"),
    ("NON_COMPLIANT", {"failed_count": 1, CRITICAL: 1}, "z"),
    ("NON_COMPLIANT", {"failed_count": 1, SECURITY: 9, "missing_count": 99}, "z"),
    ("NON_COMPLIANT", {CRITICAL: 2, SECURITY: 0}, "z"),
    ("NON_COMPLIANT", {CRITICAL: 1, SECURITY: 2}, "z"),
    ("NON_COMPLIANT", {CRITICAL: 1, SECURITY: 1, "missing_count": 2}, "z"),
    ("NON_COMPLIANT", {CRITICAL: 1, SECURITY: 1, "missing_count": 1}, "z"),
    ("NON_COMPLIANT", {"missing_count": 3}, "z"),
    ("NON_COMPLIANT", {"installed_pending_reboot_count": 1}, "a"),
    ("NON_COMPLIANT", {"installed_rejected_count": 7}, "b"),
    ("ERROR", None, "a"),
    ("ERROR", None, "b"),
    ("UNREACHABLE", None, "a"),
    ("TERMINATED", None, "a"),
    ("METADATA_MISSING", {}, "a"),
    ("STALE", {"missing_count": 3}, "z"),
    ("STALE", {}, "a"),
    ("OUTSIDE_WINDOW", None, "a"),
    ("NEVER_SCANNED", None, "a"),
    ("COMPLIANT", {}, "a"),
    ("COMPLIANT", {}, "b"),
]


def test_order_of_nodes_is_the_documented_one() -> None:
    shuffled = IN_ORDER.copy()
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=lambda each: rank(*each)) == IN_ORDER


@pytest.mark.parametrize("state", states.WORST_FIRST)
def test_every_state_stands_in_the_documented_table(state: str) -> None:
    assert f"| {state} " in (states.__doc__ or "")
