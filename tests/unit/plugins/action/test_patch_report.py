# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.action.patch_report import ActionModule


@pytest.mark.parametrize(
    ("hosts", "check_mode", "said"),
    [
        (["web1"], False, "1 node in {path}"),
        (["web1", "web2"], False, "2 nodes in {path}"),
        (["web1"], True, "1 node in {path} (check mode: not written)"),
    ],
)
def test_a_person_is_told_where_the_report_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hosts: list[str], check_mode: bool, said: str
) -> None:
    path = tmp_path / "estate.json"
    loader, context = DataLoader(), PlayContext()
    task = Task()
    task.check_mode = check_mode
    task.args = {"patch_report_path": str(path), "patch_store_url": f"sqlite:///{tmp_path}/store.sqlite3"}
    action = ActionModule(task, connection_loader.get("local", context), context, loader, Templar(loader), None)
    action._load_name = "patch_report"
    result = action.run(task_vars={"ansible_play_hosts_all": hosts})
    assert capsys.readouterr().out == said.format(path=path) + "\n"
    assert result["files"] == [str(path)]
    assert path.exists() != check_mode
