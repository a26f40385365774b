# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small estate in a real store: a node in every state, and names nobody should have chosen."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store

OLD_RUN = "00000000-0000-4000-8000-000000000001"
RUN = "00000000-0000-4000-8000-000000000002"
SNAPSHOT = "00000000-0000-4000-8000-0000000000ff"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=timezone.utc)
LONG_AGO = NOW - timedelta(days=12, hours=3)
EXPECTED = ["web1.example.com", "web2.example.com", "db1", "new1"]

LONG_NAME = "ip-10-12-200-117.eu-central-1.compute.internal"
HOSTILE_NAME = "=cmd|' /C calc'!A0\x1b[31m\n"


def make_patch(name: str, state: str, **changes: Any) -> dict[str, Any]:
    return {
        "title": f"{name}.amd64:1.0-2",
        "id": f"{name}.amd64",
        "state": state,
        "classification": "Required",
        "severity": "Required",
        "compliance_level": "CRITICAL",
        "installed_time": "",
        "cve_ids": [],
        "advisory_ids": [],
        "reason": f"rule 1 of the baseline approves {name}",
        **changes,
    }


def make_assessment(status: str = "COMPLIANT", reason: str = "meets the baseline", **changes: Any) -> dict[str, Any]:
    return {
        "patch_group": "web",
        "operating_system": "DEBIAN",
        "baseline_id": "debian-web",
        "baseline_name": "debian-web",
        "snapshot_id": SNAPSHOT,
        "compliance_status": status,
        "status_reason": reason,
        "overall_severity": "UNSPECIFIED",
        "counts": {"installed_count": 212, "installed_other_count": 104},
        "warnings": [],
        "patches": [],
        **changes,
    }


class Clock:
    """A time that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def open_empty(folder: Path, clock: Clock) -> Store:
    """Open a store with two runs, the older one long ago; the clock stands at ``NOW``."""
    moment = clock.now
    store = open_store(f"sqlite:///{folder}/store.sqlite3", clock=clock)
    clock.now = LONG_AGO
    store.join_run("old", operation="Scan", attributes={}, run_id=OLD_RUN)
    clock.now = moment
    store.join_run("new", operation="Scan", attributes={}, run_id=RUN)
    return store


def fill(store: Store, clock: Clock) -> None:
    """Scan the estate twice: all of it long ago, then again with failures."""
    clock.now = LONG_AGO
    for host, status, missing in (("web3.example.com", "NON_COMPLIANT", 3), ("old1", "COMPLIANT", 0)):
        add(store, OLD_RUN, host, make_assessment(status, "as scanned", counts={"missing_count": missing}))
    clock.now = NOW - timedelta(minutes=1)
    add(
        store,
        RUN,
        "web1.example.com",
        make_assessment(
            "NON_COMPLIANT",
            "2 patches are missing",
            overall_severity="CRITICAL",
            counts={
                "installed_count": 212,
                "installed_other_count": 104,
                "missing_count": 2,
                "critical_non_compliant_count": 1,
                "security_non_compliant_count": 2,
            },
            patches=[
                make_patch("tzdata", "INSTALLED", installed_time="2026-11-01T00:00:00Z"),
                make_patch("openssl", "MISSING", cve_ids=["CVE-2026-0001", "CVE-2026-0002"], advisory_ids=["DSA-1-1"]),
                make_patch("bash", "MISSING", compliance_level="HIGH", reason='=HYPERLINK("http://192.0.2.1")'),
            ],
        ),
        required=False,
    )
    add(
        store,
        RUN,
        "web2.example.com",
        make_assessment(
            "NON_COMPLIANT",
            "1 patch failed, 1 waits for a reboot",
            overall_severity="CRITICAL",
            counts={
                "installed_count": 210,
                "installed_other_count": 104,
                "installed_pending_reboot_count": 1,
                "failed_count": 1,
                "critical_non_compliant_count": 2,
                "security_non_compliant_count": 2,
            },
            patches=[
                make_patch("openssl", "FAILED", reason="dpkg: error processing package openssl (--configure)"),
                make_patch("linux-image-6.1.0-28", "INSTALLED_PENDING_REBOOT"),
            ],
        ),
        required=True,
    )
    unproven = "repository 'deb.example bookworm-security' could not be reached"
    add(store, RUN, "db1", make_assessment("METADATA_MISSING", unproven, patch_group="db"), required=False)
    add(store, RUN, "データベース", make_assessment(warnings=["linux-image-amd64 is held"], patch_group="db"))
    add(store, RUN, LONG_NAME, make_assessment(patch_group="production-database-tier-1"), required=False)
    message = "Failed to connect to the host via ssh:\n  connect to host web3 port 22: \x1b[31mtimed out\x1b[0m"
    store.add_incident(RUN, "web3.example.com", "UNREACHABLE", message, patch_group="web", address="192.0.2.3")
    store.add_incident(RUN, HOSTILE_NAME, "ERROR", "Failed to find a Python on the node. Install python3-minimal")
    clock.now = NOW


def add(
    store: Store,
    run_id: str,
    host: str,
    assessment: dict[str, Any],
    *,
    required: bool | None = None,
    current: bool = True,
) -> None:
    """Record one scan of a host with the facts behind it."""
    facts: dict[str, Any] = {
        "schema": 1,
        "hostname": host.partition(".")[0],
        "os": {"operating_system": "DEBIAN", "name": "Debian GNU/Linux 12 (bookworm)", "version": "12"},
    }
    if required is not None:
        facts["reboot_required"] = {"required": required, "reasons": []}
    facts_id = store.add_facts(run_id, host, facts)
    store.add_assessment(
        run_id, host, assessment, operation="Scan", current=current, facts_id=facts_id, address="192.0.2.1"
    )
