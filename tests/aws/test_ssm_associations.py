# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.api_fields import missing_options, spec_of
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules, without

__all__ = ["modules"]

MODULE, INFO, KEY = "ssm_association", "ssm_association_info", "association"
GENERATED = (
    "association_id",
    "instance_id",
    "overview",
    "status",
    "last_execution_date",
    "last_successful_execution_date",
    "date",
    "last_update_association_date",
)
NIGHTLY: dict[str, Any] = {"association_name": "nightly"}
SCAN: dict[str, Any] = {
    **NIGHTLY,
    "name": "AWS-RunPatchBaseline",
    "parameters": {"Operation": ["Scan"]},
    "targets": [{"key": "tag:Patch Group", "values": ["web"]}],
}
FULL: dict[str, Any] = {
    **SCAN,
    "document_version": "$LATEST",
    "parameters": {"Operation": ["Install"], "RebootOption": ["NoReboot"]},
    "targets": [{"key": "tag:Patch Group", "values": ["web", "shop"]}, {"key": "tag:Stage", "values": ["test"]}],
    "target_locations": [
        {
            "accounts": ["123456789012", "210987654321"],
            "regions": ["us-east-1"],
            "target_location_max_concurrency": "1",
            "target_location_max_errors": "10%",
            "execution_role_name": "patching",
            "targets_max_concurrency": "5",
        },
        {"accounts": ["ou-abcd-12345678"], "regions": ["eu-west-1"], "include_child_organization_units": True},
    ],
    "schedule_expression": "cron(0 2 ? * SUN *)",
    "schedule_offset": 2,
    "apply_only_at_cron_interval": True,
    "duration": 3,
    "calendar_names": ["working-hours", "holidays"],
    "max_concurrency": "10%",
    "max_errors": "5%",
    "compliance_severity": "HIGH",
    "sync_compliance": "MANUAL",
    "output_location": {
        "s3_location": {
            "output_s3_region": "us-east-1",
            "output_s3_bucket_name": "logs",
            "output_s3_key_prefix": "associations",
        }
    },
    "alarm_configuration": {"alarms": [{"name": "errors"}], "ignore_poll_alarm_failure": True},
    "tags": {"team": "web", "cost centre": "7"},
}
WAITING = {**SCAN, "schedule_expression": "cron(0 2 ? * SUN *)", "apply_only_at_cron_interval": True}


def test_an_association_holds_to_the_matrix(modules: Modules) -> None:
    change: dict[str, Any] = {
        "parameters": {"Operation": ["Scan"]},
        "schedule_offset": 0,
        "duration": 0,
        "calendar_names": [],
        "max_errors": "",
        "output_location": {},
        "alarm_configuration": {"alarms": []},
        "compliance_severity": "LOW",
        "target_locations": FULL["target_locations"][1:],
        "tags": {"team": "shop"},
    }
    seen = {**change, "schedule_offset": None, "duration": None, "alarm_configuration": {}, "association_version": "2"}
    bare = {
        "max_concurrency": "",
        "schedule_expression": "",
        "target_locations": [],
        "compliance_severity": "UNSPECIFIED",
    }
    hold_to_matrix(
        modules,
        MODULE,
        KEY,
        [
            Case("create", FULL, FULL),
            Case("change", {**NIGHTLY, **change}, {**FULL, **seen}),
            Case(
                "replace",
                {**SCAN, "replace": True},
                {**SCAN, **bare, "document_version": "$DEFAULT", "tags": {"team": "shop"}},
            ),
            Case("delete", {**NIGHTLY, "state": "absent"}, {}),
        ],
        GENERATED,
    )


@pytest.mark.parametrize("operation", ["CreateAssociation", "UpdateAssociation"])
def test_every_field_of_the_api_is_an_option(operation: str) -> None:
    # Targets take the place of the one instance of the old form; a dictionary instead of tags; the version is its own.
    ignored = {"instance_id", "tags", "association_version"}
    assert missing_options(operation, spec_of(MODULE), ignored) == []


def test_an_automation_takes_its_targets_by_maps(modules: Modules, aws: Aws) -> None:
    (node,) = aws.seed(nodes=[{"InstanceId": "i-0123456789abcdef0"}])
    options: dict[str, Any] = {
        **NIGHTLY,
        "name": "AWS-PatchAsgInstance",
        "parameters": {"InstanceId": node},
        "automation_target_parameter_name": "InstanceId",
        "target_maps": [{"InstanceId": [node]}],
        "association_dispatch_assume_role": "arn:aws:iam::123456789012:role/dispatch",
        "schedule_expression": "cron(0 0 0/4 1/1 * ? *)",
    }
    made, again = modules.result(MODULE, **options), modules.result(MODULE, **options)
    assert (made["changed"], again["changed"]) == (True, False)
    assert {key: made[KEY][key] for key in options} == {**options, "parameters": {"InstanceId": [node]}}


