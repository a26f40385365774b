# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.aws.conftest import ACCOUNT, Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules

__all__ = ["modules"]

MODULE, INFO, KEY = "ssm_patch_policy", "ssm_patch_policy_info", "patch_policy"
GENERATED = ("manager_arn", "type_version", "status_summaries", "created_at", "last_modified_at")
NEW: dict[str, Any] = {
    "name": "weekly",
    "local_deployment_administration_role_arn": f"arn:aws:iam::{ACCOUNT}:role/admin",
    "local_deployment_execution_role_name": "execution",
}
INSTALL: dict[str, Any] = {"configuration_options_patch_operation": "ScanAndInstall"}
# what AWS's guide sends, but for the policy's own name and the long texts of the baselines
GUIDE: dict[str, str] = {
    "ConfigurationOptionsInstallNextInterval": "true",
    "ConfigurationOptionsInstallValue": "cron(0 2 ? * SAT#1 *)",
    "ConfigurationOptionsPatchOperation": "ScanAndInstall",
    "ConfigurationOptionsScanNextInterval": "false",
    "ConfigurationOptionsScanValue": "cron(0 1 * * ? *)",
    "HasDeletedBaseline": "false",
    "IsPolicyAttachAllowed": "true",
    "OutputBucketRegion": "",
    "OutputLogEnableS3": "false",
    "OutputS3BucketName": "",
    "OutputS3KeyPrefix": "",
    "PatchBaselineRegion": "us-east-1",
    "PatchBaselineUseDefault": "custom",
    "PatchPolicyName": "dev-patch-policy",
    "RateControlConcurrency": "5",
    "RateControlErrorThreshold": "0%",
    "RebootOption": "RebootIfNeeded",
    "ResourceGroupName": "",
    "TargetInstances": "",
    "TargetOrganizationalUnits": "ou-ab12-cdefgh34",
    "TargetRegions": "us-east-1,us-east-2",
    "TargetTagKey": "Patch",
    "TargetTagValue": "true",
    "TargetType": "Tags",
}
GUIDE_OPTIONS: dict[str, Any] = NEW | {
    "configuration_options_install_next_interval": True,
    "configuration_options_install_value": "cron(0 2 ? * SAT#1 *)",
    "configuration_options_patch_operation": "ScanAndInstall",
    "is_policy_attach_allowed": True,
    "patch_policy_name": "dev-patch-policy",
    "rate_control_concurrency": "5",
    "rate_control_error_threshold": "0%",
    "target_organizational_units": ["ou-ab12-cdefgh34"],
    "target_regions": ["us-east-1", "us-east-2"],
    "target_tag_key": "Patch",
    "target_tag_value": "true",
    "target_type": "Tags",
}


@pytest.fixture
def baseline(modules: Modules) -> str:
    """A baseline of one's own for Ubuntu."""
    made = modules.result("ssm_patch_baseline", name="own-ubuntu", operating_system="UBUNTU", description="Ours")
    return str(made["patch_baseline"]["baseline_id"])


def parameters_in_aws(aws: Aws) -> dict[str, str]:
    setup = aws.client("ssm-quicksetup")
    [summary] = setup.list_configuration_managers()["ConfigurationManagersList"]
    found = setup.get_configuration_manager(ManagerArn=summary["ManagerArn"])
    parameters: dict[str, str] = found["ConfigurationDefinitions"][0]["Parameters"]
    return parameters


def test_a_policy_holds_to_the_matrix(modules: Modules, aws: Aws, baseline: str) -> None:
    changed = {
        "description": "Web servers",
        "selected_patch_baselines": {"UBUNTU": "own-ubuntu"},
        "reboot_option": "NoReboot",
        "target_type": "Tags",
        "target_tag_key": "Patch",
        "target_tag_value": "{{ a }} `b`",
        "output_log_enable_s3": True,
        "output_s3_bucket_name": "patch-logs",
        "tags": {"team": "web"},
    }
    shown = {key: value for key, value in changed.items() if key != "selected_patch_baselines"}
    hold_to_matrix(
        modules,
        MODULE,
        KEY,
        [
            Case(
                "create",
                NEW | INSTALL | {"tags": {"stage": "prod"}},
                {
                    "patch_policy_name": "weekly",
                    "configuration_options_scan_value": "cron(0 1 * * ? *)",
                    "configuration_options_install_value": "cron(0 2 ? * SUN *)",
                    "configuration_options_install_next_interval": True,
                    "patch_baseline_use_default": "default",
                    "target_accounts": [ACCOUNT],
                    "target_regions": ["us-east-1"],
                    "target_type": "*",
                    "tags": {"stage": "prod"},
                },
            ),
            Case("change", {"name": "weekly"} | changed, shown | {"patch_baseline_use_default": "custom"}),
            Case("delete", {"name": "weekly", "state": "absent"}, {}),
        ],
        generated=GENERATED,
    )


