# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CSV files, in AWS's columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.csv_report import (
    DETAIL_COLUMNS,
    SUMMARY_COLUMNS,
    name_csv_files,
    write_csv_report,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.errors import ReportWriteError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import build_current_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._report.estate import EXPECTED, NOW, RUN, add, make_assessment, make_patch


def write(store: Store, path: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Write both files; gives what a reader finds in them."""
    files = write_csv_report(build_current_report(store, now=NOW, expected=EXPECTED, patches=True), path)
    summary, detail = (list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8"), newline=""))) for file in files)
    return summary, detail


def test_report_of_the_estate(estate: Store, tmp_path: Path, check_golden: Callable[[str, str], None]) -> None:
    write(estate, tmp_path / "report.csv")
    for name in ("report.csv", "report-patches.csv"):
        check_golden(name, (tmp_path / name).read_bytes().decode("utf-8"))


def test_a_row_per_node_and_a_row_per_patch_in_17_columns_each(estate: Store, tmp_path: Path) -> None:
    """Compliance.md 17, example 14, for all nodes at once."""
    summary, detail = write(estate, tmp_path / "report.csv")
    assert summary[0] == list(SUMMARY_COLUMNS)
    assert detail[0] == list(DETAIL_COLUMNS)
    assert {len(row) for row in summary} == {len(row) for row in detail} == {17}
    assert [row[0] for row in summary[1:]] == [str(number) for number in range(1, 10)]
    assert len(detail) - 1 == 5
    assert not any(patch in ",".join(row) for row in summary for patch in ("openssl", "tzdata"))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("＝1", "'＝1"),
        ("\t=1", "\\t=1"),
        ("\r=1", "\\r=1"),
        ("\n=1", "\\n=1"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ('"a",=1', '"a",=1'),
    ],
)
def test_no_cell_is_a_formula_or_acts_on_a_terminal(store: Store, tmp_path: Path, text: str, cell: str) -> None:
    patches = [make_patch("x", "MISSING", title=text, id=text, cve_ids=[text], classification=text)]
    add(store, RUN, text, make_assessment(patch_group=text, baseline_id=text, patches=patches))
    cells = [each for rows in write(store, tmp_path / "report.csv") for row in rows for each in row]
    assert text == cell or text not in cells
    in_summary, in_detail = (
        ["host", "name", "baseline", "group"],
        ["host", "name", "title", "id", "class", "CVE", "baseline"],
    )
    assert cells.count(cell) == len(in_summary) + len(in_detail)


def test_levels_fill_the_columns_gravest_first(store: Store, tmp_path: Path) -> None:
    patches = [make_patch(str(number), "MISSING", compliance_level="HIGH") for number in range(4)]
    add(store, RUN, "web1", make_assessment("NON_COMPLIANT", patches=patches))
    summary, _detail = write(store, tmp_path / "report.csv")
    [row] = [row for row in summary if row[1] == "web1"]
    assert row[11:] == ["0", "4", "0", "0", "0", "0"]


@pytest.mark.parametrize(
    ("path", "detail"),
    [("a/report.csv", "a/report-patches.csv"), ("estate", "estate-patches.csv"), ("x.y.txt", "x.y-patches.txt")],
)
def test_patches_go_beside_the_nodes(path: str, detail: str) -> None:
    assert name_csv_files(Path(path)) == (Path(path), Path(detail))


def test_failure_of_one_file_leaves_both_as_they_were(estate: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text("old")
    (tmp_path / "report-patches.csv").mkdir()
    with pytest.raises(ReportWriteError, match=r"report-patches\.csv': it is a folder"):
        write(estate, path)
    assert path.read_text() == "old"
