# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.aws.api_fields import missing_options, spec_of
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules, without

__all__ = ["modules"]

MODULE, KEY = "ssm_maintenance_window", "maintenance_window"
# What holds ids that only AWS gives; targets and tasks are compared in the diffs.
GENERATED = ("window_id", "targets", "tasks", "next_execution_time", "created_date", "modified_date")
SUNDAY: dict[str, Any] = {"name": "sunday"}
BARE: dict[str, Any] = {**SUNDAY, "schedule": "cron(0 2 ? * SUN *)", "duration": 4, "cutoff": 1}
WEB: dict[str, Any] = {
    "name": "web",
    "owner_information": "team web",
    "targets": [{"key": "tag:Patch Group", "values": ["web", "shop"]}, {"key": "tag:Stage", "values": ["test"]}],
}
GROUP: dict[str, Any] = {
    "name": "group",
    "resource_type": "RESOURCE_GROUP",
    "targets": [{"key": "resource-groups:Name", "values": ["all"]}],
}
INSTALL: dict[str, Any] = {
    "name": "install",
    "description": "Install patches",
    "task_type": "RUN_COMMAND",
    "task_arn": "AWS-RunPatchBaseline",
    "targets": [{"key": "WindowTargetIds", "values": ["web", "group"]}],
    "max_concurrency": "10%",
    "max_errors": "0",
    "priority": 1,
    "cutoff_behavior": "CANCEL_TASK",
    "service_role_arn": "arn:aws:iam::123456789012:role/windows",
    "task_invocation_parameters": {
        "run_command": {
            "comment": "weekly",
            "parameters": {"Operation": "Install", "RebootOption": ["NoReboot"]},
            "timeout_seconds": 600,
            "document_version": "$LATEST",
            "output_s3_bucket_name": "logs",
            "output_s3_key_prefix": "windows",
            "notification_config": {
                "notification_arn": "arn:aws:sns:us-east-1:123456789012:patching",
                "notification_events": ["Success", "Failed"],
                "notification_type": "Command",
            },
            "cloud_watch_output_config": {"cloud_watch_log_group_name": "logs", "cloud_watch_output_enabled": True},
        }
    },
    "alarm_configuration": {"alarms": [{"name": "errors"}], "ignore_poll_alarm_failure": True},
}
TELL: dict[str, Any] = {
    "name": "tell",
    "task_type": "LAMBDA",
    "task_arn": "arn:aws:lambda:us-east-1:123456789012:function:tell",
    "priority": 9,
    "task_invocation_parameters": {"lambda": {"payload": {"window": "{{WINDOW_ID}}", "a": 1}, "qualifier": "$LATEST"}},
}
FULL: dict[str, Any] = {
    **BARE,
    "description": "Patching",
    "schedule_timezone": "Europe/Zurich",
    "schedule_offset": 2,
    "start_date": "2026-01-01T00:00:00+01:00",
    "end_date": "2126-01-01T00:00:00Z",
    "allow_unassociated_targets": True,
    "enabled": False,
    "targets": [WEB, GROUP],
    "tasks": [TELL, INSTALL],
    "tags": {"team": "web", "cost centre": "7"},
}
SCALARS = without(FULL, ["targets", "tasks"])


@pytest.mark.parametrize(
    ("operation", "option"),
    [
        ("CreateMaintenanceWindow", None),
        ("UpdateMaintenanceWindow", None),
        ("RegisterTargetWithMaintenanceWindow", "targets"),
        ("RegisterTaskWithMaintenanceWindow", "tasks"),
    ],
)
def test_every_field_of_the_api_is_an_option(operation: str, option: str | None) -> None:
    spec = spec_of(MODULE)
    options = spec[option]["options"] if option else spec
    # The id of the window is the module's; a dictionary instead of expressions, and of tags; tokens are its own.
    ignored = {"client_token", "task_parameters"} | ({"window_id"} if option else {"tags"})
    assert missing_options(operation, options, ignored) == []