def test_a_policy_of_the_guide_is_what_the_guide_sends(modules: Modules, aws: Aws, baseline: str) -> None:
    made = modules.result(MODULE, **GUIDE_OPTIONS, selected_patch_baselines={"UBUNTU": baseline})[KEY]
    sent = parameters_in_aws(aws)
    selected = json.loads(sent.pop("SelectedPatchBaselines"))
    assert sent == GUIDE
    assert selected["UBUNTU"] == {"value": baseline, "label": "own-ubuntu", "description": "Ours", "disabled": False}
    assert len(selected) == 15
    debian = selected["DEBIAN"]
    assert (debian["label"], debian["value"][:8]) == ("AWS-DebianDefaultPatchBaseline", "arn:aws:")
    assert made["selected_patch_baselines"] == selected
    assert made["status_summaries"][0]["status"] == "SUCCEEDED"


def test_order_wording_and_defaults_do_not_count(modules: Modules, aws: Aws, baseline: str) -> None:
    """A policy that somebody else made: fewer parameters, its own words, and the bucket in the reference's form."""
    location = {"OutputBucketRegion": "us-east-1", "OutputS3BucketName": "patch-logs", "OutputS3KeyPrefix": "a"}
    aws.client("ssm-quicksetup").create_configuration_manager(
        Name="weekly",
        ConfigurationDefinitions=[
            {
                "Type": "AWSQuickSetupType-PatchPolicy",
                "LocalDeploymentAdministrationRoleArn": NEW["local_deployment_administration_role_arn"],
                "LocalDeploymentExecutionRoleName": "execution",
                "Parameters": {
                    "PatchPolicyName": "console",
                    "PatchBaselineUseDefault": "custom",
                    "SelectedPatchBaselines": json.dumps({"UBUNTU": {"value": baseline, "label": "an older name"}}),
                    "PatchBaselineRegion": "us-east-1",
                    "TargetAccounts": f"111122223333, {ACCOUNT}",
                    "TargetRegions": "us-east-1,eu-west-1",
                    "OutputLogEnableS3": "true",
                    "OutputS3Location": json.dumps(location),
                },
            }
        ],
    )
    same = NEW | {
        "configuration_options_patch_operation": "Scan",
        "target_accounts": [ACCOUNT, "111122223333"],
        "target_regions": ["eu-west-1", "us-east-1"],
        "output_log_enable_s3": True,
        "output_s3_bucket_name": "patch-logs",
        "output_s3_key_prefix": "a",
        "configuration_options_install_next_interval": False,
    }
    found = modules.result(MODULE, **same)
    assert found["changed"] is False
    assert found[KEY]["selected_patch_baselines"]["UBUNTU"]["label"] == "an older name"
    changed = modules.result(MODULE, name="weekly", patch_policy_name="other", wait=True)
    assert changed["changed"]
    sent = parameters_in_aws(aws)
    assert (sent["OutputS3BucketName"], sent["PatchPolicyName"]) == ("patch-logs", "other")
    assert json.loads(sent["SelectedPatchBaselines"]) == {"UBUNTU": {"value": baseline, "label": "an older name"}}


