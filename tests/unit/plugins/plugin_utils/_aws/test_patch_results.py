# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Systems Manager is told of a node. That it takes the shapes, tests/aws shows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import (
    Assessment,
    ComplianceStatus,
    Operation,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters, count_patches
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ComplianceLevel,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchResult, PatchState
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import (
    MAX_ITEMS,
    MAX_VALUE,
    Execution,
    NodeResults,
    describe_node,
    is_node_id,
)

ARN = "arn:aws:ssm:eu-west-1:111122223333:patchbaseline/pb-0123456789abcdef0"
NODE = "mi-0123456789abcdef0"
RUN = "00000000-0000-4000-8000-000000000001"
SNAPSHOT = "00000000-0000-4000-8000-000000000002"
BEGAN = datetime(2026, 11, 26, 1, 0, 0, 123456, tzinfo=timezone.utc)
ENDED = datetime(2026, 11, 26, 1, 2, 3, 999999, tzinfo=timezone.utc)
SCAN = Execution(RUN, "Command", BEGAN, ENDED)


def patch(
    name: str, state: PatchState, level: ComplianceLevel = ComplianceLevel.UNSPECIFIED, **more: Any
) -> PatchResult:
    return PatchResult(f"{name}:1.2-3", name, state, "Security", "Important", level, BEGAN, **more)


def assess(*patches: PatchResult, **more: Any) -> dict[str, Any]:
    """An assessment as it is stored."""
    assessment = Assessment(
        operation=Operation.SCAN,
        evaluated_at=ENDED,
        operating_system=OperatingSystem.UBUNTU,
        baseline_name="web-servers",
        patch_group="web",
        snapshot_id=SNAPSHOT,
        patches=patches,
        counts=count_patches((each, True) for each in patches),
        compliance_status=ComplianceStatus.NON_COMPLIANT,
        overall_severity=ComplianceLevel.HIGH,
    )
    return replace(assessment, **more).to_dict()


def describe(*patches: PatchResult, execution: Execution = SCAN, **more: Any) -> NodeResults:
    return describe_node(NODE, assess(*patches, **more), execution)


def test_the_summary_has_every_attribute_of_the_published_schema_as_text() -> None:
    counts = Counters(*range(100, 112))
    assert describe(counts=counts).summary == {
        "PatchGroup": "web",
        "BaselineId": "openpatch:baseline:web-servers",
        "SnapshotId": SNAPSHOT,
        "OwnerInformation": "",
        "InstalledCount": "100",
        "InstalledOtherCount": "101",
        "InstalledPendingRebootCount": "102",
        "InstalledRejectedCount": "103",
        "MissingCount": "104",
        "FailedCount": "105",
        "NotApplicableCount": "106",
        "UnreportedNotApplicableCount": "107",
        "CriticalNonCompliantCount": "109",
        "SecurityNonCompliantCount": "110",
        "OtherNonCompliantCount": "111",
        "OperationType": "Scan",
        "OperationStartTime": "2026-11-26T01:00:00Z",
        "OperationEndTime": "2026-11-26T01:02:03Z",
        "InstallOverrideList": "",
        "RebootOption": "NoReboot",
        "LastNoRebootInstallOperationTime": "",
        "ExecutionId": RUN,
        "NonCompliantSeverity": "HIGH",
    }


def test_a_compliant_node_has_no_severity() -> None:
    assert describe(compliance_status=ComplianceStatus.COMPLIANT).summary["NonCompliantSeverity"] == ""


