# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Foreign text on a terminal: harmless, measured as the eye sees it, cut where it differs least."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import (
    make_visible,
    measure_width,
    shorten,
    wrap,
)


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("web1", "utf-8", "web1"),
        ("\x1b[31mred\x1b[0m", "utf-8", "\\x1b[31mred\\x1b[0m"),
        ("a\r\n\tb\x7f", "utf-8", "a\\r\\n\\tb\\x7f"),
        ("\x9b2J", "utf-8", "\\x9b2J"),  # one-character CSI
        ("gnp.\u202eexe", "utf-8", "gnp.\\u202eexe"),
        ("zero\u200bwidth", "utf-8", "zero\\u200bwidth"),
        ("line\u2028break", "utf-8", "line\\u2028break"),
        ("\udcff", "utf-8", "\\udcff"),
        ("tag\U000e0041", "utf-8", "tag\\U000e0041"),
        ("Zürich", "utf-8", "Zürich"),
        ("Zürich", "latin-1", "Zürich"),
        ("Zürich", "ascii", "Z\\xfcrich"),
        ("サーバ", "ascii", "\\u30b5\\u30fc\\u30d0"),
    ],
)
def test_what_does_not_show_itself_is_escaped(text: str, encoding: str, shown: str) -> None:
    assert make_visible(text, encoding) == shown


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("web1", 4), ("サーバ", 6), ("ｗ", 2), ("é", 1), ("e\u0301", 1), ("😀", 2), ("ﾊﾝｶｸ", 4), ("각", 2)],
)
def test_width_is_what_the_eye_sees(text: str, width: int) -> None:
    assert measure_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("web1", 4, "web1"),
        ("web1.example.com", 12, "web1.exampl…"),
        ("10.12.200.117", 9, "10.12.…17"),
        ("production-database-tier-1", 13, "producti…er-1"),
        ("データベース01", 10, "データ…01"),
        ("abc", 1, "a"),
        ("データ", 1, ""),
    ],
)
def test_name_is_cut_where_it_differs_least(text: str, width: int, short: str) -> None:
    assert shorten(text, width, "…") == short


@given(st.text(max_size=60), st.integers(min_value=0, max_value=40), st.sampled_from(["…", ".."]))
def test_short_name_fits(text: str, width: int, mark: str) -> None:
    visible = make_visible(text)
    assert measure_width(shorten(visible, width, mark)) <= width


@given(st.text(max_size=200), st.integers(min_value=4, max_value=60))
def test_wrapped_text_fits_and_loses_nothing(text: str, width: int) -> None:
    visible = make_visible(text)
    lines = wrap(visible, width, 1000, "…")
    assert all(measure_width(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(visible.split())


def test_text_longer_than_its_lines_ends_in_the_mark() -> None:
    assert wrap("one two three four five", 9, 2, "…") == ["one two", "three…"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("start now with -e patch_x= -e patch_y=2", ["start now with", "-e patch_x=", "-e patch_y=2"]),
        ("run with -e", ["run with -e"]),
        ("the-e  name", ["the-e name"]),
        ("-e  name_of_seventeen=1", ["-e name_of_seve", "nteen=1"]),
    ],
)
def test_an_option_stays_with_its_value(text: str, lines: list[str]) -> None:
    assert wrap(text, 15, 10, "…") == lines
