# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of

_MISSING = {"Title": "a", "KBId": "openssl", "Classification": "Security", "Severity": "Important", "State": "Missing"}


def _all(ssm: Any, **arguments: Any) -> list[dict[str, Any]]:
    paginator = ssm.get_paginator("describe_instance_information")
    return [node for page in paginator.paginate(**arguments) for node in page["InstanceInformationList"]]


def test_thousands_of_nodes_are_listed_in_pages_of_fifty(aws: Aws, ssm: Any) -> None:
    made = aws.seed(count=2000, template={"ComputerName": "web-{n}", "Tags": {"Number": "{n}"}})
    assert len(ssm.describe_instance_information()["InstanceInformationList"]) == 10
    assert [node["InstanceId"] for node in _all(ssm, PaginationConfig={"PageSize": 50})] == made
    assert code_of(ssm.describe_instance_information, MaxResults=51) == "ValidationException"
    assert code_of(ssm.describe_instance_information, MaxResults=4) == "ValidationException"


def test_filters_are_anded_and_their_values_ored(aws: Aws, ssm: Any) -> None:
    aws.seed(
        nodes=[
            {"OperatingSystem": "UBUNTU", "PingStatus": "ConnectionLost"},
            {"OperatingSystem": "UBUNTU"},
            {"OperatingSystem": "WINDOWS"},
            {"OperatingSystem": "SUSE", "InstanceState": "stopped"},
        ]
    )
    online = {"Key": "PingStatus", "Values": ["Online", "Inactive"]}
    assert len(_all(ssm, Filters=[online])) == 2
    assert len(_all(ssm, Filters=[online, {"Key": "PlatformTypes", "Values": ["Linux"]}])) == 1
    legacy = [{"key": "PlatformTypes", "valueSet": ["Windows"]}]
    assert len(_all(ssm, InstanceInformationFilterList=legacy)) == 1
    both = code_of(ssm.describe_instance_information, Filters=[online], InstanceInformationFilterList=legacy)
    assert both == "ValidationException"


def test_tag_filters_stand_alone(aws: Aws, ssm: Any) -> None:
    hybrid, instance, _unused = aws.seed(
        nodes=[{"Tags": {"Stage": "prod"}}, {"kind": "ec2", "Tags": {"Stage": "prod"}}, {"Tags": {"Stage": "dev"}}]
    )
    tag = {"Key": "tag:Stage", "Values": ["prod"]}
    assert [node["InstanceId"] for node in _all(ssm, Filters=[tag])] == [hybrid, instance]
    assert len(_all(ssm, Filters=[{"Key": "tag-key", "Values": ["Stage"]}])) == 3
    mixed = [tag, {"Key": "PingStatus", "Values": ["Online"]}]
    assert code_of(ssm.describe_instance_information, Filters=mixed) == "InvalidFilterKey"


