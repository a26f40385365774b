# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-playbook on a terminal and with a pipe. In place of nodes, scans do what the hosts' variables say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Seen, look_at
from tests.unit.tree import ROOT

STAND_IN = """
from __future__ import annotations

import os
import time
from types import SimpleNamespace

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import name_controller
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store


def enter(host, others, url):  # as the first of a run with other hosts
    with open_store(url) as store:
        run_id = store.join_run(find_run_key(), operation="Scan", attributes={}).run_id
        controller = name_controller(os.getppid())
        store.enter_run(run_id, controller, host, others)
        store.take_turn(run_id, host, controller, lambda look: SimpleNamespace(starts=True))
        store.note_progress(run_id, host, "1 of 9: as the store has it")


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        host = task_vars["inventory_hostname"]
        if "others" in task_vars:
            enter(host, task_vars["others"], self._task.args["patch_store_url"])
        for text in task_vars.get("says", []):
            Display().display(host + ": " + text)
            time.sleep(task_vars.get("pause", 0.7))
        if task_vars.get("lost"):
            raise AnsibleConnectionFailure(task_vars["lost"])
        return task_vars.get("gives", {"compliance_status": "COMPLIANT"})
"""

PLAYBOOK = """\
- hosts: all
  gather_facts: false
  strategy: ansible.builtin.host_pinned
  ignore_errors: true
  ignore_unreachable: true
  tasks:
    - openpatch.patch_manager.patch_scan:
        patch_store_url: "{{ patch_store_url | default(omit) }}"
- hosts: all
  gather_facts: false
  tasks:
    - name: Print a table
      openpatch.patch_manager.patch_summary:
      run_once: true
    - name: End
      openpatch.patch_manager.patch_summary:
        outcome: true
"""

SUMMARY = """
from __future__ import annotations

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        if not self._task.args.get("outcome"):
            Display().display("NODE  STATE\\n-----------\\nweb1  FINE")
        elif "lost" in task_vars:
            return {"unreachable": True, "msg": task_vars["lost"]}
        elif task_vars.get("gives", {}).get("failed"):
            return dict(task_vars["gives"])
        return {"changed": False}
"""

HOSTILE = "\x1b[31mred\r\nweb9 done \u202e\x9b"
HOSTS: dict[str, dict[str, Any]] = {
    "web1": {
        "says": ["refreshing", "1 of 2: unpacking a", "2 of 2: unpacking b"],
        "gives": {
            "compliance_status": "NON_COMPLIANT",
            "counts": {"failed_count": 2},
            "warnings": ["a repository is old"],
        },
    },
    "web2": {"says": ["refreshing", "1 of 1: unpacking c"]},
    "evil": {"gives": {"failed": True, "msg": HOSTILE}},
    "gone": {"lost": "no route to host"},
}


