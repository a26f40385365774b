# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes are what they claim to be: separate machines that start, reboot, forget and leave nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .catalog import SPECS
from .errors import NodeError
from .estate import Estate
from .node import DO_NOTHING, DO_POWER_OFF, Node
from .processes import descend, find_pids, run
from .recipes import MINIMUM_PENDING, PASSWORD_USER, PASSWORDLESS_USER, SSH_PORT, SUDO_PASSWORD

pytestmark = pytest.mark.estate
_RUNNING = [name for name, spec in SPECS.items() if spec.runs]
_DEBIANS = {"debian11": "11", "debian12": "12", "debian13": "13", "raspbian": "11"}
_BOOT = "cut -d' ' -f22 /proc/1/stat; cat /proc/sys/kernel/random/boot_id"


@pytest.fixture(scope="module")
def nodes(estate: Estate) -> dict[str, Node]:
    return {node.name: node for node in estate.up(list(SPECS))}


@pytest.fixture
def node(nodes: dict[str, Node]) -> Node:
    return nodes["debian12"]


@pytest.mark.parametrize("name", _RUNNING)
def test_every_node_answers_over_ssh_by_its_own_name(nodes: dict[str, Node], name: str) -> None:
    assert nodes[name].ssh("hostname") == (0, f"{name}\n", "")


def test_an_unreachable_node_refuses_connections(nodes: dict[str, Node]) -> None:
    result = nodes["unreachable"].ssh("true")
    assert result.rc == 255
    assert "Connection refused" in result.err


@pytest.mark.parametrize("name", ["debian11", "debian12", "debian13"])
def test_an_ordinary_user_becomes_root_with_and_without_password(nodes: dict[str, Node], name: str) -> None:
    assert nodes[name].ssh("sudo -n id -u", user=PASSWORDLESS_USER).out == "0\n"
    assert nodes[name].ssh("sudo -n id -u", user=PASSWORD_USER).rc != 0
    assert nodes[name].ssh("sudo -S -p '' id -u", user=PASSWORD_USER, stdin=f"{SUDO_PASSWORD}\n").out == "0\n"


def test_a_node_sees_only_its_own_processes_and_mounts(node: Node) -> None:
    assert len(node.run("ls -d /proc/[0-9]*").out.split()) < 10
    mounts = node.run("cut -d' ' -f2 /proc/mounts").out.split()
    assert mounts[0] == "/"
    assert not [mount for mount in mounts if "estate" in mount]


def test_a_node_cannot_turn_the_knobs_of_the_host(node: Node) -> None:
    assert node.run("echo changed > /proc/sys/kernel/hostname").rc != 0


def test_orphans_are_reaped(node: Node) -> None:
    # A detached process whose parent has left belongs to PID 1, which must not keep it as a zombie.
    node.run("(sleep 0.1 &) ; true")
    time.sleep(0.4)
    assert "Z" not in node.run("cat /proc/[0-9]*/stat | sed 's/.*) //' | cut -c1").out


def test_a_restart_is_a_reboot(node: Node) -> None:
    node.run("touch /var/kept /run/lost /tmp/lost")
    start, boot_id = node.run(_BOOT).out.split()
    node.restart()
    new_start, new_boot_id = node.run(_BOOT).out.split()
    assert int(new_start) > int(start)
    assert new_boot_id != boot_id
    assert node.run("ls /var/kept").rc == 0
    assert node.run("ls /run/lost /tmp/lost").out == ""


@pytest.mark.parametrize("command", ["kill -INT 1", "reboot"])
def test_a_node_that_reboots_itself_comes_back(node: Node, command: str) -> None:
    before = node.run(_BOOT).out
    node.ssh(command)
    assert _eventually(lambda: node.ssh("true").rc == 0)
    assert node.run(_BOOT).out != before


def test_a_node_may_not_go_down_or_not_come_back(node: Node) -> None:
    before = node.run(_BOOT).out
    node.reboot_by(DO_NOTHING)
    node.ssh("reboot")
    assert node.run(_BOOT).out == before
    node.reboot_by(DO_POWER_OFF)
    node.ssh("reboot")
    assert _eventually(lambda: node.pid is None)
    node.reset()


def test_a_reset_forgets_everything_but_the_host_key(node: Node) -> None:
    node.run("touch /var/gone; apt-mark hold tar")
    node.reset()
    assert node.ssh("ls /var/gone; apt-mark showhold").out == ""


def test_run_gives_up_after_its_timeout(node: Node) -> None:
    assert node.run("sleep 60", timeout=1).rc == 124