def test_order_spelling_and_defaults_make_no_difference(modules: Modules) -> None:
    first = modules.result(MODULE, **FULL)
    locations = FULL["target_locations"]
    turned = {
        **FULL,
        "parameters": {"RebootOption": "NoReboot", "Operation": "Install"},
        "targets": [FULL["targets"][1], {"key": "tag:Patch Group", "values": ["shop", "web"]}],
        "target_locations": [
            locations[1],
            {
                **locations[0],
                "accounts": ["210987654321", "123456789012"],
                "include_child_organization_units": False,
            },
        ],
        "calendar_names": ["holidays", "working-hours"],
        "replace": True,
    }
    again = modules.result(MODULE, **turned)
    assert again["diff"]["before"] == again["diff"]["after"]
    assert (again["changed"], again[KEY]) == (False, first[KEY])
    plain = {**SCAN, "association_name": "plain"}
    modules.result(MODULE, **plain)
    defaults: dict[str, Any] = {
        "document_version": "$DEFAULT",
        "compliance_severity": "UNSPECIFIED",
        "sync_compliance": "AUTO",
        "apply_only_at_cron_interval": False,
        "max_errors": "",
        "calendar_names": [],
        "replace": True,
    }
    assert not modules.result(MODULE, **plain, **defaults)["changed"]
    assert not modules.result(MODULE, **plain, document_version="")["changed"]


def test_the_order_of_the_values_of_a_parameter_counts(modules: Modules, ssm: Any) -> None:
    content = '{"schemaVersion": "2.2", "description": "x", "parameters": {"commands": {"type": "StringList"}}}'
    ssm.create_document(Name="run-these", Content=content, DocumentType="Command")
    options = {**SCAN, "name": "run-these", "apply_only_at_cron_interval": False}
    modules.result(MODULE, **{**options, "parameters": {"commands": ["one", "two"]}})
    changed = modules.result(MODULE, **{**options, "parameters": {"commands": ["two", "one"]}})
    assert changed["changed"]
    assert changed[KEY]["parameters"] == {"commands": ["two", "one"]}


def test_what_is_not_given_stays_although_a_change_of_aws_would_take_it(modules: Modules) -> None:
    made, changed = modules.result(MODULE, **FULL), modules.result(MODULE, **NIGHTLY, max_errors="7")
    ignored = ("association_version", "last_update_association_date")
    assert without(changed[KEY], ignored) == without({**made[KEY], "max_errors": "7"}, ignored)
    assert changed[KEY]["association_version"] == "2"


def test_what_is_returned_can_be_given_again(modules: Modules) -> None:
    made = modules.result(MODULE, **FULL)[KEY]
    options = without(made, [*GENERATED[1:], "association_version"])
    assert not modules.result(MODULE, **options)["changed"]


def test_by_its_id_an_association_can_be_renamed_and_one_of_the_old_form_be_changed(modules: Modules, aws: Aws) -> None:
    made = modules.result(MODULE, **SCAN)[KEY]
    renamed = modules.result(MODULE, association_id=made["association_id"], association_name="daily")[KEY]
    assert (renamed["association_name"], renamed["association_id"]) == ("daily", made["association_id"])
    node = aws.seed(count=1)[0]
    old = aws.client().create_association(
        Name="AWS-RunPatchBaseline", InstanceId=node, Parameters={"Operation": ["Scan"]}
    )["AssociationDescription"]["AssociationId"]
    changed = modules.result(MODULE, association_id=old, compliance_severity="LOW")[KEY]
    assert changed["targets"] == [{"key": "InstanceIds", "values": [node]}]
    assert changed["compliance_severity"] == "LOW"


def executions(modules: Modules, name: str = "nightly") -> int:
    (found,) = modules.result(INFO, association_name=name, executions=True)["associations"]
    return len(found["association_executions"])


def test_now_means_once_and_each_time(modules: Modules) -> None:
    modules.result(MODULE, **SCAN, apply_now=True)
    assert executions(modules) == 1  # AWS does it when it is created
    predicted, done = (modules.result(MODULE, check=check, **SCAN, apply_now=True) for check in (True, False))
    assert (predicted["changed"], done["changed"]) == (True, True)
    assert predicted["diff"] == done["diff"]
    assert executions(modules) == 2
    modules.result(MODULE, **SCAN, max_errors="3", apply_now=True)
    assert executions(modules) == 3
    assert not modules.result(MODULE, **SCAN, max_errors="3")["changed"]
    assert executions(modules) == 3


