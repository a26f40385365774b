# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.aws_endpoints import (
    REGIONS,
    list_endpoints,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError


def hosts(region: str) -> list[str]:
    return [endpoint.host.removesuffix(f".{region}.amazonaws.com") for endpoint in list_endpoints(region)]


@pytest.mark.parametrize(
    ("region", "patching", "snapshots"),
    [
        ("us-east-1", "aws-patch-manager-us-east-1-1970c647d", "patch-baseline-snapshot-us-east-1"),
        ("af-south-1", "aws-patch-manager-af-south-1-bdd5f65a9", "patch-baseline-snapshot-af-south-1-tbxdb5b9"),
    ],
)
def test_a_region_has_its_services_and_buckets(region: str, patching: str, snapshots: str) -> None:
    buckets = [f"aws-ssm-{region}", f"amazon-ssm-{region}", patching, snapshots]
    assert hosts(region) == ["ssm", "ssmmessages", "ec2messages", "s3", *(f"{bucket}.s3" for bucket in buckets)]


def test_all_regions_differ_in_their_words() -> None:
    words = [word for pair in REGIONS.values() for word in pair if word]
    assert len(REGIONS) == 34
    assert len(set(words)) == len(words)


def test_of_a_region_that_is_new_only_what_can_be_worked_out_is_listed() -> None:
    assert hosts("eu-moon-1") == [
        "ssm",
        "ssmmessages",
        "ec2messages",
        "s3",
        "aws-ssm-eu-moon-1.s3",
        "amazon-ssm-eu-moon-1.s3",
    ]
    assert list_endpoints("cn-north-1")[0].host == "ssm.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize("region", ["", "Frankfurt", "eu-central-1.evil.example/", "eu-central-1\n", "eu"])
def test_what_is_no_region_is_refused(region: str) -> None:
    with pytest.raises(OperationError, match="patch_preflight_region"):
        list_endpoints(region)
