# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All nodes as CSV with the columns of Patch Manager's own exports (*patch-manager-store-compliance-results-in-s3*).

AWS writes a row per node for an account, and a row per patch for one node. Here the first goes to the path given and
the second, of all nodes, to ``<name>-patches.csv`` beside it: one kind of row per file, as spreadsheets and databases
want it. ``SSM Agent version`` and ``Logs URL`` are always empty: there is no agent.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.atomic_file import replace_file
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.json_report import render_second
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.levels import count_levels
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report

SUMMARY_COLUMNS = (
    "Index",
    "Instance ID",
    "Instance name",
    "Instance IP",
    "Platform name",
    "Platform version",
    "SSM Agent version",
    "Patch baseline",
    "Patch group",
    "Compliance status",
    "Compliance severity",
    "Noncompliant Critical severity patch count",
    "Noncompliant High severity patch count",
    "Noncompliant Medium severity patch count",
    "Noncompliant Low severity patch count",
    "Noncompliant Informational severity patch count",
    "Noncompliant Unspecified severity patch count",
)

DETAIL_COLUMNS = (
    "Index",
    "Instance ID",
    "Instance name",
    "Patch name",
    "KB ID/Patch ID",
    "Patch state",
    "Last report time",
    "Compliance level",
    "Patch severity",
    "Patch classification",
    "CVE ID",
    "Patch baseline",
    "Logs URL",
    "Instance IP",
    "Platform name",
    "Platform version",
    "SSM Agent version",
)

# What a spreadsheet takes for the beginning of a formula; the full-width forms count in some of them. Tab, carriage
# return and line feed count as well, but are escaped before: a row is a line.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")

_PATCH_KEYS = ("title", "id", "state", "compliance_level", "severity", "classification")


def name_csv_files(path: Path) -> tuple[Path, Path]:
    """Give the file of nodes and the file of patches."""
    return path, path.with_name(f"{path.stem}-patches{path.suffix or '.csv'}")


def write_csv_report(report: Report, path: Path) -> tuple[Path, ...]:
    """Write both files of a report built with its patches, worst nodes first; gives the files written.

    Raises ReportWriteError; a file that cannot be written leaves the other as it was, too.
    """
    files = name_csv_files(path)
    with ExitStack() as stack:
        summary, detail = (csv.writer(stack.enter_context(replace_file(file)), lineterminator="\n") for file in files)
        summary.writerow(SUMMARY_COLUMNS)
        detail.writerow(DETAIL_COLUMNS)
        details = 0
        for index, row in enumerate(report.rows, start=1):
            patches = row.patches()
            node = _disarm(_describe(row))
            summary.writerow([index, *_summarise(node, row, patches)])
            for cells in _list_details(node, patches):
                details += 1
                detail.writerow([details, *cells])
    return files


def _describe(row: HostRow) -> dict[str, str]:
    return {
        "host": row.host,
        "hostname": row.hostname,
        "address": row.address,
        "platform_name": row.platform_name,
        "platform_version": row.platform_version,
        "baseline": row.baseline_id or row.baseline_name,
        "patch_group": row.patch_group,
        "compliance_status": row.compliance_status,
        "overall_severity": row.overall_severity,
        "reported": "" if row.last_scan_at is None else render_second(row.last_scan_at),
    }


def _summarise(node: dict[str, str], row: HostRow, patches: Sequence[dict[str, Any]]) -> list[str | int]:
    levels: dict[str, int] = {} if row.counts is None else count_levels(patches)
    return [
        node["host"],
        node["hostname"],
        node["address"],
        node["platform_name"],
        node["platform_version"],
        "",
        node["baseline"],
        node["patch_group"],
        node["compliance_status"],
        node["overall_severity"],
        *(levels.get(level.value, "") for level in ComplianceLevel),
    ]


def _list_details(node: dict[str, str], patches: Sequence[dict[str, Any]]) -> Iterator[list[str]]:
    for patch in patches:
        cells = _disarm({key: str(patch.get(key) or "") for key in _PATCH_KEYS})
        yield [
            node["host"],
            node["hostname"],
            cells["title"],
            cells["id"],
            cells["state"],
            node["reported"],
            cells["compliance_level"],
            cells["severity"],
            cells["classification"],
            _disarm_cell(",".join(map(str, patch.get("cve_ids") or ()))),
            node["baseline"],
            "",
            node["address"],
            node["platform_name"],
            node["platform_version"],
            "",
        ]


def _disarm(cells: Mapping[str, str]) -> dict[str, str]:
    return {key: _disarm_cell(text) for key, text in cells.items()}


@lru_cache(maxsize=1 << 16)  # most cells of a million rows are the same few words
def _disarm_cell(text: str) -> str:
    """Escape what acts on a terminal, and put an apostrophe before what a spreadsheet would run as a formula."""
    shown = make_visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA_STARTS) else shown
