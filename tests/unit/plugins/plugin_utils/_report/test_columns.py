# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each column shows."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.columns import COLUMNS, NODE, STATE
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report
from tests.unit.plugins.plugin_utils._report.estate import NOW

COUNTS = {
    "missing_count": 1,
    "failed_count": 2,
    "installed_pending_reboot_count": 3,
    "installed_rejected_count": 4,
    "installed_count": 5,
    "installed_other_count": 6,
    "critical_non_compliant_count": 7,
    "security_non_compliant_count": 8,
}


def make_row(**changes: Any) -> HostRow:
    values = {"host": "web1", "compliance_status": "NON_COMPLIANT", "reason": "", "patch_group": "web", **changes}
    return HostRow(**values)


def show(row: HostRow) -> dict[str, str]:
    return {column.title: column.cell(row) for column in COLUMNS}


def test_each_column_shows_its_field() -> None:
    assert show(make_row(baseline_name="debian-web", counts=COUNTS, reboot_required=False)) == {
        "NODE": "web1",
        "GROUP": "web",
        "BASELINE": "debian-web",
        "STATE": "NON_COMPLIANT",
        "MISSING": "1",
        "FAILED": "2",
        "PENDING": "3",
        "REJECTED": "4",
        "INSTALLED": "5",
        "OTHER": "6",
        "CRITICAL": "7",
        "SECURITY": "8",
        "REBOOT": "yes",
    }


def test_what_nobody_knows_is_a_dash() -> None:
    shown = show(make_row(counts=None))
    assert {shown[title] for title in ("MISSING", "FAILED", "OTHER", "SECURITY", "REBOOT")} == {"-"}


@pytest.mark.parametrize(("required", "word"), [(None, "-"), (False, "no"), (True, "yes")])
def test_reboot_is_said_in_a_word(required: bool | None, word: str) -> None:
    assert show(make_row(reboot_required=required))["REBOOT"] == word


def test_totals_add_up_the_nodes_that_have_counters() -> None:
    report = Report((make_row(counts=COUNTS), make_row(counts=None), make_row(counts=COUNTS)), NOW)
    totals = [column.total(report) for column in COLUMNS]
    assert totals == ["3 nodes", "", "", "", "2", "4", "6", "8", "10", "12", "14", "16", ""]
    assert NODE.total(Report((make_row(),), NOW)) == "1 node"


def test_node_and_state_never_leave_the_table() -> None:
    assert NODE.give_way is None
    assert STATE.give_way is None
    leaving = [column.give_way for column in COLUMNS if column.give_way]
    assert len(leaving) == len(set(leaving))
