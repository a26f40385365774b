# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations on their way to a place that is not this controller: kept until they are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.deliveries import (
    ASKED,
    DELIVERED,
    FAILED,
    MAX_DAYS,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    make_storable,
    pack_document,
    unpack_document,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import WaitingLog

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database


def add_log(
    database: Database,
    run_id: str,
    host: str,
    request: Mapping[str, Any],
    texts: Mapping[str, str],
    *,
    now: datetime,
) -> int:
    """Keep a log and where it is to go; gives its number."""
    row = {
        "run_id": run_id,
        "host": host,
        "asked_at": now,
        "request": pack_document(dict(request)),
        "state": ASKED,
        "texts": pack_document(dict(texts)),
    }
    with database.write(f"keep the log of host '{host}'") as connection:
        return schema.insert_row(connection, schema.logs, row)


def find_waiting(database: Database, hosts: Iterable[str], *, now: datetime) -> list[WaitingLog]:
    """Give the logs of these hosts that are still to go somewhere, the oldest first."""
    table = schema.logs
    wanted = {make_storable(host) for host in hosts}
    query = (
        sa.select(table.c.id, table.c.run_id, table.c.host, table.c.request)
        .where(table.c.state.in_([ASKED, FAILED]), table.c.asked_at > now - timedelta(days=MAX_DAYS))
        .order_by(table.c.id)
    )
    with database.read("find the logs") as connection:
        return [
            WaitingLog(row.id, row.run_id, row.host, unpack_document(row.request))
            for row in connection.execute(query)
            if row.host in wanted
        ]


def read_texts(database: Database, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
    """Give the texts of logs by their numbers; ask for some hundreds at a time."""
    table = schema.logs
    query = sa.select(table.c.id, table.c.texts).where(table.c.id.in_(list(numbers)), table.c.texts.is_not(None))
    with database.read("read the logs") as connection:
        return {row.id: unpack_document(row.texts) for row in connection.execute(query)}


def end_log(database: Database, number: int, failure: str, *, now: datetime) -> None:
    """Keep that a log is where it was to go, and forget its texts; or why it is not."""
    values: dict[str, Any] = {"state": FAILED if failure else DELIVERED, "message": failure, "tried_at": now}
    if not failure:
        values["texts"] = None
    with database.write("keep how a delivery went") as connection:
        connection.execute(schema.logs.update().where(schema.logs.c.id == number).values(**values))
