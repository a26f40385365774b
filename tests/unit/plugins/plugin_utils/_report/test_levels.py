# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What counts for which level."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.levels import count_levels

NONE = {"CRITICAL": 0, "HIGH": 0, "MEDIUM": 0, "LOW": 0, "INFORMATIONAL": 0, "UNSPECIFIED": 0}


@pytest.mark.parametrize(
    ("state", "count"),
    [
        ("MISSING", 1),
        ("FAILED", 1),
        ("INSTALLED_PENDING_REBOOT", 1),
        ("INSTALLED_REJECTED", 1),
        ("INSTALLED", 0),
        ("INSTALLED_OTHER", 0),
        ("NOT_APPLICABLE", 0),
        ("AVAILABLE_SECURITY_UPDATE", 0),
    ],
)
def test_only_what_is_not_compliant_counts(state: str, count: int) -> None:
    assert count_levels([{"state": state, "compliance_level": "HIGH"}]) == {**NONE, "HIGH": count}


def test_levels_are_the_baselines_and_come_gravest_first() -> None:
    levels = ["LOW", "CRITICAL", "UNSPECIFIED", "CRITICAL"]
    counts = count_levels({"state": "MISSING", "compliance_level": level, "severity": "Medium"} for level in levels)
    assert list(counts.items()) == list({**NONE, "CRITICAL": 2, "LOW": 1, "UNSPECIFIED": 1}.items())
