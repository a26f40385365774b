# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands, associations and automations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of

_MISSING = {"Title": "a", "KBId": "openssl", "Classification": "Security", "Severity": "Important", "State": "Missing"}
_SCAN = {"DocumentName": "AWS-RunPatchBaseline", "Parameters": {"Operation": ["Scan"]}}
_INSTALL = {"Operation": ["Install"], "RebootOption": ["NoReboot"]}


def test_a_command_runs_and_ends_after_some_reads(aws: Aws, ssm: Any) -> None:
    aws.control(steps=3)
    node = aws.seed(nodes=[{"Patches": [_MISSING]}])[0]
    command = ssm.send_command(InstanceIds=[node], **_SCAN)["Command"]
    assert (command["Status"], command["MaxConcurrency"], command["MaxErrors"]) == ("Pending", "50", "0")
    where = {"CommandId": command["CommandId"], "InstanceId": node, "PluginName": "PatchLinux"}
    found = [ssm.get_command_invocation(**where) for _unused in range(3)]
    assert [entry["Status"] for entry in found] == ["InProgress", "InProgress", "Success"]
    assert [entry["ResponseCode"] for entry in found] == [-1, -1, 0]
    assert f"Patch Summary for {node}" in found[-1]["StandardOutputContent"]
    [listed] = ssm.list_command_invocations(CommandId=command["CommandId"], Details=True)["CommandInvocations"]
    assert [entry["Name"] for entry in listed["CommandPlugins"]] == ["PatchWindows", "PatchLinux", "PatchMacOS"]
    [whole] = ssm.list_commands(Filters=[{"key": "ExecutionStage", "value": "Complete"}])["Commands"]
    assert (whole["TargetCount"], whole["CompletedCount"], whole["ErrorCount"]) == (1, 1, 0)


def test_an_install_without_reboot_leaves_patches_pending(aws: Aws, ssm: Any) -> None:
    node = aws.seed(nodes=[{"Patches": [_MISSING], "Tags": {"PatchGroup": "web"}}])[0]
    targets = [{"Key": "tag:PatchGroup", "Values": ["web"]}]
    ssm.send_command(DocumentName="AWS-RunPatchBaseline", Targets=targets, Parameters=_INSTALL)
    [patch] = ssm.describe_instance_patches(InstanceId=node)["Patches"]
    assert patch["State"] == "InstalledPendingReboot"
    [state] = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert "LastNoRebootInstallOperationTime" in state


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"DocumentName": "AWS-Toast"}, "InvalidDocument"),
        ({"DocumentName": "AWS-PatchAsgInstance", "Parameters": {"InstanceId": ["i-12345678"]}}, "InvalidDocument"),
        ({"DocumentVersion": "99"}, "InvalidDocumentVersion"),
        ({"Parameters": {}}, "InvalidParameters"),
        ({"Parameters": {"Operation": ["Toast"]}}, "InvalidParameters"),
        ({"Parameters": {"Operation": ["Scan"], "Colour": ["red"]}}, "InvalidParameters"),
        ({"InstanceIds": ["mi-0000000000000000f"]}, "InvalidInstanceId"),
        ({"InstanceIds": ["mi-0000000000000000f"] * 2}, "DuplicateInstanceId"),
        ({"InstanceIds": ["mi-0000000000000000f"] * 51}, "ValidationException"),
        ({"Targets": [{"Key": "tag:A", "Values": ["b"]}]}, "ValidationException"),
        ({"MaxConcurrency": "0"}, "ValidationException"),
        ({"TimeoutSeconds": 10}, "ValidationException"),
        ({"DocumentName": "AWS-InstallWindowsUpdates", "Parameters": {"Action": ["Scan"]}}, "UnsupportedPlatformType"),
    ],
)
def test_a_command_that_cannot_be_is_refused(aws: Aws, ssm: Any, wrong: dict[str, Any], code: str) -> None:
    node = aws.seed(count=1)[0]
    assert code_of(ssm.send_command, **({"InstanceIds": [node], **_SCAN} | wrong)) == code


def test_a_node_that_is_not_reached_is_no_error_of_the_command(aws: Aws, ssm: Any) -> None:
    nodes = aws.seed(nodes=[{}, {"PingStatus": "ConnectionLost"}])
    command = ssm.send_command(InstanceIds=nodes, **_SCAN)["Command"]["CommandId"]
    found = ssm.list_command_invocations(CommandId=command)["CommandInvocations"]
    assert [entry["StatusDetails"] for entry in found] == ["Success", "Undeliverable"]
    [whole] = ssm.list_commands(CommandId=command)["Commands"]
    assert (whole["Status"], whole["DeliveryTimedOutCount"], whole["ErrorCount"]) == ("Success", 1, 0)


