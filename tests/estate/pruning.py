# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing from the cache what no recipe makes any more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

_BUILT = re.compile(r"[\w-]+-[0-9a-f]{12}$")


def prune(cache: Path, keep: Iterable[Path]) -> list[Path]:
    """Remove built directories that are not in `keep` and that no running node stands on; returns them."""
    mounted = "".join(_read(path) for path in Path("/proc").glob("[0-9]*/mounts"))
    kept = set(keep)
    stale = [path for path in sorted(cache.iterdir()) if _BUILT.match(path.name) and path not in kept]
    unused = [path for path in stale if str(path) not in mounted]
    for path in unused:
        shutil.rmtree(path)
    return unused


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="backslashreplace")
    except OSError:
        return ""  # it ended meanwhile
