# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an Install is told to do, apart from the worked examples."""

from __future__ import annotations

import json

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import PinnedPackage, plan_install
from tests.unit.plugins.module_utils._baseline.nodes import (
    NOW,
    Json,
    deb,
    kb,
    make_baseline,
    make_facts,
    notice,
    rpm,
    rule,
)

UBUNTU, WINDOWS, RHEL = "UBUNTU", "WINDOWS", "REDHAT_ENTERPRISE_LINUX"
ANY = make_baseline(UBUNTU, rule(PRIORITY=["*"]))


def test_a_planned_package_has_exact_versions_and_a_reason() -> None:
    facts = make_facts(
        RHEL, [rpm("a-1:1.0-1.x86_64")], [rpm("a-1:2.0-1.x86_64", "N")], notices={"N": notice("security")}
    )
    plan = plan_install(make_baseline(RHEL, rule()), facts, NOW)
    assert json.loads(json.dumps(plan.to_dict())) == {
        "install": [
            {
                "name": "a",
                "arch": "x86_64",
                "version": "1:2.0-1",
                "from_version": "1:1.0-1",
                "title": "a.x86_64:1:2.0-1",
                "reason": "approval_rules[0]: every patch, notice N, approved since 2026-10-01T00:00:00Z",
            }
        ],
        "blocked": [],
        "blocked_shapes": [],
        "held_back": [],
        "pinned": [],
        "unmatched": [],
    }


@pytest.mark.parametrize("override", [None, [OverrideEntry("a", None)]], ids=["by the baseline", "by a list"])
def test_held_packages_are_left_alone(override: list[OverrideEntry] | None) -> None:
    facts = make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-security")], held=["a.amd64"])
    plan = plan_install(ANY, facts, NOW, install_override_list=override)
    assert plan.install == ()
    (held,) = plan.held_back
    assert (held.title, held.from_version) == ("a.amd64:2", "1")
    assert held.reason.startswith("held on the node; ")


@pytest.mark.parametrize(
    ("os", "action", "override", "blocked"),
    [
        (UBUNTU, "BLOCK", None, ("libfoo", "java-*")),
        (UBUNTU, "ALLOW_AS_DEPENDENCY", None, ()),
        (UBUNTU, "BLOCK", [], ()),  # a list replaces the whole baseline
        (RHEL, "BLOCK", None, ("libfoo", "java-*")),
        (WINDOWS, "BLOCK", None, ()),
    ],
)
def test_blocked_dependencies(
    os: str, action: str, override: list[OverrideEntry] | None, blocked: tuple[str, ...]
) -> None:
    rejected = ["KB1"] if os == WINDOWS else ["libfoo", "java-*"]
    baseline = make_baseline(os, rejected_patches=rejected, rejected_patches_action=action)
    assert plan_install(baseline, make_facts(os), NOW, install_override_list=override).blocked == blocked


def test_of_held_versions_the_newest_approved_one_that_is_not_held_is_installed() -> None:
    facts = make_facts(
        RHEL,
        [rpm("a-1.0-1.x86_64"), rpm("b-1.0-1.x86_64")],
        [rpm(f"{name}-{version}.x86_64", "N") for name in "ab" for version in ("2.0-1", "3.0-1")],
        notices={"N": notice("security")},
        held=["a.x86_64:0:3.0-1", "b.x86_64:0:2.0-1", "b.x86_64:0:3.0-1"],
    )
    plan = plan_install(make_baseline(RHEL, rule()), facts, NOW)
    assert [item.title for item in plan.install] == ["a.x86_64:0:2.0-1"]
    assert [item.title for item in plan.held_back] == ["a.x86_64:0:3.0-1", "b.x86_64:0:3.0-1"]
    assert {item.reason.partition(";")[0] for item in plan.held_back} == {"this version is held on the node"}


def test_a_list_takes_the_newest_version_that_is_not_held() -> None:
    facts = make_facts(
        RHEL,
        [rpm("a-1.0-1.x86_64")],
        [rpm("a-2.0-1.x86_64"), rpm("a-3.0-1.x86_64")],
        held=["a.x86_64:0:3.0-1"],
    )
    override = [OverrideEntry("a.x86_64", None)]
    plan = plan_install(make_baseline(RHEL), facts, NOW, install_override_list=override)
    assert [item.title for item in plan.install] == ["a.x86_64:0:2.0-1"]
    assert [item.title for item in plan.held_back] == ["a.x86_64:0:3.0-1"]


HELPER = deb("python3-apt", "1")
NEWER = deb("python3-apt", "3", "jammy-updates")
FIX = deb("python3-apt", "2", "jammy-security")


