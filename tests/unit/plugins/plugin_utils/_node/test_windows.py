# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a Windows node, with the answers of modules and scripts from a list."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.loader import shell_loader

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeRefusedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.transport import open_node
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.windows import WindowsNode, is_windows

Json = dict[str, Any]
UPDATE = {"name": "KB5034129", "arch": "", "version": "200", "update_id": "5b1c3f1e-5d4e-4b5f-a5e7-1d8c2b1f7c11"}
INSTALL = {"command": "install", "operation_id": "op-1", "packages": [UPDATE], "step_timeout": 77, "lock_timeout": 9}
POLL = {"command": "poll", "operation_id": "op-1", "wait": 3}
BOOTED = "2026-03-02T04:11:09Z"
COLLECTED = {"facts": {"schema": 1, "boot_id": "41", "booted_at": BOOTED}}


class Action:
    """What an action has of Ansible: modules and commands on the node, each answer the next of the list."""

    def __init__(self, *answers: Any, shell: str = "powershell") -> None:
        self.asked: list[tuple[str, Json]] = []
        self.scripts: list[str] = []
        self._answers = list(answers)
        self._connection = self
        self._shell = shell_loader.get(shell)
        self.transport = "psrp"

    def _execute_module(self, module_name: str, module_args: Json, task_vars: Mapping[str, Any]) -> Json:
        assert task_vars["inventory_hostname"] == "win1"
        self.asked.append((module_name, module_args))
        answer: Json = self._next()
        return answer

    def _low_level_execute_command(self, command: str, *, sudoable: bool) -> Json:
        encoded = re.search(r"-EncodedCommand (\S+)", command)
        assert encoded is not None
        self.scripts.append(base64.b64decode(encoded[1]).decode("utf-16-le"))
        (mark,) = set(re.findall(r"@@openpatch [0-9a-f]{32}", self.scripts[-1]))
        answer = self._next()
        return answer if isinstance(answer, dict) else {"stdout": f"noise\r\n{answer.replace('MARK', mark)}\r\n"}

    def _next(self) -> Any:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def make_node(*answers: Any, **options: Any) -> tuple[Callable[[Json], Json], Action]:
    action: Any = Action(*answers)
    return WindowsNode(action, {"inventory_hostname": "win1"}, options).obey, action


def operation(state: str, *results: Json, **more: Any) -> Json:
    return {"changed": False, "operation": {"id": "op-1", "state": state, "results": list(results), **more}}


@pytest.mark.parametrize(("shell", "expected"), [("powershell", True), ("cmd", True), ("sh", False)])
def test_the_shell_tells_whether_it_is_windows(shell: str, expected: bool) -> None:
    action: Any = Action(shell=shell)
    assert is_windows(action) is expected
    way = open_node(action, {"inventory_hostname": "win1"}, {})
    assert hasattr(way, "__self__") is expected
    assert action.asked == action.scripts == [], "nobody is asked"


def test_facts_come_from_the_module_with_the_options_that_are_set() -> None:
    obey, action = make_node(COLLECTED, patch_windows_update_source="wsus", patch_windows_offline_catalogue=None)
    assert obey({"command": "collect", "refresh": True}) == COLLECTED
    assert action.asked == [("openpatch.patch_manager.win_patch_facts", {"patch_windows_update_source": "wsus"})]


def test_an_install_names_identity_and_revision() -> None:
    obey, action = make_node(operation("running"), patch_windows_update_source="wsus")
    assert obey(INSTALL)["state"] == "running"
    assert action.asked == [
        (
            "openpatch.patch_manager.win_patch_install",
            {
                "patch_windows_update_source": "wsus",
                "request": "start",
                "operation_id": "op-1",
                "updates": [{"name": "KB5034129", "update_id": UPDATE["update_id"], "revision": 200}],
                "time_limit": 77,
                "patch_lock_timeout": 9,
            },
        )
    ]


def test_a_plan_asks_nobody() -> None:
    obey, action = make_node()
    (planned,) = obey({"command": "plan", "packages": [UPDATE]})["transaction"]
    assert planned == {**UPDATE, "from_version": "", "reason": "", "status": "planned"}
    assert action.asked == []