def named(view: dict[str, Any], option: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in view[option]}


def test_a_window_holds_to_the_matrix(modules: Modules) -> None:
    change: dict[str, Any] = {
        "description": "",
        "schedule_offset": 0,
        "end_date": "",
        "enabled": True,
        "cutoff": 2,
        "targets": [{**WEB, "owner_information": "", "targets": WEB["targets"][:1]}],
        "tasks": [{"name": "install", "targets": [{"key": "WindowTargetIds", "values": ["web"]}], "priority": 5}],
        "tags": {"team": "shop"},
    }
    seen = {**without(change, ["targets", "tasks"]), "schedule_offset": None}
    hold_to_matrix(
        modules,
        MODULE,
        KEY,
        [
            Case("create", FULL, SCALARS),
            Case("change", {**SUNDAY, **change}, {**SCALARS, **seen}),
            Case(
                "replace",
                {**SUNDAY, "replace": True},
                {"schedule_timezone": "", "allow_unassociated_targets": False, "enabled": True, "cutoff": 2},
            ),
            Case("delete", {**SUNDAY, "state": "absent"}, {}),
        ],
        GENERATED,
    )


def test_targets_and_tasks_are_kept_as_they_are_given(modules: Modules) -> None:
    window = modules.result(MODULE, **FULL)[KEY]
    targets, tasks = named(window, "targets"), named(window, "tasks")
    assert [task["name"] for task in window["tasks"]] == ["install", "tell"]  # by priority
    assert {**targets["web"], "window_target_id": ""} == {
        **WEB,
        "description": "",
        "resource_type": "INSTANCE",
        "window_target_id": "",
    }
    install, tell = tasks["install"], tasks["tell"]
    ids = [targets[name]["window_target_id"] for name in ("web", "group")]
    assert install["targets"] == [{"key": "WindowTargetIds", "values": ids}]
    expected = INSTALL["task_invocation_parameters"]["run_command"]
    assert install["task_invocation_parameters"]["run_command"] == {
        **expected,
        "parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]},
    }
    same = [key for key in INSTALL if key not in ("targets", "task_invocation_parameters")]
    assert {key: install[key] for key in same} == {key: INSTALL[key] for key in same}
    assert tell["task_invocation_parameters"]["lambda"] == {
        "payload": '{"window": "{{WINDOW_ID}}", "a": 1}',
        "qualifier": "$LATEST",
    }
    assert (tell["targets"], tell["max_concurrency"], tell["max_errors"]) == ([], "1", "1")


@pytest.mark.parametrize(
    "task",
    [
        {
            "task_type": "AUTOMATION",
            "task_arn": "AWS-StartEC2Instance",
            "targets": [{"key": "WindowTargetIds", "values": ["web"]}],
            "max_concurrency": "1",
            "max_errors": "1",
            "task_invocation_parameters": {
                "automation": {"document_version": "1", "parameters": {"InstanceId": ["{{TARGET_ID}}"]}}
            },
        },
        {
            "task_type": "STEP_FUNCTIONS",
            "task_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:tell",
            "task_invocation_parameters": {"step_functions": {"name": "tell", "input": '{"a": 1}'}},
        },
        {
            "task_type": "RUN_COMMAND",
            "task_arn": "AWS-RunPatchBaseline",
            "targets": [{"key": "WindowTargetIds", "values": ["web"]}],
            "max_concurrency": "1",
            "max_errors": "1",
            "task_parameters": {"Operation": ["Scan"]},
            "logging_info": {"s3_bucket_name": "logs", "s3_region": "us-east-1", "s3_key_prefix": "x"},
        },
    ],
)
def test_every_type_of_task_is_registered_once_and_read_back(modules: Modules, task: dict[str, Any]) -> None:
    options = {**BARE, "targets": [WEB], "tasks": [task]}
    made, again = modules.result(MODULE, **options), modules.result(MODULE, **options)
    assert (made["changed"], again["changed"]) == (True, False)
    (found,) = made[KEY]["tasks"]
    for key in ("task_type", "task_arn", "task_invocation_parameters", "task_parameters", "logging_info"):
        assert found[key] == task.get(key, {}), key


