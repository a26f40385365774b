# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the node is reached: one remote execution, any connection, become or not."""

from __future__ import annotations

import re

import pytest

from tests.estate.recipes import PASSWORD_USER, PASSWORDLESS_USER, SUDO_PASSWORD
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller


@pytest.mark.smoke
@pytest.mark.parametrize("name", ["debian12", "rocky9", "sles15"])
def test_a_scan_is_one_remote_execution(name: str, node: GiveNode, controller: Controller) -> None:
    controller.inventory({name: node(name).host_vars})
    run = controller.play("patch", "-vvv")
    assert run.rc == 0, run.output
    # every ssh, sftp and scp says EXEC, every transfer PUT; the answer's own line is packed text that may hold any word
    log = re.findall(r"^<[\d.]+> (SSH: EXEC|PUT) ", run.output, re.MULTILINE)
    assert log == ["SSH: EXEC"], log


@pytest.mark.parametrize("pipelining", ["true", "false"])
@pytest.mark.parametrize("user", ["root", PASSWORDLESS_USER, PASSWORD_USER])
def test_a_scan_works_with_every_way_to_become_root(
    user: str, pipelining: str, node: GiveNode, controller: Controller
) -> None:
    debian = node("debian12")
    variables = {**debian.host_vars, "ansible_user": user, "ansible_become": user != "root"}
    if user == PASSWORD_USER:
        variables["ansible_become_password"] = SUDO_PASSWORD
    controller.inventory({"debian12": variables})
    controller.environment["ANSIBLE_PIPELINING"] = pipelining
    run = controller.play("patch")
    assert run.rc == 0, run.output
    assert run.results("patch_scan")["debian12"]["counts"]["missing_count"] > 0
    left = debian.run("find / -xdev -name '*ansible-tmp*' -o -xdev -name '*openpatch*' -path '/tmp/*'")
    assert left.out == "", "nothing stays behind on the node"


@pytest.mark.parametrize("name", ["debian12", "rocky9"])
def test_an_ordinary_user_scans_without_become(name: str, node: GiveNode, controller: Controller) -> None:
    controller.inventory({name: {**node(name).host_vars, "ansible_user": PASSWORDLESS_USER}})
    run = controller.play("patch")
    assert run.rc == 0, run.output
    result = run.results("patch_scan")[name]
    assert result["counts"]["missing_count"] > 0
    assert any("root" in warning for warning in result["warnings"])