@dataclass
class Folder:
    """A collection with stand-ins, an inventory, a playbook."""

    path: Path
    variables: dict[str, Any] = field(default_factory=dict)

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def set_up(self) -> None:
        collection = self.path / "ansible_collections/openpatch/patch_manager"
        (collection / "plugins").mkdir(parents=True)
        (collection / "meta").symlink_to(ROOT / "meta")
        for name in ("callback", "doc_fragments", "module_utils", "modules", "plugin_utils"):
            (collection / "plugins" / name).symlink_to(ROOT / "plugins" / name)
        self.write(f"{collection}/plugins/action/patch_scan.py", STAND_IN)
        self.write(f"{collection}/plugins/action/patch_summary.py", SUMMARY)
        self.write("play.yml", PLAYBOOK)
        self.hosts(HOSTS)
        self.variables = {"patch_store_url": f"sqlite:///{self.path}/store.sqlite3"}

    def hosts(self, hosts: Mapping[str, Mapping[str, Any]]) -> None:
        shared = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self.write("inventory.json", json.dumps({"all": {"vars": shared, "hosts": dict(hosts)}}))

    def command(self, *arguments: str) -> list[str]:
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        extra = json.dumps(self.variables)
        return [program, "-i", "inventory.json", "play.yml", "--forks", "10", "-e", extra, *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        return kept | {
            "ANSIBLE_COLLECTIONS_PATH": str(self.path),
            "ANSIBLE_HOME": str(self.path / "home"),
            "ANSIBLE_STDOUT_CALLBACK": "openpatch.patch_manager.patch_progress",
            "ANSIBLE_NOCOLOR": "1",
            "XDG_STATE_HOME": str(self.path / "state"),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            **more,
        }

    def pipe(self, *arguments: str, **environment: str) -> Seen:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.path,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return Seen(done.returncode, done.stdout)

    def terminal(self, *arguments: str, until: Callable[[str], bool] | None = None) -> Seen:
        return look_at(self.command(*arguments), cwd=self.path, env=self.environment(), until=until)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(tmp_path)
    found.set_up()
    return found


EVIL = r"evil failed: \x1b[31mred web9 done \u202e\x9b"
TABLE = "NODE  STATE\n-----------\nweb1  FINE\n"


def test_a_terminal_has_one_living_line_and_lines_for_what_goes_wrong(folder: Folder) -> None:
    seen = folder.terminal()
    shown = re.compile(r"\d of 4 done · \d running.*   web\d: \d of \d: unpacking [abc]")
    assert any(map(shown.fullmatch, seen.living)), seen.living
    assert "2 of 4 done · 1 failed · 1 unreachable" in seen.living
    # nothing of the line stays, and nothing else is lost or garbled
    evil, gone, *rest = sorted(seen.screen[:2]) + seen.screen[2:]
    assert evil == EVIL
    assert gone == "gone unreachable: no route to host"
    assert rest[0] == "[WARNING]: a repository is old"
    assert "\n".join(rest[1:4]) + "\n" == TABLE
    assert re.fullmatch(r"2 ok, 1 failed, 1 unreachable in \d+ s", rest[4])
    assert rest[5:] == [""]
    assert seen.cursor[0] == 0
    assert seen.rc == 4  # as Ansible has it


def test_a_pipe_has_plain_lines(folder: Folder) -> None:
    seen = folder.pipe()
    assert not re.search(r"[^\n\x20-\x7e]", seen.text), "no control characters"
    lines = seen.text.splitlines()
    assert [line for line in lines if line.startswith("web1")] == [
        "web1 begins: scan",
        "web1 done: NON_COMPLIANT, 2 failed",
        "web1  FINE",
    ]
    assert sum("no route to host" in line for line in lines) == 1
    assert sum("web9" in line for line in lines) == 1, "a failure is named once"
    assert TABLE in seen.text
    assert lines[-1].startswith("2 ok, 1 failed, 1 unreachable in ")
    assert "TASK" not in seen.text
    assert "[WARNING]: a repository is old" in lines


def test_a_pipe_has_a_summary_when_nothing_else_is_said(folder: Folder) -> None:
    folder.hosts({"web1": {"says": ["1 of 2: unpacking a"], "pause": 3.5}, "web2": {}})
    seen = folder.pipe(ANSIBLE_PATCH_PROGRESS_INTERVAL="1")
    assert "1 of 2 done, 1 running; web1: 1 of 2: unpacking a\n" in seen.text
    assert seen.text.count("1 running") == 1, "once, as long as it is the same"


def test_ctrl_c_leaves_a_clean_terminal(folder: Folder) -> None:
    folder.hosts({"web1": {"says": ["1 of 2: unpacking a"] * 2, "pause": 20}})
    seen = folder.terminal(until=lambda line: "unpacking" in line)
    assert seen.rc == 99
    assert seen.screen[-1] == ""
    assert seen.cursor[0] == 0
    assert not any("running" in row for row in seen.screen), seen.screen


def test_verbose_runs_show_what_the_default_callback_shows(folder: Folder) -> None:
    seen = folder.pipe("-v")
    for words in ("PLAY [all] *", "TASK [openpatch.patch_manager.patch_scan] *", "ok: [web1] => {", "PLAY RECAP *"):
        assert words in seen.text
    assert "web1: 1 of 2: unpacking a\n" in seen.text
    assert seen.text.splitlines()[-1].startswith("2 ok, 1 failed, 1 unreachable in ")
    assert "\x1b" not in seen.text


def test_check_mode_is_said_and_differences_are_shown(folder: Folder) -> None:
    diff = {"before": "a 1\n", "after": "a 2\n", "before_header": "web1", "after_header": "web1"}
    folder.hosts({"web1": {"gives": {"changed": True, "compliance_status": "COMPLIANT", "diff": [diff]}}})
    seen = folder.pipe("--check", "--diff")
    assert seen.text.startswith("Check mode: nothing is changed\n")
    assert "--- before: web1\n+++ after: web1\n" in seen.text
    assert "-a 1\n+a 2\n" in seen.text


ORDINARY = """\
- hosts: web1,web2
  gather_facts: false
  tasks:
    - name: Tell
      ansible.builtin.debug: {msg: told}
    - name: Break
      ansible.builtin.fail: {msg: "it \\e[31m broke"}
      when: inventory_hostname == 'web1'
    - name: Wait
      ansible.builtin.wait_for: {timeout: 2}
"""


def test_other_playbooks_show_their_failures_as_ever(folder: Folder) -> None:
    folder.write("play.yml", ORDINARY)
    seen = folder.terminal()
    assert "0 of 2 done · 1 running · 1 failed   web2: Wait" in seen.living
    text = "\n".join(seen.screen)
    assert "TASK [Break] *" in text
    assert 'fatal: [web1]: FAILED! => {"changed": false, "msg": "it \\u001b[31m broke"}' in text
    assert "\x1b[31m" not in seen.text
    assert text.count('"msg": "told"') == 2
    assert seen.screen[-2].startswith("1 ok, 1 failed, 0 unreachable in ")
    assert seen.rc == 2


def test_hosts_that_the_gate_stops_are_told_of_once_on_a_terminal_and_each_in_a_file(folder: Folder) -> None:
    stopped = {"skipped": True, "terminated": True, "state": "TERMINATED", "msg": "2 of 1 errors"}
    folder.hosts({"web1": {"gives": stopped}, "web2": {"gives": stopped}, "web3": {"says": ["searching"], "pause": 3}})
    seen = folder.terminal()
    assert any(line.startswith("0 of 3 done · 1 running · 2 terminated") for line in seen.living), seen.living
    assert sum("not started: 2 of 1 errors" in row for row in seen.screen) == 1
    text = folder.pipe().text
    assert "web1 not started: 2 of 1 errors\n" in text
    assert "web2 not started: 2 of 1 errors\n" in text


def test_a_play_for_nobody_is_not_told_of(folder: Folder) -> None:
    folder.write("play.yml", "- hosts: all:!all\n- hosts: web9*\n  tasks: []\n")
    text = folder.pipe().text
    assert text.count("skipping: no hosts matched") == 1


def test_the_store_of_the_run_counts_if_there_is_one(folder: Folder) -> None:
    folder.hosts({"web1": {"others": [f"other{number}" for number in range(40)], "says": ["said"], "pause": 30}})
    line = "0 of 41 done · 1 running · 40 waiting   web1: 1 of 9: as the store has it"
    seen = folder.terminal(until=lambda last: last == line)
    assert line in seen.living, seen.living


def test_a_store_that_cannot_be_read_is_no_reason_to_fail(folder: Folder) -> None:
    folder.variables = {"patch_store_url": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    folder.hosts({"web1": {"says": ["refreshing"], "pause": 6}})
    seen = folder.pipe("-vvv")
    assert seen.rc == 0
    assert "patch_progress counts without the store: Failed to" in seen.text
