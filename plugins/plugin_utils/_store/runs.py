# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs: one per call of ansible-playbook, shared by all its forks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.guid import parse_guid
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    pack_document,
    unpack_document,
)

if TYPE_CHECKING:
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database

try:
    import sqlalchemy as sa
except ImportError:
    pass

_ACTION = "join the run"

RUNNING, UNKNOWN, INTERRUPTED = "running", "unknown", "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its first host described it."""

    run_id: str
    started_at: datetime
    operation: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and its end.

    ``state`` is what its end was called: running as long as one of its controllers has none, interrupted if one of them
    died, unknown for a run of which nobody kept who worked on it.
    """

    run_id: str
    operation: str
    started_at: datetime
    ended_at: datetime | None
    state: str
    attributes: Mapping[str, Any]


def join_run(
    database: Database,
    run_key: str,
    *,
    operation: str,
    attributes: Mapping[str, Any],
    run_id: str | None,
    now: datetime,
) -> Run:
    """Give the run of this key, or of this id; who comes first makes it."""
    if run_id:
        run_id = parse_guid(run_id, "run id")
        run_key = f"run {run_id}"
    while (found := find_run(database, run_key)) is None:
        with database.guard(f"run {run_key}"):
            if find_run(database, run_key) is None:
                row = {
                    "run_id": run_id or str(uuid.uuid4()),
                    "run_key": run_key,
                    "operation": operation,
                    "started_at": now,
                    "attributes": pack_document(attributes),
                }
                with database.write(_ACTION) as connection:
                    connection.execute(schema.runs.insert().values(**row))
    return found


def list_runs(database: Database) -> list[RunRecord]:
    """Give all runs, the newest first."""
    runs, controllers = schema.runs, schema.controllers
    ends: dict[str, list[tuple[datetime | None, str]]] = {}
    with database.read("list the runs") as connection:
        for row in connection.execute(sa.select(controllers.c.run_id, controllers.c.ended_at, controllers.c.state)):
            ends.setdefault(row.run_id, []).append((row.ended_at, row.state))
        rows = connection.execute(runs.select().order_by(runs.c.started_at.desc(), runs.c.run_id)).all()
    return [
        RunRecord(
            row.run_id,
            row.operation,
            row.started_at,
            *_find_end(ends.get(row.run_id, [])),
            unpack_document(row.attributes),
        )
        for row in rows
    ]


def _find_end(ends: list[tuple[datetime | None, str]]) -> tuple[datetime | None, str]:
    """When a run ended and what its end is called; the controller that ended last saw all of it."""
    if not ends:
        return None, UNKNOWN
    known = [(moment, state) for moment, state in ends if moment is not None]
    if len(known) < len(ends):
        return None, RUNNING
    last, state = max(known)
    return last, INTERRUPTED if any(each == INTERRUPTED for _moment, each in known) else state


def find_run(database: Database, run_key: str) -> Run | None:
    """Give the run of this key, if it has begun."""
    with database.read(_ACTION) as connection:
        row = connection.execute(schema.runs.select().where(schema.runs.c.run_key == run_key)).one_or_none()
    if row is None:
        return None
    return Run(row.run_id, row.started_at, row.operation, unpack_document(row.attributes))
