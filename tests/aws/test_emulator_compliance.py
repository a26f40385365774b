# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of

_MISSING = {"Title": "a", "KBId": "openssl", "Classification": "Security", "Severity": "Important", "State": "Missing"}
_EXECUTION = {"ExecutionTime": 1700000000, "ExecutionId": "one", "ExecutionType": "Command"}
_TIME = "2025-06-01T01:02:03Z"


def _put(ssm: Any, node: str, items: list[dict[str, Any]], **more: Any) -> None:
    ssm.put_compliance_items(
        **{
            "ResourceId": node,
            "ResourceType": "ManagedInstance",
            "ComplianceType": "Custom:Openpatch",
            "ExecutionSummary": _EXECUTION,
            "Items": items,
            **more,
        }
    )


def _item(name: str, status: str = "COMPLIANT", severity: str = "LOW") -> dict[str, Any]:
    return {"Id": name, "Title": name, "Status": status, "Severity": severity, "Details": {"PatchState": "Missing"}}


def _items(ssm: Any, node: str, **arguments: Any) -> list[str]:
    pages = ssm.get_paginator("list_compliance_items").paginate(ResourceIds=[node], **arguments)
    return [item["Id"] for page in pages for item in page["ComplianceItems"]]


def test_a_put_replaces_all_items_of_its_type(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    _put(ssm, node, [_item("a"), _item("b")])
    _put(ssm, node, [_item("c")], ComplianceType="Custom:Other")
    _put(ssm, node, [_item("d")])
    assert _items(ssm, node) == ["d", "c"]


def test_the_same_hash_changes_nothing(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    _put(ssm, node, [_item("a")], ItemContentHash="h")
    _put(ssm, node, [_item("b")], ItemContentHash="h")
    assert _items(ssm, node) == ["a"]


def test_a_partial_upload_is_for_associations(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    _put(ssm, node, [_item("a")], ComplianceType="Association")
    _put(ssm, node, [_item("b")], ComplianceType="Association", UploadType="PARTIAL")
    assert _items(ssm, node) == ["a", "b"]
    with pytest.raises(ssm.exceptions.ClientError, match="PARTIAL"):
        _put(ssm, node, [_item("b")], UploadType="PARTIAL")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ResourceType": "Toaster"}, "InvalidResourceType"),
        ({"ResourceId": "mi-0000000000000000f"}, "InvalidResourceId"),
        ({"Items": [_item("a"), _item("a")]}, "InvalidItemContentException"),
        ({"Items": [_item("a", "MAYBE")]}, "ValidationException"),
        ({"ComplianceType": "with space"}, "ValidationException"),
        ({"Items": [_item("x" * 400) | {"Id": str(n)} for n in range(3000)]}, "TotalSizeLimitExceededException"),
    ],
)
def test_what_cannot_be_stored_is_refused(aws: Aws, ssm: Any, wrong: dict[str, Any], code: str) -> None:
    node = aws.seed(count=1)[0]
    assert code_of(lambda: _put(ssm, node, **({"items": [_item("a")]} | _renamed(wrong)))) == code


def _renamed(wrong: dict[str, Any]) -> dict[str, Any]:
    return {"items" if key == "Items" else key: value for key, value in wrong.items()}


def test_ten_custom_types_are_the_limit(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    for number in range(10):
        _put(ssm, node, [], ComplianceType=f"Custom:Type{number}")
    refused = code_of(lambda: _put(ssm, node, [], ComplianceType="Custom:OneMore"))
    assert refused == "ComplianceTypeCountLimitExceededException"


def test_patches_are_compliance_items_too(aws: Aws, ssm: Any) -> None:
    patches = [_MISSING | {"ComplianceLevel": "HIGH"}, _MISSING | {"KBId": "vim", "State": "Installed"}]
    node, _unused = aws.seed(nodes=[{"Patches": patches, "Tags": {"PatchGroup": "web"}}, {"Patches": []}])
    bad = [{"Key": "Status", "Values": ["NON_COMPLIANT"]}]
    assert _items(ssm, node, Filters=bad) == ["openssl"]
    group = [{"Key": "PatchGroup", "Values": ["we"], "Type": "BEGIN_WITH"}]
    assert _items(ssm, node, Filters=group) == ["openssl", "vim"]
    [row] = ssm.list_resource_compliance_summaries(Filters=bad)["ResourceComplianceSummaryItems"]
    assert (row["ResourceId"], row["ComplianceType"], row["OverallSeverity"]) == (node, "Patch", "HIGH")
    assert row["NonCompliantSummary"]["SeveritySummary"]["HighCount"] == 1
    [sums] = ssm.list_compliance_summaries()["ComplianceSummaryItems"]
    assert (sums["CompliantSummary"]["CompliantCount"], sums["NonCompliantSummary"]["NonCompliantCount"]) == (1, 1)


def test_summaries_are_asked_for_by_fifty_or_not_at_all(ssm: Any) -> None:
    assert code_of(ssm.list_compliance_summaries, MaxResults=10) == "ValidationException"
    assert code_of(ssm.list_compliance_summaries, MaxResults=50) == ""


def test_items_are_listed_for_one_node_at_a_time(aws: Aws, ssm: Any) -> None:
    nodes = aws.seed(count=2)
    assert code_of(ssm.list_compliance_items, ResourceIds=nodes) == "ValidationException"
    wrong = [{"Key": "Colour", "Values": ["red"]}]
    _put(ssm, nodes[0], [_item("a")])
    assert code_of(ssm.list_compliance_items, ResourceIds=nodes[:1], Filters=wrong) == "InvalidFilter"


def test_a_patch_summary_in_the_inventory_is_the_patch_state(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    summary = {
        "BaselineId": "pb-0123456789abcdef0",
        "PatchGroup": "web",
        "SnapshotId": "11111111-2222-3333-4444-555555555555",
        "InstalledCount": "7",
        "MissingCount": "2",
        "OperationType": "Install",
        "OperationStartTime": _TIME,
        "OperationEndTime": _TIME,
        "RebootOption": "RebootIfNeeded",
    }
    item = {"TypeName": "AWS:PatchSummary", "SchemaVersion": "1.0", "CaptureTime": _TIME, "Content": [summary]}
    ssm.put_inventory(InstanceId=node, Items=[item])
    [state] = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert (state["InstalledCount"], state["MissingCount"], state["Operation"]) == (7, 2, "Install")
    wanted = [{"Key": "AWS:PatchSummary.MissingCount", "Values": ["1"], "Type": "GreaterThan"}]
    [entity] = ssm.get_inventory(Filters=wanted, ResultAttributes=[{"TypeName": "AWS:PatchSummary"}])["Entities"]
    assert entity["Data"]["AWS:PatchSummary"]["Content"] == [summary]
    listed = ssm.list_inventory_entries(InstanceId=node, TypeName="AWS:PatchSummary")
    assert (listed["CaptureTime"], listed["Entries"]) == (_TIME, [summary])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"TypeName": "AWS:Toaster"}, "InvalidTypeNameException"),
        ({"TypeName": "Toaster"}, "ValidationException"),
        ({"SchemaVersion": "9.9"}, "UnsupportedInventorySchemaVersionException"),
        ({"CaptureTime": "yesterday"}, "ValidationException"),
        ({"Content": [{"Colour": "red"}]}, "InvalidItemContentException"),
        ({"Context": {"ComplianceType": "Patch"}}, "UnsupportedInventoryItemContextException"),
        ({"TypeName": "AWS:ComplianceItem", "SchemaVersion": "1.0"}, "InvalidInventoryItemContextException"),
        ({"TypeName": "Custom:Big", "Content": [{"a": "x" * 4000}] * 60}, "ItemSizeLimitExceededException"),
    ],
)
def test_inventory_that_has_no_type_is_refused(aws: Aws, ssm: Any, wrong: dict[str, Any], code: str) -> None:
    node = aws.seed(count=1)[0]
    good = {"TypeName": "AWS:Application", "SchemaVersion": "1.1", "CaptureTime": _TIME, "Content": []}
    assert code_of(ssm.put_inventory, InstanceId=node, Items=[good | wrong]) == code