def test_no_more_nodes_begin_once_too_many_have_failed(aws: Aws, ssm: Any) -> None:
    broken = {"Result": {"ResponseCode": 4, "Output": "locked", "Errors": "no"}}
    nodes = aws.seed(nodes=[{}, broken, {}, {}])
    rates = {"MaxConcurrency": "1", "MaxErrors": "0"}
    command = ssm.send_command(InstanceIds=nodes, **_SCAN, **rates)["Command"]["CommandId"]
    ssm.list_commands(CommandId=command)
    found = ssm.list_command_invocations(CommandId=command)["CommandInvocations"]
    assert [entry["StatusDetails"] for entry in found] == ["Success", "Failed", "Terminated", "Terminated"]
    [whole] = ssm.list_commands(CommandId=command)["Commands"]
    assert (whole["StatusDetails"], whole["ErrorCount"]) == ("Failed", 1)
    where = {"CommandId": command, "InstanceId": nodes[1], "PluginName": "PatchLinux"}
    told = ssm.get_command_invocation(**where)
    assert (told["ResponseCode"], told["StandardOutputContent"], told["StandardErrorContent"]) == (4, "locked", "no")


def test_a_resource_group_is_a_target_and_has_members(aws: Aws, ssm: Any) -> None:
    nodes = aws.seed(nodes=[{}, {"kind": "ec2"}, {}])
    aws.seed(resource_groups={"some": nodes[:2]})
    targets = [{"Key": "resource-groups:Name", "Values": ["some"]}]
    command = ssm.send_command(Targets=targets, **_SCAN)["Command"]["CommandId"]
    found = ssm.list_command_invocations(CommandId=command)["CommandInvocations"]
    assert [entry["InstanceId"] for entry in found] == nodes[:2]
    groups = aws.client("resource-groups")
    filters = [{"Name": "resource-type", "Values": ["AWS::EC2::Instance"]}]
    [member] = groups.list_group_resources(Group="some", Filters=filters)["Resources"]
    assert member["Identifier"]["ResourceArn"].endswith(f":instance/{nodes[1]}")
    assert code_of(groups.list_group_resources, Group="none") == "NotFoundException"


def test_several_steps_need_a_name(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    command = ssm.send_command(InstanceIds=[node], **_SCAN)["Command"]["CommandId"]
    where = {"CommandId": command, "InstanceId": node}
    assert code_of(ssm.get_command_invocation, **where) == "InvalidPluginName"
    assert code_of(ssm.get_command_invocation, **where, PluginName="PatchToaster") == "InvalidPluginName"
    other = {"CommandId": "11111111-2222-3333-4444-555555555555", "InstanceId": node}
    assert code_of(ssm.get_command_invocation, **other) == "InvocationDoesNotExist"


def test_a_command_that_runs_is_cancelled(aws: Aws, ssm: Any) -> None:
    aws.control(steps=5)
    node = aws.seed(count=1)[0]
    command = ssm.send_command(InstanceIds=[node], **_SCAN)["Command"]["CommandId"]
    ssm.cancel_command(CommandId=command)
    assert ssm.list_commands(CommandId=command)["Commands"][0]["Status"] == "Cancelled"
    unknown = "11111111-2222-3333-4444-555555555555"
    assert code_of(ssm.cancel_command, CommandId=unknown) == "InvalidCommandId"


def test_the_waiter_of_the_sdk_ends(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    command = ssm.send_command(
        InstanceIds=[node], DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]}
    )["Command"]["CommandId"]
    ssm.get_waiter("command_executed").wait(CommandId=command, InstanceId=node, WaiterConfig={"Delay": 0})


_WEEKLY = {
    "Name": "AWS-RunPatchBaseline",
    "Parameters": {"Operation": ["Scan"]},
    "ScheduleExpression": "cron(0 2 ? * SUN *)",
}


def _associate(ssm: Any, **more: Any) -> Any:
    return ssm.create_association(**(_WEEKLY | more))["AssociationDescription"]