def test_one_unknown_node_fails_the_whole_call(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    wanted = [{"Key": "InstanceIds", "Values": [node, "mi-0000000000000000f"]}]
    assert code_of(ssm.describe_instance_information, Filters=wanted) == "InvalidInstanceId"


def test_properties_have_operators_and_the_ec2_name(aws: Aws, ssm: Any) -> None:
    aws.seed(nodes=[{"kind": "ec2", "Tags": {"Name": "web-1"}}, {"ComputerName": "db-1"}])
    found = ssm.describe_instance_properties(
        FiltersWithOperator=[{"Key": "Name", "Values": ["web"], "Operator": "BeginWith"}]
    )["InstanceProperties"]
    assert [(entry["Name"], entry["InstanceState"]) for entry in found] == [("web-1", "running")]
    wrong = [{"Key": "Colour", "Values": ["red"], "Operator": "Equal"}]
    assert code_of(ssm.describe_instance_properties, FiltersWithOperator=wrong) == "InvalidFilterKey"


def test_ec2_instances_and_their_tags_are_motos(aws: Aws, ssm: Any) -> None:
    node = aws.seed(nodes=[{"kind": "ec2", "Tags": {"PatchGroup": "web"}}])[0]
    ec2 = aws.client("ec2")
    found = ec2.describe_instances(InstanceIds=[node])["Reservations"][0]["Instances"][0]
    assert found["Tags"] == [{"Key": "PatchGroup", "Value": "web"}]
    ec2.create_tags(Resources=[node], Tags=[{"Key": "Stage", "Value": "prod"}])
    assert len(_all(ssm, Filters=[{"Key": "tag:Stage", "Values": ["prod"]}])) == 1
    by_id = [{"Name": "resource-id", "Values": [node]}]
    assert len(ec2.describe_tags(Filters=by_id)["Tags"]) == 2


def test_a_page_of_instances_has_as_many_as_were_asked_for(aws: Aws) -> None:
    made = aws.seed(count=12, template={"kind": "ec2"})
    pages = list(aws.client("ec2").get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    found = [[one["InstanceId"] for entry in page["Reservations"] for one in entry["Instances"]] for page in pages]
    assert found == [made[:5], made[5:10], made[10:]]


def test_tags_of_hybrid_nodes_are_systems_managers(aws: Aws, ssm: Any) -> None:
    node, instance = aws.seed(nodes=[{}, {"kind": "ec2"}])
    where = {"ResourceType": "ManagedInstance", "ResourceId": node}
    ssm.add_tags_to_resource(**where, Tags=[{"Key": "A", "Value": "1"}, {"Key": "B", "Value": "2"}])
    ssm.add_tags_to_resource(**where, Tags=[{"Key": "A", "Value": "3"}])
    ssm.remove_tags_from_resource(**where, TagKeys=["B", "none"])
    assert ssm.list_tags_for_resource(**where)["TagList"] == [{"Key": "A", "Value": "3"}]
    other = code_of(ssm.list_tags_for_resource, ResourceType="ManagedInstance", ResourceId=instance)
    assert other == "InvalidResourceId"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert code_of(ssm.add_tags_to_resource, **where, Tags=many) == "TooManyTagsError"
    assert code_of(ssm.add_tags_to_resource, **where, Tags=[{"Key": "a{b", "Value": ""}]) == "ValidationException"


def test_baselines_and_windows_are_tagged_at_creation(ssm: Any) -> None:
    tags = [{"Key": "Stage", "Value": "prod"}]
    baseline = ssm.create_patch_baseline(Name="mine", Tags=tags)["BaselineId"]
    found = ssm.list_tags_for_resource(ResourceType="PatchBaseline", ResourceId=baseline)["TagList"]
    assert found == tags


def test_get_resources_finds_both_kinds_of_nodes(aws: Aws) -> None:
    hybrid, instance, _unused = aws.seed(
        nodes=[{"Tags": {"Stage": "prod"}}, {"kind": "ec2", "Tags": {"Stage": "prod"}}, {"Tags": {"Stage": "dev"}}]
    )
    tagging = aws.client("resourcegroupstaggingapi")
    paginator = tagging.get_paginator("get_resources")
    pages = list(
        paginator.paginate(
            TagFilters=[{"Key": "Stage", "Values": ["prod", "test"]}],
            ResourceTypeFilters=["ssm:managed-instance", "ec2:instance"],
            ResourcesPerPage=1,
        )
    )
    found = [entry["ResourceARN"] for page in pages for entry in page["ResourceTagMappingList"]]
    assert found == [
        f"arn:aws:ec2:us-east-1:123456789012:instance/{instance}",
        f"arn:aws:ssm:us-east-1:123456789012:managed-instance/{hybrid}",
    ]
    assert pages[-1]["PaginationToken"] == ""
    wrong = code_of(tagging.get_resources, ResourceARNList=[found[0]], TagFilters=[{"Key": "Stage"}])
    assert wrong == "InvalidParameterException"


def test_states_count_patches(aws: Aws, ssm: Any) -> None:
    patches = [
        _MISSING,
        _MISSING | {"KBId": "vim", "Classification": "Bugfix"},
        _MISSING | {"KBId": "bash", "State": "Installed"},
        _MISSING | {"KBId": "curl", "State": "InstalledPendingReboot", "ComplianceLevel": "CRITICAL"},
    ]
    node, silent = aws.seed(nodes=[{"Tags": {"Patch Group": "web"}, "Patches": patches}, {}])
    [state] = ssm.describe_instance_patch_states(InstanceIds=[node, silent])["InstancePatchStates"]
    assert (state["MissingCount"], state["InstalledCount"], state["InstalledPendingRebootCount"]) == (2, 1, 1)
    assert (state["CriticalNonCompliantCount"], state["SecurityNonCompliantCount"]) == (1, 2)
    assert (state["OtherNonCompliantCount"], state["PatchGroup"]) == (1, "web")
    missing = [{"Key": "State", "Values": ["Missing"]}]
    assert len(ssm.describe_instance_patches(InstanceId=node, Filters=missing)["Patches"]) == 2
    wrong = [{"Key": "State", "Values": ["MISSING"]}]
    assert code_of(ssm.describe_instance_patches, InstanceId=node, Filters=wrong) == "InvalidFilter"
    assert code_of(ssm.describe_instance_patches, InstanceId="mi-0000000000000000f") == "InvalidInstanceId"


def test_groups_count_their_nodes(aws: Aws, ssm: Any) -> None:
    aws.seed(count=12, template={"Tags": {"PatchGroup": "web"}, "Patches": [_MISSING]})
    aws.seed(nodes=[{"Tags": {"PatchGroup": "web"}, "Patches": []}, {"Tags": {"PatchGroup": "web"}}])
    state = ssm.describe_patch_group_state(PatchGroup="web")
    assert (state["Instances"], state["InstancesWithMissingPatches"]) == (14, 12)
    pages = list(
        ssm.get_paginator("describe_instance_patch_states_for_patch_group").paginate(
            PatchGroup="web",
            Filters=[{"Key": "MissingCount", "Values": ["0"], "Type": "GreaterThan"}],
            PaginationConfig={"PageSize": 10},
        )
    )
    assert [len(page["InstancePatchStates"]) for page in pages] == [10, 2]
    wrong = [{"Key": "Colour", "Values": ["0"], "Type": "Equal"}]
    refused = code_of(ssm.describe_instance_patch_states_for_patch_group, PatchGroup="web", Filters=wrong)
    assert refused == "InvalidFilter"


def test_fifty_nodes_are_the_limit_of_a_call_for_states(ssm: Any) -> None:
    many = ["mi-0123456789abcdef0"] * 51
    assert code_of(ssm.describe_instance_patch_states, InstanceIds=many) == "ValidationException"


def test_a_snapshot_is_the_same_for_the_same_identifier(aws: Aws, ssm: Any) -> None:
    node = aws.seed(nodes=[{"Tags": {"PatchGroup": "web"}}])[0]
    baseline = ssm.create_patch_baseline(Name="mine", OperatingSystem="UBUNTU", ApprovedPatches=["vim"])["BaselineId"]
    ssm.register_patch_baseline_for_patch_group(BaselineId=baseline, PatchGroup="web")
    asked = {"InstanceId": node, "SnapshotId": "11111111-2222-3333-4444-555555555555"}

    def fetch() -> Any:
        url = ssm.get_deployable_patch_snapshot_for_instance(**asked)["SnapshotDownloadUrl"]
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["patchBaseline"]

    first = fetch()
    assert (first["baselineId"], first["approvedPatches"]) == (baseline, ["vim"])
    ssm.update_patch_baseline(BaselineId=baseline, ApprovedPatches=["emacs"])
    assert fetch() == first
    override = {"OperatingSystem": "WINDOWS"}
    refused = code_of(ssm.get_deployable_patch_snapshot_for_instance, **asked, BaselineOverride=override)
    assert refused == "UnsupportedOperatingSystem"


@pytest.mark.parametrize("wrong", [{"colour": 1}, {"nodes": [{"Colour": 1}]}, {"nodes": [{"OperatingSystem": "BEOS"}]}])
def test_a_node_that_cannot_be_is_not_seeded(aws: Aws, wrong: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        aws.seed(**wrong)


def test_activations_expire_and_are_deleted(aws: Aws, ssm: Any) -> None:
    aws.control(now=1700000000)
    made = ssm.create_activation(IamRole="role", DefaultInstanceName="web", RegistrationLimit=5)
    assert len(made["ActivationCode"]) >= 20
    aws.control(now=1700000000 + 2 * 86400)
    wanted = [{"FilterKey": "DefaultInstanceName", "FilterValues": ["web"]}]
    [found] = ssm.describe_activations(Filters=wanted)["ActivationList"]
    assert found["Expired"]
    ssm.delete_activation(ActivationId=made["ActivationId"])
    assert code_of(ssm.delete_activation, ActivationId=made["ActivationId"]) == "InvalidActivation"


def test_a_deregistered_node_is_gone(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    ssm.update_managed_instance_role(InstanceId=node, IamRole="other")
    assert _all(ssm)[0]["IamRole"] == "other"
    ssm.deregister_managed_instance(InstanceId=node)
    assert _all(ssm) == []
    assert code_of(ssm.deregister_managed_instance, InstanceId=node) == "InvalidInstanceId"


def test_nodes_are_counted_by_an_attribute(aws: Aws, ssm: Any) -> None:
    aws.seed(nodes=[{}, {}, {"OperatingSystem": "WINDOWS"}])
    count = {"AggregatorType": "Count", "TypeName": "Instance", "AttributeName": "PlatformType"}
    found = ssm.list_nodes_summary(Aggregators=[count])["Summary"]
    assert found == [{"PlatformType": "Linux", "Count": "2"}, {"PlatformType": "Windows", "Count": "1"}]
    linux = [{"Key": "PlatformType", "Values": ["Linux"]}]
    assert len(ssm.list_nodes(Filters=linux)["Nodes"]) == 2
