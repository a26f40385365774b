# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nodes said, in their own words, so that it can be judged again by another baseline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    pack_document,
    unpack_document,
)

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database


def add_facts(database: Database, run_id: str, host: str, facts: Mapping[str, Any], *, now: datetime) -> int:
    """Keep the facts of one collection; gives their number."""
    system: Mapping[str, Any] = facts.get("os") or {}
    required = (facts.get("reboot_required") or {}).get("required")
    row = {
        "run_id": run_id,
        "host": host,
        "stored_at": now,
        "hostname": str(facts.get("hostname", "")),
        "operating_system": str(system.get("operating_system", "")),
        "platform_name": str(system.get("name", "")),
        "platform_version": str(system.get("version", "")),
        "reboot_required": None if required is None else bool(required),
        "document": pack_document(facts),
    }
    with database.write(f"keep the facts of host '{host}'") as connection:
        return schema.insert_row(connection, schema.facts, row)


def find_last_facts(database: Database, host: str) -> dict[str, Any] | None:
    """Give the newest facts of a host, or None if it has none."""
    facts = schema.facts
    query = sa.select(facts.c.document).where(facts.c.host == host).order_by(facts.c.id.desc()).limit(1)
    with database.read(f"find the facts of host '{host}'") as connection:
        packed = connection.execute(query).scalar()
    return None if packed is None else dict(unpack_document(packed))


def read_facts(database: Database, facts_id: int) -> dict[str, Any]:
    """Give the facts of this number.

    Raises StoreValueError if there are none.
    """
    query = sa.select(schema.facts.c.document).where(schema.facts.c.id == facts_id)
    with database.read("read facts") as connection:
        packed = connection.execute(query).scalar()
    if packed is None:
        raise StoreValueError(f"Failed to read facts {facts_id}: store '{database.name}' has none of this number")
    document: dict[str, Any] = unpack_document(packed)
    return document
