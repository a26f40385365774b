# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States that no worked example shows, and what a result says besides."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult, NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchResult
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from tests.unit.plugins.module_utils._baseline.nodes import (
    BOOTED,
    NOW,
    SINCE_BOOT,
    Json,
    days_ago,
    deb,
    kb,
    make_baseline,
    make_facts,
    notice,
    result,
    rpm,
    rule,
)

UBUNTU, WINDOWS, RHEL = "UBUNTU", "WINDOWS", "REDHAT_ENTERPRISE_LINUX"
ANY = make_baseline(UBUNTU, rule(PRIORITY=["*"], level="HIGH"))
UPDATE = make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-security")])


def only(baseline: Baseline, facts: NodeFacts, *results: InstallResult) -> PatchResult:
    """The one result of a node."""
    (patch,) = evaluate(baseline, facts, NOW, operation="Install" if results else "Scan", results=results).patches
    return patch


@pytest.mark.parametrize(
    ("package", "more", "state"),
    [
        (deb("a", "1", "jammy-security", installed_at=BOOTED), {}, "INSTALLED_PENDING_REBOOT"),
        (deb("a", "1", "jammy", installed_at=SINCE_BOOT), {}, "INSTALLED_PENDING_REBOOT"),
        (deb("a", "1", "jammy-security"), {}, "INSTALLED"),
        (deb("a", "1", "jammy"), {}, "INSTALLED_OTHER"),
        (deb("a", "1"), {}, "INSTALLED_OTHER"),
        (deb("rejected", "1", "jammy-security", installed_at=SINCE_BOOT), {}, "INSTALLED_OTHER"),
    ],
)
def test_installed_packages(package: Json, more: Json, state: str) -> None:
    baseline = make_baseline(UBUNTU, rule(PRIORITY=["*"]), rejected_patches=["rejected"])
    assert only(baseline, make_facts(UBUNTU, [package], **more)).state.value == state


def test_without_the_time_of_boot_nothing_waits_for_a_reboot() -> None:
    facts = make_facts(UBUNTU, [deb("a", "1", "jammy-security", installed_at=SINCE_BOOT)])
    unknown = type(facts)(os=facts.os, repositories=facts.repositories, installed=facts.installed)
    assert only(ANY, unknown).state.value == "INSTALLED"


@pytest.mark.parametrize(
    ("results", "state", "reason"),
    [
        ([], "MISSING", "approval_rules[0]: every patch, in jammy-security"),
        ([result("a", "2", "failed", "disk full")], "FAILED", "failed: disk full; approval_rules[0]"),
        ([result("a", "2", "not_tried", "out of time")], "MISSING", "not tried: out of time; approval_rules[0]"),
        ([result("a", "2", "installed")], "FAILED", "failed: reported as installed, yet the node does not have it"),
        ([result("b", "2", "failed")], "MISSING", "approval_rules[0]"),
    ],
)
def test_missing_and_failed(results: list[InstallResult], state: str, reason: str) -> None:
    patch = only(ANY, UPDATE, *results)
    assert patch.state.value == state
    assert patch.reason.startswith(reason)
    assert (patch.id, patch.title) == ("a.amd64", "a.amd64:2")
    assert patch.compliance_level.value == "HIGH"


@pytest.mark.parametrize(("version", "state"), [("2", "FAILED"), ("1.5", "MISSING")])
def test_a_scan_remembers_a_failure_while_its_version_is_still_wanted(version: str, state: str) -> None:
    last = {"results": [{"name": "a", "arch": "amd64", "version": version, "status": "failed", "reason": "disk full"}]}
    facts = make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-security")], last_operation=last)
    assert only(ANY, facts).state.value == state


@pytest.mark.parametrize(
    ("installed_arch", "held", "is_held"),
    [
        ("amd64", "a.amd64", True),
        ("all", "a.all", True),
        ("all", "a.amd64", True),
        ("amd64", "b.amd64", False),
        ("amd64", "a.amd64:2", True),
        ("amd64", "a.amd64:3", False),
    ],
)
def test_a_held_package_stays_missing_and_says_why(installed_arch: str, held: str, is_held: bool) -> None:
    facts = make_facts(UBUNTU, [deb("a", "1", arch=installed_arch)], [deb("a", "2", "jammy-security")], held=[held])
    patch = only(ANY, facts)
    assert patch.state.value == "MISSING"
    assert patch.reason.startswith("held on the node; approval_rules[0]") is is_held


@pytest.mark.parametrize(
    ("action", "state"), [("BLOCK", "INSTALLED_REJECTED"), ("ALLOW_AS_DEPENDENCY", "INSTALLED_OTHER")]
)
@pytest.mark.parametrize("os", [UBUNTU, WINDOWS])
def test_rejected_and_installed(os: str, action: str, state: str) -> None:
    package, entry = (deb("a", "1"), "a") if os == UBUNTU else (kb("KB1"), "KB1")
    baseline = make_baseline(os, rule(), rejected_patches=[entry], rejected_patches_action=action)
    patch = only(baseline, make_facts(os, [{**package, "installed_at": SINCE_BOOT}]))
    assert patch.state.value == state, "rejected outranks waiting for a reboot"
    assert patch.reason.startswith(f"rejected_patches[0] '{entry}'")


