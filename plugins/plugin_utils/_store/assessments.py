# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assessments and incidents: what each run found out about each host, and which of it counts now.

A failed try never replaces what is known of a node, and neither does check mode or a baseline override
(``patch-manager-compliance-data-overwrites``): all of it is kept, and told apart by ``standing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    make_storable,
    pack_document,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import (
    AssessmentRecord,
    HostEntry,
    Incident,
)

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import RowMapping

    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database

# the last two: the run never started it, because too many others failed or because its window took no more nodes
INCIDENT_STATES = ("UNREACHABLE", "ERROR", "TERMINATED", "OUTSIDE_WINDOW")

_TEXT_COLUMNS = ("patch_group", "operating_system", "baseline_id", "baseline_name", "snapshot_id")

# Above this many hosts one query for all of them and a look into a set is cheaper, and SQLite before 3.32 takes
# 999 parameters at most.
_MANY_HOSTS = 500


def add_assessment(
    database: Database,
    run_id: str,
    host: str,
    assessment: Mapping[str, Any],
    *,
    operation: str,
    current: bool,
    facts_id: int | None,
    address: str,
    now: datetime,
) -> int:
    """Keep an assessment; gives its number. ``assessment`` is the engine's ``Assessment.to_dict()``."""
    counts = assessment["counts"]
    summary = {key: value for key, value in assessment.items() if key != "patches"}
    row = {
        "run_id": run_id,
        "facts_id": facts_id,
        "host": host,
        "standing": schema.CURRENT if current else schema.ASIDE,
        "operation": operation,
        "recorded_at": now,
        "address": address,
        "state": str(assessment["compliance_status"]),
        "message": str(assessment.get("status_reason") or ""),
        "summary": pack_document(summary),
        "patches": pack_document(list(assessment["patches"])),
        **{name: str(assessment.get(name) or "") for name in _TEXT_COLUMNS},
        **{name: int(counts.get(name, 0)) for name in schema.COUNTERS},
    }
    return _insert(database, row, f"keep the assessment of host '{host}'")


def add_incident(
    database: Database,
    run_id: str,
    host: str,
    state: str,
    message: str,
    *,
    operation: str,
    patch_group: str,
    address: str,
    now: datetime,
) -> int:
    """Keep that a host gave no assessment in a run; gives its number.

    Raises StoreValueError if ``state`` is not one of ``INCIDENT_STATES``.
    """
    if state not in INCIDENT_STATES:
        raise StoreValueError(
            f"Failed to keep the incident of host '{host}': state {state!r} is not one of {', '.join(INCIDENT_STATES)}"
        )
    row = make_incident_row(run_id, host, state, message, operation=operation, now=now)
    row |= {"patch_group": patch_group, "address": address}
    return _insert(database, row, f"keep the incident of host '{host}'")


def make_incident_row(
    run_id: str, host: str, state: str, message: str, *, operation: str, now: datetime
) -> dict[str, Any]:
    """The row of an incident, without the group and the address of its host."""
    return dict.fromkeys(_TEXT_COLUMNS, "") | {
        "run_id": run_id,
        "host": host,
        "standing": schema.INCIDENT,
        "operation": operation,
        "recorded_at": now,
        "address": "",
        "state": state,
        "message": message,
    }


def find_current(database: Database, hosts: Iterable[str] | None, *, patches: bool) -> dict[str, HostEntry]:
    """Give what counts now for each host: its newest current assessment, and an incident if that came later."""
    return _find_newest(database, [schema.CURRENT, schema.INCIDENT], hosts, None, patches=patches)


def find_of_run(
    database: Database, run_id: str, hosts: Iterable[str] | None = None, *, patches: bool
) -> dict[str, HostEntry]:
    """Give what one run found, results kept aside included."""
    return _find_newest(database, [schema.CURRENT, schema.ASIDE, schema.INCIDENT], hosts, run_id, patches=patches)


