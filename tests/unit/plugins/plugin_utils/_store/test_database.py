# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opening a database, and what a newer one or a slow writer means."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import (
    StoreUnavailableError,
    StoreVersionError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.location import find_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import pack_document
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.unit.plugins.plugin_utils._store.processes import run_all, run_until_marked
from tests.unit.plugins.plugin_utils._store.samples import GUID, NOW, join

ROW = {"run_id": GUID, "run_key": "second", "operation": "", "started_at": NOW, "attributes": pack_document({})}


def test_newer_schema_is_refused_with_the_way_out(store_url: str) -> None:
    open_store(store_url).close()
    engine = sa.create_engine(find_store(store_url))
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO patch_schema VALUES (4, '2030-01-01T00:00:00.000000Z')"))
    engine.dispose()
    with pytest.raises(StoreVersionError, match=r"has schema 4, .* knows up to 3\. Update the collection"):
        open_store(store_url)


NEWER_TABLES = ("patch_deliveries", "patch_controllers", "patch_turns", "patch_slots")


def make_version_1(url: str) -> None:
    """Take from a store what version 1 did not have."""
    engine = sa.create_engine(find_store(url))
    with engine.begin() as connection:
        for name in NEWER_TABLES:
            connection.execute(sa.text(f"DROP TABLE {name}"))
        connection.execute(sa.text("UPDATE patch_schema SET version = 1"))
    engine.dispose()


def open_and_close(url: str) -> None:
    open_store(url).close()


def test_a_store_of_version_1_gets_the_new_tables_and_keeps_what_it_has(store_url: str) -> None:
    with open_store(store_url) as store:
        run_id = join(store)
        store.add_incident(run_id, "web1", "ERROR", "kept")
    make_version_1(store_url)
    assert run_all(open_and_close, [(store_url,)] * 5) == [0] * 5
    with open_store(store_url) as store:
        assert join(store) == run_id
        assert set(store.current_assessments()) == {"web1"}
        assert [run.state for run in store.list_runs()] == ["unknown"], "nobody kept who worked on it"
        store.enter_run(run_id, "elsewhere:1:boot", "web1", [])
        assert store.find_turn(run_id, "web1") == "waiting"
        with store._database.read("test") as connection:
            versions = connection.execute(sa.select(schema.schema_versions.c.version)).scalars().all()
    assert sorted(versions) == [1, 3]


def test_a_file_that_is_no_store_is_named_with_the_cause_and_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database\n" * 99, encoding="utf-8")
    expected = r"Failed to find the tables in store '.*/notes\.txt': file is not a database\. See patch_store_url"
    with pytest.raises(StoreUnavailableError, match=expected):
        open_store(f"sqlite:///{tmp_path}/notes.txt")


def test_sqlite_uses_a_write_ahead_log(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, store._database.read("test") as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def hold_write_lock(url: str, marker: Path) -> None:
    """Until ``marker`` is taken away."""
    with open_store(url) as store, store._database.write("test"):
        marker.touch()
        deadline = time.monotonic() + 10
        while marker.exists() and time.monotonic() < deadline:
            time.sleep(0.01)


def test_writer_waits_for_a_slow_writer_and_readers_do_not(store_url: str, tmp_path: Path) -> None:
    with open_store(store_url) as store:
        run_id = join(store)
        marker = tmp_path / "marker"
        with run_until_marked(hold_write_lock, store_url, marker) as holder:
            assert store.current_assessments() == {}
            assert holder.is_alive()
            release = threading.Timer(0.3, marker.unlink)
            release.start()
            store.add_incident(run_id, "web1", "ERROR", "")  # SQLite knows one writer, PostgreSQL many
            release.join()
        assert set(store.current_assessments()) == {"web1"}


def test_write_transaction_that_reads_first_is_not_overtaken(sqlite_url: str) -> None:
    """A deferred transaction would fail here: what it read is no longer the newest state."""
    with open_store(sqlite_url) as first, open_store(sqlite_url) as second:
        run_id = join(first)
        other = threading.Thread(target=second.add_incident, args=(run_id, "web2", "ERROR", ""))
        with first._database.write("test") as connection:
            assert connection.execute(schema.runs.select()).one().run_id == run_id
            other.start()
            time.sleep(0.3)
            connection.execute(schema.runs.insert().values(**ROW))
        other.join()
        assert set(first.current_assessments()) == {"web2"}
        assert first.join_run("second", operation="", attributes={}).run_id == GUID
