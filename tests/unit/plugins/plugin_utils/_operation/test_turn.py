# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host's turn: it waits without many words, gives its place back with an outcome, and nobody waits for the dead."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play import Play

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import turn as turn_module
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import (
    OperationError,
    OrphanedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.turn import (
    Turn,
    check_strategy,
    end_run,
    find_strategy,
    give_back,
    read_limits,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import Verdict
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Limits
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import name_controller
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings
from tests.unit.plugins.plugin_utils._store.controllers import live
from tests.unit.plugins.plugin_utils._store.samples import make_assessment

HOSTS = ["web1", "web2", "web3"]
MakeTurn = Callable[..., Turn]


class Clock:
    """Time passes when somebody sleeps, and something may happen at a certain moment."""

    def __init__(self, happens_at: float, happens: Callable[[], object]) -> None:
        self.now, self._at, self._happens = 0.0, happens_at, happens

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        before, self.now = self.now, self.now + seconds
        if before < self._at <= self.now:
            self._happens()


@pytest.fixture
def make_turn(store: Store, run_id: str, said: list[str]) -> MakeTurn:
    def make(host: str, controller: str = "", limits: Limits | None = None) -> Turn:
        """A turn of a host that has entered the run of this process."""
        turn = Turn(store, run_id, host, controller or name_controller(os.getpid()), "Install", said.append)
        written = limits or Limits()
        turn.enter(HOSTS, written.max_concurrency or "", written.max_errors or "")
        return turn

    return make


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (9, []),
        (30, ["web2: waits for a place (1 of 1 taken)"]),
        (650, ["web2: waits for a place (1 of 1 taken)"] * 3),  # after 10, 310 and 610 seconds
    ],
)
def test_a_wait_is_told_after_a_while_and_then_seldom(
    make_turn: MakeTurn, said: list[str], monkeypatch: pytest.MonkeyPatch, seconds: float, expected: list[str]
) -> None:
    first, second, limits = make_turn("web1"), make_turn("web2"), Limits("1")
    assert first.wait(limits, None).starts
    monkeypatch.setattr(turn_module, "time", Clock(seconds, lambda: first.end("succeeded")))
    assert second.wait(limits, None).starts
    assert said == expected


def test_who_waits_is_not_started_when_the_threshold_is_exceeded_meanwhile(
    make_turn: MakeTurn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, limits = make_turn("web1"), make_turn("web2"), Limits("1", "0")
    first.wait(limits, None)
    monkeypatch.setattr(turn_module, "time", Clock(3, lambda: first.end("failed")))
    assert second.wait(limits, None).verdict is Verdict.STOP


def test_percentages_are_of_all_hosts_of_the_run(make_turn: MakeTurn) -> None:
    limits = Limits("67%", "34%")  # of three: two at once, one error
    turns = [make_turn(host) for host in HOSTS]
    assert [turn.wait(limits, None).starts for turn in turns[:2]] == [True, True]
    turns[0].end("failed")
    assert turns[2].wait(limits, None).starts


def test_after_the_cutoff_a_host_is_told_so(make_turn: MakeTurn) -> None:
    past = datetime.now(timezone.utc) - timedelta(minutes=1)
    assert make_turn("web1").wait(Limits(), past).verdict is Verdict.CLOSED


def test_a_worker_whose_ansible_has_ended_takes_no_place(make_turn: MakeTurn, monkeypatch: pytest.MonkeyPatch) -> None:
    with live() as controller:
        make_turn("web1").wait(Limits("1"), None)
        orphan = make_turn("web2", controller.name)
        monkeypatch.setattr(turn_module, "time", Clock(2, controller.kill))
        with pytest.raises(OrphanedError, match="start host 'web2': its ansible-playbook has ended"):
            orphan.wait(Limits("1"), None)


@pytest.mark.parametrize("option", ["patch_max_concurrency", "patch_max_errors"])
def test_a_wrong_limit_names_the_option_and_the_host(base_dir: Path, option: str) -> None:
    options: dict[str, Any] = {option: "many"}
    with pytest.raises(OperationError, match=f"host 'web1': {option} is 'many'; allowed: "):
        read_limits(make_settings(base_dir, check_mode=False, **options))


def load_task(**play: Any) -> Any:
    """A task in a block of a play, as Ansible has it."""
    data = {"hosts": "all", "tasks": [{"block": [{"debug": {"msg": "x"}}]}], **play}
    (block,) = Play.load(data, loader=DataLoader()).tasks
    return block.block[0].block[0] if hasattr(block.block[0], "block") else block.block[0]


@pytest.mark.parametrize(
    ("strategy", "refused"),
    [
        ("linear", True),
        ("free", True),
        ("ansible.builtin.free", True),
        ("host_pinned", False),
        ("ansible.builtin.host_pinned", False),
        ("mitogen_host_pinned", False),
    ],
)
def test_a_place_is_held_over_steps_under_host_pinned_only(base_dir: Path, strategy: str, refused: bool) -> None:
    task = load_task(strategy=strategy)
    assert find_strategy(task) == strategy
    settings = make_settings(base_dir, patch_hold_turn=True, patch_max_concurrency="1")
    if refused:
        with pytest.raises(OperationError, match=rf"host 'web1': .*host_pinned; under strategy '{strategy}'"):
            check_strategy(task, settings)
    else:
        check_strategy(task, settings)


@pytest.mark.parametrize("options", [{"patch_hold_turn": True}, {"patch_max_concurrency": "1"}])
def test_any_strategy_will_do_else(base_dir: Path, options: dict[str, Any]) -> None:
    check_strategy(load_task(strategy="linear"), make_settings(base_dir, **options))


def give(store: Store, run_id: str, reason: str | None = None, *, check_mode: bool = False) -> str:
    return give_back(
        store, run_id, "web1", operation="Install", address="192.0.2.7", reason=reason, check_mode=check_mode
    )


@pytest.mark.parametrize(
    ("failed_count", "check_mode", "expected"),
    [(0, False, "succeeded"), (2, False, "failed"), (2, True, "succeeded")],
)
def test_a_held_turn_ends_by_the_assessment(
    make_turn: MakeTurn, store: Store, run_id: str, failed_count: int, check_mode: bool, expected: str
) -> None:
    make_turn("web1").wait(Limits(), None)
    assessment = make_assessment(counts={"failed_count": failed_count})
    store.add_assessment(run_id, "web1", assessment, operation="Install", current=True)
    assert give(store, run_id, check_mode=check_mode) == expected
    assert store.count_turns(run_id).running == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [("ERROR", "failed"), ("UNREACHABLE", "unreachable"), ("TERMINATED", "terminated")],
)
@pytest.mark.parametrize("reason", [None, "the hook failed"])
def test_a_held_turn_ends_by_the_incident_and_a_later_reason_does_not_hide_it(
    make_turn: MakeTurn, store: Store, run_id: str, state: str, expected: str, reason: str | None
) -> None:
    make_turn("web1").wait(Limits(), None)
    store.add_incident(run_id, "web1", state, "first")
    assert give(store, run_id, reason) == expected
    incident = store.run_entries(run_id)["web1"].incident
    assert incident is not None and (incident.state, incident.message) == (state, "first")


