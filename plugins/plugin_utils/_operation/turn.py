# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host's turn in its run: it enters, waits for a place, and gives the place back with its outcome."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import (
    OperationError,
    OrphanedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import Settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import LimitError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import (
    Decision,
    Verdict,
    decide_start,
    judge_run,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Limits, parse_limits
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import is_alive_here
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import HostEntry
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import RUNNING, Look, name_outcome

_POLL_SECONDS = 0.5
_PATIENT_POLL_SECONDS = 2.0  # of those that wait for longer: the more there are, the sooner one of them looks
_QUIET_SECONDS = 10.0  # a wait that short is not worth a line
_REPEAT_SECONDS = 300.0

# a host that was not started: its state in the report and the outcome of its turn
NOT_STARTED = {
    Verdict.STOP: ("TERMINATED", "terminated"),
    Verdict.CLOSED: ("OUTSIDE_WINDOW", "outside_window"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One host's turn; ``controller`` is the process that all hosts of this ansible-playbook share."""

    store: Store
    run_id: str
    host: str
    controller: str
    operation: str
    say: Callable[[str], None]

    def enter(self, hosts: Iterable[str], max_concurrency: str, max_errors: str) -> None:
        """Make the targets of this play known to the run, and the limits as they are written."""
        self.store.enter_run(
            self.run_id, self.controller, self.host, hosts, max_concurrency=max_concurrency, max_errors=max_errors
        )

    def wait(self, limits: Limits, cutoff: datetime | None, idle_limit: timedelta = timedelta(hours=2)) -> Decision:
        """Wait until the host may start or it is certain that it will not."""

        def decide(look: Look) -> Decision:
            return decide_start(
                limits.resolve(look.total, self.operation),
                running=look.running,
                errors=look.errors,
                now=look.now,
                cutoff=cutoff,
                held=look.held,
                held_elsewhere=look.held_elsewhere,
            )

        began = time.monotonic()
        next_word = _QUIET_SECONDS
        while True:
            decision = self.store.take_turn(self.run_id, self.host, self.controller, decide, idle_limit=idle_limit)
            if decision.verdict is not Verdict.WAIT:
                return decision
            waited = time.monotonic() - began
            if waited >= next_word:
                self.say(f"{self.host}: waits for a place ({decision.reason})")
                next_word = waited + _REPEAT_SECONDS
            if is_alive_here(self.controller) is False:
                raise OrphanedError(f"Failed to start host '{self.host}': its ansible-playbook has ended. Run it again")
            poll = _POLL_SECONDS if waited < _QUIET_SECONDS else _PATIENT_POLL_SECONDS
            # all waiting hosts at the same moment would stand in each other's way
            time.sleep(poll * random.uniform(0.8, 1.2))

    def rest(self) -> None:
        """Keep the place for the host's next step."""
        self.store.rest_turn(self.run_id, self.host)

    def end(self, outcome: str) -> bool:
        """Give the place back; gives whether the outcome is the host's now."""
        return self.store.end_turn(self.run_id, self.host, outcome)


def read_limits(settings: Settings) -> Limits:
    """The limits of a host's settings; raises OperationError naming the option and the host."""
    try:
        return parse_limits(settings.patch_max_concurrency, settings.patch_max_errors)
    except LimitError as error:
        raise OperationError(f"Failed to read the settings of host '{settings.host}': {error}") from error


def check_strategy(task: Any, settings: Settings) -> None:
    """Refuse a play in which a host that keeps its place could wait for those that wait for a place.

    Other strategies than ``host_pinned`` give the processes of the hosts that hold a place to those that wait for one.
    """
    if not settings.patch_hold_turn or settings.patch_max_concurrency is None:
        return
    strategy = find_strategy(task)
    if strategy is not None and not strategy.endswith("host_pinned"):
        raise OperationError(
            f"Failed to start host '{settings.host}': patch_max_concurrency with steps that share one place needs"
            f" strategy ansible.builtin.host_pinned; under strategy '{strategy}', which this play has, hosts could wait"
            " for each other for ever. Set the strategy of the play, or take patch_max_concurrency away"
        )


def find_strategy(task: Any) -> str | None:
    """The strategy of the play that a task of Ansible is in; None if it is in none."""
    part = task
    while part is not None:
        play = getattr(part, "_play", None)
        if play is not None:
            return str(play.strategy)
        part = getattr(part, "_parent", None)
    return None


def find_outcome(entry: HostEntry | None, *, check_mode: bool) -> str:
    """The outcome of a turn by what the store holds of the host in this run; a host without a word failed."""
    if entry is None:
        return "failed"
    if entry.incident is not None:
        return name_outcome(entry.incident.state, is_incident=True, operation="", counts={})
    if entry.assessment is None or check_mode:  # what failed was an earlier install then
        return "succeeded"
    record = entry.assessment
    return name_outcome("", is_incident=False, operation=record.operation, counts=record.counts)


def end_run(store: Store, run_id: str, controller: str, operation: str) -> None:
    """Write the end of this controller's part of a run, as Run Command would call it."""
    counts = store.count_turns(run_id)
    try:
        limits = parse_limits(*store.read_limits(run_id, controller))
    except LimitError:  # every host has failed with it already
        limits = Limits()
    state = judge_run(
        limits.resolve(counts.total, operation),
        total=counts.total,
        errors=counts.errors,
        unreachable=counts.unreachable,
        terminated=counts.terminated,
        unfinished=counts.waiting + counts.running + counts.interrupted,
    )
    store.end_run(run_id, state.value, controller=controller)


def give_back(
    store: Store, run_id: str, host: str, *, operation: str, address: str, reason: str | None, check_mode: bool
) -> str:
    """End the turn that a host holds by what the run has of it; gives the outcome.

    ``reason``: why the host failed, which is recorded unless the run knows of something newer than its assessment.
    """
    entry = store.run_entries(run_id, [host]).get(host)
    if reason is not None and (entry is None or entry.incident is None):
        store.add_incident(run_id, host, "ERROR", reason, operation=operation, address=address)
        entry = store.run_entries(run_id, [host])[host]
    if store.find_turn(run_id, host) == RUNNING or reason is not None:
        store.end_turn(run_id, host, find_outcome(entry, check_mode=check_mode))
    return store.find_turn(run_id, host) or "none"
