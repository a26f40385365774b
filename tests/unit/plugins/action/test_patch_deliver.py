# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.action.patch_deliver import ActionModule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.samples import make_assessment

HOSTS = [f"web{number}" for number in range(7)]
NODE = "mi-0123456789abcdef0"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite3"


def run(url: str) -> dict[str, Any]:
    """Run the action as Ansible does."""
    loader, context = DataLoader(), PlayContext()
    task = Task()
    task.args = {"patch_store_url": url}
    action = ActionModule(task, connection_loader.get("local", context), context, loader, Templar(loader), None)
    action._load_name = "patch_deliver"
    return action.run(task_vars={"ansible_play_hosts_all": HOSTS, "inventory_hostname": "web0"})


def begin(store: Store) -> str:
    return store.join_run(find_run_key(), operation="Scan", attributes={}).run_id


def ask(store: Store, run_id: str, host: str, **more: str) -> None:
    number = store.add_assessment(run_id, host, make_assessment(), operation="Scan", current=True)
    store.ask_delivery(run_id, host, number, NODE, {"aws": {}}, **more)


def test_where_nothing_waits_nothing_is_said(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(url)
    assert (result["msg"], result["reports"], result["logs"]) == ("nothing to deliver", [], [])
    assert (result["changed"], result["warnings"], capsys.readouterr().out) == (False, [], "")


def test_what_many_hosts_have_to_say_is_one_warning_and_no_failure(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All have one node, which is wrong."""
    with open_store(url) as store:
        run_id = begin(store)
        for host in HOSTS:
            ask(store, run_id, host)
    result = run(url)
    (warning,) = result["warnings"]
    assert warning.startswith("Failed to report to Systems Manager: several hosts have the instance id")
    assert "Hosts: web0, web1, web2, web3, web4 and 2 more. The next run tries again" in warning
    assert (result["changed"], result.get("failed", False)) == (False, False)
    assert result["msg"] == "Systems Manager: 7 failed"
    assert {report["state"] for report in result["reports"]} == {"failed"}
    assert capsys.readouterr().out == "Systems Manager: 7 failed\n"


def test_what_is_withheld_is_a_warning_that_acts_on_no_terminal(url: str) -> None:
    with open_store(url) as store:
        ask(store, begin(store), "web1", state="withheld", message="unreachable: \x1b[2J")
    (warning,) = run(url)["warnings"]
    assert warning == (
        "Systems Manager keeps what it had of web1: not told, because the assessment is not complete:"
        " unreachable: \\x1b[2J"
    )
