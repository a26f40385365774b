# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.api_fields import missing_options, spec_of
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, hold_to_matrix, modules

__all__ = ["modules"]

NODE = "mi-0123456789abcdef0"
KEY: dict[str, Any] = {"resource_id": NODE, "compliance_type": "Custom:Patch"}
MISSING: dict[str, Any] = {
    "id": "openssl.amd64",
    "title": "openssl.amd64:3.0.17",
    "severity": "CRITICAL",
    "status": "NON_COMPLIANT",
    "details": {"PatchState": "MISSING"},
}
PLAIN = {"id": "bash.amd64", "status": "COMPLIANT"}


def test_every_field_of_the_api_is_an_option() -> None:
    ignored = {"execution_summary"}  # three options
    assert missing_options("PutComplianceItems", spec_of("ssm_patch_compliance"), ignored) == []


def patch(name: str, state: str) -> dict[str, str]:
    return {"Title": name, "KBId": name, "Classification": "Security", "Severity": "High", "State": state}


def test_available_patches_are_found_by_their_filters_over_all_pages(modules: Modules, aws: Aws) -> None:
    aws.control(page_limit=1)
    every = modules.result("ssm_patches_info", query="available", filters={"PRODUCT": ["WindowsServer2019"]})["patches"]
    some = modules.result(
        "ssm_patches_info",
        query="available",
        filters={"PRODUCT": ["WindowsServer2019"], "MSRC_SEVERITY": ["Critical"]},
    )["patches"]
    assert len(every) > len(some) > 0
    assert {found["msrc_severity"] for found in some} == {"Critical"}
    assert {"id", "kb_number", "release_date"} <= set(some[0])
    assert some[0]["release_date"].endswith("Z")
    for filters in ({"PRODUCT": "WindowsServer2019"}, {"PRODUCT": ["WindowsServer2019"], "MSRC_SEVERITY": None}):
        assert modules.result("ssm_patches_info", query="available", filters=filters)["patches"] == every


def test_effective_patches_come_with_their_approval(modules: Modules) -> None:
    found = modules.result("ssm_patches_info", query="effective", baseline_name="AWS-DefaultPatchBaseline")
    statuses = [entry["patch_status"]["deployment_status"] for entry in found["effective_patches"]]
    assert set(statuses) <= {"APPROVED", "PENDING_APPROVAL"}
    assert "APPROVED" in statuses
    assert "kb_number" in found["effective_patches"][0]["patch"]


def test_effective_patches_of_linux_are_refused_with_the_reason(modules: Modules) -> None:
    refused = modules.failure("ssm_patches_info", query="effective", baseline_name="AWS-DebianDefaultPatchBaseline")
    assert refused["msg"] == (
        "Failed to list the patches of patch baseline 'AWS-DebianDefaultPatchBaseline': The operation is for baselines "
        "of Windows only. (UnsupportedOperatingSystem). AWS answers this for baselines of Windows only."
    )


def test_properties_are_the_values_of_a_filter(modules: Modules) -> None:
    options: dict[str, Any] = {"query": "properties", "operating_system": "WINDOWS", "property": "PRODUCT_FAMILY"}
    of_applications = modules.result("ssm_patches_info", **options, patch_set="APPLICATION")["properties"]
    of_systems = modules.result("ssm_patches_info", **options, patch_set="OS")["properties"]
    assert {"name": "Windows"} in of_systems
    assert {"name": "Windows"} not in of_applications


def test_compliance_items_hold_to_the_matrix(modules: Modules, aws: Aws) -> None:
    aws.seed(nodes=[{"InstanceId": NODE}])
    plain = {**PLAIN, "title": "", "severity": "UNSPECIFIED", "details": {}}
    hold_to_matrix(
        modules,
        "ssm_patch_compliance",
        "patch_compliance",
        [
            Case("create", {**KEY, "items": [PLAIN, MISSING]}, {"compliance_items": [plain, MISSING]}),
            Case("change", {**KEY, "items": [MISSING]}, {"compliance_items": [MISSING]}),
            Case("delete", {**KEY, "items": []}, {"compliance_items": []} | KEY),
        ],
    )


