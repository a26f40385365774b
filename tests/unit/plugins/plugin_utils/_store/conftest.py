# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores for tests: a fresh SQLite file, and a fresh PostgreSQL schema where the machine has PostgreSQL."""

from __future__ import annotations

import getpass
import importlib.util
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store

_SERVER_USER = "postgres"  # PostgreSQL refuses to run as root


@pytest.fixture(scope="session")
def postgresql_socket() -> Iterator[tuple[str, str]]:
    """A PostgreSQL server of its own on a Unix socket: (folder of the socket, name of the superuser)."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)")
    if not any(importlib.util.find_spec(driver) for driver in ("psycopg", "psycopg2")):
        pytest.skip("no PostgreSQL driver (psycopg) in this Python")
    is_root = os.geteuid() == 0
    owner = _SERVER_USER if is_root else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # not tmp_path: a socket's path has at most 107 bytes
    if is_root:
        shutil.chown(folder, owner)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, cwd=folder, user=owner if is_root else None, stdout=subprocess.DEVNULL)

    pg_ctl = [str(binaries[-1].with_name("pg_ctl")), "-D", f"{folder}/data"]
    try:
        run(str(binaries[-1]), "-D", f"{folder}/data", "-U", owner, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} -c max_connections=200 -c fsync=off"
        run(*pg_ctl, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield str(folder), owner
        finally:
            run(*pg_ctl, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/store.sqlite3"
    import sqlalchemy as sa

    folder, owner = request.getfixturevalue("postgresql_socket")
    driver = "psycopg" if importlib.util.find_spec("psycopg") else "psycopg2"
    name = f"store_{uuid.uuid4().hex}"
    engine = sa.create_engine(f"postgresql+{driver}://{owner}@/postgres?host={folder}", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))  # ten times as fast as a database of its own
    engine.dispose()
    return f"postgresql://{owner}@/postgres?host={folder}&options=-csearch_path%3D{name}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url) as opened:
        yield opened


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state/store.sqlite3"