def test_order_spelling_and_defaults_make_no_difference(modules: Modules, ssm: Any) -> None:
    first = modules.result(MODULE, **FULL)
    run = INSTALL["task_invocation_parameters"]["run_command"]
    turned: dict[str, Any] = {
        **FULL,
        "start_date": "2025-12-31T23:00:00Z",
        "targets": [
            GROUP,
            {
                **WEB,
                "description": "",
                "resource_type": "INSTANCE",
                "targets": [WEB["targets"][1], {"key": "tag:Patch Group", "values": ["shop", "web"]}],
            },
        ],
        "tasks": [
            {
                **INSTALL,
                "targets": [{"key": "windowtargetids", "values": ["group", "web"]}],
                "task_invocation_parameters": {
                    "run_command": {
                        **run,
                        "parameters": {"RebootOption": "NoReboot", "Operation": ["Install"]},
                        "notification_config": {
                            **run["notification_config"],
                            "notification_events": ["Failed", "Success"],
                        },
                    }
                },
            },
            {
                **TELL,
                "max_errors": "1",
                "task_invocation_parameters": {
                    "lambda": {"qualifier": "$LATEST", "payload": '{"a":1,  "window":"{{WINDOW_ID}}"}'}
                },
            },
        ],
        "replace": True,
    }
    again = modules.result(MODULE, **turned)
    assert again["diff"]["before"] == again["diff"]["after"]
    assert (again["changed"], again[KEY]) == (False, first[KEY])
    role = "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"
    window, task = first[KEY]["window_id"], named(first[KEY], "tasks")["tell"]["window_task_id"]
    ssm.update_maintenance_window_task(WindowId=window, WindowTaskId=task, ServiceRoleArn=role)
    assert not modules.result(MODULE, **turned)["changed"]


def test_what_is_returned_can_be_given_again(modules: Modules) -> None:
    window = modules.result(MODULE, **FULL)[KEY]
    options = without(window, ["next_execution_time", "created_date", "modified_date"])
    options = {**options, "schedule_offset": options["schedule_offset"] or 0}
    assert not modules.result(MODULE, **options)["changed"]


def test_what_has_no_name_is_known_by_what_it_does(modules: Modules) -> None:
    target, task = without(WEB, ["name"]), without(TELL, ["name"])
    options = {**BARE, "targets": [target], "tasks": [task]}
    first = modules.result(MODULE, **options)[KEY]
    changed = modules.result(
        MODULE,
        **SUNDAY,
        targets=[{**target, "name": "web", "owner_information": "us"}],
        tasks=[{**task, "name": "tell", "priority": 3}],
    )[KEY]
    assert [entry["window_target_id"] for entry in changed["targets"]] == [
        entry["window_target_id"] for entry in first["targets"]
    ]
    (kept,) = changed["tasks"]
    assert kept["window_task_id"] == first["tasks"][0]["window_task_id"]
    assert (kept["name"], kept["priority"]) == ("tell", 3)


def test_by_their_ids_everything_can_be_renamed(modules: Modules) -> None:
    first = modules.result(MODULE, **FULL)[KEY]
    target, task = named(first, "targets")["web"], named(first, "tasks")["tell"]
    renamed = modules.result(
        MODULE,
        window_id=first["window_id"],
        name="monday",
        targets=[{"window_target_id": target["window_target_id"], "name": "shop"}],
        purge_targets=False,
        tasks=[{"window_task_id": task["window_task_id"], "name": "say"}],
        purge_tasks=False,
    )[KEY]
    assert (renamed["name"], renamed["window_id"]) == ("monday", first["window_id"])
    assert named(renamed, "targets").keys() == {"shop", "group"}
    assert named(renamed, "tasks").keys() == {"install", "say"}
    assert named(renamed, "targets")["shop"] == {**target, "name": "shop"}
    assert named(renamed, "tasks")["install"] == named(first, "tasks")["install"]


