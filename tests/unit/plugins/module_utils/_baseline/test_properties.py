# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every baseline and every node."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Judge, compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    PACKAGE_MANAGERS,
    ApprovalRule,
    Baseline,
    ComplianceLevel,
    OperatingSystem,
    PackageManager,
    PatchFilter,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import format_id
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    InstallResult,
    NodeFacts,
    Notice,
    OsFacts,
    Package,
    Repository,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import plan_install
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchState,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from tests.unit.plugins.module_utils._baseline.nodes import NOW

CHECKED = settings(max_examples=80, deadline=None)
SYSTEMS = st.sampled_from(
    [
        OperatingSystem.UBUNTU,
        OperatingSystem.REDHAT_ENTERPRISE_LINUX,
        OperatingSystem.ROCKY_LINUX,
        OperatingSystem.SUSE,
        OperatingSystem.MACOS,
        OperatingSystem.WINDOWS,
    ]
)
NAMES = ("a", "ab", "python3-apt")
NOTICES = ("N1", "N2", "N3")
ARCHIVES = {"s": "jammy-security", "u": "jammy-updates"}
REPOSITORIES = tuple(Repository(id_, origin="Ubuntu", suite=suite) for id_, suite in ARCHIVES.items())
MOMENTS = st.none() | st.integers(-20, 20).map(lambda days: NOW + timedelta(days=days, hours=days))
ENTRIES = st.lists(st.sampled_from([*NAMES, *NOTICES, "a*", "*b", "a-2-1", "CVE-1", "77"]), max_size=3).map(tuple)
FILTERS = st.sampled_from(
    [
        PatchFilter("PRODUCT", ("*",)),
        PatchFilter("CLASSIFICATION", ("Security", "SecurityUpdates", "softwareupdate")),
        PatchFilter("SEVERITY", ("Critical",)),
        PatchFilter("PRIORITY", ("Optional",)),
        PatchFilter("PATCH_SET", ("*",)),
    ]
)
RULES = st.builds(
    ApprovalRule,
    filters=st.lists(FILTERS, max_size=2).map(tuple),
    approve_after_days=st.integers(0, 15),
    approve_until_date=st.none() | st.integers(-20, 20).map(lambda days: NOW.date() + timedelta(days=days)),
    compliance_level=st.sampled_from(ComplianceLevel),
    enable_non_security=st.booleans(),
)
BASELINES = st.builds(
    Baseline,
    name=st.just("b"),
    operating_system=SYSTEMS,
    global_filters=st.lists(FILTERS, max_size=1).map(tuple),
    approval_rules=st.lists(RULES, max_size=3).map(tuple),
    approved_patches=ENTRIES,
    approved_patches_enable_non_security=st.booleans(),
    approved_patches_compliance_level=st.sampled_from(ComplianceLevel),
    rejected_patches=ENTRIES,
    rejected_patches_action=st.sampled_from(RejectedPatchesAction),
)
PACKAGES = st.builds(
    Package,
    name=st.sampled_from(NAMES),
    arch=st.sampled_from(["", "amd64", "all"]),
    version=st.sampled_from("123"),
    release=st.sampled_from("12"),
    repositories=st.sampled_from([(), ("s",), ("u",), ("s", "u")]),
    priority=st.sampled_from(["", "optional", "required"]),
    notices=st.sampled_from([(), ("N1",), ("N2",), ("N1", "N3")]),
    built_at=MOMENTS,
    installed_at=MOMENTS,
    released_at=MOMENTS,
    available=st.booleans(),
    applicable=st.booleans(),
    is_security=st.booleans(),
    classification=st.sampled_from(["", "SecurityUpdates", "softwareupdate", "installer"]),
    kb_ids=st.sampled_from([(), ("KB1",)]),
    update_id=st.sampled_from(["", "u1", "u2"]),
    superseded_update_ids=st.sampled_from([(), ("u1",), ("u2", "u3")]),
    reboot_required=st.booleans(),
).map(lambda package: dataclasses.replace(package, title=f"{package.name} {package.update_id}"))
STATED = st.builds(
    Notice,
    type=st.sampled_from(["", "security", "bugfix"]),
    severity=st.sampled_from(["", "Critical", "None"]),
    issued=MOMENTS,
    updated=MOMENTS,
    cve_ids=st.sampled_from([(), ("CVE-1",)]),
    bugzilla_ids=st.sampled_from([(), ("77",)]),
)


