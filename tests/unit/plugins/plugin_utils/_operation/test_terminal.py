# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import sys

import pytest
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.terminal import choose_style


@pytest.mark.parametrize(
    ("asked", "columns", "width"),
    [(100, "70", 100), (None, "70", 70), (None, "nonsense", 0), (None, "", 0), (None, "-3", 0)],
)
def test_what_is_asked_for_counts_before_what_the_shell_says(
    asked: int | None, columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    display = Display()
    monkeypatch.setattr(display, "columns", 90, raising=False)
    style = choose_style(display, asked)
    assert style.width == (width or 90)
    assert not style.colour


def make_stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("now", "before", "encoding"),
    [
        (make_stream("latin-1"), make_stream("utf-8"), "latin-1"),
        (io.StringIO(), make_stream("utf-8"), "utf-8"),  # a worker of ansible-core 2.19 and newer
        (io.StringIO(), make_stream("latin-1"), "latin-1"),
        (io.StringIO(), None, "ascii"),
        (None, None, "ascii"),
    ],
)
def test_names_are_shown_in_what_the_main_process_prints(
    now: io.TextIOBase | None, before: io.TextIOBase | None, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", now)
    monkeypatch.setattr(sys, "__stdout__", before)
    assert choose_style(Display(), 80).encoding == encoding
