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


@pytest.mark.parametrize(("encoding", "is_unicode"), [("utf-8", True), ("iso-8859-1", False)])
def test_letters_are_those_of_the_terminal_also_where_an_action_has_no_stdout_of_its_own(
    encoding: str, is_unicode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stdout__", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert choose_style(Display()).is_unicode is is_unicode
    monkeypatch.setattr(sys, "__stdout__", None)
    assert not choose_style(Display()).is_unicode
