# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which row a node gets, for the two questions a report answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import (
    HostRow,
    Report,
    build_current_report,
    build_run_report,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._report.estate import (
    EXPECTED,
    HOSTILE_NAME,
    LONG_AGO,
    LONG_NAME,
    NOW,
    OLD_RUN,
    RUN,
    Clock,
    add,
    make_assessment,
)


def rows_of(report: Report) -> dict[str, HostRow]:
    return {row.host: row for row in report.rows}


def test_current_report_knows_every_state(estate: Store) -> None:
    report = build_current_report(estate, now=NOW, expected=EXPECTED)
    assert [(row.host, row.compliance_status) for row in report.rows] == [
        ("web2.example.com", "NON_COMPLIANT"),
        ("web1.example.com", "NON_COMPLIANT"),
        (HOSTILE_NAME, "ERROR"),
        ("db1", "METADATA_MISSING"),
        ("web3.example.com", "STALE"),
        ("old1", "STALE"),
        ("new1", "NEVER_SCANNED"),
        (LONG_NAME, "COMPLIANT"),
        ("データベース", "COMPLIANT"),
    ]
    assert report.count_states() == {
        "NON_COMPLIANT": 2,
        "ERROR": 1,
        "UNREACHABLE": 0,
        "TERMINATED": 0,
        "METADATA_MISSING": 1,
        "STALE": 2,
        "OUTSIDE_WINDOW": 0,
        "NEVER_SCANNED": 1,
        "COMPLIANT": 2,
    }
    assert report.sum_counts()["missing_count"] == 5


def test_run_report_shows_what_the_run_found_and_last_known_beside_it(estate: Store) -> None:
    rows = rows_of(build_run_report(estate, RUN, now=NOW, expected=[*EXPECTED, "old1"]))
    unreachable = rows["web3.example.com"]
    assert (unreachable.compliance_status, unreachable.counts) == ("UNREACHABLE", None)
    assert unreachable.reason.endswith("; last assessed 2026-11-11 15:00 UTC: NON_COMPLIANT")
    assert (unreachable.baseline_name, unreachable.address) == ("debian-web", "192.0.2.3")
    assert (rows["old1"].compliance_status, rows["old1"].counts) == ("STALE", None)
    assert rows["old1"].reason == "no result in this run; last assessed 2026-11-11 15:00 UTC: COMPLIANT"
    assert (rows["new1"].compliance_status, rows["new1"].reason) == ("NEVER_SCANNED", "no result in this run")
    assert rows["web1.example.com"].counts is not None


def test_a_reason_that_is_a_sentence_goes_on_without_its_stop(estate: Store) -> None:
    estate.add_incident(RUN, "web3.example.com", "ERROR", "Leave one of them out.")
    row = rows_of(build_run_report(estate, RUN, now=NOW))["web3.example.com"]
    assert row.reason.startswith("Leave one of them out; last assessed ")


def test_run_report_leaves_out_hosts_nobody_asked_for(estate: Store) -> None:
    assert set(rows_of(build_run_report(estate, OLD_RUN, now=NOW))) == {"web3.example.com", "old1"}


def test_failed_run_does_not_replace_stored_compliance(store: Store) -> None:
    add(store, OLD_RUN, "web1", make_assessment("NON_COMPLIANT", "1 missing", counts={"missing_count": 1}))
    store.add_incident(RUN, "web1", "UNREACHABLE", "timed out")
    [row] = build_current_report(store, now=NOW).rows
    assert (row.compliance_status, row.counts and row.counts["missing_count"]) == ("NON_COMPLIANT", 1)
    assert row.reason == "1 missing; UNREACHABLE at 2026-11-23 18:00 UTC: timed out"
    assert row.incident is not None


def test_install_that_breaks_off_is_an_error_with_the_counters_of_its_scan(store: Store) -> None:
    add(store, RUN, "web1", make_assessment("NON_COMPLIANT", "1 missing", counts={"missing_count": 1}))
    store.add_incident(RUN, "web1", "ERROR", "connection lost")
    [row] = build_run_report(store, RUN, now=NOW).rows
    assert (row.compliance_status, row.reason) == ("ERROR", "connection lost")
    assert row.counts is not None
    assert row.counts["missing_count"] == 1


