# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables.

What was found is append-only: a row is never changed or removed, so a scan never overwrites another. Who works on what
right now (controllers and turns), and whether somebody else was told (deliveries), is kept up to date in its row.

SQLAlchemy may be absent: every file of this package imports without it, and ``require_sqlalchemy`` says what to
install.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreUnavailableError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    make_storable,
    parse_time,
    render_time,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect

SCHEMA_VERSION = 3  # 2 added controllers, turns and slots, 3 deliveries and logs

COUNTERS = (
    "installed_count",
    "installed_other_count",
    "installed_pending_reboot_count",
    "installed_rejected_count",
    "missing_count",
    "failed_count",
    "not_applicable_count",
    "unreported_not_applicable_count",
    "available_security_update_count",
    "critical_non_compliant_count",
    "security_non_compliant_count",
    "other_non_compliant_count",
)

# What a row of `assessments` is to its host (compliance.md 6): the node's compliance; a result kept beside it (check
# mode, baseline override); or a try that gave no assessment.
CURRENT, ASIDE, INCIDENT = "current", "aside", "incident"


def require_sqlalchemy() -> None:
    """Raise StoreUnavailableError if SQLAlchemy 2 is not there."""
    way_out = f"Install SQLAlchemy 2.0 or newer for {sys.executable}, which runs Ansible"
    if _absence is not None:
        raise StoreUnavailableError(f"Failed to open the store: {_absence}. {way_out}") from _absence
    if sa.__version__.startswith(("0.", "1.")):
        raise StoreUnavailableError(f"Failed to open the store: SQLAlchemy {sa.__version__} is too old. {way_out}")


