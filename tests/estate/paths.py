# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the estate keeps its files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BOOT = Path(__file__).resolve().parent / "boot"


def cache_dir() -> Path:
    """What is built once and shared by all estates: base systems, layers, downloaded packages, keys."""
    return Path(os.environ.get("ESTATE_CACHE", "/var/cache/openpatch-estate"))


def state_dir() -> Path:
    """What belongs to one estate: node overlays, ssh key, inventory, published repositories."""
    return Path(os.environ.get("ESTATE_DIR", "/var/lib/openpatch-estate"))


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold `directory` (made when missing) for this process; wait when another one holds it."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
