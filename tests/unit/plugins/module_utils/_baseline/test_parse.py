# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whole baselines: spellings, identity and labels, what has no meaning, and every error of a document at once."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineDocumentError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    AvailableSecurityUpdates,
    Baseline,
    ComplianceLevel,
    OperatingSystem,
    PatchFilter,
    PatchSource,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import (
    Document,
    list_errors,
    only_error,
    write_baseline,
)

CONFIGURATION = "[main]\nbaseurl=https://mirror.example.com/"
EXPECTED = Baseline(
    name="Web-Servers_1.0",
    id="Web-Servers_1.0",
    operating_system=OperatingSystem.REDHAT_ENTERPRISE_LINUX,
    description="Web servers",
    global_filters=(PatchFilter("PRODUCT", ("*",)),),
    approval_rules=(
        ApprovalRule(
            filters=(PatchFilter("CLASSIFICATION", ("Security", "Bugfix")), PatchFilter("SEVERITY", ("Critical",))),
            approve_after_days=7,
            compliance_level=ComplianceLevel.HIGH,
            enable_non_security=True,
        ),
        ApprovalRule(filters=(), approve_until_date=datetime.date(2025, 11, 16)),
    ),
    approved_patches=("dbus*", "1463241"),
    approved_patches_compliance_level=ComplianceLevel.CRITICAL,
    approved_patches_enable_non_security=True,
    rejected_patches=("java-*",),
    rejected_patches_action=RejectedPatchesAction.BLOCK,
    sources=(PatchSource("mirror", ("RedhatEnterpriseLinux9",), CONFIGURATION),),
)

OURS: Document = {
    "name": "Web-Servers_1.0",
    "operating_system": "REDHAT_ENTERPRISE_LINUX",
    "description": "Web servers",
    "global_filters": [{"key": "PRODUCT", "values": ["*"]}],
    "approval_rules": [
        {
            "filters": [
                {"key": "CLASSIFICATION", "values": ["Security", "Bugfix"]},
                {"key": "SEVERITY", "values": ["Critical"]},
            ],
            "approve_after_days": 7,
            "compliance_level": "HIGH",
            "enable_non_security": True,
        },
        {"filters": [], "approve_until_date": datetime.date(2025, 11, 16)},
    ],
    "approved_patches": ["dbus*", 1463241],
    "approved_patches_compliance_level": "CRITICAL",
    "approved_patches_enable_non_security": True,
    "rejected_patches": ["java-*"],
    "rejected_patches_action": "BLOCK",
    "sources": [{"name": "mirror", "products": ["RedhatEnterpriseLinux9"], "configuration": CONFIGURATION}],
}
OURS_NESTED: Document = {
    **OURS,
    "global_filters": {"patch_filters": OURS["global_filters"]},
    "approval_rules": {
        "patch_rules": [
            {
                **{key: value for key, value in rule.items() if key != "filters"},
                "patch_filter_group": {"patch_filters": rule["filters"]},
            }
            for rule in OURS["approval_rules"]
        ]
    },
}
SSM: Document = {
    "Name": "Web-Servers_1.0",
    "OperatingSystem": "REDHAT_ENTERPRISE_LINUX",
    "Description": "Web servers",
    "GlobalFilters": {"PatchFilters": [{"Key": "PRODUCT", "Values": ["*"]}]},
    "ApprovalRules": {
        "PatchRules": [
            {
                "PatchFilterGroup": {
                    "PatchFilters": [
                        {"Key": "CLASSIFICATION", "Values": ["Security", "Bugfix"]},
                        {"Key": "SEVERITY", "Values": ["Critical"]},
                    ]
                },
                "ApproveAfterDays": 7,
                "ComplianceLevel": "HIGH",
                "EnableNonSecurity": True,
            },
            {"PatchFilterGroup": {"PatchFilters": []}, "ApproveUntilDate": "2025-11-16"},
        ]
    },
    "ApprovedPatches": ["dbus*", "1463241"],
    "ApprovedPatchesComplianceLevel": "CRITICAL",
    "ApprovedPatchesEnableNonSecurity": True,
    "RejectedPatches": ["java-*"],
    "RejectedPatchesAction": "BLOCK",
    "Sources": [{"Name": "mirror", "Products": ["RedhatEnterpriseLinux9"], "Configuration": CONFIGURATION}],
}
ON_NODE: Document = {
    "name": "Web-Servers_1.0",
    "accountId": "123456789012",
    "createdTime": 1525194800.068,
    "modifiedTime": 1525194800.068,
    "operatingSystem": "REDHAT_ENTERPRISE_LINUX",
    "description": "Web servers",
    "globalFilters": {"filters": [{"key": "PRODUCT", "values": ["*"]}]},
    "approvalRules": {
        "rules": [
            {
                "filterGroup": {
                    "filters": [
                        {"key": "CLASSIFICATION", "values": ["Security", "Bugfix"]},
                        {"key": "SEVERITY", "values": ["Critical"]},
                    ]
                },
                "complianceLevel": "HIGH",
                "enableNonSecurity": True,
                "approveAfterDays": 7,
                "approveUntilDate": None,
            },
            {"filterGroup": {"filters": []}, "approveAfterDays": None, "approveUntilDate": "2025-11-16"},
        ]
    },
    "approvedPatches": ["dbus*", "1463241"],
    "approvedPatchesComplianceLevel": "CRITICAL",
    "approvedPatchesEnableNonSecurity": True,
    "rejectedPatches": ["java-*"],
    "rejectedPatchesAction": "BLOCK",
    "sources": [{"name": "mirror", "products": ["RedhatEnterpriseLinux9"], "configuration": CONFIGURATION}],
}


