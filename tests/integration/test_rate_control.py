# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate control seen from a playbook's end: how many at once, when it stops, and what is said of who was not started."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.runs import RunRecord
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.estate.catalog import name_copies
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller

HOLD = """\
- hosts: all
  gather_facts: false
  strategy: {strategy}
  tasks:
    - openpatch.patch_manager.patch_scan:
        patch_store_url: "{{{{ patch_store_url }}}}"
        patch_max_concurrency: 50%
        patch_hold_turn: true
    - ansible.builtin.command: sleep 1
      delegate_to: localhost
    - openpatch.patch_manager.patch_gate:
        patch_store_url: "{{{{ patch_store_url }}}}"
        state: "{{{{ gate_state }}}}"
        reason: the step after it failed
        operation: Scan
"""


def read_turns(controller: Controller) -> tuple[RunRecord, dict[str, Any]]:
    """The only run of a store, and the row of each host's turn in it."""
    with open_store(controller.store_url) as store, store._database.read("test") as connection:
        (run,) = store.list_runs()
        return run, {row.host: row for row in connection.execute(schema.turns.select())}


def count_at_once(turns: Mapping[str, Any]) -> int:
    """The most turns that were open at the same moment."""
    taken = [(row.taken_at, 1) for row in turns.values() if row.taken_at]
    ended = [(row.ended_at, -1) for row in turns.values() if row.taken_at]
    moments: list[tuple[datetime, int]] = sorted([*taken, *ended])
    return max(sum(step for _moment, step in moments[: index + 1]) for index in range(len(moments)))


def states_of(turns: Mapping[str, Any]) -> dict[str, str]:
    return {host: row.state for host, row in turns.items()}


def test_no_more_nodes_than_the_limit_at_once_and_an_unreachable_one_is_no_error(
    node: GiveNode, controller: Controller
) -> None:
    """operations.md, example 17."""
    names = [*name_copies("ubuntu", 5), "unreachable"]
    controller.inventory({name: node(name).host_vars for name in names})
    run = controller.play("patch", "--forks", "6", patch_max_concurrency="34%", patch_max_errors="0")
    assert run.rc == 4, run.output
    ended, turns = read_turns(controller)
    assert count_at_once(turns) == 2
    assert states_of(turns) == {**dict.fromkeys(names, "succeeded"), "unreachable": "unreachable"}
    assert (ended.state, ended.ended_at is not None) == ("Success", True)


@pytest.mark.smoke
def test_after_one_error_too_many_the_rest_is_terminated_and_the_table_says_so(
    node: GiveNode, controller: Controller
) -> None:
    """operations.md, example 16."""
    ubuntu = node("ubuntu").host_vars
    hosts: dict[str, dict[str, Any]] = {f"node{number}": dict(ubuntu) for number in range(1, 6)}
    hosts["node2"]["patch_group"] = ["web", "db"]
    controller.inventory(hosts)
    run = controller.play("patch", "--forks", "1", patch_max_concurrency="1", patch_max_errors="0")
    assert run.rc == 2, run.output
    assert {name: run.outcome(name) for name in hosts} == {"node1": "ok", **dict.fromkeys(list(hosts)[1:], "failed")}
    ended, turns = read_turns(controller)
    assert list(states_of(turns).values()) == ["succeeded", "failed", "terminated", "terminated", "terminated"]
    assert ended.state == "Failed"
    for words in (
        "3 TERMINATED",
        "not started: 1 node has failed and patch_max_errors allows 0",
        "3 nodes were not started: remove what made the others fail, run again",
    ):
        assert words in run.stdout, run.output


def test_after_the_cutoff_no_node_is_started_and_the_run_ends_well(controller: Controller) -> None:
    controller.inventory({"node1": {"ansible_host": "192.0.2.1"}, "node2": {"ansible_host": "192.0.2.2"}})
    run = controller.play("patch", patch_operation="install", patch_window_cutoff="2026-01-01T03:00:00+01:00")
    assert run.rc == 0, run.output
    ended, turns = read_turns(controller)
    assert states_of(turns) == {"node1": "outside_window", "node2": "outside_window"}
    assert ended.state == "Success"
    assert "2 OUTSIDE_WINDOW" in run.stdout
    said = run.results("patch_summary")["node1"]["msg"]
    assert said == "not started: no node is started after 2026-01-01 02:00 UTC (patch_window_cutoff)"


def test_a_place_that_is_held_over_further_steps_is_nobody_elses_until_it_is_given_back(
    node: GiveNode, controller: Controller
) -> None:
    ubuntu = node("ubuntu").host_vars
    controller.inventory({"node1": {**ubuntu, "gate_state": "ended"}, "node2": {**ubuntu, "gate_state": "failed"}})
    controller.write("hold.yml", HOLD.format(strategy="ansible.builtin.host_pinned"))
    run = controller.play("hold.yml")
    assert run.rc == 0, run.output
    outcomes = {host: result["outcome"] for host, result in run.results("patch_gate").items()}
    assert outcomes == {"node1": "succeeded", "node2": "failed"}
    turns = read_turns(controller)[1]
    assert count_at_once(turns) == 1
    assert all((row.ended_at - row.taken_at).total_seconds() > 1 for row in turns.values())
    assert (turns["node1"].errors, turns["node2"].errors) == (0, 1)


def test_holding_a_place_is_refused_where_hosts_could_wait_for_each_other(controller: Controller) -> None:
    controller.inventory({"node1": {"ansible_host": "192.0.2.1"}})
    controller.write("hold.yml", HOLD.format(strategy="linear"))
    run = controller.play("hold.yml", gate_state="ended")
    assert run.rc == 2, run.output
    assert "host_pinned" in run.results("patch_scan")["node1"]["msg"]
