# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import datetime, timezone
from itertools import islice
from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of
from tests.aws.schedules import BadSchedule, check_schedule, next_times

_WINDOW = {
    "Name": "nightly",
    "Schedule": "cron(0 2 ? * SUN *)",
    "Duration": 3,
    "Cutoff": 1,
    "AllowUnassociatedTargets": False,
}
_MISSING = {"Title": "a", "KBId": "openssl", "Classification": "Security", "Severity": "Important", "State": "Missing"}


def _make(ssm: Any, **more: Any) -> str:
    return str(ssm.create_maintenance_window(**(_WINDOW | more))["WindowId"])


def _target(ssm: Any, window: str, *nodes: str, **more: Any) -> str:
    targets = [{"Key": "InstanceIds", "Values": list(nodes)}]
    given = {"WindowId": window, "ResourceType": "INSTANCE", "Targets": targets} | more
    return str(ssm.register_target_with_maintenance_window(**given)["WindowTargetId"])


def _task(ssm: Any, window: str, target: str, **more: Any) -> str:
    given = {
        "WindowId": window,
        "TaskArn": "AWS-RunPatchBaseline",
        "TaskType": "RUN_COMMAND",
        "Targets": [{"Key": "WindowTargetIds", "Values": [target]}],
        "MaxConcurrency": "10%",
        "MaxErrors": "0",
        "TaskInvocationParameters": {"RunCommand": {"Parameters": {"Operation": ["Install"]}}},
    }
    return str(ssm.register_task_with_maintenance_window(**(given | more))["WindowTaskId"])


def test_a_window_tells_its_next_execution(aws: Aws, ssm: Any) -> None:
    aws.control(now=datetime(2025, 6, 1, tzinfo=timezone.utc).timestamp())  # a Sunday
    window = _make(ssm, ScheduleTimezone="Europe/Berlin")
    assert ssm.get_maintenance_window(WindowId=window)["NextExecutionTime"] == "2025-06-08T00:00:00Z"
    coming = ssm.describe_maintenance_window_schedule(WindowId=window, MaxResults=2)["ScheduledWindowExecutions"]
    assert [entry["ExecutionTime"] for entry in coming] == ["2025-06-08T00:00:00Z", "2025-06-15T00:00:00Z"]
    ssm.update_maintenance_window(WindowId=window, Enabled=False)
    assert "NextExecutionTime" not in ssm.get_maintenance_window(WindowId=window)


def test_an_update_keeps_what_it_does_not_name_unless_it_replaces(ssm: Any) -> None:
    window = _make(ssm, Description="Ours")
    changed = ssm.update_maintenance_window(WindowId=window, Duration=5)
    assert (changed["Description"], changed["Duration"]) == ("Ours", 5)
    assert code_of(ssm.update_maintenance_window, WindowId=window, Replace=True, Duration=5) == "ValidationException"
    assert "Description" not in ssm.update_maintenance_window(WindowId=window, Replace=True, **_WINDOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Cutoff": 3},
        {"Duration": 25},
        {"Schedule": "daily"},
        {"Schedule": "cron(0 2 * * SUN *)"},
        {"Schedule": "rate(1 hours)"},
        {"ScheduleTimezone": "Mars/Olympus"},
        {"Schedule": "rate(1 day)", "ScheduleOffset": 2},
        {"StartDate": "tomorrow"},
    ],
)
def test_a_window_that_could_not_open_is_refused(ssm: Any, wrong: dict[str, Any]) -> None:
    assert code_of(ssm.create_maintenance_window, **(_WINDOW | wrong)) == "ValidationException"


