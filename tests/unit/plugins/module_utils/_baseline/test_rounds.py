# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an Install tries once more, and when it gives up."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import InstallPlan, PlannedPackage
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.rounds import Rounds


def plan(*names: str) -> InstallPlan:
    return InstallPlan(tuple(PlannedPackage(name, "", "200", "", f"Update {name}", "", f"id-{name}") for name in names))


def names(found: InstallPlan) -> list[str]:
    return [package.name for package in found.install]


def done(*names: str, status: str = "installed") -> list[InstallResult]:
    return [InstallResult(name, status, version="200", update_id=f"id-{name}") for name in names]


def test_what_comes_on_offer_by_another_update_is_tried_too() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    rounds.note(plan("SSU"), "1", done("SSU"))
    assert names(rounds.narrow(plan("SSU", "LCU"), "1")) == ["LCU"]


def test_what_failed_is_tried_once_more_after_a_reboot_and_then_given_up() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    for boot in ("1", "2"):
        assert names(rounds.narrow(plan("A"), boot)) == ["A"]
        assert rounds.list_given_up(plan("A")) == ()
        rounds.note(plan("A"), boot, done("A", status="failed"))
        assert names(rounds.narrow(plan("A"), boot)) == []
    assert names(rounds.narrow(plan("A", "B"), "3")) == ["B"]
    assert rounds.list_given_up(plan("A", "B")) == (
        "gave up on Update A: tried 2 times in this run, and the node still offers it",
    )


def test_what_had_to_wait_for_a_reboot_was_not_tried() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    for boot in ("1", "2", "3"):
        rounds.note(plan("A"), boot, done("A", status="not_tried"))
        assert names(rounds.narrow(plan("A"), boot)) == [], "nothing twice in one boot"
    assert names(rounds.narrow(plan("A"), "4")) == ["A"]
    assert rounds.list_given_up(plan("A")) == ()


def test_another_revision_or_another_one_of_its_kb_is_another_update() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    rounds.note(plan("A"), "1", done("A"))
    (first,) = plan("A").install
    for another in (replace(first, version="201"), replace(first, update_id="language pack")):
        assert names(rounds.narrow(InstallPlan((first, another)), "1")) == ["A"]


def test_elsewhere_there_is_one_round() -> None:
    rounds = Rounds(PackageManager.APT)
    assert not rounds.repeats
    assert names(rounds.narrow(plan("A"), "1")) == []
