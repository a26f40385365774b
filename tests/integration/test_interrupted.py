# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An install that loses its controller, its connection or its life."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.estate.catalog import name_copies
from tests.estate.node import Node
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.integration.test_ubuntu import version_on

ONLY_SLOW = """\
name: slow
operating_system: UBUNTU
default_baseline: true
approved_patches: [postinst-slow, sec-required]
"""


@pytest.fixture
def ubuntu(node: GiveNode, controller: Controller) -> Node:
    found = node("ubuntu")
    controller.inventory({"ubuntu": found.host_vars})
    controller.write("patch_baselines/slow.yml", ONLY_SLOW)
    return found


def start_install(controller: Controller, *nodes: Node) -> subprocess.Popen[bytes]:
    """Start an install and return when the slow package's script is at work on all nodes."""
    command = controller.command(
        "openpatch.patch_manager.patch", patch_operation="install", patch_reboot_option="NoReboot"
    )
    process = subprocess.Popen(
        command,
        cwd=controller.folder,
        env=controller.env(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    for node in nodes:
        while "postinst-slow.postinst" not in node.run("cat /proc/[0-9]*/cmdline | tr '\\0' ' '").out:
            assert time.monotonic() < deadline, "the install never came to the slow script"
            time.sleep(0.2)
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a controller with its forks, which since ansible-core 2.19 are sessions of their own and would go on."""
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            for child in map(int, children.read_text(encoding="ascii").split()):
                found += [child, *descendants(child)]
    return found


def test_installs_on_five_nodes_survive_their_controller_and_the_next_run_collects_their_answers(
    controller: Controller, node: GiveNode
) -> None:
    nodes = {name: node(name) for name in name_copies("ubuntu", 5)}
    controller.inventory({name: found.host_vars for name, found in nodes.items()})
    controller.write("patch_baselines/slow.yml", ONLY_SLOW)
    end(start_install(controller, *nodes.values()))
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 0, run.output
    results = run.results("patch_install")
    for name, found in nodes.items():
        told = " ".join(results[name]["warnings"])
        if "waited for install" in told:
            installed = {entry["name"] for entry in results[name]["transaction"] if entry["status"] == "installed"}
            assert installed == {"postinst-slow", "sec-required"}
        else:  # on a busy machine the first of them have ended by now
            assert "with nobody waiting: 2 of 2 packages done" in told
        assert version_on(found, "postinst-slow") == "1.0-1ubuntu0.1"
        assert found.run("dpkg --audit").out == ""
    with open_store(controller.store_url) as store:
        second, first = store.list_runs()
    assert (first.state, second.state) == ("interrupted", "Success"), "no run is without an end"


def test_an_install_that_ends_without_its_controller_is_told_of_by_the_next_run(
    controller: Controller, ubuntu: Node
) -> None:
    end(start_install(controller, ubuntu))
    deadline = time.monotonic() + 120
    while '"state": "finished"' not in ubuntu.run("cat /var/lib/openpatch/patch_manager/operation.json").out:
        assert time.monotonic() < deadline, "the install never ended"
        time.sleep(0.5)
    told, again = (controller.play("patch").results("patch_scan")["ubuntu"].get("warnings", []) for _run in range(2))
    assert [warning for warning in told if "with nobody waiting: 2 of 2 packages done" in warning], told
    assert not any("nobody" in warning for warning in again)


def test_an_install_survives_a_cut_connection(controller: Controller, ubuntu: Node) -> None:
    process = start_install(controller, ubuntu)
    ubuntu.run("for p in /proc/[0-9]*; do grep -q 'sshd: root' $p/cmdline 2>/dev/null && kill -9 ${p#/proc/}; done")
    assert process.wait(timeout=120) == 0, "the controller waits out the cut and collects the answer"
    assert version_on(ubuntu, "postinst-slow") == "1.0-1ubuntu0.1"


def test_an_install_killed_on_the_node_is_repaired_and_told_of_by_the_next_run(
    controller: Controller, ubuntu: Node
) -> None:
    process = start_install(controller, ubuntu)
    ubuntu.restart()  # the power is cut: every process of the node dies at once
    end(process)
    scan = controller.play("patch")
    assert "interrupted" in " ".join(scan.results("patch_scan")["ubuntu"]["warnings"])
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["ubuntu"]
    assert any("interrupted" in warning for warning in result["warnings"]), result["warnings"]
    assert ubuntu.run("dpkg --audit").out == ""
    assert version_on(ubuntu, "postinst-slow") == "1.0-1ubuntu0.1"
    assert result["counts"]["missing_count"] == result["counts"]["failed_count"] == 0


def test_a_held_lock_is_waited_for_with_a_limit_and_its_holder_is_named(controller: Controller, ubuntu: Node) -> None:
    lock = "/var/lib/dpkg/lock-frontend"
    holder = f"import fcntl, time; f = open('{lock}', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(300)"
    ubuntu.run(f'nohup python3 -c "{holder}" >/dev/null 2>&1 &')
    time.sleep(1)
    run = controller.play("patch", patch_operation="install", patch_lock_timeout=3)
    result = run.results("patch_install")["ubuntu"]
    reasons = {entry["status"]: entry["reason"] for entry in result["transaction"]}
    assert set(reasons) == {"not_tried"}
    assert "python3" in reasons["not_tried"], reasons
    assert version_on(ubuntu, "sec-required") == "1.0-1"