def test_what_waits_for_its_time_runs_now_only_if_asked(modules: Modules) -> None:
    waiting = {**WAITING, "association_name": "weekly"}
    modules.result(MODULE, **waiting)
    assert executions(modules, "weekly") == 0
    modules.result(MODULE, **{**waiting, "association_name": "weekly-2"}, apply_now=True)
    assert executions(modules, "weekly-2") == 1


def test_nothing_is_left_of_an_association_that_could_not_be_started(modules: Modules, aws: Aws) -> None:
    aws.control(deny=["StartAssociationsOnce"])
    refused = modules.failure(MODULE, **WAITING, apply_now=True)
    assert refused["msg"].startswith("Failed to run association 'nightly': User: ")
    assert modules.result(INFO)["associations"] == []


@pytest.mark.parametrize("operation", ["CreateAssociation", "UpdateAssociation"])
def test_what_was_done_although_its_answer_got_lost_is_not_done_twice(
    modules: Modules, aws: Aws, operation: str
) -> None:
    lost = {"operation": operation, "code": "InternalServerError", "status": 500, "times": 1, "done": True}
    aws.control(failures=[lost])
    made = modules.result(MODULE, **WAITING, apply_now=True)
    changed = modules.result(MODULE, **WAITING, max_errors="3")
    assert (made["changed"], changed["changed"]) == (True, True)
    assert changed[KEY]["association_version"] == "2"
    assert executions(modules) == 1
    assert modules.result(INFO)["associations"] == [changed[KEY]]


def test_a_change_of_somebody_else_meanwhile_is_not_lost(modules: Modules, aws: Aws) -> None:
    made = modules.result(MODULE, **SCAN)[KEY]
    aws.control(lag=2)
    aws.client().update_association(
        AssociationId=made["association_id"],
        Name=SCAN["name"],
        Parameters=SCAN["parameters"],
        AssociationName="nightly",
    )
    refused = modules.failure(MODULE, **NIGHTLY, max_errors="9")
    assert refused["error_code"] == "InvalidAssociationVersion"
    assert refused["msg"].endswith("Somebody else changed it meanwhile. Run again.")


def test_a_name_that_several_associations_have_needs_the_id(modules: Modules, ssm: Any) -> None:
    made = modules.result(MODULE, **SCAN)[KEY]
    other = ssm.create_association(
        Name=SCAN["name"],
        AssociationName="nightly",
        Parameters=SCAN["parameters"],
        Targets=[{"Key": "InstanceIds", "Values": ["*"]}],
    )["AssociationDescription"]["AssociationId"]
    refused = modules.failure(MODULE, **SCAN)["msg"]
    assert refused.endswith("Set association_id.")
    assert made["association_id"] in refused
    assert other in refused
    modules.result(MODULE, association_id=other, state="absent")
    assert not modules.result(MODULE, **SCAN)["changed"]


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    ({**NIGHTLY}, ["Failed to create association 'nightly'", "name is missing, the document to run"]),
    ({**SCAN, "association_name": "no name"}, ["'no name'", "3 to 128"]),
    ({**SCAN, "schedule_expression": "rate(15 minutes)"}, ["schedule_expression 'rate(15 minutes)'", "30 min"]),
    ({**SCAN, "schedule_expression": "rate(5 hour)"}, ["Write rate(5 hours)"]),
    ({**SCAN, "schedule_expression": "cron(0 2 ? * MON-FRI *)"}, ["an association"]),
    (
        {**SCAN, "schedule_expression": "rate(1 day)", "apply_only_at_cron_interval": True},
        ["apply_only_at_cron_interval needs a schedule_expression of cron(...) or at(...)"],
    ),
    ({**SCAN, "apply_only_at_cron_interval": True}, ["apply_only_at_cron_interval needs a schedule_expression"]),
    (
        {**SCAN, "schedule_expression": "cron(0 2 ? * SUN *)", "schedule_offset": 2},
        ["schedule_offset needs apply_only_at_cron_interval"],
    ),
    ({**WAITING, "schedule_offset": 9}, ["schedule_expression", "offset is 9"]),
    ({**SCAN, "duration": 2}, ["duration needs apply_only_at_cron_interval"]),
    (
        {"association_id": "0a1b2c3d-0000-4000-8000-0123456789ab"},
        ["Failed to find association '0a1b2c3d-0000-4000-8000-0123456789ab'"],
    ),
    ({**SCAN, "association_name": ""}, ["Failed to read association_name: it is empty. Set it, or leave it out."]),
    ({**SCAN, "max_errors": "x"}, ["Failed to create association 'nightly': MaxErrors cannot be 'x'"]),
    ({**WAITING, "duration": 25}, ["Duration cannot be 25, it takes up to 24"]),
    ({"name": "AWS-RunPatchBaseline"}, ["one of the following is required: association_name, association_id"]),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_what_cannot_be_is_refused_with_its_place_before_aws_is_asked(
    modules: Modules, aws: Aws, options: dict[str, Any], words: list[str]
) -> None:
    message = modules.failure(MODULE, check=True, **options)["msg"]
    assert [word for word in words if word not in message] == [], message
    assert "ssm:CreateAssociation" not in aws.status()["calls"]


