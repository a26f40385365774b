# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules

__all__ = ["modules"]

MODULE, KEY = "ssm_resource_data_sync", "resource_data_sync"
GENERATED = (
    "last_status",
    "last_sync_status_message",
    "last_sync_time",
    "last_successful_sync_time",
    "sync_created_time",
    "sync_last_modified_time",
)
BUCKET: dict[str, Any] = {"bucket_name": "patch-inventory", "prefix": "hybrid", "region": "us-east-1"}
SHOWN = {
    **BUCKET,
    "sync_format": "JsonSerDe",
    "aws_kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/a",
    "destination_data_sharing_type": "Organization",
}
SOURCE: dict[str, Any] = {"source_type": "SingleAccountMultiRegions", "source_regions": ["us-east-1", "eu-west-1"]}
UNITS = {"organization_source_type": "OrganizationalUnits", "organizational_units": ["ou-ab12-cdefgh34"]}


def to_bucket(**more: Any) -> dict[str, Any]:
    return {"sync_name": "inventory", "s3_destination": BUCKET | more}


def from_source(**more: Any) -> dict[str, Any]:
    return {"sync_name": "explorer", "sync_type": "SyncFromSource", "sync_source": SOURCE | more}


def test_a_sync_to_a_bucket_holds_to_the_matrix(modules: Modules, aws: Aws) -> None:
    aws.control(steps=2)
    more = {key: SHOWN[key] for key in ("aws_kms_key_arn", "destination_data_sharing_type")}
    other = to_bucket(**more, prefix="") | {"replace": True}
    hold_to_matrix(
        modules,
        MODULE,
        KEY,
        [
            Case("create", to_bucket(**more), {"s3_destination": SHOWN, "sync_source": None}),
            Case("replace", other, {"s3_destination": SHOWN | {"prefix": ""}}),
            Case("delete", {"sync_name": "inventory", "state": "absent"}, {}),
        ],
        generated=GENERATED,
    )


def test_a_sync_from_elsewhere_holds_to_the_matrix_and_its_regions_change(modules: Modules) -> None:
    shown = SOURCE | {
        "include_future_regions": False,
        "enable_all_ops_data_sources": False,
        "aws_organizations_source": None,
    }
    changed = {"source_regions": ["us-west-2"], "include_future_regions": True, "enable_all_ops_data_sources": True}
    hold_to_matrix(
        modules,
        MODULE,
        KEY,
        [
            Case("create", from_source(), {"sync_source": shown, "s3_destination": None}),
            Case("change", from_source(**changed), {"sync_source": shown | changed}),
            Case("delete", from_source() | {"state": "absent"}, {}),
        ],
        generated=GENERATED,
    )


def test_the_order_of_regions_and_units_does_not_count(modules: Modules) -> None:
    units = ["ou-ab12-cdefgh34", "ou-ab12-cdefgh35"]
    for turn in (1, -1):
        source = {
            "source_type": "AwsOrganizations",
            "source_regions": SOURCE["source_regions"][::turn],
            "aws_organizations_source": UNITS | {"organizational_units": units[::turn]},
        }
        found = modules.result(MODULE, **from_source(**source))
        assert found["changed"] is (turn == 1)
        assert found[KEY]["sync_source"]["aws_organizations_source"] == UNITS | {"organizational_units": units}


def test_what_aws_does_not_change_is_refused_or_replaced(modules: Modules, aws: Aws) -> None:
    modules.result(MODULE, **to_bucket())
    for check in (True, False):
        refused = modules.failure(MODULE, check=check, **to_bucket(prefix="other", region="eu-west-1"))["msg"]
        assert refused == (
            "Failed to change resource data sync 'inventory': of a sync of type SyncToDestination, AWS does not change "
            "prefix, region. Set replace to delete it and create it as wanted; its data stays."
        )
    modules.result(MODULE, **from_source())
    whole = {"source_type": "AwsOrganizations", "aws_organizations_source": UNITS}
    assert (
        "does not change source_type, aws_organizations_source."
        in modules.failure(MODULE, **from_source(**whole))["msg"]
    )
    done = modules.result(MODULE, **from_source(**whole), replace=True)
    assert done["changed"]
    assert done[KEY]["sync_source"]["source_type"] == "AwsOrganizations"