def read_assessments(database: Database, numbers: Iterable[int]) -> dict[int, AssessmentRecord]:
    """Give assessments by their numbers, with their patches; ask for some hundreds at a time."""
    table, facts = schema.assessments, schema.facts
    query = (
        sa.select(*table.c, facts.c.hostname, facts.c.platform_name, facts.c.platform_version, facts.c.reboot_required)
        .outerjoin(facts, table.c.facts_id == facts.c.id)
        .where(table.c.id.in_(list(numbers)), table.c.standing != schema.INCIDENT)
    )
    with database.read("read assessments") as connection:
        return {row["id"]: _make_record(row, patches=True) for row in connection.execute(query).mappings()}


def find_last_install(database: Database, run_id: str, host: str) -> AssessmentRecord | None:
    """Give what an install in this run found last on a host, whatever else the run found since; None without one."""
    table = schema.assessments
    newest = sa.select(sa.func.max(table.c.id)).where(
        table.c.run_id == run_id,
        table.c.host == make_storable(host),
        table.c.operation == "Install",
        table.c.standing.in_([schema.CURRENT, schema.ASIDE]),
    )
    with database.read("read assessments") as connection:
        number = connection.execute(newest).scalar_one_or_none()
    return None if number is None else read_assessments(database, [number])[number]


def _insert(database: Database, row: Mapping[str, Any], action: str) -> int:
    with database.write(action) as connection:
        return schema.insert_row(connection, schema.assessments, row)


def _find_newest(
    database: Database, standings: Sequence[str], hosts: Iterable[str] | None, run_id: str | None, *, patches: bool
) -> dict[str, HostEntry]:
    """Read the newest row per host and standing: an index alone names them, so history costs no row access."""
    table, facts = schema.assessments, schema.facts
    wanted = None if hosts is None else {make_storable(host) for host in hosts}
    newest = sa.select(sa.func.max(table.c.id).label("id")).where(table.c.standing.in_(standings))
    if run_id is not None:
        newest = newest.where(table.c.run_id == run_id)
    if wanted is not None and len(wanted) <= _MANY_HOSTS:
        newest = newest.where(table.c.host.in_(sorted(wanted)))
    chosen = newest.group_by(table.c.standing, table.c.host).subquery()
    columns = [column for column in table.c if patches or column.name != "patches"]
    query = (
        sa.select(*columns, facts.c.hostname, facts.c.platform_name, facts.c.platform_version, facts.c.reboot_required)
        .join(chosen, table.c.id == chosen.c.id)
        .outerjoin(facts, table.c.facts_id == facts.c.id)
        .order_by(table.c.id)
    )
    entries: dict[str, HostEntry] = {}
    with database.read("read assessments") as connection:
        for row in connection.execute(query).mappings():
            host = row["host"]
            if wanted is not None and host not in wanted:
                continue
            if row["standing"] == schema.INCIDENT:  # rows come in the order they were added
                before = entries.get(host)
                entries[host] = HostEntry(host, before.assessment if before else None, _make_incident(row))
            else:
                entries[host] = HostEntry(host, _make_record(row, patches=patches))
    return entries


def _make_record(row: RowMapping, *, patches: bool) -> AssessmentRecord:
    return AssessmentRecord(
        id=row["id"],
        run_id=row["run_id"],
        facts_id=row["facts_id"],
        host=row["host"],
        current=row["standing"] == schema.CURRENT,
        operation=row["operation"],
        recorded_at=row["recorded_at"],
        address=row["address"],
        hostname=row["hostname"] or "",
        patch_group=row["patch_group"],
        operating_system=row["operating_system"],
        platform_name=row["platform_name"] or "",
        platform_version=row["platform_version"] or "",
        baseline_id=row["baseline_id"],
        baseline_name=row["baseline_name"],
        snapshot_id=row["snapshot_id"],
        compliance_status=row["state"],
        reboot_required=row["reboot_required"],
        counts={name: row[name] for name in schema.COUNTERS},
        packed_summary=row["summary"],
        packed_patches=row["patches"] if patches else None,
    )


def _make_incident(row: RowMapping) -> Incident:
    return Incident(
        id=row["id"],
        run_id=row["run_id"],
        host=row["host"],
        operation=row["operation"],
        recorded_at=row["recorded_at"],
        address=row["address"],
        patch_group=row["patch_group"],
        state=row["state"],
        message=row["message"],
    )
