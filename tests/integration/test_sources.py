# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories of a baseline: used in place of the node's own, and without a trace afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import pytest

from tests.estate.node import Node
from tests.estate.packages import ACME, GONE_URI, SECURITY, SUITES
from tests.estate.ubuntu_packages import PACKAGES
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.integration.test_ubuntu import FAILING, NOT_MISSING, patches_of, version_on

# with times, owners and modes
CHECKSUM = "tar --create --sort=name --file - /etc/apt /var/lib/apt/lists | sha256sum"
LEFT = "ls -d /var/cache/openpatch-* /run/openpatch-* /tmp/openpatch-* 2>/dev/null"
FROM_SECURITY = {
    name: package.suites[SECURITY].version
    for name, package in PACKAGES.items()
    if SECURITY in package.suites and name not in NOT_MISSING
}


def write_baseline(
    controller: Controller, *configurations: str, products: str = "Ubuntu22.04", approved: str = ""
) -> None:
    """A baseline that approves everything, or only some packages, with repositories for a product."""
    baseline = {
        "name": "ours",
        "operating_system": "UBUNTU",
        "default_baseline": True,
        "approval_rules": [] if approved else [{"filters": [], "enable_non_security": True}],
        "approved_patches": approved.split(),
        "approved_patches_enable_non_security": True,
        "sources": [
            {"name": f"source{number}", "products": [products], "configuration": configuration}
            for number, configuration in enumerate(configurations)
        ],
    }
    controller.write("patch_baselines/ours.json", json.dumps(baseline))


def wait_until_clean(node: Node, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while left := node.run(LEFT).out:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)


@pytest.fixture
def ubuntu(node: GiveNode, controller: Controller) -> Node:
    found = node("ubuntu")
    controller.inventory({"ubuntu": found.host_vars})
    assert found.run("apt-get update").rc == 0
    return found


def test_only_these_repositories_are_used_to_scan_and_to_install_and_the_node_keeps_its_own(
    ubuntu: Node, controller: Controller
) -> None:
    write_baseline(controller, SUITES[SECURITY].source)
    before = ubuntu.run(CHECKSUM).out
    scan = controller.play("patch")
    assert scan.rc == 0, scan.output
    assert patches_of(scan, "ubuntu", "MISSING") == FROM_SECURITY
    check = controller.play("patch", "--check", patch_operation="install")
    planned = {entry["name"]: entry["status"] for entry in check.results("patch_install")["ubuntu"]["transaction"]}
    assert planned["sec-required"] == "planned"

    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 2, run.output
    failed = patches_of(run, "ubuntu", "FAILED")
    assert set(failed) == {*FAILING, "qux"}, "what qux needs is in none of these repositories"
    assert set(patches_of(run, "ubuntu", "MISSING")) == {"held-back"}
    for package, version in FROM_SECURITY.items():
        if package not in failed and package != "held-back":
            assert version_on(ubuntu, package) == version, package
    assert version_on(ubuntu, "updates-only") == "1.0-1"
    assert ubuntu.run(CHECKSUM).out == before
    wait_until_clean(ubuntu, 5)
    assert ubuntu.run("ls /var/cache/apt/archives | grep sec-required").out == ""


def test_a_third_partys_repository_may_be_the_only_one(ubuntu: Node, controller: Controller) -> None:
    write_baseline(controller, SUITES[ACME].source)
    run = controller.play("patch")
    assert patches_of(run, "ubuntu", "MISSING") == {"acme-tool": "4.2", "acme-override": "9.0acme1"}


def test_a_user_without_root_sees_the_same(ubuntu: Node, controller: Controller) -> None:
    controller.inventory({"ubuntu": {**ubuntu.host_vars, "ansible_user": "ops"}})
    write_baseline(controller, SUITES[ACME].source, SUITES[SECURITY].source)
    run = controller.play("patch", patch_become=False)
    assert patches_of(run, "ubuntu", "MISSING") == {**FROM_SECURITY, "acme-tool": "4.2", "acme-override": "9.0acme1"}
    wait_until_clean(ubuntu, 5)


def test_repositories_for_another_product_leave_the_node_its_own(ubuntu: Node, controller: Controller) -> None:
    write_baseline(controller, SUITES[ACME].source, products="Ubuntu24.04")
    missing = patches_of(controller.play("patch"), "ubuntu", "MISSING")
    assert {"updates-only", "sec-required", "acme-tool"} <= set(missing)