def test_going_back_to_the_baselines_of_aws_and_to_scans_forgets_what_was_chosen(
    modules: Modules, baseline: str
) -> None:
    modules.result(MODULE, **GUIDE_OPTIONS, selected_patch_baselines={"UBUNTU": {"value": baseline, "disabled": True}})
    back: dict[str, Any] = {
        "name": "weekly",
        "patch_baseline_use_default": "default",
        "configuration_options_patch_operation": "Scan",
        "target_type": "*",
        "target_accounts": [ACCOUNT],
    }
    done = modules.result(MODULE, **back)[KEY]
    assert done["selected_patch_baselines"]["UBUNTU"]["label"] == "AWS-UbuntuDefaultPatchBaseline"
    assert done["configuration_options_install_value"] == done["target_tag_key"] == ""
    assert done["target_organizational_units"] == []
    assert modules.result(MODULE, **back)["changed"] is False


def test_a_policy_is_renamed_by_its_arn_and_tags_are_kept_or_purged(modules: Modules) -> None:
    made = modules.result(MODULE, **NEW, tags={"a": "1", "b": "2"})[KEY]
    arn = made["manager_arn"]
    renamed = modules.result(MODULE, manager_arn=arn, name="monthly", tags={"b": "3"}, purge_tags=False)[KEY]
    assert (renamed["manager_arn"], renamed["name"], renamed["tags"]) == (arn, "monthly", {"a": "1", "b": "3"})
    assert modules.result(MODULE, name="monthly", tags={"b": "3"})[KEY]["tags"] == {"b": "3"}


def test_deployments_are_waited_for_before_and_after_a_change(modules: Modules, aws: Aws) -> None:
    aws.control(steps=2)
    begun = modules.result(MODULE, **NEW, wait=False)[KEY]
    assert begun["status_summaries"][0]["status"] in ("INITIALIZING", "DEPLOYING")
    aws.control(steps=1000)
    change: dict[str, Any] = {"name": "weekly", "reboot_option": "NoReboot"}
    busy = modules.failure(MODULE, **change, wait=False)["msg"]
    assert busy.startswith("Failed to change patch policy 'weekly': it is DEPLOYING, and AWS changes it when that has")
    late = modules.failure(MODULE, **change, wait_timeout=0)["msg"]
    assert late.startswith("Failed to see the end of what patch policy 'weekly' is at within 0 s. Nothing was changed.")
    aws.control(steps=4)
    done = modules.result(MODULE, **change)[KEY]
    assert (done["reboot_option"], done["status_summaries"][0]["status"]) == ("NoReboot", "SUCCEEDED")


def test_a_failed_deployment_is_told_with_its_places(modules: Modules, aws: Aws) -> None:
    aws.control(ends={"deployment": "FAILED"})
    failed = modules.failure(MODULE, **NEW, target_regions=["us-east-1", "eu-west-1"])["msg"]
    assert failed == (
        "Failed to see patch policy 'weekly' deployed: The execution role can't be assumed. "
        f"It failed in {ACCOUNT} us-east-1, {ACCOUNT} eu-west-1. Put it right and run again."
    )
    again = modules.result(MODULE, **NEW)
    assert (again["changed"], "it is FAILED in AWS." in str(again["warnings"])) == (False, True)
    aws.control(ends=None)
    assert modules.result(MODULE, name="weekly", reboot_option="NoReboot")["changed"]


def test_a_policy_whose_answer_got_lost_is_not_made_twice(modules: Modules, aws: Aws) -> None:
    lost = {"operation": "CreateConfigurationManager", "code": "InternalServerException", "status": 500, "times": 1}
    aws.control(failures=[lost | {"done": True}])
    assert modules.result(MODULE, **NEW)[KEY]["status_summaries"][0]["status"] == "SUCCEEDED"
    assert len(aws.client("ssm-quicksetup").list_configuration_managers()["ConfigurationManagersList"]) == 1