def test_tokens_limits_and_pages_of_windows(ssm: Any) -> None:
    first, second = (_make(ssm, ClientToken="one") for _unused in range(2))
    assert first == second
    again = code_of(ssm.create_maintenance_window, **(_WINDOW | {"Duration": 9}), ClientToken="one")
    assert again == "IdempotentParameterMismatch"
    for number in range(49):
        _make(ssm, Name=f"w-{number}")
    assert code_of(ssm.create_maintenance_window, **_WINDOW) == "ResourceLimitExceededException"
    pages = ssm.get_paginator("describe_maintenance_windows").paginate(PaginationConfig={"PageSize": 20})
    assert [len(page["WindowIdentities"]) for page in pages] == [20, 20, 10]
    assert code_of(ssm.describe_maintenance_windows, MaxResults=9) == "ValidationException"
    named = ssm.describe_maintenance_windows(Filters=[{"Key": "Name", "Values": ["w-7"]}])
    assert len(named["WindowIdentities"]) == 1


def test_targets_are_registered_changed_and_kept_while_in_use(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    window = _make(ssm)
    target = _target(ssm, window, node, OwnerInformation="us")
    task = _task(ssm, window, target)
    ssm.update_maintenance_window_target(WindowId=window, WindowTargetId=target, Name="web")
    [found] = ssm.describe_maintenance_window_targets(WindowId=window)["Targets"]
    assert (found["Name"], found["OwnerInformation"], found["ResourceType"]) == ("web", "us", "INSTANCE")
    where = {"WindowId": window, "WindowTargetId": target}
    assert code_of(ssm.deregister_target_from_maintenance_window, **where, Safe=True) == "TargetInUseException"
    ssm.deregister_task_from_maintenance_window(WindowId=window, WindowTaskId=task)
    ssm.deregister_target_from_maintenance_window(**where, Safe=True)
    assert code_of(ssm.deregister_target_from_maintenance_window, **where) == "DoesNotExistException"


def test_a_node_knows_its_windows(aws: Aws, ssm: Any) -> None:
    node, other = aws.seed(count=2)
    window = _make(ssm)
    _target(ssm, window, node)
    asked = {"ResourceType": "INSTANCE"}
    mine = ssm.describe_maintenance_windows_for_target(Targets=[{"Key": "InstanceIds", "Values": [node]}], **asked)
    assert mine["WindowIdentities"] == [{"WindowId": window, "Name": "nightly"}]
    none = ssm.describe_maintenance_windows_for_target(Targets=[{"Key": "InstanceIds", "Values": [other]}], **asked)
    assert none["WindowIdentities"] == []


def test_a_task_needs_rate_control_and_registered_targets(aws: Aws, ssm: Any) -> None:
    window = _make(ssm)
    target = _target(ssm, window, *aws.seed(count=1))
    given = {"WindowId": window, "TaskArn": "AWS-RunPatchBaseline", "TaskType": "RUN_COMMAND"}
    registered = [{"Key": "WindowTargetIds", "Values": [target]}]
    assert code_of(ssm.register_task_with_maintenance_window, **given) == "ValidationException"
    assert code_of(ssm.register_task_with_maintenance_window, **given, Targets=registered) == "ValidationException"
    loose = {"Targets": [{"Key": "tag:A", "Values": ["b"]}], "MaxConcurrency": "1", "MaxErrors": "1"}
    assert code_of(ssm.register_task_with_maintenance_window, **given, **loose) == "ValidationException"
    task = _task(ssm, window, target, Priority=3)
    changed = ssm.update_maintenance_window_task(WindowId=window, WindowTaskId=task, MaxErrors="5%")
    assert (changed["MaxErrors"], changed["MaxConcurrency"], changed["Priority"]) == ("5%", "10%", 3)
    found = ssm.get_maintenance_window_task(WindowId=window, WindowTaskId=task)
    assert (found["TaskType"], found["CutoffBehavior"]) == ("RUN_COMMAND", "CONTINUE_TASK")
    [listed] = ssm.describe_maintenance_window_tasks(WindowId=window, Filters=[{"Key": "Priority", "Values": ["3"]}])[
        "Tasks"
    ]
    assert listed["WindowTaskId"] == task


def test_a_window_that_runs_installs_and_tells_of_it(aws: Aws, ssm: Any) -> None:
    node = aws.seed(nodes=[{"Patches": [_MISSING]}])[0]
    window = _make(ssm)
    _task(ssm, window, _target(ssm, window, node, OwnerInformation="us"))
    [execution] = aws.control(run_windows={"windows": [window]})["executions"]
    assert ssm.get_maintenance_window_execution(WindowExecutionId=execution)["Status"] == "SUCCESS"
    [seen] = ssm.describe_maintenance_window_executions(WindowId=window)["WindowExecutions"]
    assert seen["WindowExecutionId"] == execution
    tasks = ssm.describe_maintenance_window_execution_tasks(WindowExecutionId=execution)
    task = tasks["WindowExecutionTaskIdentities"][0]["TaskExecutionId"]
    where = {"WindowExecutionId": execution, "TaskId": task}
    assert ssm.get_maintenance_window_execution_task(**where)["TaskArn"] == "AWS-RunPatchBaseline"
    found = ssm.describe_maintenance_window_execution_task_invocations(**where)
    [invocation] = found["WindowExecutionTaskInvocationIdentities"]
    assert invocation["OwnerInformation"] == "us"
    command = ssm.list_command_invocations(CommandId=invocation["ExecutionId"])["CommandInvocations"]
    assert [entry["InstanceId"] for entry in command] == [node]
    [state] = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert (state["Operation"], state["MissingCount"], state["InstalledCount"]) == ("Install", 0, 1)
    ssm.delete_maintenance_window(WindowId=window)
    assert code_of(ssm.get_maintenance_window, WindowId=window) == "DoesNotExistException"
    assert code_of(ssm.delete_maintenance_window, WindowId=window) == ""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 1 * * ? *)", ["2025-06-01T01:00", "2025-06-02T01:00"]),
        ("cron(0 2 ? * SAT#1 *)", ["2025-06-07T02:00", "2025-07-05T02:00"]),
        ("cron(30 23 ? * TUE#3 *)", ["2025-06-17T23:30", "2025-07-15T23:30"]),
        ("cron(15 10 ? * 6L *)", ["2025-06-27T10:15", "2025-07-25T10:15"]),
        ("cron(0 2 L * ? *)", ["2025-06-30T02:00", "2025-07-31T02:00"]),
        ("cron(0 2 15W * ? *)", ["2025-06-16T02:00", "2025-07-15T02:00"]),
        ("cron(15 10 ? * MON-FRI *)", ["2025-06-02T10:15", "2025-06-03T10:15"]),
        ("cron(0 */30 * * * ? *)", ["2025-06-01T00:30", "2025-06-01T01:00"]),
        ("cron(0 0 1 JAN,JUL ? 2025/2)", ["2025-07-01T00:00", "2027-01-01T00:00"]),
        ("rate(7 days)", ["2025-06-08T00:00", "2025-06-15T00:00"]),
        ("at(2026-07-07T15:55:00)", ["2026-07-07T15:55"]),
    ],
)
def test_schedules_come_when_they_say(expression: str, expected: list[str]) -> None:
    after = datetime(2025, 6, 1, tzinfo=timezone.utc)  # a Sunday
    check_schedule(expression)
    found = islice(next_times(expression, after), 2)
    assert [moment.strftime("%Y-%m-%dT%H:%M") for moment in found] == expected


@pytest.mark.parametrize("wrong", ["rate(5 hour)", "rate(0 days)", "rate(2 minutes)", "cron(0 2 ? * ? *)", "at(now)"])
def test_what_is_no_schedule_is_refused(wrong: str) -> None:
    with pytest.raises(BadSchedule):
        check_schedule(wrong)


@pytest.mark.parametrize(
    "wrong",
    ["rate(15 minutes)", "rate(31 days)", "cron(0 2 ? * MON-FRI *)", "cron(0 2 1 JUN ? *)", "cron(5 0 2 ? * SUN *)"],
)
def test_associations_take_less(wrong: str) -> None:
    check_schedule(wrong)
    with pytest.raises(BadSchedule):
        check_schedule(wrong, for_association=True)