@pytest.mark.parametrize(
    ("installed", "candidates", "fields", "titles"),
    [
        ([HELPER], [NEWER], {}, ["python3-apt.amd64:3"]),
        ([HELPER], [FIX, NEWER], {}, ["python3-apt.amd64:2"]),  # an approved version will do
        ([HELPER], [], {}, []),
        ([], [NEWER], {}, []),
        ([HELPER], [NEWER], {"rejected_patches": ["python3-apt"]}, []),
        ([deb("bash", "1")], [deb("bash", "3", "jammy-updates")], {}, []),
    ],
)
def test_the_helper_of_apt(installed: list[Json], candidates: list[Json], fields: Json, titles: list[str]) -> None:
    plan = plan_install(make_baseline(UBUNTU, rule(), **fields), make_facts(UBUNTU, installed, candidates), NOW)
    assert [item.title for item in plan.install] == titles


def test_a_list_is_exact_and_does_not_bring_the_helper() -> None:
    plan = plan_install(ANY, make_facts(UBUNTU, [HELPER], [NEWER]), NOW, install_override_list=[])
    assert plan.install == ()


def test_a_list_pins_versions_also_of_what_has_no_update() -> None:
    facts = make_facts(
        UBUNTU,
        [deb("apt", "1.2.24"), deb("apt-utils", "1.2.25"), deb("bash", "5"), deb("curl", "8")],
        [deb("apt", "1.2.27", "jammy-updates"), deb("apt-utils", "1.2.27", "jammy-updates"), deb("curl", "9", "jammy")],
    )
    override = [OverrideEntry("apt", "*1.2.27"), OverrideEntry("apt-utils", "*1.2.25"), OverrideEntry("curl", None)]
    plan = plan_install(ANY, facts, NOW, install_override_list=override)
    assert [item.title for item in plan.install] == ["apt.amd64:1.2.27", "curl.amd64:9"]
    assert plan.pinned == (PinnedPackage("apt", "amd64", "1.2.27"), PinnedPackage("apt-utils", "amd64", "1.2.25"))
    assert plan.unmatched == ("install_override_list[1] 'apt-utils', title '*1.2.25'",)
    assert plan.install[0].reason == "install_override_list[0] 'apt', title '*1.2.27'"


def test_a_list_installs_the_highest_version_from_any_repository_whatever_is_rejected() -> None:
    baseline = make_baseline(UBUNTU, rejected_patches=["a"])
    facts = make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-security"), deb("a", "3", "jammy-updates")])
    plan = plan_install(baseline, facts, NOW, install_override_list=[OverrideEntry("a.*", None)])
    assert [item.title for item in plan.install] == ["a.amd64:3"]


def test_on_windows_a_list_tells_what_it_could_not_choose() -> None:
    facts = make_facts(WINDOWS, [], [kb("KB1"), kb("KB2", "Updates")])
    override = [OverrideEntry("KB1", None), OverrideEntry("KB2", None)]
    baseline = make_baseline(WINDOWS, rule(CLASSIFICATION=["SecurityUpdates"]))
    plan = plan_install(baseline, facts, NOW, install_override_list=override)
    assert [(item.name, item.arch, item.version, item.from_version) for item in plan.install] == [("KB1", "", "", "")]
    assert plan.unmatched == ("install_override_list[1] 'KB2'",)


@pytest.mark.parametrize(("applicable", "count"), [(True, 1), (False, 0)])
def test_nothing_is_installed_that_does_not_apply(applicable: bool, count: int) -> None:
    facts = make_facts(WINDOWS, [], [kb("KB1", applicable=applicable)])
    assert len(plan_install(make_baseline(WINDOWS, rule()), facts, NOW).install) == count


def test_an_update_of_windows_is_planned_by_its_identity() -> None:
    identity = {"update_id": "5b1c3f1e-5d4e-4b5f-a5e7-1d8c2b1f7c11", "version": "200"}
    facts = make_facts("WINDOWS", [], [kb("KB1", **identity), kb("KB2")], held=["KB2"])
    plan = plan_install(make_baseline("WINDOWS", rule()), facts, NOW)
    ((planned,), (held,)) = plan.install, plan.held_back
    assert identity.items() <= planned.to_dict().items()
    assert held.reason.startswith("held on the node; approval_rules[0]")


def test_what_an_installed_update_supersedes_is_not_planned() -> None:
    old = kb("KB1", update_id="a")
    new = kb("KB2", update_id="b", superseded_update_ids=["a"])
    assert plan_install(make_baseline("WINDOWS", rule()), make_facts("WINDOWS", [new], [old]), NOW).install == ()
    assert plan_install(make_baseline("WINDOWS", rule()), make_facts("WINDOWS", [], [old]), NOW).install != ()