@pytest.mark.parametrize(
    ("operation", "option", "said", "last"),
    [
        (Operation.SCAN, "RebootIfNeeded", "NoReboot", "before"),
        (Operation.INSTALL, "RebootIfNeeded", "RebootIfNeeded", "before"),
        (Operation.INSTALL, "NoReboot", "NoReboot", "2026-11-26T01:02:03Z"),
    ],
)
def test_the_last_install_without_reboot_is_remembered(operation: Operation, option: str, said: str, last: str) -> None:
    execution = replace(SCAN, reboot_option=option, last_no_reboot="before")
    summary = describe(execution=execution, operation=operation).summary
    assert (summary["RebootOption"], summary["LastNoRebootInstallOperationTime"]) == (said, last)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("web", "pb-0123456789abcdef0", "pb-0123456789abcdef0"),
        ("w", ARN, ARN),
        ("AWS-UbuntuDefaultPatchBaseline", "AWS-UbuntuDefaultPatchBaseline", "AWS-UbuntuDefaultPatchBaseline"),
        ("w", "", "openpatch:baseline:w"),
        ("weiß.1", "", "openpatch:baseline:wei__1"),
        ("web", "short", "openpatch:baseline:short"),
        ("x" * 128, "", f"openpatch:baseline:{'x' * 109}"),
        ("", "", "openpatch:baseline:unnamed"),
    ],
)
def test_a_baseline_has_an_id_of_the_form_that_the_api_gives(name: str, given: str, told: str) -> None:
    assert describe(baseline_name=name, baseline_id=given).summary["BaselineId"] == told
    assert 20 <= len(told) <= 128


def test_an_item_has_the_details_of_the_published_schema() -> None:
    (item,) = describe(
        patch("openssl.amd64", PatchState.MISSING, ComplianceLevel.HIGH, cve_ids=("CVE-1", "CVE-2"))
    ).items
    assert item == {
        "Id": "openssl.amd64",
        "Title": "openssl.amd64:1.2-3",
        "Severity": "HIGH",
        "Status": "NON_COMPLIANT",
        "Details": {
            "DocumentName": "",
            "DocumentVersion": "",
            "Classification": "Security",
            "PatchBaselineId": "openpatch:baseline:web-servers",
            "PatchSeverity": "Important",
            "PatchState": "Missing",
            "PatchGroup": "web",
            "InstalledTime": "2026-11-26T01:00:00Z",
            "CVEIds": "CVE-1,CVE-2",
        },
    }


@pytest.mark.parametrize(
    ("state", "word", "status", "has_title", "has_cves"),
    [
        (PatchState.INSTALLED, "Installed", "COMPLIANT", True, False),
        (PatchState.INSTALLED_OTHER, "InstalledOther", "COMPLIANT", False, False),
        (PatchState.INSTALLED_PENDING_REBOOT, "InstalledPendingReboot", "NON_COMPLIANT", True, False),
        (PatchState.INSTALLED_REJECTED, "InstalledRejected", "NON_COMPLIANT", True, False),
        (PatchState.MISSING, "Missing", "NON_COMPLIANT", True, True),
        (PatchState.FAILED, "Failed", "NON_COMPLIANT", True, True),
        (PatchState.AVAILABLE_SECURITY_UPDATE, "AvailableSecurityUpdate", "COMPLIANT", True, False),
    ],
)
def test_each_state_has_the_apis_word_and_its_status(
    state: PatchState, word: str, status: str, has_title: bool, has_cves: bool
) -> None:
    (item,) = describe(patch("a", state, cve_ids=("CVE-1",))).items
    assert (item["Details"]["PatchState"], item["Status"]) == (word, status)
    assert ("Title" in item, item["Details"]["Classification"] != "", item["Details"]["PatchSeverity"] != "") == (
        (has_title,) * 3
    )
    assert ("CVEIds" in item["Details"]) == has_cves


def test_an_available_update_is_what_the_baseline_says() -> None:
    found = assess(patch("KB1", PatchState.AVAILABLE_SECURITY_UPDATE))
    items = [describe_node(NODE, found, SCAN, available_is_compliant=good).items[0] for good in (True, False)]
    assert [item["Status"] for item in items] == ["COMPLIANT", "NON_COMPLIANT"]


def test_what_does_not_apply_is_counted_and_not_listed() -> None:
    found = describe(patch("a", PatchState.NOT_APPLICABLE))
    assert (found.items, found.left_out, found.summary["NotApplicableCount"]) == ((), 0, "1")