def test_a_rejected_old_version_is_missing_its_approved_successor() -> None:
    baseline = make_baseline(RHEL, rule(), rejected_patches=["a-1*"], rejected_patches_action="BLOCK")
    facts = make_facts(RHEL, [rpm("a-1.1-1.x86_64")], [rpm("a-2.0-1.x86_64", "N")], notices={"N": notice("security")})
    assert only(baseline, facts).state.value == "MISSING"


def test_what_an_override_list_tried_in_vain_has_failed_though_nothing_approves_it() -> None:
    facts = make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-updates")])
    patch = only(ANY, facts, result("a", "2", "failed", "conflicts with b"))
    assert patch.state.value == "FAILED"
    assert patch.reason.startswith("failed: conflicts with b; no rule accepts it")


def test_details_of_a_missing_rpm_package() -> None:
    notices = {"RHSA-1": notice("security", "important", cve_ids=["CVE-1"])}
    patch = only(
        make_baseline(RHEL, rule()),
        make_facts(RHEL, [rpm("a-1-1.x86_64")], [rpm("a-2-1.x86_64", "RHSA-1")], notices=notices),
    )
    assert (patch.classification, patch.severity) == ("Security", "Important")
    assert (patch.cve_ids, patch.advisory_ids) == (("CVE-1",), ("RHSA-1",))
    assert patch.installed_time is None


def test_cve_ids_are_told_only_of_what_is_not_there_yet() -> None:
    notices = {"RHSA-1": notice("security", "important", cve_ids=["CVE-1"])}
    patch = only(make_baseline(RHEL, rule()), make_facts(RHEL, [rpm("a-2-1.x86_64", "RHSA-1")], notices=notices))
    assert (patch.state.value, patch.cve_ids, patch.advisory_ids) == ("INSTALLED", (), ("RHSA-1",))
    assert patch.installed_time is not None


def test_a_successor_is_described_by_the_notice_of_what_it_replaces() -> None:
    notices = {"OLD": notice("security", "Critical", cve_ids=["CVE-1"])}
    gone = rpm("a-2-1.x86_64", "OLD", available=False)
    facts = make_facts("ALMA_LINUX", [rpm("a-1-1.x86_64")], [gone, rpm("a-3-1.x86_64")], notices=notices)
    patch = only(make_baseline("ALMA_LINUX", rule()), facts)
    assert (patch.title, patch.severity, patch.cve_ids) == ("a.x86_64:0:3-1", "Critical", ("CVE-1",))


@pytest.mark.parametrize(
    ("installed", "candidate", "state"),
    [
        (None, kb("KB1"), "MISSING"),
        (kb("KB1"), kb("KB1"), "MISSING"),  # an approved revision of what is installed
        (kb("KB1"), kb("KB1", applicable=False), "INSTALLED"),
        (None, kb("KB1", applicable=False), "NOT_APPLICABLE"),
        (None, kb("KB1", released_at=days_ago(1)), "AVAILABLE_SECURITY_UPDATE"),
        (None, kb("KB1", released_at=days_ago(1), applicable=False), None),
        (None, kb("KB1", "CriticalUpdates", released_at=days_ago(1)), None),
        (None, kb("KB2"), None),  # rejected
        (None, kb("KB1", kb_ids=[]), None),
        (kb("KB2"), None, "INSTALLED_OTHER"),
        (kb("KB1", installed_at=SINCE_BOOT), None, "INSTALLED_PENDING_REBOOT"),
    ],
)
def test_windows(installed: Json | None, candidate: Json | None, state: str | None) -> None:
    baseline = make_baseline(WINDOWS, rule(7), rejected_patches=["KB2"])
    facts = make_facts(WINDOWS, [installed] if installed else [], [candidate] if candidate else [])
    assert [patch.state.value for patch in evaluate(baseline, facts, NOW).patches] == ([state] if state else [])


def test_an_available_security_update_has_no_level() -> None:
    baseline = make_baseline(WINDOWS, rule(7, level="CRITICAL"))
    patch = only(baseline, make_facts(WINDOWS, [], [kb("KB1", released_at=days_ago(1))]))
    assert patch.compliance_level.value == "UNSPECIFIED"


def test_macos() -> None:
    baseline = make_baseline("MACOS", rule(CLASSIFICATION=["softwareupdate"]))
    software: Json = {"name": "Safari", "version": "17.0", "classification": "softwareupdate"}
    newer = [{**software, "version": "17.1", "is_security": True}, {**software, "version": "17.2"}]
    patch = only(baseline, make_facts("MACOS", [software], newer))
    assert (patch.state.value, patch.id, patch.title) == ("MISSING", "Safari", "Safari.17.1")


def test_results_are_in_the_order_of_their_ids() -> None:
    facts = make_facts(UBUNTU, [deb(name, "1") for name in "cab"])
    assert [patch.id for patch in evaluate(ANY, facts, NOW).patches] == ["a.amd64", "b.amd64", "c.amd64"]


def test_facts_and_run_are_part_of_the_assessment() -> None:
    facts = make_facts(UBUNTU, reboot_required={"required": True, "reasons": ["libc6"]})
    assessment = evaluate(ANY, facts, NOW, patch_group="web")
    assert (assessment.reboot_required, assessment.reboot_reasons) == (True, ("libc6",))
    assert (assessment.patch_group, assessment.hostname, assessment.product) == ("web", "web1", "Ubuntu22.04")
    assert evaluate(ANY, UPDATE, NOW).reboot_required is None
