# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A recorded Mac over SSH, with the playbooks that every other node has; no Mac has run them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.estate.macos.machine import PLACE
from tests.estate.node import Node
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun

BASELINE = {
    "name": "macs",
    "operating_system": "MACOS",
    "default_baseline": True,
    "approval_rules": [
        {"filters": [{"key": "CLASSIFICATION", "values": ["*"]}], "approve_after_days": 0, "enable_non_security": True}
    ],
    "rejected_patches": ["BridgeOSUpdateCustomer"],
}
UPDATES = {
    "Safari": "17.6",
    "Command Line Tools for Xcode": "14.2",
    "iCal": "1.0.2",
    "pygobject3": "3.38.0",
    "rav1e": "0.3.4",
    "electrum": "4.0.3",
    "qlcolorcode": "3.1.1",
}


@pytest.fixture
def mac(node: GiveNode, controller: Controller) -> Node:
    found = node("macos12")
    controller.inventory({found.name: found.host_vars})
    return found


def patches(run: PlaybookRun, action: str, *states: str) -> dict[str, str]:
    """Title to state of what needs attention."""
    result = run.results(action)["macos12"]
    return {patch["title"]: patch["state"] for patch in result["patches"] if patch["state"] in states}


def titles(*names: str) -> list[str]:
    return sorted(f"{name}.{UPDATES[name]}" for name in names)


@pytest.mark.smoke
def test_the_predefined_baseline_wants_what_apple_recommends_and_no_other_system(
    mac: Node, controller: Controller
) -> None:
    run = controller.play("patch")
    assert run.rc == 0, run.output
    result = run.results("patch_scan")["macos12"]
    assert (result["operating_system"], result["baseline"]) == ("MACOS", "AWS-MacOSDefaultPatchBaseline")
    missing = sorted(patches(run, "patch_scan", "MISSING"))
    held = ["BridgeOSUpdateCustomer.10.15.0.1.1.1560926689"]
    assert missing == sorted([*held, *titles("Safari", "Command Line Tools for Xcode")])
    assert result["counts"]["installed_other_count"] > 20, "Homebrew tells of no update that it is for security"
    assert any("macOS Sonoma 14.6.1 (an upgrade to another macOS)" in text for text in result["warnings"])
    assert "macos12" in run.stdout and "MACOS" not in run.stderr


def test_what_is_approved_is_installed_by_label_and_name_and_a_second_install_changes_nothing(
    mac: Node, controller: Controller
) -> None:
    assert mac.run("readlink -f /bin/sh").out.strip() == "/usr/bin/dash"
    controller.write("patch_baselines/macs.json", json.dumps(BASELINE))
    checked = controller.play("patch", "--check", "--diff", patch_operation="install")
    assert "-Safari 17.5" in checked.stdout and "+Safari 17.6" in checked.stdout, checked.output
    boot = mac.run("cat /proc/sys/kernel/random/boot_id").out
    run = controller.play("patch", patch_operation="install")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["macos12"]
    assert (result["compliance_status"], result["reboot"]["performed"]) == ("COMPLIANT", True), result
    assert mac.run("cat /proc/sys/kernel/random/boot_id").out != boot
    installed = {entry["name"]: entry["version"] for entry in result["transaction"] if entry["status"] == "installed"}
    assert installed == UPDATES
    left = [row[1] for row in json.loads(mac.run(f"cat {PLACE}/apple.json").out)["offers"]]
    assert left == ["macOS Monterey 12.7.6", "macOS Sonoma 14.6.1", "BridgeOSUpdateCustomer"]
    again = controller.play("patch", patch_operation="install")
    assert (again.rc, again.results("patch_install")["macos12"]["changed"]) == (0, False), again.output


def test_in_bash_an_override_list_names_what_is_installed_and_what_failed_is_told(
    mac: Node, controller: Controller
) -> None:
    mac.run("ln -sf bash /bin/sh")  # which by that name follows POSIX, as sh of a Mac does
    change(mac, "brew.json", faults={"brew upgrade": ["Error: rav1e: no bottle available!\n", 1, 0]})
    listed = {"patches": [{"id": "iCal.1.0.2"}, {"id": "rav1e"}]}
    controller.write("list.json", json.dumps(listed))
    run = controller.play(
        "patch",
        patch_operation="install",
        patch_reboot_option="NoReboot",
        patch_install_override_list="list.json",
    )
    assert run.rc == 2, run.output
    result = run.results("patch_install")["macos12"]
    assert {entry["name"]: entry["status"] for entry in result["transaction"]} == {
        "iCal": "installed",
        "rav1e": "failed",
    }
    assert patches(run, "patch_install", "FAILED", "INSTALLED_PENDING_REBOOT") == {
        "iCal.1.0.2": "INSTALLED_PENDING_REBOOT",
        "rav1e.0.3.4": "FAILED",
    }
    (reason,) = [patch["reason"] for patch in result["patches"] if patch["state"] == "FAILED"]
    assert "no bottle available" in reason


def test_a_preflight_finds_a_mac_fit(mac: Node, controller: Controller) -> None:
    run = controller.play("preflight")
    assert run.rc == 0, run.output
    result = run.results("patch_preflight")["macos12"]
    assert [(check["name"], check["status"]) for check in result["checks"]] == [("system", "warning")], result
    assert {"python", "manager", "repository", "space", "lock", "operation", "reboot"} <= set(result["passed"])
    assert "macOS 12.6.7, macos" in result["summary"]


def change(mac: Node, name: str, **values: Any) -> None:
    """Change what the commands of the Mac know; its owner stays."""
    known = json.loads(mac.run(f"cat {PLACE}/{name}").out)
    mac.run(f"cat > {PLACE}/{name}", stdin=json.dumps({**known, **values}))