def test_polling_waits_between_two_looks_and_forgets_when_the_results_have_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    done = {"name": "KB5034129", "version": "200", "status": "installed"}
    progress = {"doing": "downloading", "current": "KB5034129", "done": 2, "total": 7}
    obey, action = make_node(
        operation("running", progress=progress), operation("finished", done), COLLECTED, {"changed": True}, COLLECTED
    )
    assert obey(POLL)["progress"] == {**progress, "doing": "downloading KB5034129"}
    assert obey(POLL)["results"] == [{**done, "arch": "", "from_version": "", "reason": ""}]
    assert slept == [3]
    obey({"command": "collect"})
    obey({"command": "collect"})
    assert [(name.rpartition("_")[2], given.get("request")) for name, given in action.asked] == [
        ("install", "poll"),
        ("install", "poll"),
        ("facts", None),
        ("install", "forget"),
        ("facts", None),
    ]


@pytest.mark.parametrize(
    ("finished_at", "forgotten"),
    [
        ("2026-03-09T01:50:00Z", True),
        ("2026-03-09T01:50:30Z", False),  # somebody may be waiting for it
        ("2026-03-09T03:00:00Z", False),
        ("soon", False),
        (None, False),  # it runs
    ],
)
def test_what_nobody_fetched_is_in_the_facts_and_does_not_stay_for_ever(
    finished_at: str | None, forgotten: bool
) -> None:
    last: Json = {"id": "op-7", "state": "finished", "results": [], "finished_at": finished_at}
    facts = {**COLLECTED["facts"], "collected_at": "2026-03-09T02:00:12Z", "last_operation": last}
    obey, action = make_node({"facts": facts}, {"changed": True})
    assert obey({"command": "collect"})["facts"]["last_operation"] == last
    forget = ("openpatch.patch_manager.win_patch_install", {"request": "forget", "operation_id": "op-7"})
    assert (forget in action.asked) is forgotten


def test_that_nothing_could_be_forgotten_is_no_failure() -> None:
    obey, _action = make_node(operation("finished"), COLLECTED, {"failed": True, "msg": "denied"})
    obey(POLL)
    assert obey({"command": "collect"}) == COLLECTED


@pytest.mark.parametrize(
    ("answer", "command", "code", "message"),
    [
        (
            {"failed": True, "msg": "Failed to search", "hresult_name": "WU_E_X"},
            "collect",
            "WU_E_X",
            "Failed to search",
        ),
        ({"failed": True, "msg": "busy", "code": "operation_running"}, "poll", "operation_running", "busy"),
        ({"failed": True, "msg": "no"}, "poll", "failed", "no"),
        ({"changed": False}, "poll", "unknown_operation", "knows none of that id"),
        ({"operation": {"id": "op-1", "state": "finished"}}, "poll", "unknown_operation", "knows none of that id"),
        (
            operation("finished", error={"code": "installer_busy", "message": "msiexec 812 is running"}),
            "poll",
            "installer_busy",
            "msiexec 812 is running",
        ),
    ],
)
def test_what_the_node_will_not_do(answer: Json, command: str, code: str, message: str) -> None:
    obey, _action = make_node(answer, {"changed": True})
    with pytest.raises(NodeRefusedError, match=message) as caught:
        obey({**POLL, "command": command})
    assert caught.value.code == code
    assert "host 'win1'" in str(caught.value)


def test_a_search_that_fails_keeps_its_hresult() -> None:
    told = {"hresult": "0x8024402C", "hresult_name": "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED", "transient": True}
    obey, _action = make_node({"failed": True, "msg": "Failed to search", **told})
    with pytest.raises(NodeRefusedError) as caught:
        obey({"command": "collect"})
    assert caught.value.details == told


@pytest.mark.parametrize("forgotten", [{"changed": True}, AnsibleConnectionFailure("timed out")])
def test_an_operation_that_did_nothing_is_told_and_nothing_of_it_stays(forgotten: Any) -> None:
    error = {"code": "search_failed", "message": "Failed to install updates: 0x8024402C"}
    left = {"name": "KB5034129", "version": "200", "status": "not_tried"}
    obey, action = make_node(operation("finished", left, error=error), forgotten)
    with pytest.raises(NodeRefusedError, match="0x8024402C"):
        obey(POLL)
    assert action.asked[1:] == [
        ("openpatch.patch_manager.win_patch_install", {"request": "forget", "operation_id": "op-1"})
    ]


