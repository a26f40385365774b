# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How wide what is printed may be, and what it may be made of."""

from __future__ import annotations

import os
import sys

from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.table import Style

FALLBACK_WIDTH = 80


def choose_style(display: Display, width: int | None = None) -> Style:
    """The asked width, else the terminal's; no colours, as the text goes to logs too."""
    columns = width or _read_columns() or getattr(display, "columns", None) or FALLBACK_WIDTH
    return Style(width=columns, colour=False, encoding=_read_encoding())


def _read_encoding() -> str:
    """What the output can show.

    From ansible-core 2.19 on a worker's ``sys.stdout`` has no encoding: the main process prints, with its own, which is
    what the worker's was when it was forked.
    """
    encodings = [getattr(stream, "encoding", None) for stream in (sys.stdout, sys.__stdout__)]
    return next(filter(None, encodings), "ascii")


def _read_columns() -> int:
    """The width a shell gives its programs; 0 if it gives none, or nonsense."""
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() else 0
