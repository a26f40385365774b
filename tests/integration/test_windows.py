# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan and install of Windows nodes by ansible-playbook: real modules in a real PowerShell, on a node that is played.

It ends where Windows begins: of the connection (psrp, winrm, ssh) and of ansible-core's wrapper around a module nothing
runs here, nor does an update agent.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ansible
import pytest

from tests.integration.controller import Controller
from tests.integration.windows.connection.played import ask
from tests.windows.nodes import server, update
from tests.windows.play import PLUGINS, POWERSHELL, needs_powershell

pytestmark = needs_powershell
HERE = Path(__file__).resolve().parent / "windows"
BOOT_KEY = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters"

Json = dict[str, Any]


class PlayedNode:
    """A Windows node that goes on between two calls of ansible-playbook."""

    def __init__(self, folder: Path, node: Json) -> None:
        self._socket = str(folder / "node")
        registry = {BOOT_KEY: {"BootId": 41}}
        (folder / "node.json").write_text(json.dumps({"registry": registry, **node}), encoding="utf-8")
        (folder / "windows").mkdir()
        command = [POWERSHELL, "-NoProfile", "-NonInteractive", "-File", str(HERE / "serve.ps1")]
        command += ["-Node", str(folder / "node.json"), "-Socket", self._socket, "-Plugins", str(PLUGINS)]
        command += ["-Core", str(Path(ansible.__file__).parent), "-Work", str(folder / "windows")]
        self._output = (folder / "output").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=self._output, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while not Path(self._socket).exists():
            assert self._process.poll() is None, self._say()
            assert time.monotonic() < deadline, self._say()
            time.sleep(0.1)

    def _say(self) -> str:
        self._output.seek(0)
        return self._output.read()

    @property
    def host_vars(self) -> Json:
        return {"ansible_connection": "played", "played_socket": self._socket}

    def look(self) -> Json:
        """What was asked of the node, and what is on it now."""
        seen: Json = json.loads(ask(self._socket, {"log": True})["stdout"])
        return seen

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()


StartNode = Callable[[Json], PlayedNode]


@pytest.fixture
def start() -> Iterator[StartNode]:
    nodes: list[PlayedNode] = []
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket is short

        def begin(node: Json) -> PlayedNode:
            own = Path(folder, str(len(nodes)))
            own.mkdir()
            nodes.append(PlayedNode(own, node))
            return nodes[-1]

        yield begin
        for node in nodes:
            node.stop()


@pytest.fixture
def controller(controller: Controller) -> Controller:
    controller.environment["ANSIBLE_CONNECTION_PLUGINS"] = str(HERE / "connection")
    return controller


REBOOTS = {"behavior": {"RebootBehavior": 1}}
STACK = update("5030000", 1)
CUMULATIVE = update("5034129", 2, **REBOOTS)
REPLACED = update("5033118", 3)
NEXT = update("5040001", 4)
BROKEN = update("5040002", 5)


def test_the_same_playbook_scans_installs_and_reboots_a_windows_node(start: StartNode, controller: Controller) -> None:
    cumulative = update("5034129", 2, **REBOOTS, SupersededUpdateIDs=[REPLACED["Identity"]["UpdateID"]])
    low = update("5039999", 6, MsrcSeverity="Low")
    node = start(server(updates=[STACK, cumulative, REPLACED, low], later=[NEXT]))
    controller.inventory({"win1": node.host_vars})

    scan = controller.play("patch")
    assert scan.rc == 0, scan.output
    result = scan.results("patch_scan")["win1"]
    assert (result["operating_system"], result["baseline"]) == ("WINDOWS", "AWS-DefaultPatchBaseline")
    assert {patch["id"]: patch["state"] for patch in result["patches"]} == {
        "KB5030000": "MISSING",
        "KB5034129": "MISSING",
        "KB5039999": "AVAILABLE_SECURITY_UPDATE",
    }
    assert node.look()["log"][0] == "win_patch_facts", "one remote execution"
    assert [entry for entry in node.look()["log"] if entry.startswith("win_patch")] == ["win_patch_facts"]

    preview = controller.play("patch", "--check", patch_operation="install")
    assert preview.rc == 0, preview.output
    planned = preview.results("patch_install")["win1"]["transaction"]
    assert [(entry["name"], entry["version"], entry["status"]) for entry in planned] == [
        ("KB5030000", "200", "planned"),
        ("KB5034129", "200", "planned"),
    ]
    assert not [entry for entry in node.look()["log"] if entry.startswith("win_patch_install")]

    run = controller.play("patch", patch_operation="install", patch_poll_interval=1)
    assert run.rc == 0, run.output
    result = run.results("patch_install")["win1"]
    assert result["compliance_status"] == "COMPLIANT", run.output
    # the last one came on offer by the reboot; nothing that it did not ask for
    assert [(entry["name"], entry["status"]) for entry in result["transaction"]] == [
        ("KB5030000", "installed"),
        ("KB5034129", "installed"),
        ("KB5040001", "installed"),
    ]
    assert (result["reboot"]["performed"], result["reboot"]["count"]) == (True, 2)
    seen = node.look()
    assert seen["log"].count("reboot") == 2
    assert seen["log"].count("win_patch_install forget") == 2
    assert [entry for entry in seen["files"] if "operation" in entry] == [], "nothing stays behind on the node"
    assert seen["tasks"] == []

    again = controller.play("patch", patch_operation="install")
    assert again.rc == 0, again.output
    assert again.results("patch_install")["win1"]["changed"] is False
    assert node.look()["log"].count("reboot") == 2


def test_an_update_that_always_fails_is_given_up_and_stays_failed(start: StartNode, controller: Controller) -> None:
    failures = {"install KB5040002": ["0x80070643"]}
    node = start(server(updates=[CUMULATIVE, BROKEN], fail=failures))
    controller.inventory({"win1": node.host_vars})
    run = controller.play("patch", patch_operation="install", patch_poll_interval=1)
    result = run.results("patch_install")["win1"]
    assert {patch["id"]: patch["state"] for patch in result["patches"]} == {"KB5040002": "FAILED"}, run.output
    assert "0x80070643" in result["patches"][0]["reason"]
    assert node.look()["log"].count("install KB5040002") == 2, "once more after the reboot, then no more"
    assert any("gave up on" in warning and "KB5040002" in warning for warning in result["warnings"])
    # nothing of it is on the node any more, and the next scan still knows
    scan = controller.play("patch")
    assert {patch["id"]: patch["state"] for patch in scan.results("patch_scan")["win1"]["patches"]} == {
        "KB5040002": "FAILED"
    }


def test_without_a_reboot_what_is_installed_waits_for_it(start: StartNode, controller: Controller) -> None:
    node = start(server(updates=[CUMULATIVE], later=[NEXT]))
    controller.inventory({"win1": node.host_vars})
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot", patch_poll_interval=1)
    result = run.results("patch_install")["win1"]
    assert {patch["id"]: patch["state"] for patch in result["patches"]} == {"KB5034129": "INSTALLED_PENDING_REBOOT"}
    assert result["compliance_status"] == "NON_COMPLIANT"
    assert "reboot" not in node.look()["log"]


def test_a_search_that_fails_fails_the_node_with_its_error(start: StartNode, controller: Controller) -> None:
    node = start(server(updates=[CUMULATIVE], fail={"search": ["0x8024402C"]}))
    controller.inventory({"win1": node.host_vars})
    run = controller.play("patch")
    assert run.outcome("win1") == "failed"
    assert "0x8024402C" in run.output