def test_what_was_installed_before_an_error_is_not_lost() -> None:
    error = {"code": "operation_failed", "message": "Failed to install updates: 0x800706BA"}
    results = [
        {"name": f"KB{number}", "version": "200", "status": status}
        for number, status in enumerate(("installed", "failed", "not_tried"))
    ]
    obey, action = make_node(operation("finished", *results, error=error))
    assert [result["status"] for result in obey(POLL)["results"]] == ["installed", "failed", "not_tried"]
    assert len(action.asked) == 1, "it is forgotten when the facts have arrived"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            {"failed": True, "msg": "MODULE FAILURE", "module_stdout": "", "module_stderr": "Out of memory"},
            "Out of memory",
        ),
        ({"changed": False}, "it has no facts"),
    ],
)
def test_what_is_no_answer(answer: Json, message: str) -> None:
    obey, _action = make_node(answer)
    with pytest.raises(BadAnswerError, match=message):
        obey({"command": "collect"})


def test_a_lost_node_is_lost() -> None:
    for answer in (AnsibleConnectionFailure("timed out"), {"unreachable": True, "msg": "timed out"}):
        obey, _action = make_node(answer)
        with pytest.raises(AnsibleConnectionFailure, match="timed out"):
            obey(POLL)


def test_which_boot_a_node_is_in_costs_no_search() -> None:
    obey, action = make_node(f"MARK boot 41 {BOOTED}")
    assert obey({"command": "identify"}) == {
        "facts": {
            "schema": 1,
            "os": {"id": "windows", "operating_system": "WINDOWS"},
            "boot_id": "41",
            "booted_at": BOOTED,
        }
    }
    assert action.asked == []
    assert "shutdown.exe" not in action.scripts[0]


def test_a_reboot_is_told_to_leave_one_boot() -> None:
    obey, action = make_node(f"MARK boot 41 {BOOTED}")
    assert obey({"command": "reboot", "boot_id": "41"}) == {"boot_id": "41"}
    assert "if ($boot -eq '41') {" in action.scripts[0]
    # Windows PowerShell would end at what shutdown.exe says of a refusal, and nobody would hear of it
    assert action.scripts[0].index("$ErrorActionPreference = 'Continue'") < action.scripts[0].index("shutdown.exe")
    assert "shutdown.exe /r" in action.scripts[0]
    # a node that goes down already, or has been told to by somebody else, does what is wanted
    assert "if (@(0, 1115, 1190) -notcontains $LASTEXITCODE)" in action.scripts[0]


@pytest.mark.parametrize("boot_id", ["41'; Remove-Item C:\\", "", "\u2019", "4\n1", "x" * 81])
def test_what_a_node_calls_its_boot_is_no_script(boot_id: str) -> None:
    obey, action = make_node()
    with pytest.raises(NodeRefusedError, match="Reboot it yourself"):
        obey({"command": "reboot", "boot_id": boot_id})
    assert action.scripts == []


def test_a_refused_reboot_says_why() -> None:
    obey, _action = make_node(f"MARK boot 41 {BOOTED}\r\nMARK refused 5 Access is denied.(5)")
    with pytest.raises(NodeRefusedError, match=r"shutdown\.exe ended with 5 Access is denied"):
        obey({"command": "reboot", "boot_id": "41"})


@pytest.mark.parametrize("stdout", ["", "powershell is not recognized", "MARK boot"])
def test_a_script_without_an_answer(stdout: str) -> None:
    obey, _action = make_node(stdout)
    with pytest.raises(BadAnswerError, match=r"which boot it is in: "):
        obey({"command": "identify"})


@pytest.mark.parametrize(
    ("boot", "booted", "expected"),
    [
        ("42", "2026-03-09T02:00:00Z", "42"),
        ("41", "2026-03-02T04:11:40Z", "41"),  # the clock was put right
        ("41", "2026-03-09T02:00:00Z", "41, 2026-03-09T02:00:00Z"),  # nobody counts the boots
        ("41", "soon", "41"),
    ],
)
def test_the_time_tells_two_boots_of_one_id_apart(boot: str, booted: str, expected: str) -> None:
    obey, _action = make_node(COLLECTED, f"MARK boot {boot} {booted}")
    obey({"command": "collect"})
    assert obey({"command": "identify"})["facts"]["boot_id"] == expected
