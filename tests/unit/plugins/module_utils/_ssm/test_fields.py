# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.associations import ASSOCIATION
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    Fields,
    changed_fields,
    defaults_of,
    keep_equal,
    normalise_fields,
    read_fields,
    settle,
    settle_json,
    take_alarms,
    take_fields,
    take_parameters,
    take_targets,
    write_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_targets import TARGETS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_tasks import TASKS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.windows import WINDOW


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ["x", "y"]}, {"a": ["y", "x", "x"]}),
        (
            [{"key": "a", "values": ["1", "2"]}, {"key": "b", "values": []}],
            [{"key": "b"}, {"values": ["2", "1"], "key": "a"}],
        ),
        ({"a": "", "b": None, "c": [], "d": {}, "e": False}, {}),
        ({"a": {"b": {"c": ""}}}, {}),
    ],
)
def test_what_means_the_same_is_equal(one: Any, other: Any) -> None:
    assert settle(one) == settle(other) == settle(settle(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ["x"]}, {"a": ["x", "y"]}),
        ({"a": 0}, {}),
        ({"a": True}, {}),
        ({"parameters": {"commands": ["x", "y"]}}, {"parameters": {"commands": ["y", "x"]}}),
        ({"parameters": {"commands": ["x", "x"]}}, {"parameters": {"commands": ["x"]}}),
    ],
)
def test_what_means_something_else_is_not(one: Any, other: Any) -> None:
    assert settle(one) != settle(other)


@pytest.mark.parametrize("fields", [WINDOW, TARGETS.fields, TASKS.fields, ASSOCIATION])
def test_a_resource_of_which_nothing_is_said_has_every_field_and_sends_what_has_a_value(fields: Fields) -> None:
    view = read_fields(fields, {})
    assert view == defaults_of(fields)
    assert list(view) == [field.name for field in fields]
    assert read_fields(fields, write_fields(fields, view)) == view
    assert changed_fields(fields, view, read_fields(fields, {})) == []


def test_defaults_are_not_shared() -> None:
    defaults_of(ASSOCIATION)["targets"].append("x")
    assert defaults_of(ASSOCIATION)["targets"] == []


def test_parameters_are_lists_of_texts() -> None:
    given = {"Operation": "Scan", "commands": ["a", 1], "wait": True, "size": 600, "none": None}
    assert take_parameters(given) == {
        "Operation": ["Scan"],
        "commands": ["a", "1"],
        "wait": ["true"],
        "size": ["600"],
    }


def test_keys_of_documents_stay_as_they_are_on_the_way() -> None:
    view = take_fields(ASSOCIATION, {"parameters": {"myOwn_KEY": "x"}, "target_maps": [{"InstanceId_x": "i-1"}]})
    request = write_fields(ASSOCIATION, defaults_of(ASSOCIATION) | view, ["parameters", "target_maps"])
    assert request == {"Parameters": {"myOwn_KEY": ["x"]}, "TargetMaps": [{"InstanceId_x": ["i-1"]}]}
    assert read_fields(ASSOCIATION, request)["parameters"] == {"myOwn_KEY": ["x"]}
    task = take_fields(TASKS.fields, {"task_invocation_parameters": {"automation": {"parameters": {"a_B": "x"}}}})
    request = write_fields(TASKS.fields, defaults_of(TASKS.fields) | task, ["task_invocation_parameters"])
    assert request == {"TaskInvocationParameters": {"Automation": {"Parameters": {"a_B": ["x"]}}}}


def test_payloads_are_bytes_on_the_way_and_compared_as_json() -> None:
    options = {"lambda": {"payload": '{"a": 1, "b": "ü"}', "qualifier": None}, "run_command": None}
    view = take_fields(TASKS.fields, {"task_invocation_parameters": options})
    full = defaults_of(TASKS.fields) | view
    request = write_fields(TASKS.fields, full, ["task_invocation_parameters"])
    assert request == {"TaskInvocationParameters": {"Lambda": {"Payload": '{"a": 1, "b": "ü"}'.encode()}}}
    assert read_fields(TASKS.fields, request)["task_invocation_parameters"] == view["task_invocation_parameters"]
    other = {"task_invocation_parameters": {"lambda": {"payload": '{"b":"ü","a":1}'}}}
    assert normalise_fields(TASKS.fields, full | other) == normalise_fields(TASKS.fields, full)
    assert settle_json("no json") == "no json"


def test_what_is_equal_stays_as_it_is_spelled() -> None:
    before = defaults_of(WINDOW) | {"start_date": "2026-01-01T01:00:00+01:00", "description": "a"}
    after = before | {"start_date": "2026-01-01T00:00:00Z", "description": "b", "schedule_timezone": "UTC"}
    assert changed_fields(WINDOW, before, after) == ["description"]
    assert keep_equal(WINDOW, before, after) == before | {"description": "b"}


def test_spellings_that_the_api_takes_too_are_its_own() -> None:
    assert take_targets([{"key": "instanceids", "values": ["i-1"]}, {"key": "tag:a", "values": ["b"]}]) == [
        {"key": "InstanceIds", "values": ["i-1"]},
        {"key": "tag:a", "values": ["b"]},
    ]


@pytest.mark.parametrize("target", [{"key": "tag:a", "values": []}, {"key": "", "values": ["b"]}, {"key": "tag:a"}])
def test_a_target_that_matches_nothing_is_refused(target: dict[str, Any]) -> None:
    with pytest.raises(StateError, match="matches nothing"):
        take_targets([{"key": "tag:b", "values": ["c"]}, target])


def test_what_is_given_empty_is_the_default() -> None:
    given = {"document_version": "", "association_name": "", "calendar_names": [], "duration": 0}
    taken = take_fields(ASSOCIATION, given)
    assert taken == {"document_version": "$DEFAULT", "association_name": "", "calendar_names": [], "duration": None}


def test_an_alarm_without_a_name_is_none() -> None:
    assert take_alarms({"alarms": [], "ignore_poll_alarm_failure": False}) == {}
    assert take_alarms({"alarms": [{"name": "a"}]}) == {"alarms": [{"name": "a"}]}


def test_an_automation_on_nothing_has_no_targets() -> None:
    answer = {"Targets": [{"Key": "aws:NoOpAutomationTag", "Values": ["AWS-NoOpAutomationTarget-Value"]}]}
    assert read_fields(ASSOCIATION, answer)["targets"] == []