def insert_row(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    """Add a row to a table whose rows are numbered; gives its number."""
    key = connection.execute(table.insert().values(**row)).inserted_primary_key
    if key is None:
        raise AssertionError("an insert of many rows gives no key")
    return int(key[0])


_absence: ImportError | None = None
try:
    import sqlalchemy as sa
except ImportError as error:
    _absence = error
else:

    class UtcTime(sa.TypeDecorator[datetime]):
        """An aware datetime, kept as UTC text."""

        impl = sa.String(27)
        cache_ok = True

        def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
            return None if value is None else render_time(value)

        def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
            return None if value is None else parse_time(value)

    class SafeText(sa.TypeDecorator[str]):
        """Text from anywhere: what a database refuses is escaped."""

        impl = sa.Text
        cache_ok = True

        def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
            return None if value is None else make_storable(value)

    Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows itself only in an INTEGER

    metadata = sa.MetaData()

    schema_versions = sa.Table(
        "patch_schema",
        metadata,
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("applied_at", UtcTime, nullable=False),
    )

    runs = sa.Table(
        "patch_runs",
        metadata,
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("run_key", SafeText, nullable=False, unique=True),
        sa.Column("operation", SafeText, nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("attributes", sa.LargeBinary, nullable=False),
    )

    snapshots = sa.Table(
        "patch_snapshots",
        metadata,
        sa.Column("snapshot_id", sa.String(36), primary_key=True),
        sa.Column("patch_group", SafeText, primary_key=True),
        sa.Column("operating_system", SafeText, primary_key=True),
        sa.Column("baseline_name", SafeText, nullable=False),
        sa.Column("source", SafeText, nullable=False),
        sa.Column("reason", SafeText, nullable=False),
        sa.Column("frozen_now", UtcTime, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("baseline", sa.LargeBinary, nullable=False),
    )

    facts = sa.Table(
        "patch_facts",
        metadata,
        sa.Column("id", Serial, primary_key=True),
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), nullable=False),
        sa.Column("host", SafeText, nullable=False),
        sa.Column("stored_at", UtcTime, nullable=False),
        sa.Column("hostname", SafeText, nullable=False),
        sa.Column("operating_system", SafeText, nullable=False),
        sa.Column("platform_name", SafeText, nullable=False),
        sa.Column("platform_version", SafeText, nullable=False),
        sa.Column("reboot_required", sa.Boolean, nullable=True),  # NULL: the node cannot know
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Index("ix_patch_facts_host", "host", "id"),
    )

    assessments = sa.Table(
        "patch_assessments",
        metadata,
        sa.Column("id", Serial, primary_key=True),
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), nullable=False),
        sa.Column("facts_id", sa.ForeignKey(facts.c.id), nullable=True),
        sa.Column("host", SafeText, nullable=False),
        sa.Column("standing", sa.String(8), nullable=False),
        sa.Column("operation", SafeText, nullable=False),
        sa.Column("recorded_at", UtcTime, nullable=False),
        sa.Column("address", SafeText, nullable=False),
        sa.Column("patch_group", SafeText, nullable=False),
        sa.Column("operating_system", SafeText, nullable=False),
        sa.Column("baseline_id", SafeText, nullable=False),
        sa.Column("baseline_name", SafeText, nullable=False),
        sa.Column("snapshot_id", SafeText, nullable=False),
        sa.Column("state", SafeText, nullable=False),
        sa.Column("message", SafeText, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False, default=0) for name in COUNTERS),
        sa.Column("summary", sa.LargeBinary, nullable=True),  # the assessment without its patches
        sa.Column("patches", sa.LargeBinary, nullable=True),
        sa.Index("ix_patch_assessments_standing", "standing", "host", "id"),
        sa.Index("ix_patch_assessments_run", "run_id", "standing", "host", "id"),
    )

    controllers = sa.Table(
        "patch_controllers",
        metadata,
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), primary_key=True),
        sa.Column("controller", SafeText, primary_key=True),
        sa.Column("max_concurrency", SafeText, nullable=False),
        sa.Column("max_errors", SafeText, nullable=False),
        sa.Column("entered_at", UtcTime, nullable=False),
        sa.Column("renewed_at", sa.Double, nullable=False),  # seconds of the database's own clock
        sa.Column("ended_at", UtcTime, nullable=True),
        sa.Column("state", SafeText, nullable=False, default=""),
        sa.Index("ix_patch_controllers_ended", "ended_at"),
    )

    turns = sa.Table(
        "patch_turns",
        metadata,
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), primary_key=True),
        sa.Column("host", SafeText, primary_key=True),
        sa.Column("controller", SafeText, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("errors", sa.Integer, nullable=False, default=0),  # 1 once it has failed in this run
        sa.Column("taken_at", UtcTime, nullable=True),
        sa.Column("idle_since", UtcTime, nullable=True),  # between two steps that share the turn
        sa.Column("ended_at", UtcTime, nullable=True),
        sa.Column("progress", SafeText, nullable=False, default=""),
        sa.Index("ix_patch_turns_state", "run_id", "state", "controller", "errors"),
    )

    slots = sa.Table(
        "patch_slots",
        metadata,
        sa.Column("policy", SafeText, primary_key=True),
        sa.Column("operation", SafeText, primary_key=True),
        sa.Column("slot", UtcTime, primary_key=True),
        sa.Column("run_id", sa.String(36), nullable=False),
        sa.Column("claimed_at", UtcTime, nullable=False),
    )

    deliveries = sa.Table(
        "patch_deliveries",
        metadata,
        sa.Column("id", Serial, primary_key=True),
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), nullable=False),
        sa.Column("host", SafeText, nullable=False),
        sa.Column("assessment_id", sa.ForeignKey(assessments.c.id), nullable=False),
        sa.Column("node_id", SafeText, nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", SafeText, nullable=False, default=""),
        sa.Column("tried_at", UtcTime, nullable=True),
        sa.Column("told", sa.LargeBinary, nullable=True),  # what was delivered, in short
        sa.Index("ix_patch_deliveries_host", "host", "state", "id"),
        sa.Index("ix_patch_deliveries_run", "run_id", "state", "host"),
    )

    logs = sa.Table(
        "patch_logs",
        metadata,
        sa.Column("id", Serial, primary_key=True),
        sa.Column("run_id", sa.ForeignKey(runs.c.run_id), nullable=False),
        sa.Column("host", SafeText, nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", SafeText, nullable=False, default=""),
        sa.Column("tried_at", UtcTime, nullable=True),
        sa.Column("texts", sa.LargeBinary, nullable=True),  # until they are delivered
        sa.Index("ix_patch_logs_state", "state", "host", "id"),
    )
