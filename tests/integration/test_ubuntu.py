# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every rule and every hazard of the package table, seen from the playbook's end."""

from __future__ import annotations

import pytest

from tests.estate.node import Node
from tests.estate.packages import ESM_APPS, ESM_INFRA, SECURITY
from tests.estate.ubuntu_packages import PACKAGES
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun

# By the default baseline of Ubuntu: what -security (or ESM's security archives) has newer than what is installed
FROM_ESM = {"esm-infra-only": ESM_INFRA, "esm-apps-only": ESM_APPS}
NOT_MISSING = {"sec-current", "newer-local", "not-installed", "removed-keeps-conf", "brand-new-dep"}
MISSING = {
    name: package.suites[SECURITY].version
    for name, package in PACKAGES.items()
    if SECURITY in package.suites and name not in NOT_MISSING
} | {name: PACKAGES[name].suites[suite].version for name, suite in FROM_ESM.items()}
FAILING = {
    "pusher": "remove",
    "unsatisfiable": "no-such-package",
    "preinst-fails": "pre-installation",
    "postinst-fails": "post-installation",
}


def patches_of(run: PlaybookRun, host: str, state: str) -> dict[str, str]:
    """Name to version of the host's patches in a state."""
    (result,) = [
        results[host] for action in ("patch_scan", "patch_install") if host in (results := run.results(action))
    ]
    return {
        patch["id"].rsplit(".", 1)[0]: patch["title"].split(":", 1)[1]
        for patch in result["patches"]
        if patch["state"] == state
    }


def version_on(node: Node, package: str) -> str:
    """The version dpkg has; of several architectures, their common one."""
    versions = set(node.run(["dpkg-query", "-W", "-f", "${Version}\n", package]).out.split())
    assert len(versions) <= 1, versions
    return "".join(versions)


def test_a_scan_finds_what_the_security_archives_have_and_nothing_else(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    run = controller.play("patch")
    assert run.rc == 0, run.output
    assert patches_of(run, "ubuntu", "MISSING") == MISSING
    both = [patch["id"] for patch in run.results("patch_scan")["ubuntu"]["patches"] if "libmulti" in patch["id"]]
    assert both == ["libmulti.amd64", "libmulti.i386"]


@pytest.fixture
def installed(node: GiveNode, controller: Controller) -> tuple[Node, PlaybookRun]:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    return ubuntu, controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")


@pytest.mark.smoke
def test_an_install_does_what_it_can_and_says_of_every_package_what_became_of_it(
    installed: tuple[Node, PlaybookRun], controller: Controller
) -> None:
    ubuntu, run = installed
    assert run.rc == 2, run.output
    result = run.results("patch_install")["ubuntu"]
    failed = {entry["name"]: entry["reason"] for entry in result["transaction"] if entry["status"] == "failed"}
    assert set(failed) == set(FAILING)
    for package, word in FAILING.items():
        assert word in failed[package].lower(), failed[package]
    assert set(patches_of(run, "ubuntu", "FAILED")) == set(FAILING)
    assert set(patches_of(run, "ubuntu", "MISSING")) == {"held-back"}
    assert [entry["name"] for entry in result["held_back"]] == ["held-back"]

    for package, version in MISSING.items():
        if package not in FAILING and package != "held-back":
            assert version_on(ubuntu, package) == version, package
    assert version_on(ubuntu, "bystander") == "1.0-1", "nothing is ever removed"
    assert version_on(ubuntu, "pusher") == "1.0-1"
    assert version_on(ubuntu, "brand-new-dep") == "2.0-1"
    assert version_on(ubuntu, "libqux") == "2.0-1"
    assert ubuntu.run("cat /etc/conffile-edited.conf").out == "level = 7 # mine\n"
    assert result["reboot_required"]["required"] is True
    assert any("wants-reboot" in reason for reason in result["reboot_required"]["reasons"])

    # a later scan still knows what failed, from the node itself
    scan = controller.play("patch")
    assert set(patches_of(scan, "ubuntu", "FAILED")) == set(FAILING)


def test_what_was_installed_on_the_side_is_other_and_what_was_approved_is_installed_after_a_reboot(
    installed: tuple[Node, PlaybookRun], controller: Controller
) -> None:
    ubuntu, run = installed
    assert "sec-required" in patches_of(run, "ubuntu", "INSTALLED_PENDING_REBOOT")
    ubuntu.restart()
    controller.play("patch")
    report = controller.play("report", patch_report_path=str(controller.folder / "report.json"))
    assert report.rc == 0, report.output
    states = controller.states_in_report("report.json", "ubuntu")
    assert states["sec-required.all"] == "INSTALLED"
    assert states["libqux.all"] == "INSTALLED_OTHER", "came from -updates, as a dependency"


def test_python3_apt_is_brought_up_to_date_whatever_the_baseline_says(node: GiveNode, controller: Controller) -> None:
    """selection-and-install example 11."""
    ubuntu = node("ubuntu-pyapt")
    controller.inventory({"ubuntu-pyapt": ubuntu.host_vars})
    scan = controller.play("patch")
    assert "python3-apt" not in patches_of(scan, "ubuntu-pyapt", "MISSING")
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert version_on(ubuntu, "python3-apt") == "2.4.0ubuntu4"


def test_repositories_that_cannot_be_read_are_warned_of_and_never_taken_for_nothing_to_do(
    node: GiveNode, controller: Controller
) -> None:
    ubuntu = node("ubuntu-badrepo")
    nothing = "- {name: nothing, operating_system: UBUNTU, default_baseline: true}\n"
    controller.write("patch_baselines/nothing.yml", nothing)
    controller.inventory({"ubuntu-badrepo": ubuntu.host_vars})
    run = controller.play("patch")
    assert run.rc == 0, run.output
    result = run.results("patch_scan")["ubuntu-badrepo"]
    assert result["counts"]["missing_count"] == 0
    assert result["compliance_status"] == "METADATA_MISSING"
    said = " ".join(result["warnings"])
    for word in ("unsigned", "stranger", "8581"):
        assert word in said, said
