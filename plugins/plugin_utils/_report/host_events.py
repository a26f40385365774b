# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the hosts of a play stand, counted from what Ansible tells of their tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.progress import Counts, Working
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import TurnCounts


class Phase(Enum):
    """Where a host stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    TERMINATED = "terminated"
    OUTSIDE_WINDOW = "outside_window"


@dataclass(slots=True)
class _Host:
    phase: Phase = Phase.WAITING
    since: float = 0.0
    text: str = ""
    is_patching: bool = False
    is_decided: bool = False  # by its scan or install: other tasks do not change that


class HostEvents:
    """Counts the hosts of one play at a time; ``now`` is seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self.durations: list[float] = []

    def begin_play(self, hosts: Iterable[str]) -> None:
        """Forget the play before, and count these hosts."""
        self._hosts = {host: _Host() for host in hosts}
        self.durations = []

    def start_task(self, host: str, text: str, now: float) -> None:
        """Note that any task has begun on a host; a host that failed before and goes on was rescued."""
        found = self._find(host)
        if found.is_decided:
            return
        if found.phase is not Phase.RUNNING:
            found.since = now
        found.phase = Phase.RUNNING
        found.text = text

    def start_patching(self, host: str, text: str, now: float) -> bool:
        """Note that a scan or install has begun; gives whether it is the first step of the host."""
        found = self._find(host)
        is_first = found.phase is not Phase.RUNNING or not found.is_patching
        if found.phase is not Phase.RUNNING:
            found.since = now
        found.phase, found.text, found.is_patching, found.is_decided = Phase.RUNNING, text, True, False
        return is_first

    def end(self, host: str, phase: Phase, now: float) -> None:
        """Note how the scan or install of a host has ended for good."""
        found = self._find(host)
        if found.phase is Phase.RUNNING and phase in (Phase.DONE, Phase.FAILED):
            self.durations.append(now - found.since)
        found.phase, found.text, found.is_patching, found.is_decided = phase, "", False, True

    def stop(self, host: str, phase: Phase) -> None:
        """Note that a host went out of the play at another task."""
        found = self._find(host)
        if not found.is_decided:
            found.phase, found.text = phase, ""

    def skip(self, host: str) -> None:
        """Note that a scan or install turned out to be left out."""
        found = self._find(host)
        if found.is_patching:
            found.phase, found.text, found.is_patching = Phase.WAITING, "", False

    def say(self, host: str, text: str) -> bool:
        """Note what a host that is scanned or patched says of itself; gives whether it is one."""
        found = self._hosts.get(host)
        if found is None or not found.is_patching:
            return False
        found.text = text
        return True

    def is_patching(self, host: str) -> bool:
        """Whether a scan or install of the host has begun and not ended for good."""
        found = self._hosts.get(host)
        return found is not None and found.is_patching

    def count(self) -> Counts:
        """Add up where the hosts stand."""
        numbers = {phase.value: 0 for phase in Phase}
        for host in self._hosts.values():
            numbers[host.phase.value] += 1
        return Counts(total=len(self._hosts), **numbers)

    def list_working(self) -> list[Working]:
        """The hosts that are worked on."""
        return [
            Working(name, host.text, host.since) for name, host in self._hosts.items() if host.phase is Phase.RUNNING
        ]

    def merge(self, turns: TurnCounts, now: float, moment: datetime) -> tuple[Counts, list[Working]]:
        """What the store knows of the run, over all its controllers, and what only the events of this one tell.

        ``moment`` is ``now`` by the clock of the store's times.
        """
        mine = self.count()
        total = max(turns.total, mine.total)
        ended = {
            "done": turns.succeeded,
            # a host may fail before the store hears of it
            "failed": max(turns.failed, mine.failed),
            "unreachable": max(turns.unreachable, mine.unreachable),
            "terminated": turns.terminated,
            "outside_window": turns.outside_window,
            "interrupted": turns.interrupted,
        }
        waiting = max(total - turns.running - sum(ended.values()), 0)
        working = []
        for worker in turns.at_work:
            since = now - max((moment - worker.since).total_seconds(), 0.0)
            found = self._hosts.get(worker.host)
            if found is not None:
                found.since = max(found.since, since)  # it waited for its turn until then
            text = worker.progress or (found.text if found is not None else "")
            working.append(Working(worker.host, text, since))
        return Counts(total=total, waiting=waiting, running=turns.running, **ended), working

    def _find(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
