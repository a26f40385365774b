# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The last line of a terminal, drawn over itself. The caller sees to it that nobody else writes meanwhile."""

from __future__ import annotations

import os
from typing import TextIO

_FALLBACK_WIDTH = 80
_ERASE = "\r\x1b[K"
# Written over what is there and only then cut, so that it does not flicker; without wrapping, so that it stays one line
# also where the terminal counts some characters wider than we do.
_BEFORE, _AFTER = "\x1b[?7l\r", "\x1b[K\x1b[?7h"


def can_draw(stream: TextIO, terminal: str | None) -> bool:
    """Whether a stream is a terminal that understands; ``terminal`` is the variable TERM."""
    return stream.isatty() and bool(terminal) and terminal != "dumb"


class LivingLine:
    """One line that is shown, replaced and hidden. A stream that fails is left alone from then on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream: TextIO | None = stream
        self._shown = ""

    def find_width(self) -> int:
        """Columns there are; the last stays free, since a terminal may go to the next line when it is filled."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns if self._stream else 0
        except (OSError, ValueError):
            columns = 0
        return max((columns or _FALLBACK_WIDTH) - 1, 1)

    def show(self, text: str) -> None:
        """Show visible text of one line in place of what is shown."""
        if text != self._shown:
            self._write(_BEFORE + text + _AFTER)
            self._shown = text

    def hide(self) -> None:
        """Leave an empty line with the cursor at its start."""
        if self._shown:
            self._write(_ERASE)
            self._shown = ""

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # hung up, or closed
            self._stream = None