def test_a_reason_is_recorded_after_an_assessment_and_counts(make_turn: MakeTurn, store: Store, run_id: str) -> None:
    turn = make_turn("web1")
    turn.wait(Limits(), None)
    store.add_assessment(run_id, "web1", make_assessment(), operation="Scan", current=True)
    turn.end("succeeded")
    assert give(store, run_id, "the hook failed") == "failed"
    incident = store.run_entries(run_id)["web1"].incident
    assert incident is not None
    assert (incident.state, incident.message, incident.address) == ("ERROR", "the hook failed", "192.0.2.7")
    assert store.count_turns(run_id).errors == 1


def test_giving_back_what_nobody_holds_changes_nothing(make_turn: MakeTurn, store: Store, run_id: str) -> None:
    assert give(store, run_id) == "none"
    turn = make_turn("web1")
    assert give(store, run_id) == "waiting"
    turn.wait(Limits(), None)
    turn.end("unreachable")
    assert give(store, run_id) == "unreachable"


@pytest.mark.parametrize(
    ("limits", "outcomes", "expected"),
    [
        (Limits(), ("succeeded", "succeeded", "outside_window"), "Success"),
        (Limits(), ("succeeded", "unreachable", "unreachable"), "Success"),
        (Limits(), ("unreachable", "unreachable", "unreachable"), "Failed"),
        (Limits(), ("failed", "failed", "failed"), "Incomplete"),
        (Limits(max_errors="34%"), ("failed", "succeeded", "succeeded"), "Incomplete"),
        (Limits(max_errors="33%"), ("failed", "succeeded", "succeeded"), "Failed"),
        (Limits(max_errors="0"), ("failed", "terminated", "terminated"), "Failed"),
        (Limits(max_errors="nonsense"), ("failed", "failed", "failed"), "Incomplete"),
        (Limits(), ("succeeded", "succeeded"), "Incomplete"),
    ],
)
def test_a_run_ends_as_a_command_does(
    make_turn: MakeTurn, store: Store, run_id: str, limits: Limits, outcomes: tuple[str, ...], expected: str
) -> None:
    for host, outcome in zip(HOSTS, outcomes, strict=False):
        make_turn(host, "", limits).end(outcome)
    end_run(store, run_id, name_controller(os.getpid()), "Install")
    assert [run.state for run in store.list_runs()] == [expected]