def test_only_what_changes_is_sent_and_what_is_not_given_stays(modules: Modules, aws: Aws) -> None:
    first = modules.result(MODULE, **FULL)[KEY]
    aws.control(reset_counts=True)
    changed = modules.result(MODULE, **SUNDAY, tasks=[{"name": "tell", "priority": 2}], purge_tasks=False)[KEY]
    writes = {name: count for name, count in aws.status()["calls"].items() if "Update" in name or "egister" in name}
    assert writes == {"ssm:UpdateMaintenanceWindowTask": 1}
    assert named(changed, "tasks")["tell"] == {**named(first, "tasks")["tell"], "priority": 2}
    ignored = ("tasks", "modified_date")
    assert without(changed, ignored) == without(first, ignored)


def test_a_target_is_not_taken_from_under_a_task(modules: Modules) -> None:
    modules.result(MODULE, **FULL)
    refused = modules.failure(MODULE, **SUNDAY, targets=[WEB])
    assert refused["msg"] == (
        "Failed to change maintenance window 'sunday': target 'group' is not in targets any more, but task 'install' "
        "runs on it. Change the task too."
    )
    assert modules.failure(MODULE, **SUNDAY, targets=[WEB], tasks=[{"name": "install"}])["msg"] == refused["msg"]
    task = {"name": "install", "targets": [{"key": "WindowTargetIds", "values": ["web"]}]}
    window = modules.result(MODULE, **SUNDAY, targets=[WEB], tasks=[task], purge_tasks=False)[KEY]
    assert named(window, "targets").keys() == {"web"}


def test_nothing_is_left_of_a_window_that_could_not_be_made(modules: Modules, aws: Aws) -> None:
    aws.control(deny=["RegisterTaskWithMaintenanceWindow"])
    refused = modules.failure(MODULE, **FULL)
    assert refused["msg"].startswith("Failed to register task 'tell': User: ")
    assert refused["error_code"] == "AccessDeniedException"
    assert modules.result("ssm_maintenance_window_info")["maintenance_windows"] == []


def test_what_was_changed_before_is_back_when_a_later_call_fails(modules: Modules, aws: Aws) -> None:
    first = modules.result(MODULE, **FULL)[KEY]
    aws.control(deny=["RegisterTaskWithMaintenanceWindow"])
    new = {**TELL, "name": "new", "task_arn": f"{TELL['task_arn']}2"}
    other = {**GROUP, "name": "other"}
    modules.failure(
        MODULE,
        **SUNDAY,
        description="",
        targets=[{**WEB, "owner_information": ""}, other],
        purge_targets=False,
        tasks=[{**INSTALL, "priority": 7}, new],
        purge_tasks=False,
    )
    (found,) = modules.result("ssm_maintenance_window_info")["maintenance_windows"]
    assert without(found, ["modified_date"]) == without(first, ["modified_date"])


def test_throttled_calls_make_nothing_twice_and_reads_that_lag_are_waited_for(modules: Modules, aws: Aws) -> None:
    aws.control(
        failures=[{"operation": "RegisterTaskWithMaintenanceWindow", "code": "ThrottlingException", "times": 1}], lag=2
    )
    made = modules.result(MODULE, **FULL)[KEY]
    assert named(made, "tasks").keys() == {"install", "tell"}
    assert aws.status()["calls"]["ssm:RegisterTaskWithMaintenanceWindow"] == 3