def test_compliance_items_in_another_order_are_the_same(modules: Modules, aws: Aws) -> None:
    aws.seed(nodes=[{"InstanceId": NODE}])
    modules.result("ssm_patch_compliance", **KEY, items=[PLAIN, MISSING], execution_id="one", execution_type="Command")
    assert not modules.result("ssm_patch_compliance", **KEY, items=[MISSING, PLAIN], execution_id="two")["changed"]
    other = modules.result("ssm_patch_compliance", **{**KEY, "compliance_type": "Custom:Other"}, items=[PLAIN])
    assert other["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"items": [PLAIN, PLAIN]}, "Failed to read items[1]: another one has the id 'bash.amd64' too."),
        ({"items": [{**PLAIN, "details": {"a": None}}]}, "Failed to read items[0].details: a cannot be None."),
        ({"items": [{**PLAIN, "details": {"a": [1]}}]}, "Failed to read items[0].details: a cannot be [1]."),
        ({"items": [{**PLAIN, "title": "t" * 501}]}, "Failed to put the compliance items of"),
        ({"items": [{**PLAIN, "id": str(n)} for n in range(10001)]}, "AWS takes 10000 of a type, these are 10001."),
        ({"items": [PLAIN], "compliance_type": ""}, "Failed to read compliance_type: it is empty."),
        ({"items": [PLAIN], "execution_time": "2026-01-01T00:00:00"}, "is no time with a UTC offset."),
        ({"items": [PLAIN], "execution_time": "noon"}, "Failed to read execution_time: 'noon'"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_items_that_cannot_be_are_refused_in_check_mode_too(
    modules: Modules, aws: Aws, options: dict[str, Any], message: str, check: bool
) -> None:
    aws.seed(nodes=[{"InstanceId": NODE}])
    assert message in modules.failure("ssm_patch_compliance", check=check, **{**KEY, **options})["msg"]


def test_details_are_texts_and_the_run_is_told(modules: Modules, aws: Aws) -> None:
    aws.seed(nodes=[{"InstanceId": NODE}])
    options: dict[str, Any] = {
        **KEY,
        "items": [{**PLAIN, "details": {"Count": 3, "Reboot": True, "State": "MISSING"}}],
        "execution_time": "2026-01-01T01:00:00+01:00",
        "execution_id": "one",
        "item_content_hash": "h1",
    }
    predicted, done, again = (
        modules.result("ssm_patch_compliance", check=check, **options) for check in (True, False, False)
    )
    assert predicted["diff"] == done["diff"]
    assert (done["changed"], again["changed"]) == (True, False)
    assert done["patch_compliance"]["compliance_items"][0]["details"] == {
        "Count": "3",
        "Reboot": "true",
        "State": "MISSING",
    }
    (item,) = aws.client().list_compliance_items(ResourceIds=[NODE], ResourceTypes=["ManagedInstance"])[
        "ComplianceItems"
    ]
    assert item["ExecutionSummary"]["ExecutionId"] == "one"
    assert item["ExecutionSummary"]["ExecutionTime"].timestamp() == 1767225600


def test_items_of_associations_can_be_put_in_parts(modules: Modules, aws: Aws) -> None:
    aws.seed(nodes=[{"InstanceId": NODE}])
    part: dict[str, Any] = {"resource_id": NODE, "compliance_type": "Association", "upload_type": "PARTIAL"}
    modules.result("ssm_patch_compliance", **part, items=[PLAIN])
    predicted, done, again = (
        modules.result("ssm_patch_compliance", check=check, **part, items=[MISSING]) for check in (True, False, False)
    )
    assert predicted["diff"] == done["diff"]
    assert (done["changed"], again["changed"]) == (True, False)
    assert {item["id"] for item in done["patch_compliance"]["compliance_items"]} == {PLAIN["id"], MISSING["id"]}


def test_nodes_of_a_group_can_be_told_by_their_counts(modules: Modules, aws: Aws) -> None:
    lacking = aws.seed(nodes=[{"Tags": {"PatchGroup": "web"}, "Patches": [patch("openssl", "Missing")]}])
    aws.seed(nodes=[{"Tags": {"PatchGroup": "web"}, "Patches": [patch("bash", "Installed")]}])
    filters = [{"key": "MissingCount", "type": "GreaterThan", "values": ["0"]}]
    found = modules.result("ssm_patch_compliance_info", patch_group="web", state_filters=filters)
    assert [state["instance_id"] for state in found["instance_patch_states"]] == lacking
    assert found["patch_group_state"]["instances"] == 2


def test_one_value_of_a_filter_need_not_be_a_list(modules: Modules, aws: Aws) -> None:
    ids = aws.seed(nodes=[{"Patches": [patch("openssl", "Missing"), patch("bash", "Installed")]}])
    (state,) = modules.result(
        "ssm_patch_compliance_info", instance_ids=ids, patches=True, patch_filters={"State": "Missing"}
    )["instance_patch_states"]
    assert [entry["kb_id"] for entry in state["patches"]] == ["openssl"]


def test_compliance_of_a_node_that_is_not_there_is_refused(modules: Modules) -> None:
    refused = modules.failure("ssm_patch_compliance", **KEY, items=[])
    assert refused["error_code"] == "InvalidResourceId"
    assert refused["msg"].startswith(f"Failed to read the compliance of '{NODE}': ")


def test_states_of_many_nodes_take_a_call_per_fifty(modules: Modules, aws: Aws) -> None:
    template: dict[str, Any] = {"Patches": [patch("openssl", "Missing")]}
    ids = aws.seed(count=120, template=template)
    aws.control(reset_counts=True)
    found = modules.result("ssm_patch_compliance_info", instance_ids=ids)["instance_patch_states"]
    assert [state["instance_id"] for state in found] == ids
    assert {state["missing_count"] for state in found} == {1}
    assert aws.status()["calls"]["ssm:DescribeInstancePatchStates"] == 3


def test_a_group_is_counted_and_its_patches_can_be_had(modules: Modules, aws: Aws) -> None:
    patches = [patch("openssl", "Missing"), patch("bash", "Installed")]
    aws.seed(count=2, template={"Tags": {"PatchGroup": "web"}, "Patches": patches})
    aws.seed(count=1, template={"Tags": {"PatchGroup": "db"}, "Patches": patches})
    found = modules.result(
        "ssm_patch_compliance_info", patch_group="web", patches=True, patch_filters={"State": ["Missing"]}
    )
    assert found["patch_group_state"]["instances"] == 2
    assert found["patch_group_state"]["instances_with_missing_patches"] == 2
    assert [[entry["kb_id"] for entry in state["patches"]] for state in found["instance_patch_states"]] == [
        ["openssl"],
        ["openssl"],
    ]


@pytest.mark.parametrize("options", [{}, {"patch_group": "web", "instance_ids": [NODE]}])
def test_either_nodes_or_a_group_are_asked_for(modules: Modules, options: dict[str, Any]) -> None:
    assert "patch_group" in modules.failure("ssm_patch_compliance_info", **options)["msg"]
