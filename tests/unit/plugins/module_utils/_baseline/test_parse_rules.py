# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Approval rules: the two dates, levels, switches and the patch set of Windows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ComplianceLevel,
    OperatingSystem,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import (
    list_errors,
    only_error,
    write_baseline,
    write_filters,
    write_rule,
)

ONE_DATE = "approve_after_days (0 to 360) or approve_until_date (YYYY-MM-DD), one of the two"
WITHOUT_DATES = ["DEBIAN", "UBUNTU", "RASPBIAN", "MACOS"]
WITH_DATES = sorted({os.value for os in OperatingSystem} - set(WITHOUT_DATES))
RULE = "approval_rules[0]"
NO_DATES = "ignored, patches of this operating system have no usable dates: approved at once"


def test_a_rule_is_read() -> None:
    document = write_rule(
        "SUSE",
        approve_after_days=None,
        approve_until_date="2025-11-16",
        compliance_level="HIGH",
        enable_non_security=True,
    )
    [rule] = parse_baseline(document).baseline.approval_rules
    assert rule.approve_after_days is None
    assert rule.approve_until_date == date(2025, 11, 16)
    assert rule.compliance_level is ComplianceLevel.HIGH
    assert rule.enable_non_security is True


def test_what_a_rule_leaves_out_has_its_default() -> None:
    [rule] = parse_baseline(write_rule("SUSE")).baseline.approval_rules
    assert (rule.filters, rule.compliance_level, rule.enable_non_security) == ((), ComplianceLevel.UNSPECIFIED, False)


@pytest.mark.parametrize("os", OperatingSystem)
def test_both_dates_in_one_rule_are_refused(os: OperatingSystem) -> None:
    document = write_rule(os.value, approve_until_date="2025-11-16")
    assert only_error(document) == (RULE, "both dates", ONE_DATE)


@pytest.mark.parametrize("os", WITH_DATES)
def test_one_date_is_required_where_dates_count(os: str) -> None:
    assert only_error(write_rule(os, approve_after_days=None)) == (RULE, "no date", ONE_DATE)


@pytest.mark.parametrize("os", WITHOUT_DATES)
def test_a_rule_without_a_date_approves_at_once_where_dates_do_not_count(os: str) -> None:
    parsed = parse_baseline(write_rule(os, approve_after_days=None))
    assert parsed.baseline.approval_rules[0].approve_after_days == 0
    assert parsed.warnings == ()


@pytest.mark.parametrize("os", WITHOUT_DATES)
@pytest.mark.parametrize(
    ("fields", "warnings"),
    [
        ({"approve_after_days": 7}, (f"{RULE}.approve_after_days: {NO_DATES}",)),
        (
            {"approve_after_days": None, "approve_until_date": "2025-11-16"},
            (f"{RULE}.approve_until_date: {NO_DATES}",),
        ),
        ({"approve_after_days": 0}, ()),
    ],
)
def test_a_date_that_does_not_count_is_kept_with_a_warning(
    os: str, fields: dict[str, object], warnings: tuple[str, ...]
) -> None:
    parsed = parse_baseline(write_rule(os, **fields))
    assert parsed.warnings == warnings
    [rule] = parsed.baseline.approval_rules
    assert (rule.approve_after_days is None) != (rule.approve_until_date is None)


@pytest.mark.parametrize("os", ["SUSE", "DEBIAN"])
@pytest.mark.parametrize(
    ("field", "value", "found", "allowed"),
    [
        ("approve_after_days", 361, "the number 361", "a whole number from 0 to 360"),
        ("approve_after_days", -1, "the number -1", "a whole number from 0 to 360"),
        ("compliance_level", "SEVERE", "'SEVERE'", "CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED"),
        ("enable_non_security", "yes", "'yes'", "true or false, without quotes"),
        ("filters", "all", "'all'", "a list of 0 to 4 items"),
    ],
)
def test_a_wrong_value_of_a_rule_is_refused(os: str, field: str, value: object, found: str, allowed: str) -> None:
    assert only_error(write_rule(os, **{field: value})) == (f"{RULE}.{field}", found, allowed)


def test_a_wrong_day_is_refused() -> None:
    document = write_rule("SUSE", approve_after_days=None, approve_until_date="2025-02-30")
    assert only_error(document) == (f"{RULE}.approve_until_date", "'2025-02-30'", "a day as YYYY-MM-DD")


def test_a_baseline_has_at_most_ten_rules() -> None:
    rule = {"filters": [], "approve_after_days": 1}
    document = write_baseline("SUSE", approval_rules=[rule] * 11)
    assert only_error(document) == ("approval_rules", "11 items", "a list of 0 to 10 items")


def test_a_rule_is_a_mapping() -> None:
    path, found, _allowed = only_error(write_baseline(approval_rules=[[]]))
    assert (path, found) == (RULE, "a list")


def test_without_a_known_operating_system_no_date_is_asked_for() -> None:
    document = write_rule("DEBAIN", approve_after_days=None)
    assert [path for path, _found, _allowed in list_errors(document)] == ["operating_system"]


def test_non_security_updates_have_no_meaning_on_windows() -> None:
    parsed = parse_baseline(write_rule("WINDOWS", enable_non_security=True))
    assert parsed.warnings == (f"{RULE}.enable_non_security: ignored, it has no meaning on WINDOWS",)


@pytest.mark.parametrize(
    "filters",
    [
        [{"key": "PRODUCT", "values": ["WindowsServer2022"]}],
        [{"key": "PATCH_SET", "values": ["OS"]}],
        [{"key": "PRODUCT", "values": ["Office 2016"]}, {"key": "PATCH_SET", "values": ["APPLICATION"]}],
        [{"key": key, "values": ["*"]} for key in ("PRODUCT", "PRODUCT_FAMILY", "CLASSIFICATION", "MSRC_SEVERITY")],
    ],
)
def test_a_windows_rule_is_left_as_it_is(filters: list[Any]) -> None:
    [rule] = parse_baseline(write_filters("WINDOWS", *filters)).baseline.approval_rules
    assert rule.filters == tuple(PatchFilter(found["key"], tuple(found["values"])) for found in filters)


@pytest.mark.parametrize("patch_set", ["APPLICATION", "application", "*"])
def test_a_windows_rule_for_applications_needs_a_product(patch_set: str) -> None:
    document = write_filters("WINDOWS", {"key": "PATCH_SET", "values": [patch_set]})
    assert only_error(document) == (
        f"{RULE}.filters",
        "a rule for applications without PRODUCT",
        "PRODUCT too, ['*'] for every product",
    )
