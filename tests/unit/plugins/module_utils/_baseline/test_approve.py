# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of rejected list, approved list, global filters and rules, and which of several answers counts."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Verdict, compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    ComplianceLevel,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, OsFacts
from tests.unit.plugins.module_utils._baseline.nodes import (
    NOW,
    Json,
    days_ago,
    deb,
    kb,
    make_baseline,
    make_facts,
    notice,
    rpm,
    rule,
)

RHEL, UBUNTU = "REDHAT_ENTERPRISE_LINUX", "UBUNTU"
NOTICES = {
    "SEC": notice("security", "Important", days_ago(10)),
    "BUG": notice("bugfix", "", days_ago(20)),
    "NEW": notice("security", "Critical", days_ago(1)),
}


def judge(baseline: Baseline, package: Json, os: str = RHEL) -> Verdict:
    facts = make_facts(os, [], [package], notices=NOTICES)
    return compile_baseline(baseline, facts, NOW).verdict(facts.candidates[0])


def test_rejected_patch_wins_over_approved_list_and_rules() -> None:
    baseline = make_baseline(RHEL, rule(level="HIGH"), approved_patches=["a"], rejected_patches=["b", "a"])
    verdict = judge(baseline, rpm("a-2-1.x86_64", "SEC"))
    assert (verdict.approved, verdict.rejected, verdict.reason) == (False, True, "rejected_patches[1] 'a'")
    assert verdict.compliance_level is ComplianceLevel.HIGH, "as grave as the rules would have found it"


def test_approved_list_wins_over_global_filters_and_waiting() -> None:
    baseline = make_baseline(
        RHEL,
        rule(360, level="LOW"),
        global_filters=[{"key": "CLASSIFICATION", "values": ["Bugfix"]}],
        approved_patches=["a"],
        approved_patches_compliance_level="CRITICAL",
    )
    verdict = judge(baseline, rpm("a-2-1.x86_64", "NEW"))
    assert verdict == Verdict(True, False, ComplianceLevel.CRITICAL, "approved_patches[0] 'a'")


@pytest.mark.parametrize(
    ("rules", "approved", "reason"),
    [
        (
            [rule(CLASSIFICATION=["Security"])],
            False,
            "approved_patches[0] 'tool' needs approved_patches_enable_non_security: no update notice names it; "
            "no rule accepts it: approval_rules[0]: CLASSIFICATION not published is not Security; "
            "no update notice names it",
        ),
        ([rule(wide=True)], True, "approval_rules[0]: every patch, approved since 1970-01-01T00:00:00Z"),
    ],
    ids=["no rule reaches it either", "a rule reaches it"],
)
def test_listed_patch_outside_notices_is_left_to_the_rules(rules: list[Json], approved: bool, reason: str) -> None:
    verdict = judge(make_baseline(RHEL, *rules, approved_patches=["tool"]), rpm("tool-2-1.x86_64"))
    assert (verdict.approved, verdict.reason) == (approved, reason)


def test_the_list_of_windows_needs_no_switch() -> None:
    verdict = judge(make_baseline("WINDOWS", approved_patches=["KB1"]), kb("KB1", "Updates"), "WINDOWS")
    assert verdict.approved


def test_any_notice_and_any_rule_approves_and_the_gravest_level_counts() -> None:
    baseline = make_baseline(
        RHEL,
        rule(7, level="LOW", CLASSIFICATION=["Bugfix"]),
        rule(7, level="CRITICAL", CLASSIFICATION=["Security"], SEVERITY=["Important"]),
        rule(7, level="CRITICAL", CLASSIFICATION=["Security"], SEVERITY=["Critical"]),
    )
    both = judge(baseline, rpm("a-2-1.x86_64", "NEW", "BUG", "SEC"))
    assert (both.approved, both.compliance_level) == (True, ComplianceLevel.CRITICAL)
    assert both.reason == (
        "approval_rules[1]: CLASSIFICATION Security, SEVERITY Important, notice SEC, "
        "approved since 2026-11-20T18:00:00Z"
    )
    assert judge(baseline, rpm("a-2-1.x86_64", "BUG", "NEW")).compliance_level is ComplianceLevel.LOW


def test_of_two_rules_of_one_level_the_earlier_approval_is_told() -> None:
    baseline = make_baseline(RHEL, rule(7, CLASSIFICATION=["Security"]), rule(2, CLASSIFICATION=["Security"]))
    assert judge(baseline, rpm("a-2-1.x86_64", "SEC")).reason.startswith("approval_rules[1]")


def test_pending_patch_waits_for_the_first_rule() -> None:
    baseline = make_baseline(RHEL, rule(30, CLASSIFICATION=["Security"]), rule(7, level="HIGH"))
    verdict = judge(baseline, rpm("a-2-1.x86_64", "NEW"))
    assert verdict.pending
    assert verdict.compliance_level is ComplianceLevel.UNSPECIFIED
    assert verdict.reason == "pending until 2026-11-29T18:00:00Z by approval_rules[1]: every patch, notice NEW"


def test_the_nearest_miss_is_told() -> None:
    baseline = make_baseline(
        UBUNTU, rule(PRIORITY=["Required"], SECTION=["net"]), rule(PRIORITY=["Optional"], SECTION=["admin"])
    )
    verdict = judge(baseline, deb("a", "2", "jammy-security"), UBUNTU)
    assert verdict.reason == "no rule accepts it: approval_rules[1]: SECTION libs is not admin"


def test_a_baseline_without_rules_says_so() -> None:
    verdict = judge(make_baseline(RHEL), rpm("a-2-1.x86_64", "SEC"))
    reason = "the baseline has no rule that could accept it"
    assert verdict == Verdict(False, False, ComplianceLevel.UNSPECIFIED, reason)


def test_global_filters_do_not_forgive_what_is_missing() -> None:
    # They have no switch of their own, so a package outside notices has no classification that could pass.
    baseline = make_baseline(RHEL, rule(wide=True), global_filters=[{"key": "CLASSIFICATION", "values": ["Security"]}])
    assert not judge(baseline, rpm("a-2-1.x86_64")).approved
    assert judge(baseline, rpm("a-2-1.x86_64", "SEC")).approved


@pytest.mark.parametrize(
    ("os", "found"),
    [
        (OsFacts(operating_system=OperatingSystem.DEBIAN), "DEBIAN"),
        (OsFacts(id="arch"), "not supported (arch)"),
        (OsFacts(), "not supported (unknown)"),
    ],
)
def test_a_baseline_of_another_operating_system_is_refused(os: OsFacts, found: str) -> None:
    with pytest.raises(BaselineError) as caught:
        compile_baseline(make_baseline(UBUNTU), NodeFacts(hostname="web1", os=os), NOW)
    assert str(caught.value) == (
        f"Failed to apply baseline 'test' to node 'web1': it is for UBUNTU, the node's operating system is {found}"
    )
