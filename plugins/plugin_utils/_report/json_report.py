# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All nodes as JSON, for programs: stable keys, a schema number, nodes by name, patches by id, a patch per line.

::

    {"schema": 1,
     "generated_at": "2026-11-23T18:00:00Z",
     "stale_after_days": 7,                            null: no assessment is ever stale
     "totals": {"nodes": 3, "states": {"NON_COMPLIANT": 1, ...}, "counts": {"missing_count": 4, ...}},
     "nodes": [
       {"host": "web1",                                the name in the inventory
        "hostname": "", "address": "",                 the node's own name, and where it was reached
        "patch_group": "", "operating_system": "", "platform_name": "", "platform_version": "",
        "baseline_id": "", "baseline_name": "", "snapshot_id": "", "run_id": "", "operation": "Scan",
        "compliance_status": "NON_COMPLIANT",          one of the states of states.py
        "reason": "",
        "assessed_status": "NON_COMPLIANT",            what the last assessment said, also when it is STALE now
        "last_scan_at": "2026-11-23T17:59:30Z",        null: never
        "overall_severity": "",
        "counts": {"missing_count": 4, ...},           null: no assessment stands behind this node
        "non_compliant_levels": {"CRITICAL": 1, ...},  non-compliant patches by compliance level; null as above
        "reboot_required": true,                       null: the node cannot tell
        "reboot": {"decided": true, "performed": true, "reason": "", "reasons": [], "count": 1},   null: after a scan
        "warnings": [],
        "incident": {"state": "UNREACHABLE", "at": "...", "message": "..."},   a later try that failed, or null
        "delivery": {"state": "failed", "instance_id": "i-...", "tried_at": "...", "message": "..."},
                                                       whether Systems Manager was told of this assessment: asked,
                                                       failed, delivered or withheld; null: nobody wants it to be
        "patches": [                                   the engine's patch results with their reasons
          {...}
        ]}
     ]}
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.atomic_file import replace_file
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.levels import count_levels
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report

SCHEMA = 1

_PLAIN_FIELDS = (
    "host",
    "hostname",
    "address",
    "patch_group",
    "operating_system",
    "platform_name",
    "platform_version",
    "baseline_id",
    "baseline_name",
    "snapshot_id",
    "run_id",
    "operation",
    "compliance_status",
    "reason",
    "assessed_status",
)


def write_json_report(report: Report, path: Path) -> tuple[Path, ...]:
    """Write the report of a model built with its patches; gives the files written.

    Raises ReportWriteError.
    """
    with replace_file(path) as stream:
        _write(report, stream)
    return (path,)


def render_second(moment: datetime) -> str:
    """Write a time as AWS's compliance calls want it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _count_days(age: timedelta) -> int | float:
    days = age / timedelta(days=1)
    return int(days) if days.is_integer() else days


def _write(report: Report, stream: TextIO) -> None:
    """Node by node: the patches of an estate need not be in memory at once."""
    head = {
        "schema": SCHEMA,
        "generated_at": render_second(report.generated_at),
        "stale_after_days": None if report.max_age is None else _count_days(report.max_age),
        "totals": {"nodes": len(report.rows), "states": report.count_states(), "counts": report.sum_counts()},
    }
    stream.write(json.dumps(head)[:-1] + ',\n"nodes": [')
    encode = json.JSONEncoder(sort_keys=True).encode  # json.dumps would make an encoder for each of millions of patches
    for index, row in enumerate(sorted(report.rows, key=lambda row: row.host)):
        patches = row.patches()
        node = json.dumps(_describe(row, patches))[:-1]
        lines = ",\n  ".join(map(encode, patches))
        stream.write(f'{"," if index else ""}\n {node},\n "patches": [' + (f"\n  {lines}\n " if lines else "") + "]}")
    stream.write("\n]}\n" if report.rows else "]}\n")


def _describe(row: HostRow, patches: list[dict[str, Any]]) -> dict[str, Any]:
    incident, delivery = row.incident, row.delivery
    return {
        **{name: getattr(row, name) for name in _PLAIN_FIELDS},
        "last_scan_at": None if row.last_scan_at is None else render_second(row.last_scan_at),
        "overall_severity": row.overall_severity,
        "counts": None if row.counts is None else dict(sorted(row.counts.items())),
        "non_compliant_levels": None if row.counts is None else count_levels(patches),
        "reboot_required": row.reboot_required,
        "reboot": None if row.reboot is None else dict(row.reboot),
        "warnings": list(row.warnings),
        "incident": incident
        and {"state": incident.state, "at": render_second(incident.recorded_at), "message": incident.message},
        "delivery": delivery
        and {
            "state": delivery.state,
            "instance_id": delivery.node_id,
            "tried_at": None if delivery.tried_at is None else render_second(delivery.tried_at),
            "message": delivery.message,
        },
    }