@pytest.mark.parametrize(
    ("max_age", "status", "reason"),
    [
        (timedelta(days=7), "STALE", "last assessed 12 days ago, COMPLIANT then"),
        (timedelta(days=12, hours=3), "COMPLIANT", "meets the baseline"),
        (timedelta(days=12), "STALE", "last assessed 12 days ago, COMPLIANT then"),
        (None, "COMPLIANT", "meets the baseline"),
    ],
)
def test_old_assessment_is_stale(
    store: Store, clock: Clock, max_age: timedelta | None, status: str, reason: str
) -> None:
    clock.now = LONG_AGO
    add(store, OLD_RUN, "web1", make_assessment())
    [row] = build_current_report(store, now=NOW, max_age=max_age).rows
    assert (row.compliance_status, row.reason, row.assessed_status) == (status, reason, "COMPLIANT")
    assert row.counts is not None


def test_one_day_is_a_day(store: Store, clock: Clock) -> None:
    clock.now = NOW - timedelta(days=1, hours=1)
    add(store, OLD_RUN, "web1", make_assessment())
    [row] = build_current_report(store, now=NOW, max_age=timedelta(hours=1)).rows
    assert row.reason == "last assessed 1 day ago, COMPLIANT then"


def test_only_expected_leaves_out_hosts_that_left_the_inventory(estate: Store) -> None:
    report = build_current_report(estate, now=NOW, expected=EXPECTED, only_expected=True)
    assert set(rows_of(report)) == set(EXPECTED)


def test_check_mode_shows_in_its_run_only(store: Store) -> None:
    add(store, RUN, "web1", make_assessment(), current=False)
    [row] = build_run_report(store, RUN, now=NOW).rows
    assert (row.compliance_status, row.current) == ("COMPLIANT", False)
    [row] = build_current_report(store, now=NOW, expected=["web1"]).rows
    assert row.compliance_status == "NEVER_SCANNED"


@pytest.mark.parametrize(
    ("required", "pending", "expected"),
    [(None, 0, None), (None, 1, True), (False, 0, False), (False, 1, True), (True, 0, True)],
)
def test_reboot_is_pending_by_the_nodes_word_or_by_a_patch(
    store: Store, required: bool | None, pending: int, expected: bool | None
) -> None:
    assessment = make_assessment(counts={"installed_pending_reboot_count": pending})
    add(store, RUN, "web1", assessment, required=required)
    [row] = build_current_report(store, now=NOW).rows
    assert row.reboot_pending is expected


def test_warnings_are_text_whatever_their_shape(store: Store) -> None:
    warnings = ["plain", {"code": "repository_unreachable", "message": "no route"}, {"code": "only_code"}]
    add(store, RUN, "web1", make_assessment(warnings=warnings))
    [row] = build_current_report(store, now=NOW).rows
    assert row.warnings == ("plain", "no route", "only_code")


def test_patches_come_by_id_and_only_when_read(estate: Store) -> None:
    row = rows_of(build_current_report(estate, now=NOW, patches=True))["web1.example.com"]
    assert [patch["id"] for patch in row.patches()] == ["bash.amd64", "openssl.amd64", "tzdata.amd64"]
    row = rows_of(build_current_report(estate, now=NOW))["web1.example.com"]
    with pytest.raises(LookupError, match="were not read"):
        row.patches()


def test_name_the_database_refuses_is_one_node_not_two(store: Store) -> None:
    add(store, RUN, "bad-\udcff\x00", make_assessment())
    report = build_current_report(store, now=NOW, expected=["bad-\udcff\x00"])
    assert [(row.host, row.compliance_status) for row in report.rows] == [("bad-\\udcff\\x00", "COMPLIANT")]


def test_empty_estate_is_an_empty_report(store: Store) -> None:
    report = build_current_report(store, now=NOW)
    assert (report.rows, report.sum_counts()) == ((), {})
