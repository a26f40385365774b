# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An install on a node with dnf, killed at moments nobody chose."""

from __future__ import annotations

import random
import time

from tests.estate.node import Node
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.integration.node_program import ask, kill_program
from tests.integration.rpm_answers import patches_of

KILLS = 20


def assert_sound(node: Node) -> None:
    """The database is whole, and nothing of the run is left but what the next one mends."""
    verified = node.run("rpm --verifydb && rpm -qa > /dev/null", timeout=60)
    assert verified.rc == 0, verified.err
    assert node.run("ls -d /run/openpatch* /var/cache/openpatch* /tmp/openpatch*").out == ""
    assert node.run("pgrep -x dnf").out == ""


def measure(node: Node, packages: list[dict[str, str]]) -> float:
    """Seconds a whole install takes from the answer to its start to its end."""
    ask(node, command="install", operation_id="whole", packages=packages)
    begun = time.monotonic()
    while '"state": "finished"' not in node.run("cat /var/lib/openpatch/patch_manager/operation.json").out:
        assert time.monotonic() - begun < 120
        time.sleep(0.05)
    return time.monotonic() - begun


def test_an_install_killed_at_any_moment_leaves_a_database_that_verifies_and_the_next_run_finishes(
    node: GiveNode, controller: Controller
) -> None:
    rocky = node("rocky9")
    controller.inventory({"rocky9": rocky.host_vars})
    wanted = patches_of(controller.play("patch"), "rocky9", "MISSING")
    packages = [
        {"name": name, "arch": arch, "version": version}
        for (name, _dot, arch), version in ((identity.rpartition("."), version) for identity, version in wanted.items())
    ]
    chance = random.Random(35)
    takes = measure(rocky, packages)
    states = ["finished"]
    while states.count("interrupted") < KILLS:
        assert len(states) < 4 * KILLS, states
        if states[-1] == "finished":  # the kill came too late
            rocky.reset()
        identity = f"killed-{len(states)}"
        ask(rocky, command="install", operation_id=identity, packages=packages)
        time.sleep(chance.uniform(0, 0.9) * takes)
        kill_program(rocky)
        assert_sound(rocky)
        states.append(ask(rocky, command="poll", operation_id=identity)["state"])
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["rocky9"]
    assert any("interrupted" in warning for warning in result["warnings"]), result["warnings"]
    assert patches_of(run, "rocky9", "MISSING", "FAILED") == {}
    assert_sound(rocky)
    kept = rocky.run("rpm -qa --queryformat '%{NAME}.%{ARCH}\\n' | grep -v ^kernel | sort | uniq -d").out
    assert kept == "", "no package is there twice"
    # dnf itself takes over what a killed dnf left, when it next has a transaction; of a living process there is none
    locks = "find /run /var/run /var/cache/dnf /var/lib/dnf -name '*.pid' ! -name sshd.pid"
    assert rocky.run(f"for lock in $({locks}); do kill -0 $(cat $lock) 2>/dev/null && echo $lock; done").out == ""
