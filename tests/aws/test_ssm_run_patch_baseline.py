# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm import commands
from tests.aws.api_fields import missing_options, spec_of
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Modules, Result, documentation_of, modules

__all__ = ["modules"]

MODULE = "ssm_run_patch_baseline"
SCAN: dict[str, Any] = {"parameters": {"Operation": "Scan"}}
INSTALL: dict[str, Any] = {"parameters": {"Operation": "Install", "RebootOption": "NoReboot"}}
OTHER = "mi-0123456789abcdef0"
GUID = "3b241101-e2bb-4255-8caf-4136c566a962"


def patch(name: str, state: str) -> dict[str, str]:
    return {"Title": name, "KBId": name, "Classification": "Security", "Severity": "High", "State": state}


def test_every_field_of_the_api_is_an_option() -> None:
    # Targets, notifications and logs have options of their own; the document has its name.
    ignored = {"targets", "document_name", "notification_config", "cloud_watch_output_config"}
    assert missing_options("SendCommand", spec_of(MODULE), ignored) == []


@pytest.fixture
def nodes(aws: Aws) -> list[str]:
    """Three Debian nodes of the group web that lack something."""
    template = {
        "OperatingSystem": "DEBIAN",
        "Tags": {"PatchGroup": "web", "Stage": "prod{n}"},
        "Patches": [patch("openssl", "Missing"), patch("bash", "Installed")],
    }
    return aws.seed(count=3, template=template)


def sent(aws: Aws) -> int:
    return int(aws.status()["calls"].get("ssm:SendCommand", 0))


def names(result: Result) -> list[str]:
    return [found["instance_id"] for found in result["command"]["invocations"]]


def warnings_of(result: Result) -> list[str]:
    """The texts of warnings, which newer releases of ansible-core wrap."""
    return [found if isinstance(found, str) else found["event"]["msg"] for found in result.get("warnings", [])]


def test_an_install_is_predicted_done_and_told_node_by_node(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    aws.control(steps=3)
    options = {"instance_ids": nodes, **INSTALL, "comment": "weekly", "max_concurrency": "50%"}
    predicted = modules.result(MODULE, check=True, **options)
    assert sent(aws) == 0
    done = modules.result(MODULE, **options)
    assert sent(aws) == 1
    assert predicted["changed"] is done["changed"] is True
    assert predicted["diff"] == done["diff"] != {"before": {}, "after": {}}
    assert predicted["failed_nodes"] == done["failed_nodes"] == []
    assert names(predicted) == names(done) == sorted(nodes)
    command, foreseen = done["command"], predicted["command"]
    assert (command["status"], command["target_count"], command["completed_count"]) == ("Success", 3, 3)
    assert foreseen["command_id"] is foreseen["status"] is foreseen["invocations"][0]["status"] is None
    for key in ("document_name", "comment", "max_concurrency", "max_errors", "instance_ids", "target_count"):
        assert foreseen[key] == command[key], key
    first = command["invocations"][0]
    assert (first["status"], first["plugin_name"], first["response_code"]) == ("Success", "PatchLinux", 0)
    assert first["standard_output_content"].startswith(f"Patch Summary for {first['instance_id']}")
    state = first["patch_state"]
    assert (state["operation"], state["missing_count"], state["installed_pending_reboot_count"]) == ("Install", 0, 1)
    assert [step["name"] for step in first["command_plugins"]] == ["PatchWindows", "PatchLinux", "PatchMacOS"]
    assert foreseen["parameters"] == {"Operation": ["Install"], "RebootOption": ["NoReboot"]}
    # one snapshot for all of them
    [snapshot] = command["parameters"]["SnapshotId"]
    assert {found["patch_state"]["snapshot_id"] for found in command["invocations"]} == {snapshot}


def test_what_is_returned_is_what_is_documented(modules: Modules, nodes: list[str]) -> None:
    documented = documentation_of(MODULE)["RETURN"]
    invocation = documented["command"]["contains"]["invocations"]["contains"]
    for check in (True, False):
        found = modules.result(MODULE, check=check, instance_ids=nodes, **SCAN)
        assert sorted(found) == sorted({"changed", "diff", *documented})
        assert list(found["command"]) == list(documented["command"]["contains"])
        assert sorted(found["command"]["invocations"][0]) == sorted(invocation)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"target_tags": {"PatchGroup": "web", "Stage": ["prod0", "prod2", "prod9"]}}, [0, 2]),
        ({"target_tag_keys": ["Stage"]}, [0, 1, 2]),
        ({"patch_groups": ["web", "db"]}, [0, 1, 2]),
        ({"patch_groups": ["web"], "target_tags": {"Stage": "prod1"}}, [1]),
        ({"resource_group": "some"}, [0, 1]),
        ({"resource_group": "some", "resource_types": ["AWS::SSM::ManagedInstance"]}, [0, 1]),
        ({"resource_group": "some", "target_tags": {"Stage": "prod1"}}, [1]),
    ],
)
def test_check_mode_and_a_run_mean_the_same_nodes(
    modules: Modules, aws: Aws, nodes: list[str], targets: dict[str, Any], expected: list[int]
) -> None:
    # in the group and not in any tag; of another group
    instance = aws.seed(nodes=[{"kind": "ec2"}, {"kind": "ec2", "Tags": {"PatchGroup": "lab"}}])[0]
    aws.seed(resource_groups={"some": [*nodes[:2], instance]})
    wanted = sorted([nodes[number] for number in expected])
    if targets == {"resource_group": "some"}:
        wanted = sorted([*wanted, instance])
    aws.control(page_limit=1)
    for check in (True, False):
        assert names(modules.result(MODULE, check=check, **targets, **SCAN)) == wanted