@pytest.mark.parametrize(
    "operation",
    ["CreateMaintenanceWindow", "RegisterTargetWithMaintenanceWindow", "RegisterTaskWithMaintenanceWindow"],
)
def test_what_was_done_although_its_answer_got_lost_is_not_done_twice(
    modules: Modules, aws: Aws, operation: str
) -> None:
    lost = {"operation": operation, "code": "InternalServerError", "status": 500, "times": 1, "done": True}
    aws.control(failures=[lost])
    made = modules.result(MODULE, **FULL)[KEY]
    assert modules.result("ssm_maintenance_window_info")["maintenance_windows"] == [made]
    assert (len(made["targets"]), len(made["tasks"])) == (2, 2)


def test_a_schedule_that_aws_has_taken_is_not_judged_again(modules: Modules, ssm: Any, aws: Aws) -> None:
    ssm.create_maintenance_window(
        Name="sunday", Schedule="at(2020-01-01T00:00:00)", Duration=2, Cutoff=0, AllowUnassociatedTargets=False
    )
    ssm.update_maintenance_window(
        WindowId=ssm.describe_maintenance_windows()["WindowIdentities"][0]["WindowId"],
        StartDate="2026-01-01T00:00:00Z",  # from when on it does not come any more
    )
    assert modules.result(MODULE, **SUNDAY, duration=3)["changed"]
    assert "never runs" in modules.failure(MODULE, **SUNDAY, end_date="2027-01-01T00:00:00Z")["msg"]


def test_a_name_that_several_windows_have_needs_the_id(modules: Modules, ssm: Any) -> None:
    made = modules.result(MODULE, **BARE)[KEY]
    modules.result(MODULE, **{**BARE, "name": "sunday-2"})  # the filter of the API takes it too
    assert not modules.result(MODULE, **BARE)["changed"]
    other = ssm.create_maintenance_window(
        Name="sunday", Schedule="rate(1 day)", Duration=2, Cutoff=0, AllowUnassociatedTargets=False
    )["WindowId"]
    refused = modules.failure(MODULE, **BARE)["msg"]
    assert refused.endswith("Set window_id.")
    assert made["window_id"] in refused
    assert other in refused
    modules.result(MODULE, window_id=other, state="absent")
    assert not modules.result(MODULE, **BARE)["changed"]


