# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The columns of the table: what each shows, and what gives way when the terminal is narrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report


@dataclass(frozen=True, slots=True)
class Column:
    """``short`` is the title in a narrow table; ``give_way`` says who leaves first when that is too wide still."""

    title: str
    short: str
    cell: Callable[[HostRow], str]
    total: Callable[[Report], str] = lambda _report: ""
    is_number: bool = False
    narrowest: int | None = None  # None: never shortened
    give_way: int | None = None  # None: never left out


def _count(title: str, short: str, counter: str, give_way: int | None = None) -> Column:
    def show(counts: Mapping[str, int] | None) -> str:
        return "-" if counts is None else str(counts.get(counter, 0))

    return Column(
        title, short, lambda row: show(row.counts), lambda report: show(report.sum_counts()), True, give_way=give_way
    )


def _show_reboot(row: HostRow) -> str:
    return {True: "yes", False: "no", None: "-"}[row.reboot_pending]


def _count_nodes(report: Report) -> str:
    return f"{len(report.rows)} node{'' if len(report.rows) == 1 else 's'}"


NODE = Column("NODE", "NODE", lambda row: row.host, _count_nodes, narrowest=15)
STATE = Column("STATE", "STATE", lambda row: row.compliance_status)

COLUMNS = (
    NODE,
    Column("GROUP", "GROUP", lambda row: row.patch_group, narrowest=10, give_way=4),
    Column("BASELINE", "BASELINE", lambda row: row.baseline_name or row.baseline_id, narrowest=12, give_way=3),
    STATE,
    _count("MISSING", "MISS", "missing_count"),
    _count("FAILED", "FAIL", "failed_count"),
    _count("PENDING", "PEND", "installed_pending_reboot_count", give_way=7),
    _count("REJECTED", "REJ", "installed_rejected_count", give_way=6),
    _count("INSTALLED", "INST", "installed_count", give_way=2),
    _count("OTHER", "OTHER", "installed_other_count", give_way=1),
    _count("CRITICAL", "CRIT", "critical_non_compliant_count", give_way=9),
    _count("SECURITY", "SEC", "security_non_compliant_count", give_way=8),
    Column("REBOOT", "REBOOT", _show_reboot, give_way=5),
)
