# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person is told under the table."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.attention import (
    Remark,
    list_remarks,
    list_steps,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.states import WORST_FIRST
from tests.unit.plugins.plugin_utils._report.estate import NOW


def make_report(*rows: HostRow) -> Report:
    return Report(rows, NOW)


def test_nodes_whose_line_says_least_come_first() -> None:
    rows = [HostRow(f"host-{state}", state, "why") for state in WORST_FIRST]
    assert [remark.kind for remark in list_remarks(make_report(*rows))] == [
        "ERROR",
        "UNREACHABLE",
        "METADATA_MISSING",
        "NON_COMPLIANT",
        "TERMINATED",
        "OUTSIDE_WINDOW",
        "STALE",
        "NEVER_SCANNED",
    ]


def test_warnings_are_told_of_any_node_and_compliant_ones_need_no_reason() -> None:
    row = HostRow("web1", "COMPLIANT", "every approved patch is installed", warnings=("one", "two"))
    assert list(list_remarks(make_report(row))) == [Remark("web1", "warning", "one"), Remark("web1", "warning", "two")]


def test_state_nobody_knows_is_told_as_well() -> None:
    assert list(list_remarks(make_report(HostRow("web1", "NEW_STATE", "why")))) == [Remark("web1", "NEW_STATE", "why")]


@pytest.mark.parametrize(
    ("row", "step"),
    [
        ({"compliance_status": "ERROR"}, "node ended in an error: remove the cause above, run again"),
        (
            {"compliance_status": "UNREACHABLE"},
            "node was not reached: check with 'ansible -m ansible.builtin.ping', run again with --limit",
        ),
        (
            {"compliance_status": "TERMINATED"},
            "node was not started: remove what made the others fail, run again",
        ),
        (
            {"compliance_status": "OUTSIDE_WINDOW"},
            "node was left for the next window: wait, or start now with -e patch_window_cutoff= -e patch_window_end=",
        ),
        (
            {"compliance_status": "METADATA_MISSING"},
            "node cannot prove its compliance: repair the repositories named above, scan again",
        ),
        (
            {"counts": {"failed_count": 1}},
            "node has failed patches: see the reasons in the report, remove the cause, install again",
        ),
        ({"counts": {"missing_count": 3}}, "node lacks approved patches: install with -e patch_operation=install"),
        (
            {"counts": {"installed_pending_reboot_count": 1}},
            "node has patches that wait for a reboot: reboot, then scan",
        ),
        (
            {"counts": {"installed_rejected_count": 1}},
            "node has rejected patches installed: uninstall them by hand or take them off the list, then scan",
        ),
        ({"compliance_status": "STALE"}, "node has no recent assessment: run a scan"),
        ({"compliance_status": "NEVER_SCANNED"}, "node has no recent assessment: run a scan"),
    ],
)
def test_each_problem_has_its_way_out(row: dict[str, Any], step: str) -> None:
    """Compliance.md 16."""
    node = HostRow(**{"host": "web1", "compliance_status": "NON_COMPLIANT", "reason": "", **row})
    assert list(list_steps(make_report(node))) == [f"1 {step}"]
    [several] = list_steps(make_report(node, node))
    assert several.startswith("2 nodes ")
    assert several.partition(": ")[2] == step.partition(": ")[2]


def test_compliant_node_has_nothing_to_do() -> None:
    row = HostRow("web1", "COMPLIANT", "", counts={"installed_count": 5, "missing_count": 0})
    assert list(list_steps(make_report(row))) == []
