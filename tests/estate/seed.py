# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a root file system gets when it is fresh."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, tuple[str, int]]
"""Absolute path to text and mode."""


def write_seed(path: Path, files: Files, owners: Mapping[str, int] | None = None) -> None:
    """Write the tar file that `assemble.sh` unpacks; directories that exist keep their owner and mode.

    `owners` are the numbers of those that are not root, by path.
    """
    with tarfile.open(path, "w") as archive:
        for name, (text, mode) in files.items():
            data = text.encode()
            entry = tarfile.TarInfo(name.lstrip("/"))
            entry.size, entry.mode, entry.mtime = len(data), mode, int(time.time())
            entry.uid = entry.gid = (owners or {}).get(name, 0)
            archive.addfile(entry, io.BytesIO(data))
