# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback patch_progress during a real install."""

from __future__ import annotations

import re

from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.terminal import look_at

BASELINE = """\
name: slow
operating_system: UBUNTU
default_baseline: true
approved_patches: [postinst-slow, sec-required]
"""


def test_an_install_shows_its_progress_in_one_line(node: GiveNode, controller: Controller) -> None:
    names = ("ubuntu-01", "ubuntu-02")
    controller.inventory(
        {name: node(name).host_vars for name in names} | {"gone": {"ansible_host": "127.0.0.1", "ansible_port": 1}}
    )
    controller.write("patch_baselines/slow.yml", BASELINE)
    controller.environment |= {
        "ANSIBLE_STDOUT_CALLBACK": "openpatch.patch_manager.patch_progress",
        "TERM": "xterm",
        "COLUMNS": "90",
    }
    command = controller.command(
        "openpatch.patch_manager.patch",
        patch_operation="install",
        patch_reboot_option="NoReboot",
        patch_poll_interval=1,
    )
    seen = look_at(command, cwd=controller.folder, env=controller.env(), timeout=300)
    shown = re.compile(r"0 of 3 done · 2 running · 1 unreachable   ubuntu-0\d: (.+)")
    doing = {found[1] for line in seen.living if (found := shown.fullmatch(line))}
    assert any(re.match(r"\d of 2: ", text) for text in doing), seen.living
    assert "2 of 3 done · 1 unreachable" in seen.living, seen.living
    assert sum(row.startswith("gone unreachable: ") for row in seen.screen) == 1
    assert any(row.startswith("NODE ") for row in seen.screen)
    assert re.fullmatch(r"2 ok, 0 failed, 1 unreachable in .*", seen.screen[-2])
    assert not any(" done · " in row for row in seen.screen)
