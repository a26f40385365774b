# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table as it is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import measure_width
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import (
    HostRow,
    Report,
    build_current_report,
    build_run_report,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.states import WORST_FIRST
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.table import Style, render_table
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._report.estate import EXPECTED, NOW, RUN, add, make_assessment

ANSI = re.compile(r"\x1b\[[0-9]+m")


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("table-220.txt", Style(width=220)),
        ("table-120.txt", Style(width=120)),
        ("table-80.txt", Style(width=80)),
        ("table-80-ascii.txt", Style(width=80, encoding="ascii")),
        ("table-40.txt", Style(width=40)),
    ],
)
def test_table_of_a_run(estate: Store, check_golden: Callable[[str, str], None], name: str, style: Style) -> None:
    report = build_run_report(estate, RUN, now=NOW, expected=[*EXPECTED, "old1"])
    check_golden(name, render_table(report, style) + "\n")


def test_table_of_what_is_known_now(estate: Store, check_golden: Callable[[str, str], None]) -> None:
    report = build_current_report(estate, now=NOW, expected=EXPECTED)
    check_golden("table-current-160.txt", render_table(report, Style(width=160)) + "\n")


def test_colours_change_nothing_but_colours(estate: Store) -> None:
    report = build_run_report(estate, RUN, now=NOW)
    coloured = render_table(report, Style(width=100, colour=True))
    assert "\x1b[31mNON_COMPLIANT" in coloured
    assert "\x1b[32mCOMPLIANT" in coloured
    plain = "\n".join(line.rstrip() for line in ANSI.sub("", coloured).splitlines())
    assert plain == render_table(report, Style(width=100))


def test_ascii_output_is_ascii(estate: Store) -> None:
    assert render_table(build_run_report(estate, RUN, now=NOW), Style(encoding="ascii")).isascii()


HOSTS = st.lists(
    st.builds(
        HostRow,
        host=st.text(max_size=50),
        compliance_status=st.sampled_from(WORST_FIRST),
        reason=st.text(max_size=300),
        patch_group=st.text(max_size=30),
        baseline_name=st.text(max_size=30),
        counts=st.none() | st.just({"missing_count": 123456, "failed_count": 1}),
        warnings=st.lists(st.text(max_size=30), max_size=2).map(tuple),
    ),
    max_size=6,
)


@given(HOSTS, st.integers(min_value=60, max_value=200), st.sampled_from(["utf-8", "ascii", "latin-1"]))
def test_no_line_is_wider_than_the_terminal_and_none_acts_on_it(rows: list[HostRow], width: int, encoding: str) -> None:
    text = render_table(Report(tuple(rows), NOW), Style(width=width, encoding=encoding))
    assert text.encode(encoding)
    for line in text.split("\n"):
        assert measure_width(line) <= width
        assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in line)


def test_long_list_is_cut_after_the_worst(estate: Store) -> None:
    text = render_table(build_run_report(estate, RUN, now=NOW), max_rows=2, max_remarks=1)
    table, attention = text.split("Needs attention")
    assert table.count("NON_COMPLIANT") == 3  # two nodes and the tally
    assert "5 more nodes are not shown; the report holds them all" in table
    assert "all in the report" in attention


def test_check_mode_says_that_compliance_is_as_before(store: Store) -> None:
    add(store, RUN, "web1", make_assessment(), current=False)
    text = render_table(build_run_report(store, RUN, now=NOW))
    assert "Check mode or a baseline override: kept, but not as the nodes' compliance" in text


def test_compliant_estate_needs_no_attention(store: Store) -> None:
    add(store, RUN, "web1", make_assessment())
    assert render_table(build_run_report(store, RUN, now=NOW)).splitlines()[-1] == "1 COMPLIANT"


def test_empty_report_is_a_table_without_nodes() -> None:
    text = render_table(Report((), NOW))
    assert "0 nodes" in text
