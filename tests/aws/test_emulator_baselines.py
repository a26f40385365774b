# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of

_RULE = {"PatchFilterGroup": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]}, "ApproveAfterDays": 7}


def _make(ssm: Any, name: str = "mine", system: str = "UBUNTU", **more: Any) -> str:
    return str(ssm.create_patch_baseline(Name=name, OperatingSystem=system, **more)["BaselineId"])


def test_a_fresh_account_has_the_predefined_baselines_as_defaults(ssm: Any) -> None:
    found = ssm.describe_patch_baselines()["BaselineIdentities"]
    assert len(found) == 17
    assert all(
        entry["BaselineId"].startswith("arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-") for entry in found
    )
    assert sum(entry["DefaultBaseline"] for entry in found) == 15
    windows = ssm.get_default_patch_baseline()
    assert windows["OperatingSystem"] == "WINDOWS"
    assert ssm.get_patch_baseline(BaselineId=windows["BaselineId"])["Name"] == "AWS-DefaultPatchBaseline"


def test_a_baseline_is_answered_as_it_was_given(ssm: Any) -> None:
    given: dict[str, Any] = {
        "GlobalFilters": {"PatchFilters": [{"Key": "PRIORITY", "Values": ["Required"]}]},
        "ApprovalRules": {"PatchRules": [_RULE]},
        "ApprovedPatches": ["openssl*"],
        "ApprovedPatchesComplianceLevel": "HIGH",
        "ApprovedPatchesEnableNonSecurity": True,
        "RejectedPatches": ["telnet"],
        "RejectedPatchesAction": "BLOCK",
        "Description": "Ours",
        "Sources": [{"Name": "ours", "Products": ["*"], "Configuration": "deb https://example.com jammy main"}],
    }
    found = ssm.get_patch_baseline(BaselineId=_make(ssm, **given))
    assert {key: found[key] for key in given} == given
    assert found["CreatedDate"] == found["ModifiedDate"]


def test_an_update_keeps_what_it_does_not_name_unless_it_replaces(ssm: Any) -> None:
    baseline_id = _make(ssm, Description="Ours", ApprovedPatches=["a"])
    ssm.update_patch_baseline(BaselineId=baseline_id, RejectedPatches=["b"])
    found = ssm.get_patch_baseline(BaselineId=baseline_id)
    assert (found["Description"], found["ApprovedPatches"], found["RejectedPatches"]) == ("Ours", ["a"], ["b"])
    found = ssm.update_patch_baseline(BaselineId=baseline_id, Name="other", Replace=True)
    assert "Description" not in found
    assert (found["ApprovedPatches"], found["RejectedPatches"], found["OperatingSystem"]) == ([], [], "UBUNTU")
    assert code_of(ssm.update_patch_baseline, BaselineId=baseline_id, Replace=True) == "ValidationException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": "has space"},
        {"Name": "ab"},
        {"ApprovedPatches": ["x"] * 51},
        {"ApprovedPatches": ["x" * 101]},
        {"Description": "x" * 1025},
        {"OperatingSystem": "BEOS"},
        {"ApprovalRules": {"PatchRules": [_RULE] * 11}},
        {"ApprovalRules": {"PatchRules": [_RULE | {"ApproveAfterDays": 361}]}},
        {"ApprovalRules": {"PatchRules": [_RULE | {"ApproveUntilDate": "2025-01-01"}]}},
        {"OperatingSystem": "SUSE", "ApprovalRules": {"PatchRules": [{"PatchFilterGroup": {"PatchFilters": []}}]}},
        {"OperatingSystem": "SUSE", "GlobalFilters": {"PatchFilters": [{"Key": "PRIORITY", "Values": ["a"]}]}},
        {"OperatingSystem": "SUSE", "AvailableSecurityUpdatesComplianceStatus": "COMPLIANT"},
    ],
)
def test_what_the_service_does_not_take_is_a_validation_exception(ssm: Any, wrong: dict[str, Any]) -> None:
    assert code_of(ssm.create_patch_baseline, **({"Name": "good"} | wrong)) == "ValidationException"


