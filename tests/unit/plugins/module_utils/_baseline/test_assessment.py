# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An assessment as JSON: stable keys, and back again."""

from __future__ import annotations

import json

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment, Operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from tests.unit.plugins.module_utils._baseline.nodes import NOW, deb, make_baseline, make_facts, rule

FACTS = make_facts(
    "DEBIAN",
    [deb("openssl", "3.0.14-1~deb12u2")],
    [deb("openssl", "3.0.15-1~deb12u1", "bookworm-security")],
    boot_id="b",
    collected_at="2026-11-23T17:59:00Z",
    reboot_required={"required": False, "reasons": []},
    warnings=[{"code": "c", "message": "m"}],
)
ASSESSMENT = evaluate(
    make_baseline("DEBIAN", rule(PRIORITY=["*"], level="HIGH")),
    FACTS,
    NOW,
    operation="Install",
    patch_group="web",
    snapshot_id="s",
    baseline_source="group",
    baseline_reason="registered for patch group 'web'",
    release_date_field="updated",
)


def test_the_keys_and_values_of_the_contract() -> None:
    data = ASSESSMENT.to_dict()
    assert data.pop("patches") == [patch.to_dict() for patch in ASSESSMENT.patches]
    assert data.pop("counts") == ASSESSMENT.counts.to_dict()
    assert data == {
        "schema": 1,
        "operation": "Install",
        "evaluated_at": "2026-11-23T18:00:00Z",
        "operating_system": "DEBIAN",
        "product": "Debian12",
        "hostname": "web1",
        "baseline_name": "test",
        "baseline_id": "test",
        "baseline_source": "group",
        "baseline_reason": "registered for patch group 'web'",
        "patch_group": "web",
        "snapshot_id": "s",
        "release_date_field": "updated",
        "boot_id": "b",
        "booted_at": "2026-11-20T08:00:00Z",
        "collected_at": "2026-11-23T17:59:00Z",
        "reboot_required": False,
        "reboot_reasons": [],
        "compliance_status": "NON_COMPLIANT",
        "status_reason": "1 missing",
        "overall_severity": "HIGH",
        "warnings": [{"code": "c", "message": "m"}],
    }


def test_round_trip_through_json() -> None:
    smallest = Assessment(Operation.SCAN, NOW, OperatingSystem.MACOS, "b")
    for assessment in (ASSESSMENT, smallest):
        assert Assessment.from_dict(json.loads(json.dumps(assessment.to_dict()))) == assessment
    assert smallest.to_dict()["booted_at"] == ""
    without_reason = {name: value for name, value in smallest.to_dict().items() if name != "baseline_reason"}
    assert Assessment.from_dict(without_reason) == smallest
    assert smallest.to_dict()["reboot_required"] is None