def test_a_patch_group_is_found_in_either_of_its_tags_and_not_in_both(
    modules: Modules, aws: Aws, nodes: list[str]
) -> None:
    spaced = aws.seed(nodes=[{"Tags": {"Patch Group": "shop"}}, {"Tags": {"Patch Group": "web"}}])
    assert names(modules.result(MODULE, patch_groups=["shop"], **SCAN)) == spaced[:1]
    refused = modules.failure(MODULE, patch_groups=["web"], **SCAN)["msg"]
    assert "3 in 'PatchGroup' and 1 in 'Patch Group', and a command takes one. Set patch_group_tag" in refused
    assert sent(aws) == 1
    assert names(modules.result(MODULE, patch_groups=["web"], patch_group_tag="Patch Group", **SCAN)) == spaced[1:]


def test_failed_nodes_are_named_with_the_meaning_of_their_codes(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    long = "o" * 30000
    locked, lost, odd = aws.seed(
        nodes=[
            {"InstanceId": "mi-0000000000000000a", "Result": {"ResponseCode": 4, "Output": long, "Errors": long}},
            {"InstanceId": "mi-0000000000000000b", "PingStatus": "ConnectionLost"},
            {"InstanceId": "mi-0000000000000000c", "Result": {"ResponseCode": 77}},
        ]
    )
    options = {"instance_ids": [*nodes, locked, lost, odd], "max_errors": "100%", **SCAN}
    failed = modules.failure(MODULE, **options)
    assert failed["msg"].startswith(
        f"Failed to run AWS-RunPatchBaseline on 3 of 6 nodes: {locked} (Failed, code 4, another patch operation is "
        f"running there), {lost} (Undeliverable), {odd} (Failed, code 77). "
    )
    assert failed["failed_nodes"] == [locked, lost, odd]
    assert failed["command"]["status_details"] == "Incomplete"
    told = failed["command"]["invocations"][0]
    assert (len(told["standard_output_content"]), len(told["standard_error_content"])) == (24000, 8000)
    assert (told["plugin_name"], told["response_code"], told["patch_state"]) == ("PatchLinux", 4, None)
    again = modules.result(MODULE, **options, fail_on_error=False, output="short")
    assert again["failed_nodes"] == [locked, lost, odd]
    assert len(again["command"]["invocations"][0]["standard_output_content"]) == 2500
    quiet = modules.result(MODULE, **options, fail_on_error=False, output="none")["command"]["invocations"][0]
    assert quiet["standard_output_content"] == quiet["command_plugins"][1]["output"] == ""


def test_nodes_that_were_not_told_to_begin_have_failed_too(modules: Modules, aws: Aws) -> None:
    broken = {"Result": {"ResponseCode": 2}}
    ids = aws.seed(nodes=[{"InstanceId": f"mi-0000000000000000{n}", **(broken if n == 1 else {})} for n in range(4)])
    failed = modules.failure(MODULE, instance_ids=ids, max_concurrency="1", **SCAN)
    details = [found["status_details"] for found in failed["command"]["invocations"]]
    assert details == ["Success", "Failed", "Terminated", "Terminated"]
    assert failed["failed_nodes"] == ids[1:]
    assert f"{ids[1]} (Failed, code 2, the package database is locked), {ids[2]} (Terminated)" in failed["msg"]


def test_targets_without_nodes_are_a_failure_unless_told_otherwise(modules: Modules, aws: Aws) -> None:
    options = {"target_tags": {"Stage": "none"}, **SCAN}
    assert warnings_of(modules.result(MODULE, check=True, **options)) == ["No node is what the targets say now."]
    assert "no node is what the targets say" in modules.failure(MODULE, **options)["msg"]
    assert modules.result(MODULE, **options, fail_on_error=False)["command"]["invocations"] == []


def test_a_wait_that_is_too_short_can_be_gone_on_with(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    aws.control(steps=1000)
    failed = modules.failure(MODULE, instance_ids=nodes, **SCAN, wait_timeout=0)
    command_id = failed["command"]["command_id"]
    assert f"3 of 3 nodes are not done: {sorted(nodes)[0]} (" in failed["msg"]
    assert f"Set command_id to {command_id} to wait for it again" in failed["msg"]
    assert failed["failed_nodes"] == []
    progress = modules.result(MODULE, command_id=command_id, wait=False)
    assert (progress["changed"], progress["command"]["completed_count"]) == (False, 0)
    aws.control(steps=1)
    ended = modules.result(MODULE, command_id=command_id)
    assert (ended["changed"], ended["command"]["status"], sent(aws)) == (False, "Success", 1)
    unknown = modules.failure(MODULE, command_id=GUID)["msg"]
    assert unknown == f"Failed to read command {GUID}: it is not there. Look at its id, the region and the account."


def test_the_same_that_is_running_is_not_sent_again(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    aws.control(steps=1000)
    options: dict[str, Any] = {"target_tags": {"Stage": ["prod0", "prod1"]}, "wait": False}
    first = modules.result(MODULE, **options, **SCAN)
    again = modules.result(MODULE, target_tags={"Stage": ["prod1", "prod0"]}, wait=False, **SCAN)
    assert (first["changed"], again["changed"], sent(aws)) == (True, False, 1)
    command_id = first["command"]["command_id"]
    assert again["command"]["command_id"] == command_id
    assert warnings_of(again) == [f"The same is running as command {command_id}, so no other is sent."]
    assert modules.result(MODULE, check=True, **options, **SCAN)["changed"] is False
    others: list[dict[str, Any]] = [
        {**options, **INSTALL},
        {**options, **SCAN, "target_tags": {"Stage": "prod0"}},
        {**options, "parameters": {"Operation": "Scan", "SnapshotId": GUID}},
        {**options, **SCAN, "pick_up": False},
    ]
    assert [modules.result(MODULE, **other)["changed"] for other in others] == [True] * 4
    assert sent(aws) == 5


def test_a_command_whose_answer_got_lost_is_not_sent_again(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    modules.result(MODULE, instance_ids=nodes, **SCAN)
    lost = {"operation": "SendCommand", "code": "InternalServerError", "status": 500, "times": 1, "done": True}
    aws.control(failures=[lost], reset_counts=True)
    found = modules.result(MODULE, instance_ids=nodes, **SCAN)
    assert (found["changed"], found["command"]["status"], sent(aws)) == (True, "Success", 1)
    assert len(aws.client().list_commands()["Commands"]) == 2


def test_a_command_that_nobody_can_tell_of_is_not_sent_again(
    modules: Modules, aws: Aws, nodes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_LOOKS", 1)  # instead of half a minute
    aws.control(failures=[{"operation": "SendCommand", "code": "InternalServerError", "status": 500}])
    failed = modules.failure(MODULE, instance_ids=nodes, **SCAN)["msg"]
    assert failed == (
        "Failed to send AWS-RunPatchBaseline: An error on request of the test. (InternalServerError). It is not known "
        "whether AWS took it, and it is not among the commands. Look at them again before you send another."
    )
    assert sent(aws) == 1


def test_a_call_that_is_refused_as_too_much_is_repeated(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    throttled = {"operation": "SendCommand", "code": "ThrottlingException", "times": 1}
    aws.control(failures=[throttled], reset_counts=True)
    modules.result(MODULE, instance_ids=nodes, **SCAN)
    assert (sent(aws), len(aws.client().list_commands()["Commands"])) == (2, 1)


def test_a_command_that_was_sent_is_named_if_it_cannot_be_read(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    aws.control(deny=["ssm:ListCommandInvocations"])
    failed = modules.failure(MODULE, instance_ids=nodes, **SCAN)
    command_id = failed["command"]["command_id"]
    assert f"Command {command_id} was sent. Set command_id to it to wait for it." in failed["msg"]
    aws.control(deny=[])
    assert modules.result(MODULE, command_id=command_id)["command"]["status"] == "Success"


def test_a_command_that_is_not_to_be_seen_at_once_is_waited_for(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    aws.control(lag=2)
    assert modules.result(MODULE, instance_ids=nodes, **SCAN)["command"]["status"] == "Success"


def test_all_settings_arrive(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    topic, role = "arn:aws:sns:us-east-1:123456789012:patches", "arn:aws:iam::123456789012:role/notify"
    command = modules.result(
        MODULE,
        instance_ids=nodes,
        document_version="$LATEST",
        timeout_seconds=600,
        output_s3_bucket_name="patch-logs",
        output_s3_key_prefix="weekly",
        output_s3_region="us-east-1",
        cloud_watch_output=True,
        cloud_watch_log_group_name="patches",
        service_role_arn=role,
        notification={"arn": topic, "events": ["Failed"], "type": "Invocation"},
        comment="a `b` $(c) {{ d }}",
        document_hash="0" * 64,
        document_hash_type="Sha256",
        alarm_configuration={"alarms": [{"name": "errors"}]},
        **SCAN,
    )["command"]
    assert command["alarm_configuration"] == {"alarms": [{"name": "errors"}], "ignore_poll_alarm_failure": False}
    notification = {"notification_arn": topic, "notification_events": ["Failed"], "notification_type": "Invocation"}
    log = {"cloud_watch_output_enabled": True, "cloud_watch_log_group_name": "patches"}
    assert command["notification_config"] == notification
    assert command["cloud_watch_output_config"] == log
    keys = ("document_version", "timeout_seconds", "output_s3_bucket_name", "output_s3_key_prefix", "output_s3_region")
    assert [command[key] for key in keys] == ["$LATEST", 600, "patch-logs", "weekly", "us-east-1"]
    assert (command["service_role"], command["comment"]) == (role, "a `b` $(c) {{ d }}")


@pytest.mark.parametrize(
    ("document", "parameters", "reports"),
    [
        ("AWS-RunPatchBaselineWithHooks", {"Operation": "Scan", "PreInstallHookDocName": "AWS-Noop"}, True),
        ("AWS-ApplyPatchBaseline", {"Operation": "Scan"}, True),
        (
            "AWS-ConfigureWindowsUpdate",
            {"updateLevel": "InstallUpdatesAutomatically", "scheduledInstallDay": "Daily"},
            False,
        ),
        (
            "AWS-InstallWindowsUpdates",
            {
                "Action": "Install",
                "AllowReboot": False,
                "IncludeKbs": ["KB4284819", "4284820"],
                "Categories": ["Critical Update", "SecurityUpdates"],
                "SeverityLevels": "Critical,Low",
                "PublishedDaysOld": 7,
            },
            False,
        ),
        ("AWS-FindWindowsUpdates", {"UpdateLevel": "All"}, False),
        ("AWS-InstallMissingWindowsUpdates", {"UpdateLevel": "Important"}, False),
        ("AWS-InstallSpecificWindowsUpdates", {"KbArticleIds": "123456,KB567890"}, False),
        ("AWS-InstanceRebootWithHooks", {"PostRebootHookDocName": "AWS-Noop"}, False),
    ],
)
def test_every_document_runs_on_windows(
    modules: Modules, aws: Aws, document: str, parameters: dict[str, Any], reports: bool
) -> None:
    node = aws.seed(nodes=[{"OperatingSystem": "WINDOWS"}])[0]
    found = modules.result(MODULE, document=document, parameters=parameters, instance_ids=[node])
    assert names(found) == [node]
    assert (found["command"]["invocations"][0]["patch_state"] is not None) is reports
    assert all(len(values) == 1 for values in found["command"]["parameters"].values())


def test_the_document_of_associations_runs_on_instances_only(modules: Modules, aws: Aws) -> None:
    instance = aws.seed(nodes=[{"kind": "ec2"}])[0]
    document = "AWS-RunPatchBaselineAssociation"
    parameters = {"Operation": "Scan", "AssociationId": GUID, "BaselineTags": "Key=team,Values=web,shop"}
    options: dict[str, Any] = {"document": document, "parameters": parameters}
    assert names(modules.result(MODULE, **options, instance_ids=[instance])) == [instance]
    refused = modules.failure(MODULE, **options, instance_ids=[OTHER])["msg"]
    assert refused == f"Failed to send {document} to {OTHER}: it is for EC2 instances only. Use AWS-RunPatchBaseline."


ASG, ROLLBACK = "AWS-PatchAsgInstance", "AWS-PatchInstanceWithRollback"


@pytest.mark.parametrize(
    "targets",
    [
        {"instance_ids": []},
        {"target_tags": {"Stage": "prod"}},
        {"resource_group": "some"},
        {"patch_groups": ["web"]},
    ],
)
def test_a_runbook_is_started_once_and_told_node_by_node(modules: Modules, aws: Aws, targets: dict[str, Any]) -> None:
    template = {"kind": "ec2", "Tags": {"Stage": "prod", "PatchGroup": "web"}, "Patches": [patch("bash", "Missing")]}
    ids = aws.seed(nodes=[template, {**template, "Result": {"ResponseCode": 1}}, {"kind": "ec2"}])
    aws.seed(resource_groups={"some": ids[:2]})
    targets = {"instance_ids": ids[:2]} if "instance_ids" in targets else targets
    role = "arn:aws:iam::123456789012:role/automation"
    options = {"document": ASG, "parameters": {"AutomationAssumeRole": role, "WaitForReboot": "PT1M"}, **targets}
    predicted = modules.result(MODULE, check=True, **options)
    assert names(predicted) == sorted(ids[:2])
    failed = modules.failure(MODULE, **options)
    assert f"Failed to run {ASG} on 1 of 2 nodes: {ids[1]} (Failed). " in failed["msg"]
    assert predicted["diff"] == failed["diff"]
    assert (names(failed), failed["failed_nodes"]) == (sorted(ids[:2]), ids[1:2])
    assert list(failed["command"]) == list(predicted["command"])
    bad = failed["command"]["invocations"][names(failed).index(ids[1])]
    good = failed["command"]["invocations"][names(failed).index(ids[0])]
    assert list(good) == list(predicted["command"]["invocations"][0])
    assert (good["status"], good["patch_state"]["missing_count"], good["command_plugins"][0]["name"]) == (
        "Success",
        0,
        "GetAsgName",
    )
    assert bad["standard_error_content"].startswith("Step fails")
    assert aws.status()["calls"]["ssm:StartAutomationExecution"] == 1


def test_a_runbook_that_is_running_is_not_started_again(modules: Modules, aws: Aws) -> None:
    aws.control(steps=1000)
    ids = aws.seed(nodes=[{"kind": "ec2"}])
    options: dict[str, Any] = {"document": ROLLBACK, "instance_ids": ids, "wait": False}
    first = modules.result(MODULE, **options)
    again = modules.result(MODULE, **options)
    command_id = first["command"]["command_id"]
    assert (first["changed"], again["changed"], again["command"]["command_id"]) == (True, False, command_id)
    late = modules.failure(MODULE, document=ROLLBACK, command_id=command_id, wait_timeout=0)["msg"]
    assert late.endswith(f"run: aws ssm stop-automation-execution --automation-execution-id {command_id}")
    aws.control(steps=1)
    assert modules.result(MODULE, document=ROLLBACK, command_id=command_id)["command"]["status"] == "Success"
    unknown = modules.failure(MODULE, document=ROLLBACK, command_id=GUID)["msg"]
    assert unknown.startswith(f"Failed to read automation {GUID}: it is not there.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"instance_ids": [OTHER]}, "it is for EC2 instances only."),
        (
            {"instance_ids": ["i-01234567"], "parameters": {"InstanceId": "i-01234567"}},
            "InstanceId is set for each",
        ),
        ({"instance_ids": ["i-01234567"], "parameters": {"WaitForReboot": "5m"}}, "It takes a duration such as PT5M."),
        ({"instance_ids": ["i-01234567"], "comment": "a"}, "a runbook of Automation, which does not take it. Leave"),
        ({"target_tag_keys": ["Stage"]}, "a runbook of Automation, which does not take tag-key."),
    ],
)
def test_a_runbook_that_cannot_be_is_refused_before_aws_is_asked(
    modules: Modules, aws: Aws, options: dict[str, Any], message: str
) -> None:
    assert message in modules.failure(MODULE, document=ASG, **options)["msg"]
    assert aws.status()["calls"] == {}


HOOKS = "AWS-RunPatchBaselineWithHooks"


def test_parameters_that_cannot_be_are_refused_before_aws_is_asked(modules: Modules, aws: Aws) -> None:
    parameters = {"Operation": "Install", "InstallOverrideList": "https://example.com/list.yml"}
    refused = modules.failure(MODULE, document=HOOKS, parameters=parameters, instance_ids=[OTHER])["msg"]
    assert refused.startswith(f"Failed to read the parameters of {HOOKS}: it has no parameter 'InstallOverrideList'.")
    assert aws.status()["calls"] == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of the following is required: instance_ids"),
        ({"instance_ids": []}, "Failed to read the targets: instance_ids is empty. Name nodes by it, or leave it out."),
        ({"patch_groups": [], "target_tags": {"Stage": "prod"}}, "patch_groups is empty."),
        ({"target_tags": {}, "patch_groups": ["web"]}, "target_tags is empty."),
        ({"resource_group": "some", "resource_types": []}, "resource_types is empty."),
        ({"target_tags": {"Stage": None}}, "Failed to read target_tags: Stage cannot be None."),
        ({"target_tags": {"Stage": ["a", {"b": 1}]}}, "Stage cannot be {'b': 1}. It takes a text or a list of texts."),
        ({"target_tags": {"Stage": ""}}, "tag:Stage has an empty name or value."),
        ({"target_tags": {"": "a"}}, "tag: has an empty name or value."),
        ({"command_id": ""}, "Failed to read command_id: it is empty."),
        ({"instance_ids": [OTHER], "document_hash": "a"}, "document_hash_type"),
        ({"instance_ids": [OTHER], "target_tags": {"a": "b"}}, "instance_ids|target_tags"),
        ({"instance_ids": [OTHER], "command_id": GUID}, "command_id|instance_ids"),
        ({"instance_ids": ["web1"]}, "'web1' is no id of a node. They begin with i- or mi-."),
        ({"instance_ids": [OTHER, OTHER]}, f"{OTHER} is there twice. Name each node once."),
        ({"instance_ids": [f"mi-{n:017}" for n in range(51)]}, "takes 50 nodes by their ids, these are 51."),
        ({"target_tag_keys": ["a", "b", "c", "d", "e", "f"]}, "a command takes 5 keys, these are 6."),
        ({"target_tags": {"a": []}}, "tag:a takes 1 to 50 values, these are 0."),
        ({"resource_types": ["AWS::EC2::Instance"], "target_tags": {"a": "b"}}, "resource_group"),
        ({"instance_ids": [OTHER], "max_concurrency": "0"}, "Failed to read max_concurrency: it cannot be '0'."),
        ({"instance_ids": [OTHER], "max_errors": "101%"}, "It takes a number from 0, or 0% to 100%."),
        ({"instance_ids": [OTHER], "comment": "c" * 101}, "It takes up to 100 characters."),
        ({"instance_ids": [OTHER], "timeout_seconds": 29}, "It takes 30 to 2592000 seconds."),
        ({"instance_ids": [OTHER], "notification": {"arn": "arn:aws:sns:::a"}}, "service_role_arn"),
    ],
)
def test_settings_that_cannot_be_are_refused_before_aws_is_asked(
    modules: Modules, aws: Aws, options: dict[str, Any], message: str
) -> None:
    assert message in modules.failure(MODULE, **SCAN, **options)["msg"]
    assert aws.status()["calls"] == {}


def test_check_mode_refuses_what_aws_would(modules: Modules, aws: Aws, nodes: list[str]) -> None:
    missing = modules.failure(MODULE, check=True, instance_ids=[nodes[0], OTHER], **SCAN)["msg"]
    assert missing.startswith(f"Failed to find the nodes {OTHER}: Systems Manager does not manage them here.")
    mac = aws.seed(nodes=[{"OperatingSystem": "MACOS"}])[0]
    wrong = modules.failure(MODULE, check=True, document=HOOKS, instance_ids=[mac, nodes[0]], **SCAN)["msg"]
    assert wrong.startswith(f"Failed to send {HOOKS} to {mac} (MacOS): it is for Linux and Windows.")
    real = modules.failure(MODULE, document=HOOKS, instance_ids=[mac, nodes[0]], **SCAN)
    assert real["error_code"] == "UnsupportedPlatformType"
    gone = modules.failure(MODULE, instance_ids=[OTHER], **SCAN)
    assert gone["error_code"] == "InvalidInstanceId"
    assert gone["msg"].endswith("Look at the region, the agent and the permissions of the nodes.")


def test_what_has_no_effect_is_said(modules: Modules, nodes: list[str]) -> None:
    parameters = {"Operation": "Scan", "InstallOverrideList": "s3://bucket/list.yml"}
    found = modules.result(MODULE, instance_ids=nodes, parameters=parameters)
    assert warnings_of(found) == ["A Scan takes no notice of InstallOverrideList: its report is by the baseline."]
