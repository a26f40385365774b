# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a node, over Ansible's own local connection."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader, shell_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    NodeError,
    NodeRefusedError,
    NoPythonError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.transport import run_on_node


class Action(ActionBase):
    """An action that only has a connection."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        return {}


def make_action(tmp_path: Path, *, pipelining: bool, environment: dict[str, str] | None = None) -> Action:
    loader, context = DataLoader(), PlayContext()
    task = Task()
    task.environment = [environment or {}]
    connection = connection_loader.get("local", context)
    connection.set_options(var_options={}, direct={"pipelining": pipelining})
    connection._shell.set_options(var_options={}, direct={"remote_tmp": str(tmp_path / "remote")})
    return Action(task, connection, context, loader, Templar(loader), None)


def ask(action: Action, **task_vars: Any) -> dict[str, Any]:
    return run_on_node(action, {"inventory_hostname": "web1", **task_vars}, {"command": "dance"})


def make_python(path: Path, seen: Path) -> str:
    """An interpreter that notes a variable of its environment."""
    path.write_text(
        f"#!/bin/sh\nprintf '%s' \"$COLOUR\" > '{seen}'\nexec '{sys.executable}' \"$@\"\n", encoding="utf-8"
    )
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_node_answers_with_and_without_pipelining(tmp_path: Path, pipelining: bool) -> None:
    with pytest.raises(NodeRefusedError, match=r"'dance'.*host 'web1'") as caught:
        ask(make_action(tmp_path, pipelining=pipelining))
    assert caught.value.code == "unknown_command"


@pytest.mark.parametrize("pipelining", [True, False])
def test_no_file_stays_behind(tmp_path: Path, pipelining: bool) -> None:
    with pytest.raises(NodeRefusedError):
        ask(make_action(tmp_path, pipelining=pipelining))
    assert not list((tmp_path / "remote").glob("*"))
    assert (tmp_path / "remote").exists() is not pipelining


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_environment_of_the_task_reaches_the_program(tmp_path: Path, pipelining: bool) -> None:
    seen = tmp_path / "seen"
    python = make_python(tmp_path / "python", seen)
    with pytest.raises(NodeRefusedError):
        ask(
            make_action(tmp_path, pipelining=pipelining, environment={"COLOUR": "it's $HOME; red"}),
            ansible_python_interpreter=python,
        )
    assert seen.read_text(encoding="utf-8") == "it's $HOME; red"


def test_an_interpreter_asked_for_is_the_only_one_tried(tmp_path: Path) -> None:
    with pytest.raises(NoPythonError, match="'web1': no '/nowhere/python'"):
        ask(make_action(tmp_path, pipelining=True), ansible_python_interpreter="/nowhere/python")


@pytest.mark.parametrize("word", ["", "auto", "auto_silent", "auto_legacy", "auto_legacy_silent"])
def test_words_of_discovery_leave_the_choice_to_the_node(tmp_path: Path, word: str) -> None:
    with pytest.raises(NodeRefusedError):
        ask(make_action(tmp_path, pipelining=True), ansible_python_interpreter=word)


def test_the_python_of_ansible_itself_is_not_forced_on_localhost(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    own = make_python(tmp_path / "python", seen)
    with pytest.raises(NodeRefusedError):
        ask(make_action(tmp_path, pipelining=True), ansible_python_interpreter=own, ansible_playbook_python=own)
    assert not seen.exists()


def test_a_shell_that_is_not_posix_is_refused_before_anything_runs(tmp_path: Path) -> None:
    action = make_action(tmp_path, pipelining=False)
    action._connection._shell = shell_loader.get("powershell")
    with pytest.raises(NodeError, match="host 'web1': its shell is not a POSIX one"):
        ask(action)
    assert not (tmp_path / "remote").exists()


def test_an_ssh_that_ends_before_it_took_the_script_is_asked_for_its_reason(tmp_path: Path) -> None:
    class Unreachable(Action):
        asked: ClassVar[list[str]] = []

        def _low_level_execute_command(self, cmd: str, *args: Any, **options: Any) -> dict[str, Any]:
            self.asked.append(cmd)
            if options.get("in_data"):
                raise AnsibleConnectionFailure("Data could not be sent to remote host 'web1': Broken pipe")
            raise AnsibleConnectionFailure("ssh: connect to host web1 port 22: Connection refused")

    action = make_action(tmp_path, pipelining=True)
    action.__class__ = Unreachable
    with pytest.raises(AnsibleConnectionFailure, match="Connection refused"):
        ask(action)
    assert Unreachable.asked[1:] == ["exit 0"]