@pytest.mark.parametrize("document", [OURS, OURS_NESTED, SSM, ON_NODE], ids=["ours", "ours-nested", "ssm", "on-node"])
def test_one_baseline_in_every_shape_is_the_same(document: Document) -> None:
    parsed = parse_baseline(document)
    assert parsed.baseline == EXPECTED
    assert parsed.warnings == ()


def test_the_smallest_baseline_has_the_defaults_of_the_model() -> None:
    parsed = parse_baseline({"name": "web", "operating_system": "SUSE"})
    assert parsed.baseline == Baseline(name="web", id="web", operating_system=OperatingSystem.SUSE)
    assert parsed.warnings == ()


def test_null_is_the_same_as_absent() -> None:
    nulls = dict.fromkeys([*OURS, "tags", "patch_groups", "default_baseline", "baseline_id"])
    assert parse_baseline({**nulls, **write_baseline("SUSE")}) == parse_baseline(write_baseline("SUSE"))


@pytest.mark.parametrize("spelling", ["operating_system", "OperatingSystem"])
def test_without_an_operating_system_windows_is_meant(spelling: str) -> None:
    parsed = parse_baseline({"Name" if spelling[0] == "O" else "name": "web"})
    assert parsed.baseline.operating_system is OperatingSystem.WINDOWS
    assert parsed.warnings == (f"{spelling}: not given, WINDOWS is meant then",)


def test_a_baseline_without_an_operating_system_is_checked_as_one_of_windows() -> None:
    rule = {"filters": [{"key": "PRIORITY", "values": ["Extra"]}], "approve_after_days": 0}
    path, found, _allowed = only_error({"name": "web", "approval_rules": [rule]})
    assert (path, found) == ("approval_rules[0].filters[0].key", "'PRIORITY', no filter key of WINDOWS")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a_b"),
        ("name", "x" * 128),
        ("baseline_id", "pb-" + "0" * 17),
        ("baseline_id", "arn:aws:ssm:us-east-1:123456789012:patchbaseline/pb-" + "0" * 76),
        ("description", "x" * 1024),
    ],
)
def test_a_text_may_be_at_its_limits(field: str, value: str) -> None:
    baseline = parse_baseline(write_baseline(**{field: value})).baseline
    assert getattr(baseline, {"baseline_id": "id"}.get(field, field)) == value


