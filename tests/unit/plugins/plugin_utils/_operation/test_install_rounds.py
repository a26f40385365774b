# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An install on Windows goes on until nothing approved is left, and ends on nodes that never have enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import install, reboot
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import install_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.scripted import Clock, Json, Operate, lost

BASELINE = """\
name: windows
operating_system: WINDOWS
default_baseline: true
approval_rules:
- filters: []
  approve_after_days: 0
"""


class Windows:
    """A Windows node: what is installed, on offer or waiting for the reboot, and what comes on offer by and by.

    ``offers(boot)`` gives KB ids for the n-th boot; ``waiting`` need the reboot, ``broken`` fail.
    """

    def __init__(
        self, offers: Callable[[int], Iterable[str]], *, waiting: Iterable[str] = (), broken: Iterable[str] = ()
    ) -> None:
        self.boots = 0
        self.rounds: list[list[str]] = []
        self.last: Json | None = None
        self.lose = 0
        self._offers = offers
        self._waiting, self._broken = set(waiting), set(broken)
        self._installed: dict[str, int] = {}

    def __call__(self, command: Mapping[str, Any], /) -> Json:
        if self.lose:
            self.lose -= 1
            raise lost()
        answer: Json = getattr(self, f"_{command['command']}")(command)
        return answer

    def _collect(self, _command: Mapping[str, Any]) -> Json:
        offered = [name for name in self._offers(self.boots) if self._installed.get(name, 99) >= self.boots]
        facts: Json = {
            "schema": 1,
            "os": {"operating_system": "WINDOWS"},
            "package_manager": "windows",
            "boot_id": f"boot {self.boots}",
            "candidates": [
                self._describe(name) for name in offered if name not in self._installed or name in self._waiting
            ],
            "installed": [
                self._describe(name, installed_at="2026-01-01T00:00:00Z")
                for name, boot in self._installed.items()
                if name not in self._waiting or boot < self.boots
            ],
            "booted_at": "2026-02-01T00:00:00Z",
        }
        return {"facts": facts | ({"last_operation": self.last} if self.last else {})}

    def _describe(self, name: str, **more: str) -> Json:
        pending = "installed_at" not in more and self._installed.get(name) == self.boots
        return {
            "name": name,
            "kb_ids": [name],
            "update_id": f"id-{name}",
            "version": "200",
            "product_family": "Windows",
            "classification": "SecurityUpdates",
            "title": name,
            "reboot_required": pending,
            **more,
        }

    def _install(self, command: Mapping[str, Any]) -> Json:
        names = [package["name"] for package in command["packages"]]
        assert [package["update_id"] for package in command["packages"]] == [f"id-{name}" for name in names]
        self.rounds.append(names)
        return {"id": "op-1", "state": "running", "results": [], "progress": {}}

    def _poll(self, command: Mapping[str, Any]) -> Json:
        for name in self.rounds[-1]:
            if name not in self._broken:
                self._installed[name] = self.boots
        results = [
            {
                "name": name,
                "update_id": f"id-{name}",
                "version": "200",
                "arch": "",
                "from_version": "",
                **({"status": "failed", "reason": "0x80070643"} if name in self._broken else {"status": "installed"}),
            }
            for name in self.rounds[-1]
        ]
        return {"id": command["operation_id"], "state": "finished", "results": results}

    def _identify(self, _command: Mapping[str, Any]) -> Json:
        return {"facts": {"schema": 1, "boot_id": f"boot {self.boots}"}}

    def _reboot(self, _command: Mapping[str, Any]) -> Json:
        self.boots += 1
        return {"boot_id": f"boot {self.boots - 1}"}

    def _plan(self, command: Mapping[str, Any]) -> Json:
        return {"transaction": [{**package, "status": "planned"} for package in command["packages"]]}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (install, reboot):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def baseline(base_dir: Path) -> None:
    (base_dir / "patch_baselines" / "windows.yml").write_text(BASELINE, encoding="utf-8")


