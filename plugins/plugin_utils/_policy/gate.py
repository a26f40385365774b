# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""May one more node of a run be started? And how did a run end? Both as Run Command answers (operations.md 14)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Bounds


class Verdict(enum.Enum):
    """What a node that wants to start is told."""

    START = "start"
    WAIT = "wait"
    STOP = "stop"  # too many nodes failed: it is never started
    CLOSED = "closed"  # the window takes no more nodes: it is never started


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict on one node, and why, for people."""

    verdict: Verdict
    reason: str

    @property
    def starts(self) -> bool:
        return self.verdict is Verdict.START


def decide_start(
    bounds: Bounds,
    *,
    running: int,
    errors: int,
    now: datetime,
    cutoff: datetime | None = None,
    held: bool = False,
    held_elsewhere: bool = False,
) -> Decision:
    """Decide on one node.

    ``running``: nodes at work whose controllers live; ``errors``: nodes that failed so far. ``held``: the node has a
    place already, and whoever is under way finishes; ``held_elsewhere``: another controller is at work on it.
    """
    if held:
        return Decision(Verdict.START, "it has its place already")
    if bounds.errors is not None and errors > bounds.errors:
        failed = f"{errors} node{' has' if errors == 1 else 's have'} failed"
        return Decision(Verdict.STOP, f"not started: {failed} and patch_max_errors allows {bounds.errors}")
    if cutoff is not None and now >= cutoff:
        return Decision(
            Verdict.CLOSED, f"not started: no node is started after {cutoff:%Y-%m-%d %H:%M} UTC (patch_window_cutoff)"
        )
    if held_elsewhere:
        return Decision(Verdict.WAIT, "another controller of this run works on it")
    if bounds.at_once is None:
        return Decision(Verdict.START, "no limit")
    if running >= bounds.at_once:
        return Decision(Verdict.WAIT, f"{running} of {bounds.at_once} taken")
    return Decision(Verdict.START, f"place {running + 1} of {bounds.at_once}")


class RunState(str, enum.Enum):
    """How a run ended, in the words of a command's status, and what Run Command has no word for."""

    SUCCESS = "Success"
    FAILED = "Failed"  # more errors than allowed, or no node was reached
    INCOMPLETE = "Incomplete"  # tried on all nodes, some failed, but not too many; or not all were tried


def judge_run(
    bounds: Bounds, *, total: int, errors: int, unreachable: int, terminated: int, unfinished: int
) -> RunState:
    """Say how a run ended.

    ``unfinished``: nodes that nothing is known of at the end. Unreachable nodes count for nothing as long as there are
    others (operations.md, example 17).
    """
    if terminated or (bounds.errors is not None and errors > bounds.errors):
        return RunState.FAILED
    if total and unreachable == total:
        return RunState.FAILED
    return RunState.INCOMPLETE if errors or unfinished else RunState.SUCCESS