def test_nodes_are_counted_by_attributes_of_their_inventory(aws: Aws, ssm: Any) -> None:
    aws.seed(nodes=[{}, {}, {"OperatingSystem": "WINDOWS"}])
    name = "AWS:InstanceInformation"
    [entity] = ssm.get_inventory(Aggregators=[{"Expression": f"{name}.PlatformType"}])["Entities"]
    assert entity["Data"][name]["Content"] == [
        {"PlatformType": "Linux", "Count": "2"},
        {"PlatformType": "Windows", "Count": "1"},
    ]


def test_a_custom_type_is_deleted_after_a_dry_run(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    item = {"TypeName": "Custom:Rack", "SchemaVersion": "1.0", "CaptureTime": _TIME, "Content": [{"Rack": "1"}]}
    ssm.put_inventory(InstanceId=node, Items=[item])
    assert ssm.get_inventory_schema(TypeName="Custom:Rack")["Schemas"][0]["Attributes"][0]["Name"] == "Rack"
    assert "DeletionId" not in ssm.delete_inventory(TypeName="Custom:Rack", DryRun=True)
    deletion = ssm.delete_inventory(TypeName="Custom:Rack")["DeletionId"]
    states = [ssm.describe_inventory_deletions(DeletionId=deletion)["InventoryDeletions"][0] for _unused in range(2)]
    assert [entry["LastStatus"] for entry in states] == ["InProgress", "Complete"]
    assert code_of(ssm.delete_inventory, TypeName="AWS:Application") == "InvalidTypeNameException"


def test_the_schema_of_the_types_of_aws_is_known(ssm: Any) -> None:
    schemas = {entry["TypeName"]: entry for entry in ssm.get_inventory_schema()["Schemas"]}
    assert len(schemas) == 18
    assert len(schemas["AWS:PatchSummary"]["Attributes"]) == 23


_BUCKET = {"BucketName": "ours", "SyncFormat": "JsonSerDe", "Region": "us-east-1"}
_SOURCE = {"SourceType": "SingleAccountMultiRegions", "SourceRegions": ["us-east-1"]}


def test_a_sync_is_successful_after_a_while(ssm: Any) -> None:
    ssm.create_resource_data_sync(SyncName="a", S3Destination=_BUCKET)
    states = [ssm.list_resource_data_sync()["ResourceDataSyncItems"][0] for _unused in range(2)]
    assert [entry["LastStatus"] for entry in states] == ["InProgress", "Successful"]
    again = code_of(ssm.create_resource_data_sync, SyncName="a", S3Destination=_BUCKET)
    assert again == "ResourceDataSyncAlreadyExistsException"
    ssm.delete_resource_data_sync(SyncName="a")
    assert code_of(ssm.delete_resource_data_sync, SyncName="a") == "ResourceDataSyncNotFoundException"


def test_five_syncs_are_the_limit_and_a_source_needs_its_type(ssm: Any) -> None:
    wrong = code_of(ssm.create_resource_data_sync, SyncName="a", SyncSource=_SOURCE)
    assert wrong == "ResourceDataSyncInvalidConfigurationException"
    for number in range(5):
        ssm.create_resource_data_sync(SyncName=f"s{number}", SyncType="SyncFromSource", SyncSource=_SOURCE)
    more = code_of(ssm.create_resource_data_sync, SyncName="a", S3Destination=_BUCKET)
    assert more == "ResourceDataSyncCountExceededException"
    changed = _SOURCE | {"SourceRegions": ["eu-west-1"]}
    ssm.update_resource_data_sync(SyncName="s1", SyncType="SyncFromSource", SyncSource=changed)
    found = ssm.list_resource_data_sync(SyncType="SyncFromSource")["ResourceDataSyncItems"][1]
    assert found["SyncSource"]["SourceRegions"] == ["eu-west-1"]


def test_patch_items_that_are_put_replace_what_the_node_reported_and_the_other_way_round(aws: Aws, ssm: Any) -> None:
    [node] = aws.seed(nodes=[{"Patches": [{"KBId": "from-the-node", "State": "Missing"}]}])

    def listed() -> list[str]:
        answer = ssm.list_compliance_items(ResourceIds=[node], ResourceTypes=["ManagedInstance"])
        return [item["Id"] for item in answer["ComplianceItems"]]

    assert listed() == ["from-the-node"]
    _put(ssm, node, [_item("put")], ComplianceType="Patch")
    assert listed() == ["put"]
    reported = {
        "TypeName": "AWS:ComplianceItem",
        "SchemaVersion": "1.0",
        "CaptureTime": _TIME,
        "Context": {"ComplianceType": "Patch"},
        "Content": [{"Id": "from-the-node-again", "PatchState": "Missing"}],
    }
    ssm.put_inventory(InstanceId=node, Items=[reported])
    assert listed() == ["from-the-node-again"]