def test_what_the_api_returns_besides_is_accepted() -> None:
    returned = {
        "BaselineId": "pb-0123456789abcdef0",
        "PatchGroups": ["QA", "DEV"],
        "CreatedDate": 1550244180.465,
        "ModifiedDate": datetime.datetime(2025, 11, 16, tzinfo=datetime.timezone.utc),
        "ClientToken": "x",
        "Replace": True,
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }
    parsed = parse_baseline({**SSM, **returned})
    assert parsed.baseline == dataclasses.replace(EXPECTED, id="pb-0123456789abcdef0", patch_groups=("QA", "DEV"))
    assert parsed.warnings == ()


def test_labels_are_read() -> None:
    labels = {"patch_groups": ["web"], "default_baseline": True, "tags": {"a": "b"}, "description": ""}
    baseline = parse_baseline(write_baseline(**labels)).baseline
    assert baseline.patch_groups == ("web",)
    assert baseline.default_baseline is True
    assert baseline.tags == (("a", "b"),)
    assert baseline.description == ""


NAME = "3 to 128 of the characters a-z A-Z 0-9 _ - ."
ID = "20 to 128 of the characters a-z A-Z 0-9 _ - : /"
SYSTEMS = ", ".join(os.value for os in OperatingSystem)
LEVELS = "CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED"


@pytest.mark.parametrize(
    ("field", "value", "found", "allowed"),
    [
        ("name", "ab", "'ab'", NAME),
        ("name", "x" * 129, f"'{'x' * 60}…'", NAME),
        ("name", "web servers", "'web servers'", NAME),
        ("name", "wéb", "'wéb'", NAME),
        (
            "name",
            datetime.date(2025, 11, 16),
            "the date 2025-11-16",
            f"{NAME} (write it in quotes, YAML reads it as something else)",
        ),
        ("baseline_id", "pb-1", "'pb-1'", ID),
        ("operating_system", "debian", "'debian' (did you mean 'DEBIAN'?)", SYSTEMS),
        ("operating_system", "FEDORA", "'FEDORA'", SYSTEMS),
        ("operating_system", 12, "the number 12", SYSTEMS),
        ("description", "x" * 1025, f"'{'x' * 60}…'", "a text of 0 to 1024 characters"),
        ("default_baseline", "true", "'true'", "true or false, without quotes"),
        ("approved_patches_compliance_level", "Critical", "'Critical' (did you mean 'CRITICAL'?)", LEVELS),
        ("approved_patches_enable_non_security", 1, "the number 1", "true or false"),
        ("rejected_patches_action", "DENY", "'DENY'", "ALLOW_AS_DEPENDENCY, BLOCK"),
        (
            "available_security_updates_compliance_status",
            "NONCOMPLIANT",
            "'NONCOMPLIANT' (did you mean 'NON_COMPLIANT'?)",
            "COMPLIANT, NON_COMPLIANT",
        ),
    ],
)
def test_a_wrong_value_is_refused(field: str, value: object, found: str, allowed: str) -> None:
    assert only_error(write_baseline(**{field: value})) == (field, found, allowed)


@pytest.mark.parametrize(
    ("document", "warning"),
    [
        (
            write_baseline("WINDOWS", approved_patches_enable_non_security=True),
            "approved_patches_enable_non_security: ignored, it has no meaning on WINDOWS",
        ),
        (
            write_baseline("DEBIAN", available_security_updates_compliance_status="NON_COMPLIANT"),
            "available_security_updates_compliance_status: ignored, it has a meaning on WINDOWS only",
        ),
    ],
)
def test_what_has_no_meaning_for_an_operating_system_is_a_warning(document: Document, warning: str) -> None:
    assert parse_baseline(document).warnings == (warning,)


