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

_ACTION = "join the run"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as its first host described it."""

    run_id: str
    started_at: datetime
    operation: str
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


def find_run(database: Database, run_key: str) -> Run | None:
    """Give the run of this key, if it has begun."""
    with database.read(_ACTION) as connection:
        row = connection.execute(schema.runs.select().where(schema.runs.c.run_key == run_key)).one_or_none()
    if row is None:
        return None
    return Run(row.run_id, row.started_at, row.operation, unpack_document(row.attributes))
