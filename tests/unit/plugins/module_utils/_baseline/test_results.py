# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One result as JSON."""

from __future__ import annotations

import json

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchResult,
    PatchState,
)
from tests.unit.plugins.module_utils._baseline.nodes import NOW

PATCH = PatchResult(
    title="openssl.x86_64:1:3.0.7-27.el9",
    id="openssl.x86_64",
    state=PatchState.MISSING,
    classification="Security",
    severity="Important",
    compliance_level=ComplianceLevel.HIGH,
    installed_time=NOW,
    cve_ids=("CVE-2024-0001",),
    advisory_ids=("RHSA-2024:1",),
    reason="approval_rules[0]: every patch",
)


def test_the_keys_and_values_of_the_contract() -> None:
    assert PATCH.to_dict() == {
        "title": "openssl.x86_64:1:3.0.7-27.el9",
        "id": "openssl.x86_64",
        "state": "MISSING",
        "classification": "Security",
        "severity": "Important",
        "compliance_level": "HIGH",
        "installed_time": "2026-11-23T18:00:00Z",
        "cve_ids": ["CVE-2024-0001"],
        "advisory_ids": ["RHSA-2024:1"],
        "reason": "approval_rules[0]: every patch",
    }


def test_round_trip_through_json() -> None:
    for patch in (PATCH, PatchResult("t", "i", PatchState.INSTALLED)):
        assert PatchResult.from_dict(json.loads(json.dumps(patch.to_dict()))) == patch
    assert PatchResult("t", "i", PatchState.INSTALLED).to_dict()["installed_time"] == ""


def test_states_are_those_of_the_api() -> None:
    assert {state.value for state in PatchState} == {
        *("INSTALLED", "INSTALLED_OTHER", "INSTALLED_PENDING_REBOOT", "INSTALLED_REJECTED", "MISSING", "FAILED"),
        *("NOT_APPLICABLE", "AVAILABLE_SECURITY_UPDATE"),
    }
    assert {state.value for state in NON_COMPLIANT_STATES} == {
        *("INSTALLED_PENDING_REBOOT", "INSTALLED_REJECTED", "MISSING", "FAILED"),
    }
