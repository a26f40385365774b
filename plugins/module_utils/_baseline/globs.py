# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patterns with ``*``, the only wildcard of baselines and override lists."""

from __future__ import annotations

import re


def translate_glob(glob: str) -> str:
    """Return the regular expression of a glob, to be matched against the whole text.

    The leftmost place of each inner piece is as good as any other, so atomic groups keep the cost low whatever a
    hostile name makes of ``*a*a*a*``.
    """
    first, *rest = glob.split("*")
    if not rest:
        return re.escape(first)
    inner = "".join(f"(?>.*?{re.escape(piece)})" for piece in rest[:-1] if piece)
    return f"{re.escape(first)}{inner}.*{re.escape(rest[-1])}"


def compile_glob(glob: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Return a glob ready for ``fullmatch``."""
    return re.compile(translate_glob(glob), re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG))
