# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a node is compliant, and when nobody can tell."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import ComplianceStatus
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchResult, PatchState
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.status import (
    decide_status,
    find_overall_severity,
)
from tests.unit.plugins.module_utils._baseline.nodes import Json, make_baseline, make_facts, rule

COMPLIANT, NON_COMPLIANT = ComplianceStatus.COMPLIANT, ComplianceStatus.NON_COMPLIANT
METADATA_MISSING = ComplianceStatus.METADATA_MISSING

SECURITY = {"id": "s", "name": "jammy-security/main", "origin": "Ubuntu", "suite": "jammy-security"}
UPDATES = {"id": "u", "name": "jammy-updates/main", "origin": "Ubuntu", "suite": "jammy-updates"}
NO_ARCHIVE = "no security archive of the release is enabled, and the baseline approves nothing else"
FINE = "every approved patch that applies is installed"


@pytest.mark.parametrize(
    ("repositories", "status", "reason"),
    [
        ([SECURITY, UPDATES], COMPLIANT, FINE),
        ([SECURITY, {**UPDATES, "reachable": True, "signed": True}], COMPLIANT, FINE),
        ([SECURITY, {**UPDATES, "reachable": False}], METADATA_MISSING, "unreachable: jammy-updates/main"),
        ([SECURITY, {**UPDATES, "signed": False}], METADATA_MISSING, "unsigned: jammy-updates/main"),
        ([{"id": "x", **SECURITY, "name": "", "reachable": False}], METADATA_MISSING, "unreachable: s"),
        ([SECURITY, {**UPDATES, "enabled": False, "reachable": False}], COMPLIANT, FINE),
        ([], METADATA_MISSING, "no repository is enabled"),
        ([{**SECURITY, "enabled": False}], METADATA_MISSING, "no repository is enabled"),
        ([UPDATES], METADATA_MISSING, NO_ARCHIVE),
        ([UPDATES, {**SECURITY, "enabled": False}], METADATA_MISSING, NO_ARCHIVE),
        ([{**UPDATES, "reachable": False}], METADATA_MISSING, f"unreachable: jammy-updates/main; {NO_ARCHIVE}"),
    ],
)
def test_repositories_of_a_node_on_which_nothing_was_found(
    repositories: list[Json], status: ComplianceStatus, reason: str
) -> None:
    facts = make_facts("UBUNTU", repositories=repositories)
    assert decide_status(make_baseline("UBUNTU", rule()), facts, Counters()) == (status, reason)


@pytest.mark.parametrize(
    ("rules", "fields", "needs_archive"),
    [
        ([rule()], {}, True),
        ([rule(), rule(wide=True)], {}, False),
        ([], {}, False),
        ([], {"approved_patches": ["a"]}, True),
        ([], {"approved_patches": ["a"], "approved_patches_enable_non_security": True}, False),
        ([rule()], {"approved_patches": ["a"], "approved_patches_enable_non_security": True}, False),
        ([rule()], {"approved_patches_enable_non_security": True}, True),
    ],
)
def test_who_needs_a_security_archive(rules: list[Json], fields: Json, needs_archive: bool) -> None:
    facts = make_facts("UBUNTU", repositories=[UPDATES])
    status, _reason = decide_status(make_baseline("UBUNTU", *rules, **fields), facts, Counters())
    assert (status is METADATA_MISSING) is needs_archive


@pytest.mark.parametrize("os", ["WINDOWS", "MACOS"])
def test_where_there_are_no_repositories_none_is_missed(os: str) -> None:
    assert decide_status(make_baseline(os, rule()), make_facts(os), Counters())[0] is COMPLIANT


@pytest.mark.parametrize("os", ["WINDOWS", "MACOS"])
def test_an_update_service_that_was_not_reached_is_missed_everywhere(os: str) -> None:
    facts = make_facts(os, repositories=[{"id": "service", "name": "The service", "reachable": False}])
    assert decide_status(make_baseline(os, rule()), facts, Counters()) == (
        METADATA_MISSING,
        "unreachable: The service",
    )


def test_rpm_has_no_security_archive() -> None:
    assert decide_status(make_baseline("CENTOS", rule()), make_facts("CENTOS"), Counters())[0] is COMPLIANT


def test_what_was_found_outranks_what_could_not_be_found() -> None:
    counts = Counters(
        missing_count=2, failed_count=1, installed_rejected_count=3, installed_pending_reboot_count=4, installed_count=9
    )
    facts = make_facts("UBUNTU", repositories=[SECURITY, {**UPDATES, "reachable": False}])
    assert decide_status(make_baseline("UBUNTU", rule()), facts, counts) == (
        NON_COMPLIANT,
        "2 missing, 1 failed, 3 installed though rejected, 4 waiting for a reboot; unreachable: jammy-updates/main",
    )


@pytest.mark.parametrize(("setting", "status"), [("COMPLIANT", COMPLIANT), ("NON_COMPLIANT", NON_COMPLIANT)])
def test_available_security_updates(setting: str, status: ComplianceStatus) -> None:
    baseline = make_baseline("WINDOWS", rule(), available_security_updates_compliance_status=setting)
    found, reason = decide_status(baseline, make_facts("WINDOWS"), Counters(available_security_update_count=1))
    assert found is status
    assert ("1 available security updates" in reason) is (status is NON_COMPLIANT)


def test_overall_severity_is_the_gravest_of_what_is_not_compliant() -> None:
    def patch(state: PatchState, level: ComplianceLevel) -> PatchResult:
        return PatchResult("t", "i", state, compliance_level=level)

    patches = [
        patch(PatchState.INSTALLED, ComplianceLevel.CRITICAL),
        patch(PatchState.MISSING, ComplianceLevel.MEDIUM),
        patch(PatchState.FAILED, ComplianceLevel.HIGH),
    ]
    assert find_overall_severity(patches) is ComplianceLevel.HIGH
    assert find_overall_severity(patches[:1]) is ComplianceLevel.UNSPECIFIED