@st.composite
def nodes(draw: st.DrawFn, systems: st.SearchStrategy[OperatingSystem] = SYSTEMS) -> NodeFacts:
    """Any node."""
    return NodeFacts(
        os=OsFacts(operating_system=draw(systems), codename="jammy", arch="amd64"),
        booted_at=draw(MOMENTS),
        installed=tuple(draw(st.lists(PACKAGES, max_size=3))),
        candidates=tuple(draw(st.lists(PACKAGES, max_size=5))),
        held=draw(st.sampled_from([(), ("a.amd64",)])),
        repositories=REPOSITORIES,
        notices={name: draw(STATED) for name in NOTICES[:2]},
    )


def judge(baseline: Baseline, facts: NodeFacts, now: datetime = NOW) -> Judge:
    return compile_baseline(baseline, on(facts, baseline), now)


def on(facts: NodeFacts, baseline: Baseline) -> NodeFacts:
    """The node with the baseline's operating system."""
    return dataclasses.replace(facts, os=dataclasses.replace(facts.os, operating_system=baseline.operating_system))


@CHECKED
@given(BASELINES, nodes())
def test_rejected_always_wins(baseline: Baseline, facts: NodeFacts) -> None:
    every_name = (*NAMES, "KB1")
    rejecting = dataclasses.replace(baseline, rejected_patches=every_name, approved_patches=every_name)
    for package in facts.candidates:
        verdict = judge(rejecting, facts).verdict(package)
        assert verdict.rejected
        assert not verdict.approved
    installed = {item.name for item in plan_install(rejecting, on(facts, rejecting), NOW).install}
    assert not installed


@CHECKED
@given(BASELINES, RULES, nodes())
def test_adding_a_rule_never_removes_an_approval(baseline: Baseline, rule: ApprovalRule, facts: NodeFacts) -> None:
    more = dataclasses.replace(baseline, approval_rules=(*baseline.approval_rules, rule))
    one, other = judge(baseline, facts), judge(more, facts)
    for package in facts.candidates:
        assert other.verdict(package).approved >= one.verdict(package).approved


@CHECKED
@given(BASELINES, nodes(), st.integers(0, 400))
def test_what_is_approved_stays_approved(baseline: Baseline, facts: NodeFacts, days: int) -> None:
    now, later = judge(baseline, facts), judge(baseline, facts, NOW + timedelta(days=days))
    for package in facts.candidates:
        assert later.verdict(package).approved >= now.verdict(package).approved


@CHECKED
@given(BASELINES, nodes())
def test_a_pending_patch_is_approved_when_its_time_has_come_and_not_before(
    baseline: Baseline, facts: NodeFacts
) -> None:
    for package in facts.candidates:
        verdict = judge(baseline, facts).verdict(package)
        if not verdict.pending:
            continue
        assert verdict.approved_at is not None
        assert verdict.approved_at > NOW
        assert judge(baseline, facts, verdict.approved_at).verdict(package).approved
        assert not judge(baseline, facts, verdict.approved_at - timedelta(seconds=1)).verdict(package).approved


@CHECKED
@given(BASELINES, st.dates(date(2026, 10, 1), date(2027, 1, 1)), nodes(), st.integers(-400, 400))
def test_a_cut_off_does_not_depend_on_when_one_asks(
    baseline: Baseline, until: date, facts: NodeFacts, days: int
) -> None:
    rules = tuple(dataclasses.replace(rule, approve_until_date=until) for rule in baseline.approval_rules)
    fixed = dataclasses.replace(baseline, approval_rules=rules)
    now, then = judge(fixed, facts), judge(fixed, facts, NOW + timedelta(days=days))
    for package in facts.candidates:
        assert now.verdict(package) == then.verdict(package)


