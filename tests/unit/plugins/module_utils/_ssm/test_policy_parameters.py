# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.policy_parameters import (
    ABSENT,
    NEW,
    check_parameters,
    normalise_parameters,
    read_parameters,
    write_parameters,
)

ACCOUNT = "123456789012"
POLICY: dict[str, Any] = {
    **ABSENT,
    **NEW,
    "patch_policy_name": "weekly",
    "patch_baseline_region": "us-east-1",
    "target_accounts": [ACCOUNT],
    "target_regions": ["us-east-1"],
}
# as in AWS's guide
GUIDE = {
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
    "SelectedPatchBaselines": '{"UBUNTU":{"disabled":false,"label":"mine","value":"pb-06e3563bd35503f2b"}}',
    "TargetInstances": "",
    "TargetOrganizationalUnits": "ou-ab12-cdefgh34",
    "TargetRegions": "us-east-1,us-east-2",
    "TargetTagKey": "Patch",
    "TargetTagValue": "true",
    "TargetType": "Tags",
}


def test_the_example_of_aws_is_read_and_written_as_it_is() -> None:
    assert write_parameters(read_parameters(GUIDE)) == GUIDE
    assert check_parameters(read_parameters(GUIDE)) == []


def test_the_bucket_is_read_in_both_of_its_forms() -> None:
    flat = {"OutputBucketRegion": "us-east-1", "OutputS3BucketName": "logs", "OutputS3KeyPrefix": "a"}
    assert read_parameters({"OutputS3Location": json.dumps(flat)}) == read_parameters(flat)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"UBUNTU": "pb-1"}'])
def test_what_is_odd_in_aws_is_read_without_a_failure(text: str) -> None:
    view = read_parameters({"SelectedPatchBaselines": text, "OutputS3Location": text, "TargetRegions": " , "})
    assert normalise_parameters(view)["target_regions"] == []
    assert view["output_s3_bucket_name"] == ""


def test_order_and_wording_do_not_count_and_baselines_do() -> None:
    one, other = dict(GUIDE), dict(GUIDE)
    other["TargetRegions"] = "us-east-2, us-east-1"
    arn = "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-06e3563bd35503f2b"
    other["SelectedPatchBaselines"] = json.dumps({"UBUNTU": {"value": arn, "label": "renamed"}})
    assert normalise_parameters(read_parameters(one)) == normalise_parameters(read_parameters(other))
    other["SelectedPatchBaselines"] = other["SelectedPatchBaselines"].replace("pb-0", "pb-1")
    assert normalise_parameters(read_parameters(one)) != normalise_parameters(read_parameters(other))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_accounts": ["12"]}, "Failed to read target_accounts: it cannot be '12'. It takes 12 digits."),
        ({"target_organizational_units": ["web"], "target_accounts": []}, "It takes ou-ab12-cdefgh34."),
        ({"target_accounts": []}, "needs target_accounts or target_organizational_units, and takes one."),
        ({"target_organizational_units": ["ou-ab12-cdefgh34"]}, "and takes one. Set one of them."),
        ({"patch_policy_name": ""}, "Failed to read patch_policy_name: a policy needs it. Set it, or leave it out."),
        ({"patch_baseline_region": ""}, "Failed to read patch_baseline_region: a policy needs it."),
        ({"target_regions": []}, "a policy needs a region. Name it."),
        ({"target_regions": ["Frankfurt"]}, "it cannot be 'Frankfurt'. It takes a region."),
        ({"target_type": "Tags"}, "Tags needs target_tag_key. Set it."),
        ({"target_tag_key": "a"}, "it goes with target_type Tags, and this is *. Leave one out."),
        ({"target_type": "InstanceIds", "target_instances": ["mi-0123456789abcdef0"]}, "the id of an EC2 instance"),
        (
            {"target_type": "InstanceIds", "target_instances": [f"i-{n:08}" for n in range(26)]},
            "a policy takes 25, these are 26. Use a tag.",
        ),
        (
            {"target_type": "ResourceGroups", "resource_group_name": "a", "target_accounts": [ACCOUNT, "1" * 12]},
            "ResourceGroups is for one account.",
        ),
        (
            {"target_accounts": [f"{n:012}" for n in range(5001)], "target_regions": ["us-east-1", "eu-west-1"]},
            "accounts times regions are 10002, AWS takes 10000. Make several policies.",
        ),
        ({"configuration_options_scan_value": "daily"}, "Failed to read configuration_options_scan_value: it cannot"),
        ({"configuration_options_scan_value": "rate(1 days)"}, "or as rate(7 days)."),
        ({"configuration_options_scan_value": "rate(7 day)"}, "or as rate(7 days)."),
        ({"configuration_options_scan_value": "cron(0 1 * * * *)"}, "with a ? for one of the two days"),
        ({"configuration_options_scan_value": "cron(0 1 ? * MON-FRI *)"}, "which take one day of a week."),
        ({"configuration_options_install_value": "cron(0 1 * ?)"}, "Say when to install as cron("),
        ({"rate_control_concurrency": "0"}, "It takes a number from 1, or 1% to 100%."),
        ({"rate_control_error_threshold": "two"}, "It takes a number from 0, or 0% to 100%."),
        ({"output_log_enable_s3": True}, "it needs output_s3_bucket_name. Set it."),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(options: dict[str, Any], message: str) -> None:
    with pytest.raises(StateError) as refused:
        check_parameters(POLICY | options)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"configuration_options_scan_value": "rate(1 day)"},
        {"configuration_options_scan_value": "cron(0 2 ? * SAT#1 *)"},
        {"configuration_options_scan_value": "cron(0 2 L * ? *)"},
        {"target_accounts": [], "target_organizational_units": ["r-ab12"]},
        {"target_type": "Tags", "target_tag_key": "Patch"},
        {"rate_control_error_threshold": "0%", "rate_control_concurrency": "100%"},
    ],
)
def test_what_aws_documents_is_taken(options: dict[str, Any]) -> None:
    assert check_parameters(POLICY | options) == []


def test_a_text_that_is_too_long_is_refused_by_its_name() -> None:
    with pytest.raises(StateError, match=r"^Failed to write PatchPolicyName: it has more than 40960 characters\."):
        write_parameters(POLICY | {"patch_policy_name": "x" * 40961})
