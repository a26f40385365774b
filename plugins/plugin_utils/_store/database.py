# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The open database: its connections, transactions, schema and the words for what goes wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import (
    StoreUnavailableError,
    StoreVersionError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.guard import hold_guard
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.location import prepare_file, show_url

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

_BUSY_TIMEOUT = 120_000  # milliseconds a SQLite writer waits for the writers before it
_WRITE = "openpatch_write"


class Database:
    """A store that exists and has this version's schema. Not to be shared over a fork: each process opens its own."""

    def __init__(self, url: URL) -> None:
        self.name = show_url(url)
        self._password = str(url.password or "")
        if url.get_backend_name() == "sqlite":
            prepare_file(Path(str(url.database)))
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _configure_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        self._ensure_schema()

    def close(self) -> None:
        """Let go of everything."""
        self.engine.dispose()

    @contextmanager
    def read(self, action: str) -> Iterator[Connection]:
        """Run queries on one consistent state; ``action`` completes "Failed to ..."."""
        with self._explain(action), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, action: str) -> Iterator[Connection]:
        """Run one write transaction: committed at the end, rolled back by any exception."""
        with (
            self._explain(action),
            self.engine.connect() as connection,
            connection.execution_options(**{_WRITE: True}).begin(),
        ):
            yield connection

    @contextmanager
    def guard(self, subject: str) -> Iterator[None]:
        """Hold the lock named ``subject`` over all processes of this store; its transactions run inside, not around."""
        with self._explain(f"lock {subject}"), hold_guard(self.engine, subject):
            yield

    def _ensure_schema(self) -> None:
        version = self._find_version()
        if version is None or version < schema.SCHEMA_VERSION:
            with self._explain("create the tables"), self.guard(f"creation of store '{self.name}'"):
                version = self._find_version()
                if version is None or version < schema.SCHEMA_VERSION:
                    self._create()  # so far every version has only added tables, and those that are there stay
                    version = schema.SCHEMA_VERSION
        if version > schema.SCHEMA_VERSION:
            raise StoreVersionError(
                f"Failed to open store '{self.name}': it has schema {version}, this version of openpatch.patch_manager"
                f" knows up to {schema.SCHEMA_VERSION}. Update the collection, or set patch_store_url to another store"
            )

    def _find_version(self) -> int | None:
        with self.read("find the tables") as connection:
            if not sa.inspect(connection).has_table(schema.schema_versions.name):
                return None
            found = connection.execute(sa.select(sa.func.max(schema.schema_versions.c.version))).scalar()
            return None if found is None else int(found)

    def _create(self) -> None:
        if self.engine.dialect.name == "sqlite":
            self._switch_to_wal()
        with self.write("create the tables") as connection:
            schema.metadata.create_all(connection)
            connection.execute(
                schema.schema_versions.insert().values(
                    version=schema.SCHEMA_VERSION, applied_at=datetime.now(timezone.utc)
                )
            )

    def _switch_to_wal(self) -> None:
        """With a write-ahead log readers and writers do not stop each other; the setting stays in the file."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()

    @contextmanager
    def _explain(self, action: str) -> Iterator[None]:
        try:
            yield
        except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
            cause = str(error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig else error).strip(" \n.")
            if self._password:
                cause = cause.replace(self._password, "***")
            raise StoreUnavailableError(
                f"Failed to {action} in store '{self.name}': {cause}. See patch_store_url"
            ) from error


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions its own way; _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a deferred transaction that turns into a write fails when another writer was faster; an immediate one waits
    is_write = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