K = {**INSTALL, "targets": [{"key": "WindowTargetIds", "values": ["web"]}]}
REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": "sunday"}, ["a window needs schedule and duration and cutoff"]),
    ({**BARE, "name": "no name"}, ["'no name'", "3 to 128"]),
    ({**BARE, "schedule": "rate(5 hour)"}, ["schedule 'rate(5 hour)'", "Write rate(5 hours)"]),
    ({**BARE, "schedule": "cron(0 2 * * SUN *)"}, ["schedule 'cron(0 2 * * SUN *)'"]),
    ({**BARE, "schedule": "rate(1 minute)"}, ["5 min"]),
    ({**BARE, "schedule": "rate(1 day)", "schedule_offset": 2}, ["offset"]),
    ({**BARE, "schedule_timezone": "Mars/Olympus"}, ["Mars/Olympus", "IANA"]),
    ({**BARE, "start_date": "tomorrow"}, ["start_date 'tomorrow'", "2026-07-01T00:00:00Z"]),
    ({**BARE, "start_date": "2026-07-01T00:00:00"}, ["no UTC offset"]),
    ({**BARE, "cutoff": 4}, ["cutoff is 4, not 0 to 3 hours"]),
    ({**BARE, "duration": 25}, ["duration is 25, not 1 to 24 hours"]),
    ({"window_id": "mw-0123456789abcdef0"}, ["Failed to find maintenance window 'mw-0123456789abcdef0'"]),
    ({"schedule": "rate(1 day)"}, ["one of the following is required: name, window_id"]),
    ({**BARE, "targets": [{"name": "web"}]}, ["targets[0]: a target needs targets"]),
    ({**BARE, "targets": [WEB, WEB]}, ["targets[1]: targets[0] has the name 'web' too"]),
    ({**BARE, "targets": [without(WEB, ["name"])] * 2}, ["targets[1]: targets[0] has no name and does the same too"]),
    ({**BARE, "targets": [{**WEB, "window_target_id": "x"}]}, ["targets[0]: there is no target 'x'"]),
    ({**BARE, "tasks": [{"name": "x"}]}, ["tasks[0]: a task needs task_type and task_arn"]),
    ({**BARE, "tasks": [INSTALL]}, ["tasks[0]: the window has no target 'web'"]),
    (
        {**BARE, "tasks": [{**INSTALL, "targets": [{"key": "InstanceIds", "values": ["mi-0123456789abcdef0"]}]}]},
        ["tasks[0]: the window allows its own targets only, not InstanceIds", "set allow_unassociated_targets"],
    ),
    ({**BARE, "tasks": [without(INSTALL, ["targets"])]}, ["tasks[0]: a task of the type RUN_COMMAND needs targets"]),
    ({**BARE, "tasks": [without(INSTALL, ["max_errors"])]}, ["tasks[0]: a task with targets needs max_errors"]),
    ({**BARE, "tasks": [{**TELL, "max_errors": "5%"}]}, ["tasks[0]: max_errors need targets"]),
    ({**BARE, "targets": [{**WEB, "name": "a"}]}, ["Failed to register target 'a': Name cannot be 'a'"]),
    ({**BARE, "targets": [{**WEB, "targets": [{"key": "tag:x", "values": []}]}]}, ["matches nothing"]),
    (
        {**BARE, "targets": [WEB], "tasks": [{**K, "max_concurrency": "0"}]},
        ["Failed to register task 'install': MaxConcurrency cannot be '0'"],
    ),
    ({**BARE, "tags": {"": "x"}}, ["Tags[0].Key cannot be ''"]),
    ({**BARE, "name": ""}, ["Failed to read name: it is empty."]),
    (
        {**BARE, "tasks": [{**TELL, "task_invocation_parameters": {"automation": {"document_version": "1"}}}]},
        ["tasks[0]: task_invocation_parameters.automation is not for", "Use lambda instead"],
    ),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_is_refused_with_its_place_before_aws_is_asked(
    modules: Modules, aws: Aws, options: dict[str, Any], words: list[str]
) -> None:
    message = modules.failure(MODULE, check=True, **options)["msg"]
    assert [word for word in words if word not in message] == [], message
    assert "ssm:CreateMaintenanceWindow" not in aws.status()["calls"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"targets": [{**WEB, "resource_type": "RESOURCE_GROUP"}]}, ["targets[0]", "INSTANCE", "cannot be changed"]),
        ({"tasks": [{**TELL, "task_type": "STEP_FUNCTIONS"}]}, ["tasks[0]", "LAMBDA", "cannot be changed"]),
    ],
)
def test_what_is_fixed_is_not_changed(modules: Modules, options: dict[str, Any], words: list[str]) -> None:
    modules.result(MODULE, **FULL)
    message = modules.failure(MODULE, **SUNDAY, **options)["msg"]
    assert [word for word in words if word not in message] == [], message


def test_two_entries_cannot_mean_the_same(modules: Modules) -> None:
    target = named(modules.result(MODULE, **FULL)[KEY], "targets")["web"]
    options = [{"window_target_id": target["window_target_id"], "name": "x"}, WEB]
    message = modules.failure(MODULE, **SUNDAY, targets=options)["msg"]
    assert "targets[1]: it means the same target as targets[0]" in message


