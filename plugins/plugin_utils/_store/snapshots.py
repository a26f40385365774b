# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots: the baseline of a (patch group, operating system), frozen by the first host that needs it.

AWS lets a snapshot id start over after three days; here the same id gives the same content for good, so that a set
which was tested can be promoted at any later time.
"""

from __future__ import annotations

from collections.abc import Callable
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


REFUSED = "refused"  # source of a row that holds no baseline but why there is none


@dataclass(frozen=True, slots=True)
class FrozenBaseline:
    """A baseline in the engine's snake_case shape, where it came from, and the time that counts as now for it."""

    baseline: dict[str, Any]
    source: str
    reason: str
    now: datetime
    created_at: datetime


def freeze_snapshot(
    database: Database,
    snapshot_id: str,
    patch_group: str,
    operating_system: str,
    make: Callable[[], FrozenBaseline],
) -> FrozenBaseline:
    """Give the frozen baseline; if there is none, call ``make`` once over all processes and keep what it gives.

    Whatever ``make`` raises comes through, and the next process may try.
    """
    key = {
        "snapshot_id": parse_guid(snapshot_id, "snapshot id"),
        "patch_group": patch_group,
        "operating_system": operating_system,
    }
    while (found := _find(database, key)) is None:
        with database.guard(f"snapshot {key['snapshot_id']} of {operating_system} in patch group '{patch_group}'"):
            if _find(database, key) is None:
                _insert(database, key, make())
    return found


def note_refusal(
    database: Database, refusal_id: str, patch_group: str, operating_system: str, reason: str, now: datetime
) -> None:
    """Keep that a baseline could not be made, and why; for ``make``, which runs alone. The first word counts."""
    key = {"snapshot_id": refusal_id, "patch_group": patch_group, "operating_system": operating_system}
    if _find(database, key) is None:
        _insert(database, key, FrozenBaseline({}, REFUSED, reason, now=now, created_at=now))


def find_refusal(database: Database, refusal_id: str, patch_group: str, operating_system: str) -> str | None:
    """Give why a baseline could not be made, if that was kept."""
    key = {"snapshot_id": refusal_id, "patch_group": patch_group, "operating_system": operating_system}
    found = _find(database, key)
    return found.reason if found else None


def list_frozen(database: Database, snapshot_id: str, patch_group: str) -> tuple[FrozenBaseline, ...]:
    """Give what a snapshot holds so far for a patch group, of all operating systems."""
    table = schema.snapshots
    query = table.select().where(
        table.c.snapshot_id == parse_guid(snapshot_id, "snapshot id"), table.c.patch_group == patch_group
    )
    with database.read("read the snapshot") as connection:
        return tuple(_unpack(row) for row in connection.execute(query))


def _find(database: Database, key: dict[str, str]) -> FrozenBaseline | None:
    table = schema.snapshots
    with database.read("read the snapshot") as connection:
        row = connection.execute(
            table.select().where(*(table.c[name] == value for name, value in key.items()))
        ).one_or_none()
    return None if row is None else _unpack(row)


def _unpack(row: Any) -> FrozenBaseline:
    return FrozenBaseline(unpack_document(row.baseline), row.source, row.reason, row.frozen_now, row.created_at)


def _insert(database: Database, key: dict[str, str], made: FrozenBaseline) -> None:
    with database.write("freeze the snapshot") as connection:
        connection.execute(
            schema.snapshots.insert().values(
                **key,
                baseline_name=str(made.baseline.get("name", "")),
                source=made.source,
                reason=made.reason,
                frozen_now=made.now,
                created_at=made.created_at,
                baseline=pack_document(made.baseline),
            )
        )
