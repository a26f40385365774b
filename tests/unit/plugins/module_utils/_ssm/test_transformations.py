# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    CONTENT,
    normalise_content,
    to_camel_case,
    to_content,
    to_plain,
    to_snake_case,
    to_tag_list,
    to_tags,
    write_content,
)
from tests.unit.plugins.module_utils._baseline.baseline_documents import Document, baselines


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("BaselineId", "baseline_id"),
        ("CVEIds", "cve_ids"),
        ("KBId", "kb_id"),
        ("MsrcSeverity", "msrc_severity"),
        ("InstancesWithInstalledPendingRebootPatches", "instances_with_installed_pending_reboot_patches"),
        ("AWSKMSKeyARN", "awskms_key_arn"),
        ("OutputS3BucketName", "output_s3_bucket_name"),
    ],
)
def test_words_of_the_api_become_snake_case(word: str, ours: str) -> None:
    assert to_snake_case(word) == ours


@pytest.mark.parametrize("key", CONTENT)
def test_keys_of_a_baseline_go_both_ways(key: str) -> None:
    assert to_snake_case(to_camel_case(key)) == key


def test_times_are_utc_and_users_own_keys_stay_as_they_are() -> None:
    time = datetime(2026, 1, 1, 1, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    answer = {"Items": [{"CreatedTime": time, "Details": {"PatchState": "MISSING"}}]}
    assert to_plain(answer, keep=("Details",)) == {
        "items": [{"created_time": "2026-01-01T00:00:00Z", "details": {"PatchState": "MISSING"}}]
    }


def test_tags_go_both_ways() -> None:
    assert to_tags(to_tag_list({"a": "1", "b": ""})) == {"a": "1", "b": ""}


@given(baselines())
def test_what_is_asked_for_is_what_is_read_back(document: Document) -> None:
    baseline = parse_baseline(document).baseline
    content, request = write_content(baseline)
    answer = {to_camel_case(key): value for key, value in request.items()}
    assert to_content({"OperatingSystem": baseline.operating_system.value, **answer}) == content
    assert answer == {key: value for key, value in to_ssm(baseline).items() if to_snake_case(key) in CONTENT}


@given(baselines(), st.randoms())
def test_order_makes_no_difference(document: Document, chance: random.Random) -> None:
    content, _request = write_content(parse_baseline(document).baseline)
    normal = normalise_content(content)
    assert normalise_content(shuffled(content, chance)) == normal == normalise_content(normal)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("approved_patches", ["b"]),
        ("rejected_patches_action", "BLOCK"),
        ("approval_rules", [{"filters": [], "approve_after_days": 1}]),
        ("sources", [{"name": "mirror", "products": ["*"], "configuration": "deb x y z"}]),
    ],
)
def test_another_value_makes_a_difference(key: str, value: object) -> None:
    document = {"name": "web", "operating_system": "UBUNTU", "approved_patches": ["a"]}
    one, _request = write_content(parse_baseline(document).baseline)
    other, _request = write_content(parse_baseline(document | {key: value}).baseline)
    assert normalise_content(one) != normalise_content(other)


def test_what_an_answer_leaves_out_is_the_default() -> None:
    linux, windows = (to_content({"OperatingSystem": system}) for system in ("UBUNTU", "WINDOWS"))
    assert linux == write_content(parse_baseline({"name": "web", "operating_system": "UBUNTU"}).baseline)[0]
    assert windows == write_content(parse_baseline({"name": "web", "operating_system": "WINDOWS"}).baseline)[0]
    assert tuple(linux) == CONTENT


def test_filters_that_the_engine_does_not_know_are_read_all_the_same() -> None:
    rules = [{"PatchFilterGroup": {"PatchFilters": [{"Key": "EPOCH", "Values": ["1"]}]}, "ApproveAfterDays": 0}]
    answer = {"OperatingSystem": "UBUNTU", "ApprovalRules": {"PatchRules": rules}, "NewMember": 1}
    assert to_content(answer)["approval_rules"][0]["filters"] == [{"key": "EPOCH", "values": ["1"]}]


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(item, chance) for key, item in value.items()}
    if isinstance(value, list):
        return chance.sample([shuffled(item, chance) for item in value], len(value))
    return value
