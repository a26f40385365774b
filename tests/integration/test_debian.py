# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on real Debian nodes: what apt and dpkg say is the answer to compare with."""

from __future__ import annotations

import re

import pytest

from tests.estate.node import Node
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun

DEBIAN_NODES = ["debian11", "debian12", "debian13"]


def security_updates_by_apt(node: Node) -> dict[str, str]:
    """What apt offers from the security archive: the installed packages it would bring to which version."""
    done = node.run("apt-get -q update >/dev/null && apt-get -s -q dist-upgrade")
    assert done.rc == 0, done.err
    return dict(re.findall(r"^Inst (\S+) \[\S+\] \((\S+) [^)]*Debian-Security:", done.out, re.MULTILINE))


def unobtainable_by_apt(node: Node) -> set[str]:
    """Packages that the archive's index names but its pool no longer holds, as apt finds when it downloads them all."""
    done = node.run("apt-get -q -y --download-only dist-upgrade")
    return set(re.findall(r"^Err:\d+ \S+ \S+ \S+ (\S+) ", done.out, re.MULTILINE))


def installed_by_dpkg(node: Node) -> dict[str, str]:
    done = node.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\n"])
    return dict(line.split(" ", 1) for line in done.out.splitlines())


def missing_of(run: PlaybookRun, host: str, action: str = "patch_scan") -> dict[str, str]:
    patches = run.results(action)[host]["patches"]
    return {
        patch["id"].rsplit(".", 1)[0]: patch["title"].split(":", 1)[1]
        for patch in patches
        if patch["state"] == "MISSING"
    }


@pytest.mark.parametrize("name", DEBIAN_NODES)
def test_missing_is_what_apt_offers_from_the_security_archive_and_an_install_empties_it(
    name: str, node: GiveNode, controller: Controller
) -> None:
    debian = node(name)
    offered = security_updates_by_apt(debian)
    assert offered, "the node was built to have security updates pending"
    controller.inventory({name: debian.host_vars})

    scan = controller.play("patch")
    assert scan.rc == 0, scan.output
    assert missing_of(scan, name) == offered
    assert scan.results("patch_scan")[name]["compliance_status"] == "NON_COMPLIANT"

    preview = controller.play("patch", "--check", "--diff", patch_operation="install")
    assert preview.rc == 0, preview.output
    planned = {entry["name"]: entry["version"] for entry in preview.results("patch_install")[name]["transaction"]}
    assert planned.items() >= offered.items()
    assert security_updates_by_apt(debian) == offered, "check mode must change nothing"
    for package, version in offered.items():
        assert re.search(rf"^\+{re.escape(package)}\.\S+ {re.escape(version)}$", preview.stdout, re.MULTILINE)

    unobtainable = unobtainable_by_apt(debian)
    obtainable = {package: version for package, version in offered.items() if package not in unobtainable}
    assert obtainable
    install = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert install.rc == (2 if unobtainable else 0), install.output
    result = install.results("patch_install")[name]
    assert result["changed"] is True
    assert missing_of(install, name, "patch_install") == {}
    installed = installed_by_dpkg(debian)
    assert {package: installed[package] for package in obtainable} == obtainable
    done = {entry["name"]: entry["version"] for entry in result["transaction"]}
    assert done == planned, "the run did what check mode said"
    failed = {entry["name"]: entry["reason"] for entry in result["transaction"] if entry["status"] == "failed"}
    assert set(failed) == unobtainable & set(offered), failed

    again = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert again.rc == (2 if unobtainable else 0), again.output
    result = again.results("patch_install")[name]
    assert result["changed"] is False
    assert {entry["name"] for entry in result["transaction"]} == set(failed)
    assert set(security_updates_by_apt(debian)) == set(failed)
    # installed since the boot, so pending, as Patch Manager has it; a reboot and a scan end that
    assert result["reboot_pending"] is True
    debian.restart()
    rebooted = controller.play("patch")
    status = rebooted.results("patch_scan")[name]["compliance_status"]
    assert status == ("NON_COMPLIANT" if failed else "COMPLIANT"), rebooted.output
