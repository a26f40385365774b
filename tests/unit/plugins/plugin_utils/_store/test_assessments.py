# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each run found, and what of it counts now."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import HostEntry
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._store.samples import join, make_assessment


def test_newest_current_assessment_counts(store: Store) -> None:
    for key, status in (("1", "NON_COMPLIANT"), ("2", "COMPLIANT")):
        store.add_assessment(
            join(store, key), "web1", make_assessment(compliance_status=status), operation="Scan", current=True
        )
    assert entries_of(store.current_assessments()) == {"web1": ("COMPLIANT", None)}


def test_check_mode_and_override_are_kept_but_do_not_count(store: Store) -> None:
    first, second = join(store, "1"), join(store, "2")
    store.add_assessment(first, "web1", make_assessment(), operation="Scan", current=True)
    for host in ("web1", "web2"):
        compliant = make_assessment(compliance_status="COMPLIANT")
        store.add_assessment(second, host, compliant, operation="Scan", current=False)
    assert entries_of(store.current_assessments()) == {"web1": ("NON_COMPLIANT", None)}
    assert entries_of(store.run_entries(second)) == {"web1": ("COMPLIANT", None), "web2": ("COMPLIANT", None)}
    assert store.last_assessment("web2") is None


def test_failed_run_is_shown_beside_stored_compliance_until_the_next_scan(store: Store) -> None:
    """Compliance.md 17, example 10."""
    runs = [join(store, str(number)) for number in range(3)]
    store.add_assessment(runs[0], "web1", make_assessment(), operation="Scan", current=True)
    store.add_incident(runs[1], "web1", "UNREACHABLE", "timed out")
    store.add_incident(runs[1], "web2", "ERROR", "no python", patch_group="db", address="192.0.2.2")
    assert entries_of(store.current_assessments()) == {
        "web1": ("NON_COMPLIANT", "UNREACHABLE"),
        "web2": (None, "ERROR"),
    }
    assert entries_of(store.run_entries(runs[1])) == {"web1": (None, "UNREACHABLE"), "web2": (None, "ERROR")}
    incident = store.current_assessments(["web2"])["web2"].incident
    assert incident is not None
    assert (incident.message, incident.patch_group, incident.address) == ("no python", "db", "192.0.2.2")
    store.add_assessment(runs[2], "web1", make_assessment(), operation="Scan", current=True)
    assert entries_of(store.current_assessments(["web1"])) == {"web1": ("NON_COMPLIANT", None)}


def test_install_that_breaks_after_its_scan_shows_both_in_the_run(store: Store) -> None:
    run_id = join(store)
    store.add_assessment(run_id, "web1", make_assessment(), operation="Install", current=True)
    store.add_incident(run_id, "web1", "ERROR", "connection lost")
    assert entries_of(store.run_entries(run_id)) == {"web1": ("NON_COMPLIANT", "ERROR")}


def test_only_asked_hosts_are_given(store: Store) -> None:
    run_id = join(store)
    for number in range(4):
        store.add_assessment(run_id, f"web{number}", make_assessment(), operation="Scan", current=True)
    assert set(store.current_assessments(["web1", "web3", "unknown"])) == {"web1", "web3"}
    assert set(store.current_assessments(["web1", *(f"unknown{number}" for number in range(2000))])) == {"web1"}
    assert store.current_assessments([]) == {}


def test_unknown_incident_state_is_refused(store: Store) -> None:
    with pytest.raises(
        StoreValueError, match="'COMPLIANT' is not one of UNREACHABLE, ERROR, TERMINATED, OUTSIDE_WINDOW"
    ):
        store.add_incident(join(store), "web1", "COMPLIANT", "")


def entries_of(entries: Mapping[str, HostEntry]) -> dict[str, tuple[str | None, str | None]]:
    return {
        host: (
            entry.assessment.compliance_status if entry.assessment else None,
            entry.incident.state if entry.incident else None,
        )
        for host, entry in entries.items()
    }