def test_what_matters_most_comes_first_and_the_order_of_the_node_does_not_count() -> None:
    patches = [
        patch("other", PatchState.INSTALLED_OTHER),
        patch("installed", PatchState.INSTALLED, ComplianceLevel.LOW),
        patch("low", PatchState.MISSING, ComplianceLevel.LOW),
        patch("critical", PatchState.FAILED, ComplianceLevel.CRITICAL),
    ]
    found, turned = describe(*patches), describe(*reversed(patches))
    assert [item["Id"] for item in found.items] == ["critical", "low", "installed", "other"]
    assert found.items_hash == turned.items_hash
    assert found.items_hash != describe(*patches[1:]).items_hash


def test_no_two_items_have_one_id_and_none_is_too_long() -> None:
    long = "k" * 120
    found = describe(*(patch(name, PatchState.MISSING) for name in ("KB1", "KB1", long, long, long)))
    ids = [item["Id"] for item in found.items]
    assert ids == ["KB1", "KB1#2", "k" * 100, "k" * 98 + "#2", "k" * 98 + "#3"]


def test_values_end_where_the_api_ends_them_and_ids_of_cves_stay_whole() -> None:
    cves = tuple(f"CVE-2026-{number:05}" for number in range(1000))
    (item,) = describe(
        replace(patch("a", PatchState.MISSING, cve_ids=cves), title="t" * 600, classification="c" * 5000)
    ).items
    assert len(item["Title"]) == 500
    assert len(item["Details"]["Classification"]) == MAX_VALUE
    told = item["Details"]["CVEIds"].split(",")
    assert tuple(told) == cves[: len(told)]
    assert len(told) == (MAX_VALUE + 1) // len("CVE-2026-00000,")


def test_a_call_takes_so_many_items_and_the_least_important_are_left_out() -> None:
    patches = [patch(f"p{number:05}", PatchState.INSTALLED_OTHER) for number in range(MAX_ITEMS + 7)]
    found = describe(*patches, patch("z", PatchState.MISSING), snapshot_id=SNAPSHOT, patch_group="")
    assert found.items[0]["Id"] == "z"
    assert len(json.dumps(found.items)) < 1024 * 1024
    assert found.left_out == MAX_ITEMS + 8 - len(found.items) > 0


def test_the_number_of_items_is_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results"
    monkeypatch.setattr(f"{module}.MAX_ITEMS", 2)
    found = describe(*(patch(name, PatchState.INSTALLED) for name in "abc"))
    assert ([item["Id"] for item in found.items], found.left_out) == (["a", "b"], 1)


def test_hostile_text_stays_text_and_acts_on_no_terminal() -> None:
    found = describe(patch("ä\x1b[31m\n\ud800\x9b{{ 7 * 7 }}", PatchState.MISSING), patch_group="w\x00")
    assert found.items[0]["Id"] == "ä\\x1b[31m\\n\\ud800\\x9b{{ 7 * 7 }}"
    assert found.items[0]["Title"].startswith(found.items[0]["Id"])
    assert found.summary["PatchGroup"] == found.items[0]["Details"]["PatchGroup"] == "w\\x00"


def test_the_standing_does_not_depend_on_when_and_by_which_run() -> None:
    later = replace(SCAN, run_id=SNAPSHOT, ended_at=datetime(2026, 11, 27, tzinfo=timezone.utc))
    first, second = describe(patch("a", PatchState.MISSING)), describe(patch("a", PatchState.MISSING), execution=later)
    assert first.standing == second.standing
    assert first.inventory_request() != second.inventory_request()
    assert first.standing != describe(patch("a", PatchState.FAILED)).standing


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (NODE, True),
        ("i-0123456789abcdef0", True),
        ("i-01234567", True),
        ("mi-01234567", False),
        ("i-0123456789abcdef", False),
        ("vm-12", False),
        ("i-0123456789abcdef0\n", False),
        ("", False),
    ],
)
def test_a_nodes_id(text: str, good: bool) -> None:
    assert is_node_id(text) == good