@CHECKED
@given(BASELINES, nodes())
def test_the_plan_is_part_of_what_is_missing(baseline: Baseline, facts: NodeFacts) -> None:
    node = on(facts, baseline)
    plan = plan_install(baseline, node, NOW)
    missing = {
        patch.title
        for patch in evaluate(baseline, node, NOW).patches
        if patch.state in (PatchState.MISSING, PatchState.FAILED)
    }
    helper = "python3-apt" if baseline.package_manager is PackageManager.APT else None
    planned = {item.title for item in (*plan.install, *plan.held_back)}
    assert {title for title in planned if not (helper and title.startswith(helper))} <= missing
    assert missing <= planned, "what is missing is installed or held back"


@CHECKED
@given(BASELINES, nodes(), st.sampled_from(["failed", "installed", "not_tried"]))
def test_after_an_install_nothing_that_was_tried_is_missing(baseline: Baseline, facts: NodeFacts, status: str) -> None:
    node = on(facts, baseline)
    tried = plan_install(baseline, node, NOW).install
    results = [
        InstallResult(item.name, status, item.arch, item.version, item.from_version, update_id=item.update_id)
        for item in tried
    ]
    after = evaluate(baseline, node, NOW, operation="Install", results=results)
    states = {patch.title: patch.state for patch in after.patches}
    for item in tried:
        if baseline.package_manager is PackageManager.APT and item.name == "python3-apt":
            continue  # comes along whatever the baseline says, so it may not be there without being missing
        assert states[item.title] is (PatchState.MISSING if status == "not_tried" else PatchState.FAILED)


@CHECKED
@given(BASELINES, nodes())
def test_counters_add_up(baseline: Baseline, facts: NodeFacts) -> None:
    assessment = evaluate(baseline, on(facts, baseline), NOW)
    counts = assessment.counts.to_dict()
    listed = sum(counts[f"{state.value.lower()}_count"] for state in PatchState)
    unlisted = counts["not_applicable_count"] - sum(
        patch.state is PatchState.NOT_APPLICABLE for patch in assessment.patches
    )
    assert listed == len(assessment.patches) + unlisted
    bad = [patch for patch in assessment.patches if patch.state in NON_COMPLIANT_STATES]
    marked = [counts[f"{name}_non_compliant_count"] for name in ("critical", "security", "other")]
    assert max(marked[0], marked[1]) + marked[2] <= len(bad) <= sum(marked)
    assert bool(bad) is (assessment.compliance_status.value == "NON_COMPLIANT")


@CHECKED
@given(BASELINES, nodes())
def test_every_patch_has_one_result_and_a_reason(baseline: Baseline, facts: NodeFacts) -> None:
    node = on(facts, baseline)
    patches = evaluate(baseline, node, NOW).patches
    assert all(patch.reason for patch in patches)
    # a KB may have several updates; elsewhere the id tells them apart alone
    on_windows = baseline.package_manager is PackageManager.WINDOWS
    assert len({(patch.id, patch.title if on_windows else "") for patch in patches}) == len(patches)
    if PACKAGE_MANAGERS[baseline.operating_system] is not PackageManager.WINDOWS:
        assert {patch.id.split(".")[0] for patch in patches} == {
            format_id(item).split(".")[0] for item in node.installed
        }


@CHECKED
@given(BASELINES, nodes())
def test_an_assessment_survives_json(baseline: Baseline, facts: NodeFacts) -> None:
    assessment = evaluate(baseline, on(facts, baseline), NOW)
    assert Assessment.from_dict(json.loads(json.dumps(assessment.to_dict()))) == assessment


@CHECKED
@given(BASELINES, nodes())
def test_a_judge_says_the_same_again(baseline: Baseline, facts: NodeFacts) -> None:
    warm = judge(baseline, facts)
    for package in (*facts.candidates, *facts.candidates[::-1]):
        assert warm.verdict(package) == judge(baseline, facts).verdict(package)