def always(*names: str) -> Callable[[int], Iterable[str]]:
    return lambda boot: names


def by_boot(*offers: str) -> Callable[[int], Iterable[str]]:
    """What is on offer in each boot, words of one text."""
    return lambda boot: " ".join(offers[: boot + 1]).split()


def states(installed: install.Installed) -> dict[str, str]:
    return {patch.id: patch.state.value for patch in installed.judged.assessment.patches}


def test_rounds_and_reboots_until_nothing_is_left(operate: Operate) -> None:
    node = Windows(by_boot("KB1", "KB2", "KB3", ""))
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=5))
    assert node.rounds == [["KB1"], ["KB2"], ["KB3"]]
    assert node.boots == 3
    assert states(installed) == dict.fromkeys(("KB1", "KB2", "KB3"), "INSTALLED")
    assert [entry["name"] for entry in installed.transaction] == ["KB1", "KB2", "KB3"]
    assert (installed.reboot.performed, installed.reboot.count) == (True, 3)


def test_reboots_are_limited(operate: Operate) -> None:
    node = Windows(lambda boot: [f"KB{boot}"])
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=2))
    assert node.boots == 2
    assert node.rounds == [["KB0"], ["KB1"], ["KB2"]]
    assert "patch_max_reboots is 2" in installed.reboot.left_out
    assert (installed.reboot.performed, installed.reboot.count) == (True, 2)


def test_what_comes_on_offer_without_a_reboot_is_installed_too(operate: Operate) -> None:
    rounds: list[list[str]] = []
    node = Windows(lambda boot: ["KB1", "KB2"] if rounds else ["KB1"])
    node.rounds = rounds
    install_host(operate(node, patch_reboot_option="NoReboot"))
    assert node.rounds == [["KB1"], ["KB2"]]
    assert node.boots == 0


def test_a_node_that_always_has_more_is_left_in_the_end(operate: Operate) -> None:
    rounds: list[list[str]] = []
    node = Windows(lambda boot: [f"KB{number}" for number in range(len(rounds) + 1)])
    node.rounds = rounds
    install_host(operate(node, patch_reboot_option="NoReboot", patch_max_reboots=3))
    assert len(node.rounds) == 1 + 4


def test_what_fails_again_and_again_is_given_up_and_the_rest_goes_on(operate: Operate) -> None:
    node = Windows(by_boot("KB1 KB9", "KB2", ""), broken=["KB9"])
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=9))
    assert node.rounds == [["KB1", "KB9"], ["KB9", "KB2"]]
    assert states(installed) == {"KB1": "INSTALLED", "KB2": "INSTALLED", "KB9": "FAILED"}
    assert [note for note in installed.notes if "gave up on KB9: tried 2 times" in note]


def test_a_chain_of_updates_of_which_each_wants_a_reboot_first(operate: Operate) -> None:
    class Chain(Windows):
        """Installs one update per boot: the others are told to wait for the reboot."""

        def _poll(self, command: Mapping[str, Any]) -> Json:
            first, *others = self.rounds[-1]
            self.rounds.append([first])
            answer = super()._poll(command)
            self.rounds.pop()
            waits = {"status": "not_tried", "reason": "the node must be rebooted first", "arch": "", "from_version": ""}
            answer["results"] += [
                {"name": name, "update_id": f"id-{name}", "version": "200", **waits} for name in others
            ]
            return answer

    node = Chain(always("KB1", "KB2", "KB3", "KB4"))
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=9))
    assert [len(names) for names in node.rounds] == [4, 3, 2, 1]
    assert states(installed) == dict.fromkeys(("KB1", "KB2", "KB3", "KB4"), "INSTALLED")
    assert not installed.notes


