# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every report shows: a row per node, made from the store and the hosts that should be there.

Two questions lead to two reports. *What do we know now?* keeps the stored compliance of a node when a later run could
not assess it, and shows that run beside it. *What did this run find?* shows just that, last known compliance beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import states
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import make_storable
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import (
    AssessmentRecord,
    Delivery,
    HostEntry,
    Incident,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store

DEFAULT_MAX_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HostRow:
    """One node.

    ``counts`` is None when no assessment stands behind the row; ``assessed_status`` is what the last assessment said,
    whatever ``compliance_status`` makes of it now; ``current`` is false for what check mode or an override found.
    ``reboot`` is what an install decided and did about one, None after a scan. ``delivery``: how it went to tell
    Systems Manager of this assessment, None if nobody asked for it.
    """

    host: str
    compliance_status: str
    reason: str
    hostname: str = ""
    address: str = ""
    patch_group: str = ""
    operating_system: str = ""
    platform_name: str = ""
    platform_version: str = ""
    baseline_id: str = ""
    baseline_name: str = ""
    snapshot_id: str = ""
    run_id: str = ""
    operation: str = ""
    last_scan_at: datetime | None = None
    assessed_status: str = ""
    overall_severity: str = ""
    counts: Mapping[str, int] | None = None
    reboot_required: bool | None = None
    reboot: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    incident: Incident | None = None
    delivery: Delivery | None = None
    current: bool = True
    record: AssessmentRecord | None = field(default=None, repr=False, compare=False)

    @property
    def reboot_pending(self) -> bool | None:
        """Whether the node waits for a reboot, by its own word or by a patch that does; None if nobody knows."""
        if (self.counts or {}).get("installed_pending_reboot_count", 0):
            return True
        return self.reboot_required

    def patches(self) -> list[dict[str, Any]]:
        """Give the patches by id; none if no assessment stands behind the row."""
        if self.counts is None or self.record is None:
            return []
        return sorted(self.record.patches(), key=lambda patch: (str(patch.get("id", "")), str(patch.get("title", ""))))


@dataclass(frozen=True, slots=True)
class Report:
    """Rows, worst first. ``max_age``: what is older is STALE; None: nothing is."""

    rows: tuple[HostRow, ...]
    generated_at: datetime
    max_age: timedelta | None = None

    def count_states(self) -> dict[str, int]:
        """Count nodes per state, worst first, every state named."""
        found = [row.compliance_status for row in self.rows]
        return {state: found.count(state) for state in dict.fromkeys((*states.WORST_FIRST, *found))}

    def sum_counts(self) -> dict[str, int]:
        """Add up the counters of all nodes."""
        totals: dict[str, int] = {}
        for row in self.rows:
            for name, count in (row.counts or {}).items():
                totals[name] = totals.get(name, 0) + count
        return totals


def build_current_report(
    store: Store,
    *,
    now: datetime,
    expected: Iterable[str] = (),
    only_expected: bool = False,
    max_age: timedelta | None = DEFAULT_MAX_AGE,
    patches: bool = False,
) -> Report:
    """Report what is known now of all nodes in the store and of the ``expected`` ones, or of those only.

    ``patches``: read the patch lists as well; ``HostRow.patches`` needs that.
    """
    hosts = [make_storable(host) for host in expected]
    entries = store.current_assessments(hosts if only_expected else None, patches=patches)
    told = store.newest_deliveries()
    rows = (
        _add_delivery(_make_current_row(host, entries.get(host), now, max_age), told.get(host))
        for host in {*hosts, *entries}
    )
    return Report(_sort(rows), now, max_age)


def build_run_report(
    store: Store, run_id: str, *, now: datetime, expected: Iterable[str] = (), patches: bool = False
) -> Report:
    """Report what one run found, and for ``expected`` hosts it found nothing of, what was known before."""
    entries = store.run_entries(run_id, patches=patches)
    hosts = {*map(make_storable, expected), *entries}
    known = store.current_assessments(
        [host for host in hosts if host not in entries or entries[host].assessment is None]
    )
    rows = (_make_run_row(host, entries.get(host), known.get(host)) for host in hosts)
    return Report(_sort(rows), now)


def _sort(rows: Iterable[HostRow]) -> tuple[HostRow, ...]:
    return tuple(sorted(rows, key=lambda row: states.rank(row.compliance_status, row.counts, row.host)))


def _make_current_row(host: str, entry: HostEntry | None, now: datetime, max_age: timedelta | None) -> HostRow:
    record, incident = (entry.assessment, entry.incident) if entry else (None, None)
    if record is None:
        if incident is None:
            return HostRow(host, states.NEVER_SCANNED, "no scan is stored")
        return _describe_incident(host, incident)
    row = _describe_record(host, record)
    age = now - record.recorded_at
    if max_age is not None and age > max_age:
        days = age // timedelta(days=1)
        reason = f"last assessed {days} day{'' if days == 1 else 's'} ago, {row.assessed_status} then"
        row = replace(row, compliance_status=states.STALE, reason=reason)
    if incident is None:
        return row
    since = f"{incident.state} at {render_minute(incident.recorded_at)}: {incident.message}"
    return replace(row, incident=incident, reason=f"{row.reason}; {since}" if row.reason else since)


def _add_delivery(row: HostRow, delivery: Delivery | None) -> HostRow:
    is_of_this = delivery is not None and row.record is not None and delivery.assessment_id == row.record.id
    return replace(row, delivery=delivery) if is_of_this else row


def _make_run_row(host: str, entry: HostEntry | None, known: HostEntry | None) -> HostRow:
    record = entry.assessment if entry else None
    incident = entry.incident if entry else None
    if record is not None:
        row = _describe_record(host, record)
        if incident is None:
            return row
        return replace(row, compliance_status=incident.state, reason=incident.message, incident=incident)
    before = known.assessment if known else None
    if incident is not None:
        row = _describe_incident(host, incident)
        return row if before is None else _add_last_known(row, before)
    if before is None:
        return HostRow(host, states.NEVER_SCANNED, "no result in this run")
    return _add_last_known(HostRow(host, states.STALE, "no result in this run"), before)


def _describe_record(host: str, record: AssessmentRecord) -> HostRow:
    summary = record.summary()
    return replace(
        _describe_node(HostRow(host, record.compliance_status, str(summary.get("status_reason") or "")), record),
        snapshot_id=record.snapshot_id,
        run_id=record.run_id,
        operation=record.operation,
        overall_severity=str(summary.get("overall_severity") or ""),
        counts=record.counts,
        reboot_required=record.reboot_required,
        reboot=summary.get("reboot"),
        warnings=tuple(map(_render_warning, summary.get("warnings") or ())),
        current=record.current,
        record=record,
    )


def _describe_node(row: HostRow, record: AssessmentRecord) -> HostRow:
    """Add what stays true of a node when its counters do not."""
    return replace(
        row,
        hostname=record.hostname,
        address=row.address or record.address,
        patch_group=row.patch_group or record.patch_group,
        operating_system=record.operating_system,
        platform_name=record.platform_name,
        platform_version=record.platform_version,
        baseline_id=record.baseline_id,
        baseline_name=record.baseline_name,
        last_scan_at=record.recorded_at,
        assessed_status=record.compliance_status,
    )


def _describe_incident(host: str, incident: Incident) -> HostRow:
    return HostRow(
        host,
        incident.state,
        incident.message,
        address=incident.address,
        patch_group=incident.patch_group,
        run_id=incident.run_id,
        operation=incident.operation,
        incident=incident,
    )


def _add_last_known(row: HostRow, record: AssessmentRecord) -> HostRow:
    known = f"last assessed {render_minute(record.recorded_at)}: {record.compliance_status}"
    return replace(_describe_node(row, record), reason=f"{row.reason.rstrip('.')}; {known}")


def _render_warning(warning: object) -> str:
    """Engine warnings are text; node warnings have a code and a message."""
    if isinstance(warning, Mapping):
        return str(warning.get("message") or warning.get("code") or "")
    return str(warning)


def render_minute(moment: datetime) -> str:
    """Write a time for people."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