def test_an_association_runs_at_once_unless_told_otherwise(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    targets = [{"Key": "InstanceIds", "Values": [node]}]
    now = _associate(ssm, Targets=targets, AssociationName="weekly")
    later = _associate(ssm, Targets=targets, ApplyOnlyAtCronInterval=True)
    assert (now["Overview"]["Status"], later["Overview"]["Status"]) == ("Success", "Pending")
    assert len(ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]) == 1
    [ran] = ssm.describe_association_executions(AssociationId=now["AssociationId"])["AssociationExecutions"]
    where = {"AssociationId": now["AssociationId"], "ExecutionId": ran["ExecutionId"]}
    [target] = ssm.describe_association_execution_targets(**where)["AssociationExecutionTargets"]
    assert target["ResourceId"] == node
    ssm.start_associations_once(AssociationIds=[later["AssociationId"]])
    assert len(ssm.describe_association_executions(AssociationId=later["AssociationId"])["AssociationExecutions"]) == 1
    assert len(ssm.describe_instance_associations_status(InstanceId=node)["InstanceAssociationStatusInfos"]) == 2
    assert len(ssm.describe_effective_instance_associations(InstanceId=node)["Associations"]) == 2
    named = [{"key": "AssociationName", "value": "weekly"}]
    assert len(ssm.list_associations(AssociationFilterList=named)["Associations"]) == 1


def test_an_update_of_an_association_drops_what_it_does_not_name(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    made = _associate(ssm, Targets=[{"Key": "InstanceIds", "Values": [node]}], AssociationName="weekly")
    given = {"AssociationId": made["AssociationId"], "Parameters": {"Operation": ["Install"]}}
    changed = ssm.update_association(**given)["AssociationDescription"]
    assert changed["AssociationVersion"] == "2"
    assert not {"AssociationName", "ScheduleExpression"} & set(changed)
    first = ssm.describe_association(AssociationId=made["AssociationId"], AssociationVersion="1")
    assert first["AssociationDescription"]["AssociationName"] == "weekly"
    versions = ssm.list_association_versions(AssociationId=made["AssociationId"])["AssociationVersions"]
    assert [entry["AssociationVersion"] for entry in versions] == ["1", "2"]
    ssm.delete_association(AssociationId=made["AssociationId"])
    gone = code_of(ssm.describe_association, AssociationId=made["AssociationId"])
    assert gone == "AssociationDoesNotExist"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Name": "AWS-Toast"}, "InvalidDocument"),
        ({"Parameters": {"Operation": ["Toast"]}}, "InvalidParameters"),
        ({"ScheduleExpression": "cron(0 2 ? * MON-FRI *)"}, "InvalidSchedule"),
        ({"ScheduleExpression": "rate(1 day)", "ApplyOnlyAtCronInterval": True}, "InvalidSchedule"),
        ({"ScheduleOffset": 2}, "InvalidSchedule"),
        ({"InstanceId": "mi-0000000000000000f"}, "InvalidTarget"),
    ],
)
def test_an_association_that_cannot_be_is_refused(aws: Aws, ssm: Any, wrong: dict[str, Any], code: str) -> None:
    targets = [{"Key": "InstanceIds", "Values": aws.seed(count=1)}]
    assert code_of(ssm.create_association, **({"Targets": targets} | _WEEKLY | wrong)) == code


def test_a_batch_of_associations_succeeds_in_part(aws: Aws, ssm: Any) -> None:
    first, second = aws.seed(count=2)
    good, bad = _WEEKLY | {"InstanceId": first}, _WEEKLY | {"InstanceId": second, "Name": "AWS-Toast"}
    answer = ssm.create_association_batch(Entries=[good, bad])
    assert [entry["InstanceId"] for entry in answer["Successful"]] == [first]
    assert [(entry["Fault"], entry["Entry"]["InstanceId"]) for entry in answer["Failed"]] == [("Client", second)]
    assert code_of(ssm.create_association, **good) == "AssociationAlreadyExists"
    assert code_of(ssm.create_association_batch, Entries=[good, good]) == "DuplicateInstanceId"


def test_an_automation_runs_once_for_a_token(ssm: Any) -> None:
    given = {
        "DocumentName": "AWS-PatchAsgInstance",
        "Parameters": {"InstanceId": ["i-0123456789abcdef0"]},
        "ClientToken": "11111111-2222-3333-4444-555555555555",
    }
    first, second = (ssm.start_automation_execution(**given)["AutomationExecutionId"] for _unused in range(2))
    assert first == second
    states = [ssm.get_automation_execution(AutomationExecutionId=first)["AutomationExecution"] for _unused in range(2)]
    assert [entry["AutomationExecutionStatus"] for entry in states] == ["InProgress", "Success"]
    stopped = code_of(ssm.stop_automation_execution, AutomationExecutionId=first)
    assert stopped == "InvalidAutomationStatusUpdateException"
    unknown = code_of(ssm.start_automation_execution, DocumentName="AWS-Toast")
    assert unknown == "AutomationDefinitionNotFoundException"
