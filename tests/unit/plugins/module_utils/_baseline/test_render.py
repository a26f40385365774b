# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rendering is the inverse of parsing."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake, to_ssm
from tests.unit.plugins.module_utils._baseline.baseline_documents import (
    Document,
    baselines,
    write_baseline,
    write_rule,
)


@settings(max_examples=100, deadline=None)
@given(baselines())
def test_our_shape_is_read_back(document: Document) -> None:
    baseline = parse_baseline(document).baseline
    assert parse_baseline(to_snake(baseline)).baseline == baseline


@settings(max_examples=100, deadline=None)
@given(baselines())
def test_the_request_is_read_back_but_for_what_is_no_part_of_it(document: Document) -> None:
    baseline = parse_baseline(document).baseline
    same = dataclasses.replace(baseline, id=baseline.name, patch_groups=(), default_baseline=False)
    assert parse_baseline(to_ssm(baseline)).baseline == same


@settings(max_examples=100, deadline=None)
@given(baselines())
def test_both_shapes_survive_their_file_formats(document: Document) -> None:
    baseline = parse_baseline(document).baseline
    assert json.loads(json.dumps(to_ssm(baseline))) == to_ssm(baseline)
    assert yaml.safe_load(yaml.safe_dump(to_snake(baseline))) == to_snake(baseline)


def test_our_shape_is_short() -> None:
    rule = {"key": "PRODUCT", "values": ["*"]}
    document = write_rule("SUSE", filters=[rule], approve_until_date="2025-11-16", approve_after_days=None)
    assert to_snake(parse_baseline(document).baseline) == {
        "name": "web",
        "operating_system": "SUSE",
        "global_filters": [],
        "approval_rules": [
            {
                "filters": [rule],
                "approve_until_date": "2025-11-16",
                "compliance_level": "UNSPECIFIED",
                "enable_non_security": False,
            }
        ],
        "approved_patches": [],
        "approved_patches_compliance_level": "UNSPECIFIED",
        "approved_patches_enable_non_security": False,
        "rejected_patches": [],
        "rejected_patches_action": "ALLOW_AS_DEPENDENCY",
    }


def test_labels_are_rendered_where_there_are_any() -> None:
    labels: dict[str, Any] = {
        "baseline_id": "pb-0123456789abcdef0",
        "description": "Web servers",
        "patch_groups": ["web"],
        "default_baseline": True,
        "tags": {"a": "b"},
    }
    document = to_snake(parse_baseline(write_baseline(**labels)).baseline)
    assert {key: document[key] for key in labels} == labels


def test_the_request_has_the_shape_of_the_api() -> None:
    document = write_rule("DEBIAN", approve_after_days=None, filters=[{"key": "SECTION", "values": ["libs"]}])
    request = to_ssm(parse_baseline({**document, "tags": {"a": "b"}, "patch_groups": ["web"]}).baseline)
    assert request == {
        "Name": "web",
        "OperatingSystem": "DEBIAN",
        "Tags": [{"Key": "a", "Value": "b"}],
        "GlobalFilters": {"PatchFilters": []},
        "ApprovalRules": {
            "PatchRules": [
                {
                    "PatchFilterGroup": {"PatchFilters": [{"Key": "SECTION", "Values": ["libs"]}]},
                    "ApproveAfterDays": 0,
                    "ComplianceLevel": "UNSPECIFIED",
                    "EnableNonSecurity": False,
                }
            ]
        },
        "ApprovedPatches": [],
        "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
        "ApprovedPatchesEnableNonSecurity": False,
        "RejectedPatches": [],
        "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
        "Sources": [],
    }


@pytest.mark.parametrize(
    ("os", "status", "shown"),
    [
        ("WINDOWS", "COMPLIANT", True),
        ("WINDOWS", "NON_COMPLIANT", True),
        ("DEBIAN", "COMPLIANT", False),
        ("DEBIAN", "NON_COMPLIANT", True),
    ],
)
def test_the_status_of_available_security_updates_is_rendered_where_it_says_something(
    os: str, status: str, shown: bool
) -> None:
    baseline = parse_baseline(write_baseline(os, available_security_updates_compliance_status=status)).baseline
    assert ("available_security_updates_compliance_status" in to_snake(baseline)) is shown
    assert ("AvailableSecurityUpdatesComplianceStatus" in to_ssm(baseline)) is shown
