# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator
from typing import TextIO

import pyte
import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.living_line import LivingLine, can_draw


class Terminal(io.StringIO):
    """What is written here is seen on a screen of 20 columns."""

    def __init__(self) -> None:
        super().__init__()
        self.screen = pyte.Screen(20, 4)
        self._stream = pyte.Stream(self.screen)
        self.writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        self._stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.screen.display]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_a_line_is_drawn_over_the_one_before(terminal: Terminal) -> None:
    line = LivingLine(terminal)
    line.show("1 of 10 done")
    line.show("2 of 9")
    assert terminal.rows() == ["2 of 9", "", "", ""]


def test_what_is_printed_while_it_is_hidden_stays(terminal: Terminal) -> None:
    line = LivingLine(terminal)
    line.show("1 of 10 done")
    line.hide()
    terminal.write("web1 failed\n")
    line.show("2 of 10 done")
    assert terminal.rows() == ["web1 failed", "2 of 10 done", "", ""]
    line.hide()
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y, terminal.rows()[1]) == (0, 1, "")


def test_a_line_that_is_wider_than_we_think_stays_one_line(terminal: Terminal) -> None:
    line = LivingLine(terminal)
    line.show("x" * 25)
    line.show("done")
    assert terminal.rows() == ["done", "", "", ""]


def test_nothing_is_written_without_a_change(terminal: Terminal) -> None:
    line = LivingLine(terminal)
    line.hide()
    line.show("")
    for _time in range(3):
        line.show("1 of 10 done")
    assert terminal.writes == 1


def test_a_terminal_that_is_gone_is_left_alone() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", buffering=1)
    line = LivingLine(stream)
    line.show("1 of 10 done")
    line.hide()
    line.show("2 of 10 done")
    assert line.find_width() == 79
    with pytest.raises(BrokenPipeError):
        stream.close()


@pytest.fixture
def tty() -> Iterator[TextIO]:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        yield stream
    os.close(master)


@pytest.mark.parametrize(("terminal", "is_drawn"), [("xterm", True), ("dumb", False), ("", False), (None, False)])
def test_only_a_terminal_that_understands_is_drawn_on(tty: TextIO, terminal: str | None, is_drawn: bool) -> None:
    assert can_draw(tty, terminal) is is_drawn
    assert not can_draw(io.StringIO(), "xterm")
