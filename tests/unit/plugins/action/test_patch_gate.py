# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.action.patch_gate import ActionModule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store

RUN = "01234567-89ab-cdef-0123-456789abcdef"


def run(folder: Path, **args: Any) -> dict[str, Any]:
    """Run the action for web1 as Ansible does."""
    loader, context = DataLoader(), PlayContext()
    task = Task()
    task.args = {"patch_store_url": f"sqlite:///{folder}/store.sqlite3", "patch_run_id": RUN, **args}
    action = ActionModule(task, connection_loader.get("local", context), context, loader, Templar(loader), None)
    action._load_name = "patch_gate"
    return action.run(task_vars={"inventory_hostname": "web1"})


def test_a_reason_cannot_act_on_the_terminal_and_keeps_its_lines(tmp_path: Path) -> None:
    result = run(tmp_path, state="failed", reason="the hook said\n\x1b[2Jok: [web1]")
    assert result["msg"] == "the hook said\n\\x1b[2Jok: [web1]"
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        incident = store.run_entries(RUN)["web1"].incident
    assert incident is not None
    assert (incident.state, incident.message, incident.operation) == ("ERROR", result["msg"], "Install")


def test_a_node_that_took_no_part_in_the_run_is_left_as_it_is(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result["changed"], result["outcome"]) == (False, "none")
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        assert store.run_entries(RUN) == {}
