# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of this checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = {
    ".benchmarks",
    ".git",
    ".cache",
    ".venv",
    ".ansible",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "__pycache__",
}


def walk_tree(folder: str = ".") -> Iterator[Path]:
    """Every file below a folder that somebody wrote, without asking git, which an unpacked archive does not have."""
    for parent, folders, files in os.walk(ROOT / folder):
        folders[:] = sorted(set(folders) - MADE)
        yield from (Path(parent) / name for name in sorted(files))


def read_tree(folder: str = ".") -> Iterator[tuple[str, str]]:
    """Path from the root and text of every text file."""
    for path in walk_tree(folder):
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