def test_baselines_of_another_region_are_those_that_are_there(modules: Modules, aws: Aws) -> None:
    system = {"Name": "own-debian", "OperatingSystem": "DEBIAN"}
    made = aws.client(region="eu-west-1").create_patch_baseline(**system)["BaselineId"]
    options = NEW | {"patch_baseline_region": "eu-west-1", "selected_patch_baselines": {"DEBIAN": "own-debian"}}
    selected = modules.result(MODULE, **options)[KEY]["selected_patch_baselines"]
    assert selected["DEBIAN"]["value"] == made
    assert ":eu-west-1:" in selected["UBUNTU"]["value"]
    stays = modules.failure(MODULE, name="weekly", patch_baseline_region="us-east-1")["msg"]
    assert "custom needs selected_patch_baselines, of the region." in stays


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "weekly"}, "needs local_deployment_administration_role_arn and local_deployment_execution_role_name"),
        (NEW | {"name": "a/b"}, "a name has up to 120 letters, digits, spaces, dots, dashes and underscores."),
        ({"manager_arn": "x"}, "Failed to read patch policy 'x'"),
        (NEW | {"target_type": "Tags"}, "Failed to read target_type: Tags needs target_tag_key. Set it."),
        (NEW | {"selected_patch_baselines": {"BEOS": "a"}}, "there is no operating system 'BEOS'. There are WINDOWS,"),
        (
            NEW | {"selected_patch_baselines": {"UBUNTU": "no-such"}},
            "Failed to find patch baseline 'no-such' for UBUNTU. Create it first, in patch_baseline_region.",
        ),
        (
            NEW | {"selected_patch_baselines": {"UBUNTU": "a"}, "patch_baseline_use_default": "default"},
            "those of AWS are used. Set it to custom.",
        ),
        (NEW | {"patch_baseline_use_default": "custom"}, "custom needs selected_patch_baselines"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_made(
    modules: Modules, aws: Aws, options: dict[str, Any], message: str
) -> None:
    assert message in modules.failure(MODULE, **options)["msg"]
    assert "ssm-quicksetup:CreateConfigurationManager" not in aws.status()["calls"]


def test_a_region_that_is_not_documented_is_a_warning(modules: Modules) -> None:
    found = modules.result(MODULE, check=True, **NEW, target_regions=["ap-northeast-3"])
    assert "does not list ap-northeast-3 among the regions of patch policies." in str(found["warnings"])


def test_several_policies_of_one_name_are_not_guessed_at(modules: Modules, aws: Aws) -> None:
    first = modules.result(MODULE, **NEW)[KEY]["manager_arn"]
    second = modules.result(MODULE, **NEW | {"name": "other"})[KEY]["manager_arn"]
    modules.result(MODULE, manager_arn=second, name="weekly")
    refused = modules.failure(MODULE, name="weekly", state="absent")["msg"]
    assert refused.startswith("Failed to find patch policy 'weekly': several have this name: ")
    assert refused.endswith("Set manager_arn.")
    assert modules.result(MODULE, manager_arn=first, state="absent")[KEY] == {}
    [left] = modules.result(INFO)["patch_policies"]
    assert left["manager_arn"] == second


def test_information_about_policies_is_what_was_asked_for(modules: Modules, aws: Aws) -> None:
    host = {"Type": "AWSQuickSetupType-SSMHostMgmt", "Parameters": {"a": "b"}}
    aws.client("ssm-quicksetup").create_configuration_manager(Name="hosts", ConfigurationDefinitions=[host])
    made = modules.result(MODULE, **NEW, target_regions=["us-east-1", "eu-west-1"])[KEY]
    modules.result(MODULE, **NEW | {"name": "other"})
    aws.control(page_limit=0)
    every = modules.result(INFO)["patch_policies"]
    assert [policy["name"] for policy in every] == ["other", "weekly"]
    [one] = modules.result(INFO, name="weekly", configurations=True)["patch_policies"]
    places = [(entry["account"], entry["region"]) for entry in one["configurations"]]
    assert places == [(ACCOUNT, "eu-west-1"), (ACCOUNT, "us-east-1")]
    assert one["configurations"][0]["status_summaries"][0]["status"] == "SUCCEEDED"
    assert modules.result(INFO, manager_arn=made["manager_arn"])["patch_policies"][0]["name"] == "weekly"
    assert modules.result(INFO, name="none")["patch_policies"] == []
    contains = documentation_of(MODULE)["RETURN"][KEY]["contains"]
    assert list(contains) == list(made)
    documented = documentation_of(INFO)["RETURN"]["patch_policies"]["contains"]
    assert documented == contains | {"configurations": documented["configurations"]}
    assert list(documented["configurations"]["contains"]) == list(one["configurations"][0])
