# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values the tests store: an assessment as the engine writes it, a baseline, and the ids and time they share."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store

NOW = datetime(2026, 11, 23, 18, 0, 0, 123456, tzinfo=timezone.utc)
GUID = "01234567-89AB-cdef-0123-456789abcdef"


def make_assessment(**changes: Any) -> dict[str, Any]:
    """A non-compliant node with one missing patch; ``changes`` replace top-level keys."""
    return {
        "patch_group": "web",
        "operating_system": "DEBIAN",
        "baseline_id": "debian-web",
        "baseline_name": "debian-web",
        "snapshot_id": GUID,
        "compliance_status": "NON_COMPLIANT",
        "status_reason": "1 missing",
        "counts": {"installed_count": 120, "missing_count": 1, "critical_non_compliant_count": 1},
        "warnings": [],
        "patches": [{"id": "openssl.amd64", "state": "MISSING", "reason": "rule 1"}],
        **changes,
    }


def make_baseline(name: str) -> FrozenBaseline:
    return FrozenBaseline({"name": name, "approval_rules": [{"approve_after_days": 7}]}, "group", "why", NOW, NOW)


def join(store: Store, key: str = "key") -> str:
    """Give the id of a run."""
    return store.join_run(key, operation="Scan", attributes={"forks": 5}).run_id
