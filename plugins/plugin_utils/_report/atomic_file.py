# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are there whole or not at all: a reader, or a full disk, never meets half a report."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.errors import ReportWriteError


@contextmanager
def replace_file(path: Path) -> Iterator[TextIO]:
    """Give a file to write UTF-8 text to; it takes the place of ``path`` at the end, or vanishes after any exception.

    A link is followed, and what is no regular file (``/dev/stdout``) is written to directly. Raises ReportWriteError
    naming the path.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        with _write_beside(target) as stream:
            yield stream
    except OSError as error:
        raise ReportWriteError(
            f"Failed to write report '{path}': {error.strerror or error}. Set patch_report_path to a file in a folder"
            " that exists and can be written to"
        ) from error


@contextmanager
def _write_beside(target: Path) -> Iterator[TextIO]:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fchmod(descriptor, _choose_mode(target))
            os.fsync(descriptor)
        temporary.replace(target)
    finally:
        with suppress(OSError):  # it is not there any more when it has taken its place
            temporary.unlink()


def _choose_mode(target: Path) -> int:
    """Give the rights of the file that is replaced, else those any new file would get."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)  # there is no other way to read it
        os.umask(umask)
        return 0o666 & ~umask
