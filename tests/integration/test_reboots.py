# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of an install: which nodes are rebooted, and what becomes of a node that does not reboot as it should."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.estate.node import DO_NOTHING, DO_POWER_OFF, Node
from tests.estate.recipes import PASSWORDLESS_USER
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun

PENDING = "INSTALLED_PENDING_REBOOT"
# A newer kernel of the running one's flavour, which no reboot of a node brings: its kernel is this machine's.
KERNELS = """set -e
running=$(uname -r)
for release in "$running" "99.0.0-1-$(printf %s "$running" | sed -E 's/^[0-9][^-]*(-[0-9][^-]*)?-//')"; do
    mkdir -p /tmp/kernel/DEBIAN
    printf 'Package: linux-image-%s\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@a.test>\\nDescription: a\\n' \
        "$release" > /tmp/kernel/DEBIAN/control
    dpkg-deb --build /tmp/kernel /tmp/kernel.deb
    dpkg --install /tmp/kernel.deb
done
"""


class Site:
    """An estate of one node, whose baseline approves what the test says."""

    def __init__(self, controller: Controller, node: Node, **variables: Any) -> None:
        self.controller, self.node, self.approved = controller, node, ["sec-required"]
        controller.inventory({node.name: {**node.host_vars, **variables}})

    def approve(self, *packages: str) -> None:
        self.approved += packages

    def boot(self) -> str:
        return self.node.run("cat /proc/sys/kernel/random/boot_id").out

    def play(self, option: str, *arguments: str, **variables: Any) -> PlaybookRun:
        baseline = {
            "name": "ours",
            "operating_system": "UBUNTU",
            "default_baseline": True,
            "approved_patches": self.approved,
        }
        self.controller.write("patch_baselines/ours.json", json.dumps(baseline))
        return self.controller.play(
            "patch", *arguments, patch_operation="install", patch_reboot_option=option, **variables
        )

    def install(self, option: str, *arguments: str, rc: int = 0, **variables: Any) -> tuple[bool, dict[str, Any]]:
        """Whether the node is in another boot after the install, and the install's result."""
        before = self.boot()
        run = self.play(option, *arguments, **variables)
        assert run.rc == rc, run.output
        result = run.results("patch_install")[self.node.name]
        rebooted = self.boot() != before
        assert result["reboot"]["performed"] == rebooted, "what it says of the reboot is true"
        assert (f"{self.node.name}: back after" in run.stdout) == rebooted
        return rebooted, result

    def states(self, *packages: str) -> set[str]:
        """The states of these packages on record."""
        with open_store(self.controller.store_url) as store:
            record = store.last_assessment(self.node.name)
        assert record is not None
        found = {patch["id"]: patch["state"] for patch in record.patches()}
        return {found[f"{package}.all"] for package in packages}


def test_the_table_of_reboots_holds_on_a_real_node(node: GiveNode, controller: Controller) -> None:
    site = Site(controller, node("ubuntu"))

    rebooted, result = site.install("NoReboot")
    assert not rebooted, "row 4: installed now, NoReboot"
    assert not result["reboot"]["decided"]
    assert site.states("sec-required") == {PENDING}
    rebooted, result = site.install("NoReboot")
    assert (rebooted, result["changed"]) == (False, False), "row 5: pending, NoReboot"
    assert site.states("sec-required") == {PENDING}

    site.approve("sec-important")
    rebooted, result = site.install("WhenRequired")
    assert not rebooted, "the node says that it needs none"
    assert site.states("sec-required", "sec-important") == {PENDING}

    rebooted, result = site.install("RebootIfNeeded", "--check")
    assert (rebooted, result["changed"], result["reboot"]["decided"]) == (False, True, True), "check mode: it would"
    rebooted, result = site.install("RebootIfNeeded")
    assert (rebooted, result["changed"]) == (True, True), "row 3: nothing to install, but pending"
    assert site.states("sec-required", "sec-important") == {"INSTALLED"}

    site.approve("wants-reboot")
    kernels = site.node.run(KERNELS)
    assert kernels.rc == 0, kernels
    rebooted, result = site.install("WhenRequired")
    assert rebooted, "the node says that it needs one"
    flag, kernel = result["reboot"]["reasons"]
    assert ("/run/reboot-required" in flag, "99.0.0-1" in kernel) == (True, True)
    assert site.states("wants-reboot") == {"INSTALLED"}
    rebooted, result = site.install("WhenRequired")
    assert (rebooted, result["changed"]) == (False, False), "row 1: the node still says so, but was rebooted for that"
    assert result["reboot_required"]["required"]

    site.approve("sec-standard", "postinst-fails")
    rebooted, result = site.install("RebootIfNeeded", rc=2)
    assert rebooted, "row 2: one installed now, though another failed"
    assert site.states("sec-standard") == {"INSTALLED"}
    assert site.states("postinst-fails") == {"FAILED"}


@pytest.mark.smoke
def test_an_rpm_node_is_rebooted_once_also_by_a_user_who_becomes_root_and_without_pipelining(
    node: GiveNode, controller: Controller
) -> None:
    site = Site(controller, node("rocky9"), ansible_user=PASSWORDLESS_USER, ansible_become=True)
    controller.environment["ANSIBLE_PIPELINING"] = "false"
    rebooted, result = site.install("WhenRequired")
    assert rebooted
    assert "installed since the boot: " in "".join(result["reboot"]["reasons"])
    assert (result["compliance_status"], result["reboot_pending"]) == ("COMPLIANT", False)
    rebooted, result = site.install("RebootIfNeeded")
    assert (rebooted, result["changed"]) == (False, False), "row 1: nothing to do"


def test_a_node_that_does_not_go_down_and_one_that_does_not_come_back_are_told_apart(
    node: GiveNode, controller: Controller
) -> None:
    site = Site(controller, node("ubuntu"))
    before = site.boot()
    site.node.reboot_by(DO_NOTHING)
    run = site.play("RebootIfNeeded", patch_reboot_timeout=6)
    assert run.rc != 0
    assert "it did not go down" in run.output
    assert "1 ERROR" in run.stdout, "the table at the end says so too"
    assert site.boot() == before
    assert site.states("sec-required") == {PENDING}

    site.node.reboot_by(DO_POWER_OFF)
    run = site.play("RebootIfNeeded", patch_reboot_timeout=6)
    assert run.rc != 0
    assert "it did not come back within 6 seconds" in run.output
    assert site.node.pid is None
    assert site.states("sec-required") == {PENDING}

    site.node.start()
    assert site.boot() != before
    run = controller.play("patch")
    assert run.rc == 0, run.output
    assert site.states("sec-required") == {"INSTALLED"}, "the scan after it was started by hand"