def test_a_failed_constraint_is_told_as_the_service_tells_it(ssm: Any) -> None:
    with pytest.raises(ClientError, match="1 validation error detected: Value '101' at 'maxResults' failed to satisfy"):
        ssm.describe_patch_baselines(MaxResults=101)


def test_a_client_token_makes_one_baseline_and_takes_no_other_parameters(ssm: Any) -> None:
    first, second = (_make(ssm, ClientToken="one") for _unused in range(2))
    assert first == second
    assert code_of(ssm.create_patch_baseline, Name="other", ClientToken="one") == "IdempotentParameterMismatch"
    assert _make(ssm, ClientToken="two") != first


def test_fifty_baselines_are_the_limit(ssm: Any) -> None:
    for _unused in range(50):
        _make(ssm)
    assert code_of(ssm.create_patch_baseline, Name="one-more") == "ResourceLimitExceededException"


def test_baselines_are_listed_by_filters_in_pages(ssm: Any) -> None:
    made = {_make(ssm, f"web-{number}") for number in range(5)} | {_make(ssm, "web-9", "SUSE")}
    pages = list(
        ssm.get_paginator("describe_patch_baselines").paginate(
            Filters=[{"Key": "OWNER", "Values": ["Self"]}, {"Key": "NAME_PREFIX", "Values": ["web"]}],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [len(page["BaselineIdentities"]) for page in pages] == [2, 2, 2]
    assert {entry["BaselineId"] for page in pages for entry in page["BaselineIdentities"]} == made
    only = [{"Key": "OPERATING_SYSTEM", "Values": ["SUSE"]}, {"Key": "OWNER", "Values": ["AWS"]}]
    assert len(ssm.describe_patch_baselines(Filters=only)["BaselineIdentities"]) == 1


def test_a_token_is_good_for_its_own_request_only(ssm: Any) -> None:
    token = ssm.describe_patch_baselines(MaxResults=1)["NextToken"]
    other = [{"Key": "OWNER", "Values": ["AWS"]}]
    assert code_of(ssm.describe_patch_baselines, NextToken=token, Filters=other) == "ValidationException"
    assert code_of(ssm.describe_patch_baselines, NextToken="2") == "ValidationException"
    assert code_of(ssm.describe_instance_information, NextToken="2") == "InvalidNextToken"


def test_the_default_goes_back_by_the_full_arn(ssm: Any) -> None:
    arn = ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"]
    own = _make(ssm)
    ssm.register_default_patch_baseline(BaselineId=own)
    assert ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"] == own
    assert code_of(ssm.delete_patch_baseline, BaselineId=own) == "ResourceInUseException"
    short = arn.rpartition("/")[2]
    assert code_of(ssm.register_default_patch_baseline, BaselineId=short) == "DoesNotExistException"
    ssm.register_default_patch_baseline(BaselineId=arn)
    assert ssm.delete_patch_baseline(BaselineId=own)["BaselineId"] == own
    assert code_of(ssm.get_patch_baseline, BaselineId=own) == "DoesNotExistException"


def test_a_baseline_of_aws_cannot_be_changed(ssm: Any) -> None:
    arn = ssm.get_default_patch_baseline()["BaselineId"]
    assert code_of(ssm.update_patch_baseline, BaselineId=arn, Name="mine") == "ValidationException"
    assert code_of(ssm.delete_patch_baseline, BaselineId=arn) == "ValidationException"


def test_a_group_has_one_baseline_for_each_system(ssm: Any) -> None:
    ubuntu, other, suse = _make(ssm), _make(ssm), _make(ssm, system="SUSE")
    for baseline_id in (ubuntu, suse):
        ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup="web")
    refused = code_of(ssm.register_patch_baseline_for_patch_group, BaselineId=other, PatchGroup="web")
    assert refused == "AlreadyExistsException"
    assert ssm.get_patch_baseline(BaselineId=ubuntu)["PatchGroups"] == ["web"]
    assert len(ssm.describe_patch_groups()["Mappings"]) == 2
    assert code_of(ssm.delete_patch_baseline, BaselineId=ubuntu) == "ResourceInUseException"
    found = ssm.get_patch_baseline_for_patch_group(PatchGroup="web", OperatingSystem="UBUNTU")
    assert found["BaselineId"] == ubuntu
    ssm.deregister_patch_baseline_for_patch_group(BaselineId=ubuntu, PatchGroup="web")
    found = ssm.get_patch_baseline_for_patch_group(PatchGroup="web", OperatingSystem="UBUNTU")
    assert found["BaselineId"] == ssm.get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"]


def test_twenty_five_groups_are_the_limit_of_a_baseline(ssm: Any) -> None:
    baseline_id = _make(ssm)
    for number in range(25):
        ssm.register_patch_baseline_for_patch_group(BaselineId=baseline_id, PatchGroup=f"group {number}")
    refused = code_of(ssm.register_patch_baseline_for_patch_group, BaselineId=baseline_id, PatchGroup="one more")
    assert refused == "ResourceLimitExceededException"


def test_accounts_and_regions_know_nothing_of_each_other(aws: Aws, ssm: Any) -> None:
    mine = _make(ssm)
    for other in (aws.client(region="eu-west-1"), aws.client(account="111122223333")):
        assert code_of(other.get_patch_baseline, BaselineId=mine) == "DoesNotExistException"
    ireland = aws.client(region="eu-west-1").get_default_patch_baseline()["BaselineId"]
    assert ireland.startswith("arn:aws:ssm:eu-west-1:845259048710:patchbaseline/")


@pytest.mark.parametrize(
    ("system", "name", "expected"),
    [
        ("WINDOWS", "MSRC_SEVERITY", "Critical"),
        ("UBUNTU", "PRIORITY", "Required"),
        ("SUSE", "CLASSIFICATION", "Recommended"),
        ("ALMA_LINUX", "SEVERITY", "Important"),
        ("MACOS", "CLASSIFICATION", "brew cask"),
    ],
)
def test_properties_are_the_values_of_filters(ssm: Any, system: str, name: str, expected: str) -> None:
    found = ssm.describe_patch_properties(OperatingSystem=system, Property=name)["Properties"]
    assert {"Name": expected} in found


def test_a_property_of_another_system_is_refused(ssm: Any) -> None:
    assert (
        code_of(ssm.describe_patch_properties, OperatingSystem="UBUNTU", Property="SEVERITY") == "ValidationException"
    )


def test_effective_patches_follow_from_rules_and_lists(aws: Aws, ssm: Any) -> None:
    aws.control(now=1745000000)  # 18 April 2025
    rule = {
        "PatchFilterGroup": {"PatchFilters": [{"Key": "CLASSIFICATION", "Values": ["SecurityUpdates"]}]},
        "ApproveAfterDays": 30,
        "ComplianceLevel": "CRITICAL",
    }
    baseline_id = _make(
        ssm,
        system="WINDOWS",
        ApprovalRules={"PatchRules": [rule]},
        ApprovedPatches=["KB5000003"],
        RejectedPatches=["KB5000001"],
    )
    paginator = ssm.get_paginator("describe_effective_patches_for_patch_baseline")
    found = [entry for page in paginator.paginate(BaselineId=baseline_id) for entry in page["EffectivePatches"]]
    states = {entry["Patch"]["KbNumber"]: entry["PatchStatus"]["DeploymentStatus"] for entry in found}
    assert states["KB5000001"] == "EXPLICIT_REJECTED"
    assert states["KB5000002"] == "APPROVED"
    assert states["KB5000003"] == "EXPLICIT_APPROVED"
    assert states["KB5000005"] == "PENDING_APPROVAL"
    assert "KB5000004" not in states
    ubuntu = code_of(ssm.describe_effective_patches_for_patch_baseline, BaselineId=_make(ssm))
    assert ubuntu == "UnsupportedOperatingSystem"


def test_available_patches_of_linux_are_asked_for_by_product(ssm: Any) -> None:
    wanted = [{"Key": "PRODUCT", "Values": ["AmazonLinux2"]}, {"Key": "CVE_ID", "Values": ["CVE-2024-26643"]}]
    assert [entry["Name"] for entry in ssm.describe_available_patches(Filters=wanted)["Patches"]] == ["kernel"]
    windows = ssm.describe_available_patches(Filters=[{"Key": "PATCH_SET", "Values": ["APPLICATION"]}])["Patches"]
    assert {entry["ProductFamily"] for entry in windows} == {"SQL Server", "Office"}
