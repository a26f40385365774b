# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which version is wanted, and what belongs together."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import format_title
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.targets import (
    find_target,
    group_packages,
)
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

ROCKY = "ROCKY_LINUX"
NOTICES = {
    "GOOD": notice("security", "Critical", cve_ids=["CVE-1"]),
    "BAD": notice("enhancement"),
}
A1, A2, A3, A4 = (f"a-{number}-1.x86_64" for number in (1, 2, 3, 4))


def gone(nevra: str, *notices: str) -> Json:
    return rpm(nevra, *notices, available=False, repositories=[])


@pytest.mark.parametrize(
    ("candidates", "target", "described_by"),
    [
        ([rpm(A2, "GOOD"), rpm(A3, "GOOD")], "3", "3"),
        ([rpm(A2, "GOOD"), rpm(A3, "BAD")], "2", "2"),
        ([rpm(A2, "BAD")], None, None),
        ([], None, None),
        ([gone(A2, "GOOD")], None, None),
        ([gone(A2, "GOOD"), rpm(A3)], "3", "2"),
        ([gone(A2, "GOOD"), rpm(A3, "BAD"), rpm(A4, "BAD")], "3", "2"),
        ([gone(A2, "GOOD"), gone(A3, "BAD"), rpm(A4)], "4", "2"),
        ([gone(A2, "BAD"), rpm(A3)], None, None),
        ([gone(A2, "GOOD"), rpm(A3, "GOOD"), rpm(A4)], "3", "3"),
        ([rpm(A2, "GOOD"), gone(A3, "GOOD"), rpm(A4)], "4", "3"),
    ],
)
def test_newest_approved_version_and_successors_on_rocky(
    candidates: list[Json], target: str | None, described_by: str | None
) -> None:
    facts = make_facts(ROCKY, [rpm(A1)], candidates, notices=NOTICES)
    judge = compile_baseline(make_baseline(ROCKY, rule(CLASSIFICATION=["Security"])), facts, NOW)
    found = find_target(judge, facts.candidates)
    assert (found and found.package.version) == target
    assert (found and found.described_by.version) == described_by


def test_a_rejected_successor_hands_the_fix_on() -> None:
    baseline = make_baseline(ROCKY, rule(CLASSIFICATION=["Security"]), rejected_patches=["a-3"])
    facts = make_facts(ROCKY, [rpm(A1)], [gone(A2, "GOOD"), rpm(A3), rpm(A4)], notices=NOTICES)
    found = find_target(compile_baseline(baseline, facts, NOW), facts.candidates)
    assert found is not None
    assert found.package.version == "4"


def test_a_rejected_version_that_is_gone_hands_nothing_on() -> None:
    baseline = make_baseline(ROCKY, rule(CLASSIFICATION=["Security"]), rejected_patches=["a-2"])
    facts = make_facts(ROCKY, [rpm(A1)], [gone(A2, "GOOD"), rpm(A3)], notices=NOTICES)
    assert find_target(compile_baseline(baseline, facts, NOW), facts.candidates) is None


@pytest.mark.parametrize(
    ("ages", "target"),
    [
        ([9], 9),
        ([3], None),
        ([3, 9], 3),  # in any order: the newest, because an earlier one that is still offered is approved
        ([9, 3], 3),
        ([9, 8], 8),
    ],
)
def test_the_newest_revision_of_a_kb(ages: list[int], target: int | None) -> None:
    revisions = [kb("KB1", title=str(age), released_at=days_ago(age)) for age in ages]
    facts = make_facts("WINDOWS", [], revisions)
    judge = compile_baseline(make_baseline("WINDOWS", rule(7)), facts, NOW)
    (group,) = group_packages(facts, judge.manager)
    found = find_target(judge, group.candidates)
    assert (found and found.package.title) == (None if target is None else str(target))


def group(os: str, manager: PackageManager, installed: list[Json], candidates: list[Json]) -> dict[str, list[str]]:
    """The groups of a node: what is installed, and what is offered for it."""
    groups = group_packages(make_facts(os, installed, candidates), manager)
    return {
        format_title(manager, found.installed) if found.installed else "": [
            format_title(manager, package) for package in found.candidates
        ]
        for found in groups
    }


def test_a_patch_of_windows_or_macos_is_one_thing_whether_or_not_its_architecture_is_told() -> None:
    assert group("WINDOWS", PackageManager.WINDOWS, [kb("KB1", arch="amd64")], [kb("KB1")]) == {
        "Update (KB1)": ["Update (KB1)"]
    }
    tool = {"name": "tool", "version": "1", "classification": "Homebrew"}
    assert group("MACOS", PackageManager.MACOS, [{**tool, "arch": "arm64"}], [{**tool, "version": "2"}]) == {
        "tool.1": ["tool.2"]
    }


def test_architectures_are_packages_of_their_own() -> None:
    installed = [deb("libc6", "1"), deb("libc6", "1", arch="i386")]
    assert group("UBUNTU", PackageManager.APT, installed, [deb("libc6", "2", arch="i386")]) == {
        "libc6.amd64:1": [],
        "libc6.i386:1": ["libc6.i386:2"],
    }


@pytest.mark.parametrize(("one", "other"), [("all", "amd64"), ("amd64", "all"), ("all", "all")])
def test_a_package_may_change_between_all_and_the_own_architecture(one: str, other: str) -> None:
    assert group("UBUNTU", PackageManager.APT, [deb("a", "1", arch=one)], [deb("a", "2", arch=other)]) == {
        f"a.{one}:1": [f"a.{other}:2"]
    }


@pytest.mark.parametrize("order", [1, -1])
def test_the_kernel_that_came_last_stands_for_the_package(order: int) -> None:
    kernels = [
        rpm("kernel-5-1.x86_64", installed_at=days_ago(30)),
        rpm("kernel-5-2.x86_64", installed_at=days_ago(3)),
    ][::order]
    assert group(ROCKY, PackageManager.RPM, kernels, []) == {"kernel.x86_64:0:5-2": []}


def test_what_can_never_be_installed_is_no_candidate() -> None:
    assert group("WINDOWS", PackageManager.WINDOWS, [], [kb("driver", "Drivers", kb_ids=[])]) == {}
    agents = [{"name": "Agent", "version": "2", "classification": kind} for kind in ("installer", "brew")]
    assert group("MACOS", PackageManager.MACOS, [], agents) == {"": ["Agent.2"]}
