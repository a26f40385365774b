# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every worked example of the reference that is a decision, through the functions that everybody else calls."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import group_state
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import format_title
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult, NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override import check_exclusive
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import plan_install
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import (
    RebootOption,
    decide_reboot,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.resolve import resolve_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import Assessment, evaluate
from tests.unit.plugins.module_utils._baseline import (
    examples_baselines,
    examples_compliance,
    examples_operations,
    examples_predefined,
    examples_selection,
    examples_windows,
)
from tests.unit.plugins.module_utils._baseline.examples import Example, name_verdict
from tests.unit.plugins.module_utils._baseline.nodes import (
    BEFORE_BOOT,
    NOW,
    SINCE_BOOT,
    days_ago,
    deb,
    make_baseline,
    make_facts,
    result,
    rule,
)

EXAMPLES = (
    *examples_baselines.list_examples(),
    *examples_selection.list_examples(),
    *examples_compliance.list_examples(),
    *examples_operations.list_examples(),
    *examples_predefined.list_examples(),
    *examples_windows.list_examples(),
)

# Examples with a test of their own below, by document.
TESTED_BELOW = {
    "baselines": {20, 21, 22},
    "selection": {17, 18, 19},
    "compliance": {9, 12},
    "operations": {1, 2, 3, 4, 10},
}

NO_DECISION = {
    "baselines": {},
    "selection": {8: "which release of the repository is read: the collector's matter"},
    "compliance": {
        7: "what a scan replaces: the store's matter",
        8: "two documents side by side: the API's matter",
        10: "what stays after a failed run: the store's matter",
        11: "PutComplianceItems: the API's matter",
        14: "rows and columns of CSV files: the report's matter",
    },
    "operations": {
        **dict.fromkeys((5, 6, 7, 8, 9), "hooks"),
        14: "how long a snapshot lives",
        **dict.fromkeys((15, 16, 17, 18), "rate control"),
        **dict.fromkeys((19, 20, 21, 22), "schedules"),
        23: "one operation at a time",
    },
    "predefined": {},
}
NUMBERS = {"baselines": 25, "selection": 24, "compliance": 16, "operations": 23, "predefined": 14}

UBUNTU = make_baseline("UBUNTU", rule(PRIORITY=["*"]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_worked_example(example: Example) -> None:
    judge = compile_baseline(example.baseline, example.facts, example.now)
    titles = {format_title(judge.manager, package): judge.verdict(package) for package in example.facts.candidates}
    assert {title: name_verdict(titles[title]) for title in example.verdicts} == example.verdicts
    moments = {title: titles[title].approved_at for title in example.approved_at}
    assert {title: moment and format_moment(moment) for title, moment in moments.items()} == example.approved_at

    assessment = _evaluate(example)
    patches = {patch.id: patch for patch in assessment.patches}
    if example.states is not None:
        assert {id_: patch.state.value for id_, patch in patches.items()} == example.states
    if example.status is not None:
        assert assessment.compliance_status.value == example.status
    if example.severity is not None:
        assert assessment.overall_severity.value == example.severity
    counts = assessment.counts.to_dict()
    assert {name: counts[name] for name in example.counts} == example.counts
    for key, fragment in example.reasons.items():
        assert fragment in (titles[key].reason if key in titles else patches[key].reason)

    if example.installs is not None:
        plan = plan_install(example.baseline, example.facts, example.now, install_override_list=example.override)
        assert [item.title for item in plan.install] == list(example.installs)


def test_no_example_is_left_out() -> None:
    for document, count in NUMBERS.items():
        rows = {_number(example.id) for example in EXAMPLES if example.id.startswith(f"{document}-")}
        covered = [rows, TESTED_BELOW.get(document, set()), set(NO_DECISION[document])]
        assert set.union(*covered) == set(range(1, count + 1)), document
        assert not covered[2] & (covered[0] | covered[1]), f"{document}: excluded, yet tested"


def test_ids_of_examples_are_unique() -> None:
    ids = [example.id for example in EXAMPLES]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("group", "os", "expected"),
    [
        pytest.param("QA", OperatingSystem.UBUNTU, "our-ubuntu", id="baselines-20"),
        pytest.param("DEV", OperatingSystem.REDHAT_ENTERPRISE_LINUX, "dev-rhel", id="baselines-21"),
    ],
)
def test_resolution(group: str, os: OperatingSystem, expected: str) -> None:
    candidates = (
        make_baseline("UBUNTU", name="our-ubuntu", default_baseline=True),
        make_baseline("WINDOWS", name="dev-windows", patch_groups=["DEV"]),
        make_baseline("REDHAT_ENTERPRISE_LINUX", name="dev-rhel", patch_groups=["DEV"]),
    )
    assert resolve_baseline(os, group, candidates).baseline.name == expected


@pytest.mark.parametrize("number", ["baselines-22", "operations-10"])
def test_both_overrides_are_refused(number: str) -> None:
    with pytest.raises(BaselineError, match="Leave one of them out"):
        check_exclusive("list.yml", "override.json")


def test_compliance_9_an_override_outside_a_policy_lists_what_is_not_compliant() -> None:
    facts = make_facts(
        "UBUNTU",
        [deb(name, "1") for name in "abcd"] + [deb("fine", "1", "jammy-security")],
        [deb(name, "2", "jammy-security") for name in "abcd"],
    )
    assessment = evaluate(UBUNTU, facts, NOW)
    assert [patch.id for patch in assessment.non_compliant_patches] == [f"{name}.amd64" for name in "abcd"]


def test_compliance_12_counters_of_a_patch_group() -> None:
    fine = deb("fine", "1", "jammy-security")
    new = deb("new", "1", "jammy-security", installed_at=SINCE_BOOT)
    nodes = (
        _node([fine, *(deb(name, "1") for name in "abc")], missing="abc"),
        _node([fine, new, deb("a", "1")], missing="a"),
        _node([fine]),
    )
    state = group_state(evaluate(UBUNTU, facts, NOW) for facts in nodes)
    assert state.instances == 3
    assert state.instances_with_missing_patches == 2
    assert state.instances_with_installed_pending_reboot_patches == 1
    assert state.instances_with_installed_patches == 3
    assert state.instances_with_failed_patches == 0


INSTALLED = [result("tzdata", "2", "installed")]
TZDATA = deb("tzdata", "2", "jammy-security", installed_at=SINCE_BOOT)
IF_NEEDED, NEVER = RebootOption.REBOOT_IF_NEEDED, RebootOption.NO_REBOOT


@pytest.mark.parametrize(
    ("option", "results", "facts", "reboot"),
    [
        pytest.param(IF_NEEDED, INSTALLED, make_facts("UBUNTU", [TZDATA]), True, id="selection-17"),
        pytest.param(IF_NEEDED, INSTALLED, make_facts("UBUNTU", [TZDATA]), True, id="operations-1"),
        pytest.param(IF_NEEDED, [], make_facts("UBUNTU", [deb("tzdata", "2")]), False, id="selection-18"),
        pytest.param(IF_NEEDED, [], make_facts("UBUNTU", [deb("tzdata", "2")]), False, id="operations-2"),
        pytest.param(NEVER, INSTALLED, make_facts("UBUNTU", [TZDATA]), False, id="operations-3"),
        pytest.param(IF_NEEDED, [], make_facts("UBUNTU", [TZDATA]), True, id="operations-4"),
        pytest.param(NEVER, [], make_facts("UBUNTU", [TZDATA]), False, id="pending and NoReboot"),
    ],
)
def test_reboot(option: RebootOption, results: list[InstallResult], facts: NodeFacts, reboot: bool) -> None:
    assessment = evaluate(UBUNTU, facts, NOW, operation="Install", results=results)
    assert decide_reboot(option, results, assessment).reboot is reboot


def test_selection_19_and_operations_3_pending_until_rebooted_and_scanned() -> None:
    installed = [deb(name, "2", "jammy-security", installed_at=SINCE_BOOT) for name in "abc"]
    before = evaluate(UBUNTU, make_facts("UBUNTU", installed), NOW)
    assert before.counts.installed_pending_reboot_count == 3
    assert before.compliance_status.value == "NON_COMPLIANT"
    after = evaluate(UBUNTU, make_facts("UBUNTU", installed, booted_at=days_ago(0.1)), NOW)
    assert after.counts.installed_count == 3
    assert after.compliance_status.value == "COMPLIANT"


def test_operations_1_after_the_reboot_the_patch_counts_as_installed() -> None:
    rebooted = make_facts("UBUNTU", [TZDATA], booted_at=days_ago(0.1))
    assessment = evaluate(UBUNTU, rebooted, NOW, operation="Install", results=INSTALLED)
    assert [patch.state.value for patch in assessment.patches] == ["INSTALLED"]
    assert assessment.compliance_status.value == "COMPLIANT"


def _evaluate(example: Example) -> Assessment:
    return evaluate(example.baseline, example.facts, example.now, operation=example.operation, results=example.results)


def _node(installed: Iterable[dict[str, object]], missing: str = "") -> NodeFacts:
    packages = [{"installed_at": BEFORE_BOOT, **package} for package in installed]
    return make_facts("UBUNTU", packages, [deb(name, "2", "jammy-security") for name in missing])


def _number(example_id: str) -> int:
    digits = example_id.split("-")[1]
    return int("".join(character for character in digits if character.isdigit()))
