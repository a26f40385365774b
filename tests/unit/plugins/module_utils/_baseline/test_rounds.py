# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an Install tries once more, and when it gives up."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import InstallPlan, PlannedPackage
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.rounds import Rounds


def plan(*names: str) -> InstallPlan:
    return InstallPlan(tuple(PlannedPackage(name, "", "200", "", f"Update {name}", "", f"id-{name}") for name in names))


def names(found: InstallPlan) -> list[str]:
    return [package.name for package in found.install]


def test_what_comes_on_offer_by_another_update_is_tried_too() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    rounds.begin(plan("SSU"))
    assert names(rounds.narrow(plan("SSU", "LCU"))) == ["LCU"]


def test_what_failed_is_tried_once_more_after_a_reboot_and_then_given_up() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    for _round in range(2):
        rounds.begin(plan("A"))
        assert names(rounds.narrow(plan("A"))) == []
        rounds.note_reboot()
    assert names(rounds.narrow(plan("A", "B"))) == ["B"]
    assert rounds.list_given_up(plan("A", "B")) == (
        "gave up on Update A: tried 2 times in this run, and the node still offers it",
    )


def test_between_two_reboots_nothing_is_tried_twice() -> None:
    rounds = Rounds(PackageManager.WINDOWS)
    rounds.begin(plan("A"))
    rounds.note_reboot()
    assert names(rounds.narrow(plan("A"))) == ["A"]
    assert rounds.list_given_up(plan("A")) == ()


def test_elsewhere_there_is_one_round() -> None:
    rounds = Rounds(PackageManager.APT)
    assert not rounds.repeats
    assert names(rounds.narrow(plan("A"))) == []