def test_a_schedule_that_aws_has_taken_is_not_judged_again(modules: Modules, ssm: Any) -> None:
    expression = "cron(0 2/3 ? * SUN *)"  # more than once on a day of the week is not documented
    request = {"Parameters": SCAN["parameters"], "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]}
    ssm.create_association(Name=SCAN["name"], AssociationName="nightly", ScheduleExpression=expression, **request)
    assert modules.result(MODULE, **NIGHTLY, max_errors="3")[KEY]["schedule_expression"] == expression
    assert "an association" in modules.failure(MODULE, **NIGHTLY, schedule_expression="cron(0 2/4 ? * SUN *)")["msg"]


def test_what_aws_refuses_is_told_with_its_name(modules: Modules) -> None:
    refused = modules.failure(MODULE, **{**SCAN, "parameters": {"Operation": ["Delete"]}})
    assert refused["msg"].startswith("Failed to create association 'nightly': ")
    assert refused["error_code"] == "InvalidParameters"


def test_information_has_the_shape_of_the_module_with_versions_and_what_it_did(modules: Modules, aws: Aws) -> None:
    node = aws.seed(nodes=[{"Tags": {"Patch Group": "web"}}])[0]
    modules.result(MODULE, **SCAN)
    made = modules.result(MODULE, **NIGHTLY, max_errors="3")[KEY]
    modules.result(MODULE, **{**WAITING, "association_name": "weekly", "name": "AWS-RunPatchBaselineWithHooks"})
    contains = documentation_of(MODULE)["RETURN"][KEY]["contains"]
    documented = documentation_of(INFO)["RETURN"]["associations"]["contains"]
    everything = {"versions": True, "executions": True}
    (found,) = modules.result(INFO, association_name="nightly", check=False, **everything)["associations"]
    assert list(contains) == list(made)
    assert {key: documented[key] for key in contains} == contains
    assert list(documented) == list(found)
    assert {key: found[key] for key in made} == made
    assert [version["max_errors"] for version in found["association_versions"]] == ["3", ""]
    assert list(documented["association_versions"]["contains"]) == list(found["association_versions"][0])
    said = documented["association_executions"]["contains"]
    assert [entry["association_version"] for entry in found["association_executions"]] == ["2", "1"]
    for execution in found["association_executions"]:
        assert execution.keys() <= said.keys()
        (target,) = execution["targets"]
        assert target.keys() <= said["targets"]["contains"].keys()
        assert (execution["status"], target["resource_id"]) == ("Success", node)
    for after, count in (("2020-01-01T00:00:00Z", 2), ("2126-01-01T00:00:00Z", 0)):
        (later,) = modules.result(INFO, association_name="nightly", executions=True, executed_after=after)[
            "associations"
        ]
        assert len(later["association_executions"]) == count

    def names(**options: Any) -> list[str]:
        return [entry["association_name"] for entry in modules.result(INFO, **options)["associations"]]

    assert names() == ["nightly", "weekly"]
    assert names(name="AWS-RunPatchBaselineWithHooks") == ["weekly"]
    assert names(association_id=made["association_id"]) == ["nightly"]
    assert names(status="Pending") == ["weekly"]
    assert names(association_name="night") == []


def test_a_time_that_is_none_is_refused(modules: Modules) -> None:
    modules.result(MODULE, **SCAN)
    refused = modules.failure(INFO, executions=True, executed_after="yesterday")["msg"]
    assert refused == "Failed to read executed_after: 'yesterday' is no time. Write it as 2026-07-01T00:00:00Z."