@pytest.mark.parametrize(
    ("configuration", "word"),
    [(f"deb {GONE_URI} jammy main", "8581"), ("deb [oops http://archive.estate.test jammy main", "sources.list")],
)
def test_a_repository_that_cannot_be_read_is_never_taken_for_nothing_to_do(
    ubuntu: Node, controller: Controller, configuration: str, word: str
) -> None:
    write_baseline(controller, configuration)
    before = ubuntu.run(CHECKSUM).out
    for operation in ("scan", "install"):
        run = controller.play("patch", patch_operation=operation)
        result = run.results(f"patch_{operation}")["ubuntu"]
        assert result["counts"]["missing_count"] == 0
        assert result["compliance_status"] == "METADATA_MISSING"
        assert word in " ".join(result["warnings"])
    assert ubuntu.run(CHECKSUM).out == before
    wait_until_clean(ubuntu, 5)


def start(controller: Controller, **variables: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        controller.command("openpatch.patch_manager.patch", **variables),
        cwd=controller.folder,
        env=controller.env(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for(node: Node, command: str, seconds: float = 60) -> str:
    """The output of a command as soon as there is any."""
    deadline = time.monotonic() + seconds
    while not (out := node.run(command).out.strip()):
        assert time.monotonic() < deadline, command
        time.sleep(0.05)
    return out


# the node program, but not its guard, which has lost its parent
PROGRAM = """for p in /proc/[0-9]*; do
grep -qs 'fcntl, json, select' $p/cmdline && ! grep -qs '^PPid:.1$' $p/status && echo ${p#/proc/}; done"""
DETACHED = "sed -n 's/.*\"pid\": \\([0-9]*\\).*/\\1/p' /var/lib/openpatch/patch_manager/operation.json 2>/dev/null"


@pytest.mark.parametrize("after", [0.1, 0.6])
def test_a_killed_scan_leaves_no_trace(ubuntu: Node, controller: Controller, after: float) -> None:
    write_baseline(controller, SUITES[SECURITY].source)
    before = ubuntu.run(CHECKSUM).out
    process = start(controller)
    wait_for(ubuntu, LEFT)
    time.sleep(after)
    ubuntu.run(["kill", "-9", *ubuntu.run(PROGRAM).out.split()])
    process.wait(timeout=120)
    wait_until_clean(ubuntu)
    assert ubuntu.run(CHECKSUM).out == before


def test_a_killed_controller_leaves_no_trace(ubuntu: Node, controller: Controller) -> None:
    write_baseline(controller, SUITES[SECURITY].source)
    before = ubuntu.run(CHECKSUM).out
    process = start(controller)
    wait_for(ubuntu, LEFT)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_until_clean(ubuntu)
    assert ubuntu.run(CHECKSUM).out == before


@pytest.mark.parametrize("after", [0.4, 2.0])
def test_a_killed_install_leaves_no_trace_and_the_next_one_finishes(
    ubuntu: Node, controller: Controller, after: float
) -> None:
    write_baseline(controller, SUITES[SECURITY].source, approved="postinst-slow sec-required sec-extra")
    before = ubuntu.run(CHECKSUM).out
    process = start(controller, patch_operation="install", patch_reboot_option="NoReboot")
    pid = wait_for(ubuntu, DETACHED)
    wait_for(ubuntu, LEFT)
    time.sleep(after)
    ubuntu.run(["kill", "-9", pid])
    process.wait(timeout=120)
    wait_until_clean(ubuntu)
    assert ubuntu.run(CHECKSUM).out == before
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 0, run.output
    assert patches_of(run, "ubuntu", "MISSING") == patches_of(run, "ubuntu", "FAILED") == {}
    for package in ("postinst-slow", "sec-required", "sec-extra"):
        assert version_on(ubuntu, package) == "1.0-1ubuntu0.1"
    assert ubuntu.run("dpkg --audit").out == ""
    assert ubuntu.run(CHECKSUM).out == before
    wait_until_clean(ubuntu, 5)


def test_what_a_power_cut_left_is_removed_by_the_next_run(ubuntu: Node, controller: Controller) -> None:
    write_baseline(controller, SUITES[SECURITY].source, approved="postinst-slow")
    before = ubuntu.run(CHECKSUM).out
    process = start(controller, patch_operation="install", patch_reboot_option="NoReboot")
    wait_for(ubuntu, "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o postinst-slow.postinst")
    ubuntu.restart()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert version_on(ubuntu, "postinst-slow") == "1.0-1ubuntu0.1"
    assert ubuntu.run(CHECKSUM).out == before
    wait_until_clean(ubuntu, 5)