def test_a_sync_that_cannot_be_created_again_is_there_as_before(modules: Modules, aws: Aws) -> None:
    modules.result(MODULE, **to_bucket())
    once = {"operation": "CreateResourceDataSync", "code": "ResourceDataSyncCountExceededException", "times": 1}
    aws.control(failures=[once])
    refused = modules.failure(MODULE, **to_bucket(prefix="other"), replace=True)
    assert refused["error_code"] == "ResourceDataSyncCountExceededException"
    [found] = modules.result("ssm_resource_data_sync_info", sync_name="inventory")["resource_data_syncs"]
    assert found["s3_destination"]["prefix"] == "hybrid"


def test_a_sync_is_waited_for(modules: Modules, aws: Aws) -> None:
    aws.control(steps=4)
    assert modules.result(MODULE, **to_bucket())[KEY]["last_status"] == "Successful"
    modules.result(MODULE, **to_bucket(), state="absent")
    aws.control(steps=1000)
    late = modules.failure(MODULE, **to_bucket(), wait_timeout=0)["msg"]
    assert late.startswith("Failed to see resource data sync 'inventory' succeed within 0 s. It goes on.")
    assert modules.result(MODULE, **to_bucket(), wait=False)["changed"] is False
    aws.control(steps=1, ends={"sync": "Failed"})
    failed = modules.failure(MODULE, **from_source())["msg"]
    assert failed.startswith(
        "Failed to see resource data sync 'explorer' succeed: The bucket can't be written to. Look"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sync_name": "a"}, "Failed to read the options: sync_type SyncToDestination needs s3_destination."),
        ({"sync_name": "a", "sync_type": "SyncFromSource"}, "sync_type SyncFromSource needs sync_source."),
        (to_bucket() | {"sync_type": "SyncFromSource"}, "sync_type SyncFromSource needs sync_source."),
        ({"sync_name": "a" * 65} | {"s3_destination": BUCKET}, "Failed to create resource data sync"),
        (to_bucket(aws_kms_key_arn="alias/a"), "aws_kms_key_arn cannot be 'alias/a'. It takes an ARN."),
        (from_source(aws_organizations_source=UNITS), "goes with source_type AwsOrganizations, and only with it."),
        (
            from_source(
                source_type="AwsOrganizations",
                aws_organizations_source={"organization_source_type": "OrganizationalUnits"},
            ),
            "organizational_units go with organization_source_type OrganizationalUnits",
        ),
        (
            from_source(
                source_type="AwsOrganizations",
                aws_organizations_source=UNITS | {"organizational_units": ["ou-1"]},
            ),
            "'ou-1' is no organizational unit.",
        ),
    ],
)
def test_what_cannot_be_is_refused(modules: Modules, options: dict[str, Any], message: str) -> None:
    assert message in modules.failure(MODULE, **options)["msg"]


def test_information_about_syncs_is_what_was_asked_for(modules: Modules, aws: Aws) -> None:
    made = modules.result(MODULE, **to_bucket())[KEY]
    modules.result(MODULE, **from_source())
    modules.result(MODULE, **to_bucket() | {"sync_name": "explorer"})
    aws.control(page_limit=0)
    info = "ssm_resource_data_sync_info"
    named: dict[str, Any] = {"sync_name": "explorer"}
    questions: list[dict[str, Any]] = [{}, named, {"sync_type": "SyncFromSource"}, {"sync_name": "x"}]
    found = [
        [(sync["sync_name"], sync["sync_type"]) for sync in modules.result(info, **options)["resource_data_syncs"]]
        for options in questions
    ]
    source, bucket = ("explorer", "SyncFromSource"), ("explorer", "SyncToDestination")
    assert found == [[source, bucket, ("inventory", "SyncToDestination")], [source, bucket], [source], []]
    contains = documentation_of(MODULE)["RETURN"][KEY]["contains"]
    assert list(contains) == list(made)
    assert list(contains["s3_destination"]["contains"]) == list(made["s3_destination"])
    assert documentation_of(info)["RETURN"]["resource_data_syncs"]["contains"] == contains
