# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the store is: the URL of ``patch_store_url`` or the default file, checked and ready to be opened."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreUnavailableError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.mounts import (
    NETWORK_FILESYSTEMS,
    find_filesystem,
)

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_OTHER_PLACE = (
    "Set patch_store_url to a file on a local disk (sqlite:////var/lib/patch/store.sqlite3) or to PostgreSQL"
    " (postgresql://user@host/database)"
)
_POSTGRESQL_DRIVERS = ("psycopg", "psycopg2")


def find_store(url: str | None) -> URL:
    """Turn ``patch_store_url`` into a full database URL; ``None`` or nothing is the default file.

    Raises StoreUnavailableError without ever showing a password.
    """
    if not url:
        return sa.URL.create("sqlite", database=str(_state_dir() / "openpatch" / "patch_manager.sqlite3"))
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # the text is not shown: what cannot be taken apart may hold a password anywhere
        raise StoreUnavailableError(
            f"Failed to read patch_store_url: it is not a database URL. {_OTHER_PLACE}"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _complete_sqlite(parsed)
    if backend == "postgresql":
        return _complete_postgresql(parsed)
    raise StoreUnavailableError(
        f"Failed to open store '{show_url(parsed)}': '{backend}' is not supported. {_OTHER_PLACE}"
    )


def show_url(url: URL) -> str:
    """Write a URL for people: the path of a file, else the URL with its password hidden."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)  # a query may hold a password as well


def prepare_file(path: Path) -> None:
    """Create the folder (0700) and the file (0600) of a SQLite store; leave what exists as it is.

    Raises StoreUnavailableError naming the path if a store cannot live there.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreUnavailableError(
            f"Failed to open store '{path}': {error.strerror or error}. {_OTHER_PLACE}"
        ) from error
    if not os.access(path.parent, os.W_OK | os.X_OK):
        # the file alone is not enough: SQLite keeps its log beside it
        raise StoreUnavailableError(
            f"Failed to open store '{path}': folder '{path.parent}' is not writable. {_OTHER_PLACE}"
        )
    kind = _filesystem(path.parent)
    if kind in NETWORK_FILESYSTEMS:
        raise StoreUnavailableError(
            f"Failed to open store '{path}': it is on a network file system ({kind}), where SQLite loses data."
            f" {_OTHER_PLACE}"
        )


def _state_dir() -> Path:
    configured = os.environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(configured):  # the XDG specification: a relative path is to be ignored
        return Path(configured)
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise StoreUnavailableError(
            f"Failed to find the folder of the default store: {error}. {_OTHER_PLACE}"
        ) from error


def _complete_sqlite(url: URL) -> URL:
    database = url.database or ""
    if not database or database == ":memory:" or database.startswith("file:"):
        raise StoreUnavailableError(
            "Failed to open store: an SQLite store has to be a file, for all forks of a run share it."
            " Write it as sqlite:////absolute/path.sqlite3"
        )
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreUnavailableError(f"Failed to open store '{database}': use sqlite://, not {url.drivername}://")
    return url.set(drivername="sqlite", database=str(Path(database).expanduser().absolute()))


def _complete_postgresql(url: URL) -> URL:
    """Choose the driver that is installed, unless the URL names one."""
    if "+" in url.drivername:
        wanted: tuple[str, ...] = (url.drivername.partition("+")[2],)
    else:
        wanted = _POSTGRESQL_DRIVERS
    for driver in wanted:
        if driver in _POSTGRESQL_DRIVERS and importlib.util.find_spec(driver) is not None:
            completed = url.set(drivername=f"postgresql+{driver}")
            # libpq would wait for minutes on a host that does not answer
            return (
                completed if "connect_timeout" in url.query else completed.update_query_dict({"connect_timeout": "10"})
            )
    raise StoreUnavailableError(
        f"Failed to open store '{show_url(url)}': Python library '{wanted[0]}' is not there."
        f" Install psycopg (pip install 'psycopg[binary]') for {sys.executable}, which runs Ansible"
    )


def _filesystem(folder: Path) -> str:
    try:
        mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # not Linux: SQLite's own word on the file system has to do
        return ""
    return find_filesystem(PurePosixPath(os.path.realpath(folder)), mountinfo)
