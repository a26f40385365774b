# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One process at a time, over all forks and controllers that share a store.

The lock belongs to the operating system (SQLite) or to the database session (PostgreSQL), so that a process that is
killed leaves nothing behind, and no clock decides who is still alive.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreUnavailableError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import make_storable

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_POLL = 0.05
PATIENCE = 300.0  # seconds; a baseline made of API calls under throttling may take long


@contextmanager
def hold_guard(engine: Engine, subject: str) -> Iterator[None]:
    """Hold the lock named by ``subject``; others with the same subject wait.

    Raises StoreUnavailableError when patience ends. Threads of one process do not exclude each other.
    """
    name = f"openpatch.patch_manager {make_storable(subject)}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 2  # fits a signed 64-bit number
    if engine.dialect.name == "sqlite":
        with _hold_byte(Path(f"{engine.url.database}.lock"), number, subject):
            yield
    else:
        with _hold_advisory(engine, number, subject):
            yield


@contextmanager
def _hold_byte(path: Path, number: int, subject: str) -> Iterator[None]:
    """Lock one byte of a file beside the store: as many locks as there are numbers, in one file that stays empty."""
    descriptor = _open_lock_file(path)

    def is_taken() -> bool:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except (BlockingIOError, PermissionError):  # POSIX lets lockf say either
            return False
        return True

    try:
        _wait(is_taken, subject)
        yield
    finally:
        os.close(descriptor)


def _open_lock_file(path: Path) -> int:
    try:
        try:
            return os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            # who may write the store may lock it: SQLite gives its own side files the same rights
            os.fchmod(descriptor, stat.S_IMODE(os.stat(path.with_suffix("")).st_mode))
            return descriptor
    except OSError as error:
        raise StoreUnavailableError(f"Failed to open lock file '{path}': {error.strerror or error}") from error


@contextmanager
def _hold_advisory(engine: Engine, number: int, subject: str) -> Iterator[None]:
    """Lock for the length of a transaction, not of a session: that holds behind a connection pooler as well."""
    with engine.connect() as connection:

        def is_taken() -> bool:
            taken = connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(number))).scalar_one()
            if not taken:
                connection.rollback()
            return bool(taken)

        _wait(is_taken, subject)
        yield


def _wait(is_taken: Callable[[], bool], subject: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_taken():
        if time.monotonic() > deadline:
            raise StoreUnavailableError(
                f"Failed to lock {subject}: another process has held it for {PATIENCE:.0f} seconds."
                " If that process hangs, end it and run again"
            )
        time.sleep(_POLL)