@pytest.mark.parametrize(("name", "version"), _DEBIANS.items())
def test_debian_nodes_have_real_security_updates_pending(nodes: dict[str, Node], name: str, version: str) -> None:
    assert nodes[name].run(". /etc/os-release; echo $VERSION_ID").out.strip() == version
    update = nodes[name].run("apt-get -q update")
    assert (update.rc, update.err) == (0, "")
    plan = nodes[name].run("apt-get -s -q dist-upgrade").out
    from_security = re.findall(r"^Inst (\S+) \[\S+\] \(\S+ [^)]*Debian-Security:", plan, re.MULTILINE)
    assert len(from_security) >= MINIMUM_PENDING


@pytest.mark.parametrize("name", ["debian11", "debian12", "debian13"])
def test_a_plain_debian_has_python_but_not_its_apt_bindings(nodes: dict[str, Node], name: str) -> None:
    assert nodes[name].run("python3 -c 'import json'").rc == 0
    assert nodes[name].run("python3 -c 'import apt'").rc != 0


def test_a_real_security_update_installs(nodes: dict[str, Node]) -> None:
    node = nodes["debian12"]
    node.run("apt-get -q update")
    plan = node.run("apt-get -s -q dist-upgrade").out
    name, version = re.findall(r"^Inst (xz-utils|openssl|gzip|rsync) \[\S+\] \((\S+) [^)]*Debian-Security", plan, re.M)[
        0
    ]
    done = node.run(f"DEBIAN_FRONTEND=noninteractive apt-get -q -y install {name}")
    assert done.rc == 0, done.err
    assert node.run(["dpkg-query", "-W", "-f", "${Version}", name]).out == version
    node.reset()


def test_odd_nodes_are_odd(nodes: dict[str, Node]) -> None:
    assert nodes["nopython"].run("ls /usr/bin/python* /usr/libexec/platform-python").out == ""
    assert nodes["unsupported"].run(". /etc/os-release; echo $ID").out == "gentoo\n"
    assert nodes["raspbian"].run(". /etc/os-release; echo $ID").out == "raspbian\n"
    assert nodes["debian12-prompts"].run("python3 -c 'import apt'; command -v needrestart apt-listchanges").rc == 0


def test_the_inventory_names_every_node(estate: Estate, nodes: dict[str, Node]) -> None:
    text = estate.inventory.read_text()
    for node in nodes.values():
        assert f"        {node.name}:\n          ansible_host: {json.dumps(node.address)}\n" in text


def test_copies_are_separate_machines(estate: Estate) -> None:
    first, second = estate.up(["debian12-01", "debian12-02"])
    assert first.address != second.address
    first.run("touch /var/only-here")
    assert second.run("ls /var/only-here").rc != 0
    assert first.run("cat /etc/machine-id").out != second.run("cat /etc/machine-id").out


def test_an_unknown_node_is_named(estate: Estate) -> None:
    with pytest.raises(NodeError, match=r"'debian99'.*Known: debian12"):
        estate.up(["debian99"])


def test_nothing_is_left_after_down(estate: Estate) -> None:
    other = Estate(estate.state.with_name(f"{estate.state.name}-leak"))
    node, _ubuntu = other.up(["debian12", "ubuntu"])
    supervisors = find_pids("supervise.sh", node.directory)
    chain = [*supervisors, *descend(supervisors, 1), node.pid]
    assert len(chain) == 3
    other.down()
    assert not [pid for pid in chain if Path("/proc", str(pid)).exists()]
    _assert_gone(other)
    other.down()


def test_a_killed_supervisor_takes_its_node_along(estate: Estate) -> None:
    other = Estate(estate.state.with_name(f"{estate.state.name}-crash"))
    (node,) = other.up(["debian12"])
    pid = node.pid
    os.kill(find_pids("supervise.sh", node.directory)[0], signal.SIGKILL)
    assert _eventually(lambda: not Path("/proc", str(pid), "root").exists())
    other.down()
    _assert_gone(other)


def _assert_gone(estate: Estate) -> None:
    assert not estate.state.exists()
    assert str(estate.state) not in Path("/proc/self/mounts").read_text()
    assert run(["pgrep", "--full", str(estate.state)]).out == ""


def _eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_taken_address_is_not_mistaken_for_a_node(estate: Estate, node: Node) -> None:
    node.stop()
    with socket.create_server((node.address, SSH_PORT)), pytest.raises(NodeError, match="Another estate"):
        node.start()
    node.start()
