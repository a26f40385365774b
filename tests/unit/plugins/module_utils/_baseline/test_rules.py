# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One rule and one patch: reasons, incomplete notices, and what an operating system leaves out."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    ComplianceLevel,
    PackageManager,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.rules import Answer, Rule
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Subject

APT, RPM, WINDOWS = PackageManager.APT, PackageManager.RPM, PackageManager.WINDOWS
NOW = datetime(2025, 11, 20, tzinfo=timezone.utc)
WEEK_AGO = NOW - timedelta(days=7)
SECURITY = (PatchFilter("CLASSIFICATION", ("Security",)),)
NAMED = Traits({"CLASSIFICATION": ("Security",)})
UNCLASSIFIED = Traits({})
OUTSIDE = Traits({}, security=False, security_miss="no update notice names it")


def judge(rule: ApprovalRule, subject: Subject, manager: PackageManager = RPM) -> tuple[str, str]:
    ruling = Rule(0, rule, manager).judge(subject, NOW)
    return ruling.answer.name, ruling.explain()


@pytest.mark.parametrize(
    ("rule", "subject", "answer", "reason"),
    [
        (
            ApprovalRule(SECURITY, approve_after_days=7),
            Subject(NAMED, "notice N", WEEK_AGO),
            *("APPROVED", "approval_rules[0]: CLASSIFICATION Security, notice N, approved since 2025-11-20T00:00:00Z"),
        ),
        (
            ApprovalRule(SECURITY, approve_after_days=8),
            Subject(NAMED, "notice N", WEEK_AGO),
            *("PENDING", "pending until 2025-11-21T00:00:00Z by approval_rules[0]: CLASSIFICATION Security, notice N"),
        ),
        (
            ApprovalRule(approve_until_date=date(2025, 11, 12)),
            Subject(NAMED, "notice N", WEEK_AGO),
            *("MISSED", "approval_rules[0]: dated 2025-11-13T00:00:00Z, after approve_until_date 2025-11-12"),
        ),
        (
            ApprovalRule(approve_until_date=date(2025, 12, 31)),
            Subject(NAMED, dated=NOW + timedelta(days=9)),
            *("APPROVED", "approval_rules[0]: every patch, approved since 2025-11-29T00:00:00Z"),
        ),
        (
            ApprovalRule(SECURITY, approve_after_days=0),
            Subject(OUTSIDE, dated=WEEK_AGO),
            "MISSED",
            "approval_rules[0]: CLASSIFICATION not published is not Security; no update notice names it",
        ),
    ],
)
def test_reasons(rule: ApprovalRule, subject: Subject, answer: str, reason: str) -> None:
    assert judge(rule, subject) == (answer, reason)


@pytest.mark.parametrize(
    ("subject", "wide", "days", "answer"),
    [
        # a notice without classification
        (Subject(UNCLASSIFIED, "notice N", WEEK_AGO), False, 0, Answer.MISSED),
        (Subject(UNCLASSIFIED, "notice N", WEEK_AGO), True, 0, Answer.APPROVED),
        # a notice without date
        (Subject(NAMED, "notice N"), False, 7, Answer.MISSED),
        (Subject(NAMED, "notice N"), False, 0, Answer.APPROVED),
        (Subject(NAMED, "notice N"), True, 7, Answer.APPROVED),
        (Subject(NAMED, "notice N", fallback=NOW), True, 7, Answer.PENDING),
        # no notice at all
        (Subject(OUTSIDE, dated=WEEK_AGO), False, 0, Answer.MISSED),
        (Subject(OUTSIDE, dated=WEEK_AGO), True, 7, Answer.APPROVED),
        (Subject(OUTSIDE, dated=WEEK_AGO), True, 8, Answer.PENDING),
    ],
)
def test_incomplete_notices(subject: Subject, wide: bool, days: int, answer: Answer) -> None:
    rule = ApprovalRule(SECURITY, approve_after_days=days, enable_non_security=wide)
    assert Rule(0, rule, RPM).judge(subject, NOW).answer is answer


def test_a_missing_date_is_named() -> None:
    _answer, reason = judge(ApprovalRule(approve_after_days=7), Subject(NAMED, "notice N"))
    assert reason == "approval_rules[0]: approve_after_days 7 needs a date, notice N has none"


@pytest.mark.parametrize("manager", [APT, PackageManager.MACOS])
def test_dates_do_not_count_where_there_are_none(manager: PackageManager) -> None:
    rule = ApprovalRule(approve_after_days=360, compliance_level=ComplianceLevel.HIGH)
    ruling = Rule(3, rule, manager).judge(Subject(NAMED, "in jammy-security"), NOW)
    assert (ruling.answer, ruling.moment, ruling.level) == (Answer.APPROVED, None, ComplianceLevel.HIGH)
    assert ruling.explain() == "approval_rules[3]: every patch, in jammy-security"


@pytest.mark.parametrize(
    ("filters", "patch_set", "answer"),
    [
        ((), "OS", Answer.APPROVED),
        ((), "APPLICATION", Answer.MISSED),
        ((PatchFilter("PATCH_SET", ("APPLICATION",)),), "APPLICATION", Answer.APPROVED),
        ((PatchFilter("PATCH_SET", ("*",)),), "APPLICATION", Answer.APPROVED),
    ],
)
def test_on_windows_a_rule_is_for_the_operating_system_unless_it_says_otherwise(
    filters: tuple[PatchFilter, ...], patch_set: str, answer: Answer
) -> None:
    subject = Subject(Traits({"PATCH_SET": (patch_set,)}), dated=WEEK_AGO)
    assert Rule(0, ApprovalRule(filters), WINDOWS).judge(subject, NOW).answer is answer


def test_windows_ignores_the_switch() -> None:
    subject = Subject(Traits({"PATCH_SET": ("OS",)}), dated=WEEK_AGO)
    rule = ApprovalRule(SECURITY, enable_non_security=True)
    assert Rule(0, rule, WINDOWS).judge(subject, NOW).answer is Answer.MISSED
    assert Rule(0, rule, RPM).judge(subject, NOW).answer is Answer.APPROVED
