# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assessments that somebody else is to be told of: asked for with each operation, delivered together at its end.

What could not be delivered stays asked for, so that the next run tries again. Of several assessments of a host only the
newest is worth telling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    make_storable,
    pack_document,
    unpack_document,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import Delivery

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database

# withheld: the assessment says too little to be told
ASKED, FAILED, DELIVERED, WITHHELD = "asked", "failed", "delivered", "withheld"
STATES = (ASKED, FAILED, DELIVERED, WITHHELD)

MAX_DAYS = 30  # as long as Systems Manager keeps what nobody renews


def ask_delivery(
    database: Database,
    run_id: str,
    host: str,
    assessment_id: int,
    node_id: str,
    request: Mapping[str, Any],
    *,
    state: str,
    message: str,
    now: datetime,
) -> int:
    """Keep that an assessment is to be told under the name ``node_id``, and how; gives the number of the delivery."""
    row = {
        "run_id": run_id,
        "host": host,
        "assessment_id": assessment_id,
        "node_id": node_id,
        "asked_at": now,
        "request": pack_document(dict(request)),
        "state": _check_state(state),
        "message": message,
    }
    with database.write(f"keep the delivery of host '{host}'") as connection:
        return schema.insert_row(connection, schema.deliveries, row)


def find_due(database: Database, run_id: str, hosts: Iterable[str], *, now: datetime) -> list[Delivery]:
    """Give each host's newest delivery that is still to be made, and those that this run withheld; hosts in order."""
    table = schema.deliveries
    wanted = {make_storable(host) for host in hosts}
    newest = (
        sa.select(sa.func.max(table.c.id)).where(table.c.state.in_([ASKED, FAILED, DELIVERED])).group_by(table.c.host)
    )
    due = sa.and_(
        table.c.id.in_(newest), table.c.state.in_([ASKED, FAILED]), table.c.asked_at > now - timedelta(days=MAX_DAYS)
    )
    withheld = sa.and_(table.c.run_id == run_id, table.c.state == WITHHELD)
    query = table.select().where(sa.or_(due, withheld)).order_by(table.c.host, table.c.id)
    with database.read("find the deliveries") as connection:
        return [_read(row) for row in connection.execute(query) if row.host in wanted]


def find_newest(database: Database) -> dict[str, Delivery]:
    """Give each host's newest delivery, whatever its state; a host of which nothing was ever to be told is absent."""
    table = schema.deliveries
    newest = sa.select(sa.func.max(table.c.id)).group_by(table.c.host)
    with database.read("find the deliveries") as connection:
        return {row.host: _read(row) for row in connection.execute(table.select().where(table.c.id.in_(newest)))}


def find_told(database: Database, hosts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give what was last delivered of each host, in short; a host of which nothing was is absent."""
    table = schema.deliveries
    wanted = {make_storable(host) for host in hosts}
    newest = sa.select(sa.func.max(table.c.id)).where(table.c.state == DELIVERED).group_by(table.c.host)
    query = sa.select(table.c.host, table.c.told).where(table.c.id.in_(newest))
    with database.read("find the deliveries") as connection:
        return {row.host: unpack_document(row.told) for row in connection.execute(query) if row.host in wanted}


def end_delivery(
    database: Database, number: int, state: str, message: str, told: Mapping[str, Any] | None, *, now: datetime
) -> None:
    """Keep how a delivery went; ``told`` is what was delivered, in short."""
    table = schema.deliveries
    values = {"state": _check_state(state), "message": message, "tried_at": now}
    if told is not None:
        values["told"] = pack_document(dict(told))
    with database.write("keep how a delivery went") as connection:
        connection.execute(table.update().where(table.c.id == number).values(**values))


def _read(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        run_id=row.run_id,
        host=row.host,
        assessment_id=row.assessment_id,
        node_id=row.node_id,
        state=row.state,
        message=row.message,
        request=unpack_document(row.request),
        tried_at=row.tried_at,
    )


def _check_state(state: str) -> str:
    if state not in STATES:
        raise StoreValueError(f"Failed to keep a delivery: state {state!r} is not one of {', '.join(STATES)}")
    return state