def test_information_has_the_shape_of_the_module_with_what_comes_and_what_ran(modules: Modules, aws: Aws) -> None:
    info = "ssm_maintenance_window_info"
    node = aws.seed(nodes=[{"Tags": {"Patch Group": "web"}}])[0]
    aws.control(now=datetime(2026, 6, 1, tzinfo=timezone.utc).timestamp())
    scan = {"run_command": {"parameters": {"Operation": "Scan"}}}
    web = {**WEB, "targets": WEB["targets"][:1]}
    task = {
        **INSTALL,
        "targets": [{"key": "WindowTargetIds", "values": ["web"]}],
        "task_invocation_parameters": scan,
        "alarm_configuration": None,
    }
    made = modules.result(MODULE, **BARE, targets=[web], tasks=[task])[KEY]
    modules.result(MODULE, **{**BARE, "name": "other", "enabled": False})
    aws.control(run_windows={"windows": [made["window_id"]]})
    everything: dict[str, Any] = {"next_executions": 2, "executions": True, "executed_after": "2026-05-31T00:00:00Z"}
    contains = documentation_of(MODULE)["RETURN"][KEY]["contains"]
    documented = documentation_of(info)["RETURN"]["maintenance_windows"]["contains"]
    assert list(contains) == list(made)
    for option in ("targets", "tasks"):
        assert list(contains[option]["contains"]) == list(made[option][0])
    (found,) = modules.result(info, name="sunday", **everything)["maintenance_windows"]
    assert {key: documented[key] for key in contains} == contains
    assert list(documented) == list(found)
    assert {key: found[key] for key in made} == made
    times = [entry["execution_time"] for entry in found["scheduled_window_executions"]]
    assert times == ["2026-06-07T02:00:00Z", "2026-06-14T02:00:00Z"]
    (execution,) = found["window_executions"]
    ((ran,), said) = execution["tasks"], documented["window_executions"]["contains"]
    (invocation,) = ran["invocations"]
    assert (execution["status"], ran["task_arn"]) == ("SUCCESS", "AWS-RunPatchBaseline")
    assert (invocation["owner_information"], invocation["window_target_id"]) == (
        "team web",
        made["targets"][0]["window_target_id"],
    )
    assert execution.keys() <= said.keys()
    assert ran.keys() <= said["tasks"]["contains"].keys()
    assert invocation.keys() <= said["tasks"]["contains"]["invocations"]["contains"].keys()
    concerned = modules.result(info, targets=[{"key": "InstanceIds", "values": [node]}])
    assert [view["name"] for view in concerned["maintenance_windows"]] == ["sunday"]
    closed = modules.result(info, enabled=False)
    assert [view["name"] for view in closed["maintenance_windows"]] == ["other"]
    later = modules.result(info, name="sunday", executions=True, executed_after="2026-06-02T00:00:00Z")
    assert later["maintenance_windows"][0]["window_executions"] == []
    assert modules.result(info, name="sun")["maintenance_windows"] == []


def test_a_target_that_somebody_else_uses_meanwhile_is_not_taken_away(modules: Modules, aws: Aws) -> None:
    made = modules.result(MODULE, **BARE, targets=[WEB])[KEY]
    target = made["targets"][0]["window_target_id"]
    aws.control(lag=100)
    aws.client().register_task_with_maintenance_window(
        WindowId=made["window_id"],
        Targets=[{"Key": "WindowTargetIds", "Values": [target]}],
        TaskArn="AWS-RunPatchBaseline",
        TaskType="RUN_COMMAND",
        MaxConcurrency="1",
        MaxErrors="1",
    )
    refused = modules.failure(MODULE, **SUNDAY, targets=[])
    assert refused["error_code"] == "TargetInUseException"


@pytest.mark.parametrize("option", ["executed_after", "executed_before"])
def test_a_time_that_is_none_is_refused(modules: Modules, option: str) -> None:
    modules.result(MODULE, **BARE)
    refused = modules.failure("ssm_maintenance_window_info", executions=True, **{option: "yesterday"})["msg"]
    assert refused == f"Failed to read {option}: 'yesterday' is no time. Write it as 2026-07-01T00:00:00Z."
    (found,) = modules.result("ssm_maintenance_window_info", next_executions=-1)["maintenance_windows"]
    assert "scheduled_window_executions" not in found
