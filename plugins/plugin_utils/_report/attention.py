# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to read under the table: why nodes need attention, and what to do about it (compliance.md 16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import states
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report

# The table already says what NON_COMPLIANT nodes lack; it says nothing of why the others have no counters.
_TALKATIVE_FIRST = (
    states.ERROR,
    states.UNREACHABLE,
    states.METADATA_MISSING,
    states.NON_COMPLIANT,
    states.TERMINATED,
    states.OUTSIDE_WINDOW,
    states.STALE,
    states.NEVER_SCANNED,
)


class Remark(NamedTuple):
    """One thing to know of one node."""

    host: str
    kind: str
    text: str


class Step(NamedTuple):
    """What to do, who needs it and how the number of them is worded."""

    applies: Callable[[HostRow], bool]
    one: str
    many: str
    advice: str


def _is(state: str) -> Callable[[HostRow], bool]:
    return lambda row: row.compliance_status == state


def _has(counter: str) -> Callable[[HostRow], bool]:
    return lambda row: bool((row.counts or {}).get(counter))


_STEPS = (
    Step(_is(states.ERROR), "node ended in an error", "nodes ended in an error", "remove the cause above, run again"),
    Step(
        _is(states.UNREACHABLE),
        "node was not reached",
        "nodes were not reached",
        "check with 'ansible -m ansible.builtin.ping', run again with --limit",
    ),
    Step(
        _is(states.TERMINATED),
        "node was not started",
        "nodes were not started",
        "remove what made the others fail, run again",
    ),
    Step(
        _is(states.OUTSIDE_WINDOW),
        "node was left for the next window",
        "nodes were left for the next window",
        "wait, or start now with -e patch_window_cutoff= -e patch_window_end=",
    ),
    Step(
        _is(states.METADATA_MISSING),
        "node cannot prove its compliance",
        "nodes cannot prove their compliance",
        "repair the repositories named above, scan again",
    ),
    Step(
        _has("failed_count"),
        "node has failed patches",
        "nodes have failed patches",
        "see the reasons in the report, remove the cause, install again",
    ),
    Step(
        _has("missing_count"),
        "node lacks approved patches",
        "nodes lack approved patches",
        "install with -e patch_operation=install",
    ),
    Step(
        _has("installed_pending_reboot_count"),
        "node has patches that wait for a reboot",
        "nodes have patches that wait for a reboot",
        "reboot, then scan",
    ),
    Step(
        _has("installed_rejected_count"),
        "node has rejected patches installed",
        "nodes have rejected patches installed",
        "uninstall them by hand or take them off the list, then scan",
    ),
    Step(
        lambda row: row.compliance_status in (states.STALE, states.NEVER_SCANNED),
        "node has no recent assessment",
        "nodes have no recent assessment",
        "run a scan",
    ),
)


def list_remarks(report: Report) -> Iterator[Remark]:
    """Give the reasons of all nodes that are not plainly compliant, and every node's warnings."""
    for state in dict.fromkeys((*_TALKATIVE_FIRST, *(row.compliance_status for row in report.rows))):
        for row in report.rows:
            if row.compliance_status != state:
                continue
            if row.reason and (state != states.COMPLIANT or row.incident is not None):
                yield Remark(row.host, state, row.reason)
            for warning in row.warnings:
                yield Remark(row.host, "warning", warning)


def list_steps(report: Report) -> Iterator[str]:
    """Give what to do next, one line per kind of problem."""
    for step in _STEPS:
        nodes = sum(map(step.applies, report.rows))
        if nodes:
            yield f"{nodes} {step.one if nodes == 1 else step.many}: {step.advice}"
