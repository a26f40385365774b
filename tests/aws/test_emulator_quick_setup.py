# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of

_PARAMETERS = {
    "PatchPolicyName": "weekly",
    "SelectedPatchBaselines": json.dumps({"UBUNTU": {"value": "pb-0123456789abcdef0", "label": "mine"}}),
    "PatchBaselineRegion": "us-east-1",
    "ConfigurationOptionsPatchOperation": "ScanAndInstall",
    "ConfigurationOptionsScanValue": "cron(0 1 * * ? *)",
    "TargetAccounts": "123456789012,111122223333",
    "TargetRegions": "us-east-1,eu-west-1",
    "TargetType": "*",
}
_POLICY = {
    "Type": "AWSQuickSetupType-PatchPolicy",
    "LocalDeploymentAdministrationRoleArn": "arn:aws:iam::123456789012:role/admin",
    "LocalDeploymentExecutionRoleName": "execution",
    "Parameters": _PARAMETERS,
}


@pytest.fixture
def setup(aws: Aws) -> Any:
    return aws.client("ssm-quicksetup")


def _make(setup: Any, name: str = "policy") -> str:
    made = setup.create_configuration_manager(Name=name, ConfigurationDefinitions=[_POLICY], Tags={"Stage": "prod"})
    return str(made["ManagerArn"])


def _status(setup: Any, arn: str) -> str:
    return str(setup.get_configuration_manager(ManagerArn=arn)["StatusSummaries"][0]["Status"])


def test_a_manager_deploys_and_is_then_changed(setup: Any) -> None:
    arn = _make(setup)
    assert code_of(setup.delete_configuration_manager, ManagerArn=arn) == "ConflictException"
    assert [_status(setup, arn) for _unused in range(2)] == ["DEPLOYING", "SUCCEEDED"]
    found = setup.get_configuration_manager(ManagerArn=arn)
    definition = found["ConfigurationDefinitions"][0]
    assert (found["Name"], definition["Parameters"]) == ("policy", _PARAMETERS)
    setup.update_configuration_manager(ManagerArn=arn, Name="other", Description="Ours")
    where = {"ManagerArn": arn, "Id": definition["Id"]}
    setup.update_configuration_definition(**where, Parameters=_PARAMETERS | {"RebootOption": "NoReboot"})
    assert code_of(setup.update_configuration_definition, **where, Parameters=_PARAMETERS) == "ConflictException"
    assert [_status(setup, arn) for _unused in range(2)] == ["DEPLOYING", "SUCCEEDED"]
    changed = setup.get_configuration_manager(ManagerArn=arn)
    assert changed["ConfigurationDefinitions"][0]["Parameters"]["RebootOption"] == "NoReboot"
    setup.delete_configuration_manager(ManagerArn=arn)
    assert _status(setup, arn) == "DELETING"
    setup.get_configuration_manager(ManagerArn=arn)
    assert code_of(setup.get_configuration_manager, ManagerArn=arn) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"Type": "AWSQuickSetupType-Toaster"},
        {"LocalDeploymentExecutionRoleName": "has space"},
        {"LocalDeploymentAdministrationRoleArn": ""},
        {"Parameters": {key: value for key, value in _PARAMETERS.items() if key != "TargetRegions"}},
        {"Parameters": {key: value for key, value in _PARAMETERS.items() if key != "TargetAccounts"}},
        {"Parameters": _PARAMETERS | {"Colour": "red"}},
        {"Parameters": _PARAMETERS | {"RebootOption": "Maybe"}},
        {"Parameters": _PARAMETERS | {"SelectedPatchBaselines": "[]"}},
        {"Parameters": _PARAMETERS | {"ConfigurationOptionsScanValue": "daily"}},
        {"Parameters": _PARAMETERS | {"PatchPolicyName": "x" * 40961}},
    ],
)
def test_a_policy_that_cannot_be_is_refused(setup: Any, wrong: dict[str, Any]) -> None:
    given = [_POLICY | wrong]
    assert code_of(setup.create_configuration_manager, ConfigurationDefinitions=given) == "ValidationException"


def test_a_policy_has_a_configuration_for_each_account_and_region(setup: Any) -> None:
    arn = _make(setup)
    pages = setup.get_paginator("list_configurations").paginate(ManagerArn=arn, PaginationConfig={"PageSize": 3})
    found = [entry for page in pages for entry in page["ConfigurationsList"]]
    assert {(entry["Account"], entry["Region"]) for entry in found} == {
        (account, region) for account in ("123456789012", "111122223333") for region in ("us-east-1", "eu-west-1")
    }
    one = setup.get_configuration(ConfigurationId=found[0]["Id"])
    assert (one["ManagerArn"], one["Parameters"]) == (arn, _PARAMETERS)


def test_managers_are_listed_in_pages(setup: Any) -> None:
    made = {_make(setup, f"policy {number}") for number in range(5)}
    pages = setup.get_paginator("list_configuration_managers").paginate(PaginationConfig={"PageSize": 2})
    assert {entry["ManagerArn"] for page in pages for entry in page["ConfigurationManagersList"]} == made
    named = [{"Key": "Name", "Values": ["policy 3"]}]
    assert len(setup.list_configuration_managers(Filters=named)["ConfigurationManagersList"]) == 1


def test_managers_are_tagged(setup: Any) -> None:
    arn = _make(setup)
    setup.tag_resource(ResourceArn=arn, Tags={"A": "1", "B": "2"})
    setup.untag_resource(ResourceArn=arn, TagKeys=["Stage", "B"])
    assert setup.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "A", "Value": "1"}]


def test_the_settings_of_the_service_are_kept(setup: Any) -> None:
    setup.update_service_settings(ExplorerEnablingRoleArn="arn:aws:iam::123456789012:role/x")
    assert setup.get_service_settings()["ServiceSettings"]["ExplorerEnablingRoleArn"].endswith("role/x")
    types = {entry["Type"] for entry in setup.list_quick_setup_types()["QuickSetupTypeList"]}
    assert "AWSQuickSetupType-PatchPolicy" in types


def test_another_account_has_managers_of_its_own(aws: Aws, setup: Any) -> None:
    arn = _make(setup)
    other = aws.client("ssm-quicksetup", account="111122223333")
    assert other.list_configuration_managers()["ConfigurationManagersList"] == []
    assert code_of(other.get_configuration_manager, ManagerArn=arn) == "ResourceNotFoundException"