@pytest.mark.parametrize(
    "document",
    [
        write_baseline("DEBIAN", approved_patches_enable_non_security=True),
        write_baseline("WINDOWS", available_security_updates_compliance_status="NON_COMPLIANT"),
        write_baseline("DEBIAN", available_security_updates_compliance_status="COMPLIANT"),
    ],
)
def test_what_has_a_meaning_or_changes_nothing_is_no_warning(document: Document) -> None:
    parsed = parse_baseline(document)
    assert parsed.warnings == ()
    status = document.get("available_security_updates_compliance_status", "COMPLIANT")
    assert parsed.baseline.available_security_updates_compliance_status is AvailableSecurityUpdates(status)


def test_every_error_of_a_document_is_reported_at_once() -> None:
    document = {
        "Name": "x",
        "OperatingSystem": "SUSE",
        "Nmae": "web",
        "ApprovalRules": {
            "PatchRules": [
                {"PatchFilterGroup": {"PatchFilters": []}, "ApproveAfterDays": 1},
                {
                    "PatchFilterGroup": {"PatchFilters": [{"Key": "PRIORITY", "Values": ["Extra"]}]},
                    "ApproveAfterDays": 400,
                    "ComplianceLevel": "SEVERE",
                },
            ]
        },
        "ApprovedPatches": ["a*b*"],
        "PatchGroups": ["$(id)"],
    }
    assert [path for path, _found, _allowed in list_errors(document)] == [
        "Nmae",
        "Name",
        "ApprovalRules.PatchRules[1].PatchFilterGroup.PatchFilters[0].Key",
        "ApprovalRules.PatchRules[1].ApproveAfterDays",
        "ApprovalRules.PatchRules[1].ComplianceLevel",
        "ApprovedPatches[0]",
        "PatchGroups[0]",
    ]


@pytest.mark.parametrize(
    ("document", "where", "start"),
    [
        ([], "", "Failed to read patch baseline: 1 error\n- the document: found a list; allowed: "),
        ([], "patch_baselines/web.yml", "Failed to read patch baseline 'patch_baselines/web.yml': 1 error\n- "),
        (
            write_baseline(colour=1),
            "",
            "Failed to read patch baseline 'web': 1 error\n- colour: found an unknown key; ",
        ),
    ],
)
def test_the_error_names_the_document(document: object, where: str, start: str) -> None:
    with pytest.raises(BaselineDocumentError) as caught:
        parse_baseline(document, where=where)
    assert str(caught.value).startswith(start)


_JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), st.binary(max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from([*OURS, *SSM]), st.text()), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(_JSON, st.fixed_dictionaries({}, optional=dict.fromkeys([*OURS, "tags", "patch_groups"], _JSON))))
def test_no_document_breaks_the_parser(document: object) -> None:
    try:
        parse_baseline(document)
    except BaselineDocumentError as error:
        assert all(problem.found and problem.allowed for problem in error.errors)
        assert all(line.isprintable() for line in str(error).split("\n"))


def _published_samples() -> list[Any]:
    """Baselines printed in AWS's own documentation, where the reference data is at hand."""
    reference = Path(os.environ.get("OPENPATCH_REFERENCE", Path(__file__).parents[6] / "shared/reference"))
    samples: list[Any] = []
    for name in ("user-guide-examples", "aws-cli-ssm-examples"):
        archive = reference.parent / f"data/aws/{name}.json.gz"
        if archive.exists():
            texts = [text for entry in json.loads(gzip.decompress(archive.read_bytes())) for text in _texts(entry)]
            samples += [sample for text in texts for sample in _find_baselines(text)]
    return samples


def _texts(entry: dict[str, Any]) -> list[str]:
    return [entry["text"]] if "text" in entry else list(entry["blocks"])


def _find_baselines(text: str) -> list[Any]:
    try:
        loaded = json.loads(text)
    except ValueError:
        return []
    return [item for item in (loaded if isinstance(loaded, list) else [loaded]) if "ApprovalRules" in item]


@pytest.mark.skipif(not _published_samples(), reason="the published samples are not here")
def test_published_samples_are_read() -> None:
    samples = _published_samples()
    for sample in samples:
        named = {"Name": "BaselineOverride", **sample}
        parse_baseline(named)
    assert len(samples) > 5