def test_a_reboot_by_somebody_else_in_the_middle_is_a_reboot(operate: Operate) -> None:
    class Rebooted(Windows):
        def _poll(self, command: Mapping[str, Any]) -> Json:
            if len(self.rounds) > 1:
                return super()._poll(command)
            self.boots += 1
            results = [
                {"name": name, "update_id": f"id-{name}", "version": "200", "status": status, "arch": ""}
                | {"reason": "interrupted: the node was rebooted", "from_version": ""}
                for name, status in zip(self.rounds[-1], ("failed", "not_tried"), strict=True)
            ]
            return {"id": command["operation_id"], "state": "interrupted", "results": results}

    node = Rebooted(always("KB1", "KB2"))
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=9))
    assert node.rounds == [["KB1", "KB2"]] * 2
    assert states(installed) == dict.fromkeys(("KB1", "KB2"), "INSTALLED")


def test_what_failed_is_not_tried_again_where_no_reboot_came_between(operate: Operate) -> None:
    node = Windows(always("KB9"), broken=["KB9"])
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded"))
    assert node.rounds == [["KB9"]]
    assert states(installed) == {"KB9": "FAILED"}


def test_an_update_that_is_undone_by_the_reboot_is_tried_once_more(operate: Operate) -> None:
    class Undone(Windows):
        def _reboot(self, _command: Mapping[str, Any]) -> Json:
            self._installed.clear()
            return super()._reboot(_command)

    node = Undone(always("KB1"))
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_max_reboots=9))
    assert node.rounds == [["KB1"], ["KB1"]]
    assert states(installed) == {"KB1": "FAILED"}
    (patch,) = installed.judged.assessment.patches
    assert "reported as installed, yet the node does not have it" in patch.reason


def test_what_waits_for_the_reboot_is_neither_missing_nor_installed_again(operate: Operate) -> None:
    node = Windows(always("KB1"), waiting=["KB1"])
    installed = install_host(operate(node, patch_reboot_option="NoReboot"))
    assert node.rounds == [["KB1"]]
    assert states(installed) == {"KB1": "INSTALLED_PENDING_REBOOT"}


def test_a_reboot_that_is_left_to_a_later_step_is_not_done_between_rounds(operate: Operate) -> None:
    node = Windows(by_boot("KB1", "KB2"))
    installed = install_host(operate(node, patch_reboot_option="RebootIfNeeded", patch_hold_reboot=True))
    assert (node.rounds, node.boots) == ([["KB1"]], 0)
    assert installed.reboot.postponed


def test_nothing_new_is_begun_after_the_window(operate: Operate) -> None:
    node = Windows(by_boot("KB1", "KB2"))
    installed = install_host(
        operate(node, patch_reboot_option="RebootIfNeeded", patch_window_cutoff="2026-01-01T00:00:00+00:00")
    )
    assert node.rounds == [["KB1"]]
    assert "left for the next run, the window is over: KB2" in installed.notes


def test_a_lost_connection_is_waited_out(operate: Operate) -> None:
    class Away(Windows):
        def _install(self, command: Mapping[str, Any]) -> Json:
            self.lose = 3
            return super()._install(command)

    node = Away(always("KB1"))
    assert states(install_host(operate(node))) == {"KB1": "INSTALLED"}


def test_check_mode_plans_one_round(operate: Operate) -> None:
    node = Windows(by_boot("KB1", "KB2"))
    installed = install_host(operate(node, check_mode=True))
    assert node.rounds == []
    assert [(entry["name"], entry["update_id"]) for entry in installed.transaction] == [("KB1", "id-KB1")]


def test_what_failed_is_known_when_the_node_has_forgotten_it(operate: Operate, store: Store) -> None:
    node = Windows(always("KB9"), broken=["KB9"])
    failed = {"name": "KB9", "update_id": "id-KB9", "version": "200", "status": "failed", "reason": "0x80070643"}
    for state, expected in (("running", "MISSING"), ("finished", "FAILED")):
        node.last = {"id": "op-1", "state": state, "results": [failed] if state == "finished" else []}
        scan_host(operate(node))
        node.last = None
        (patch,) = scan_host(operate(node)).assessment.patches
        assert patch.state.value == expected
