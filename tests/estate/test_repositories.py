# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repositories carry what the package table says, and every hazard of the table is a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from .estate import Estate
from .node import Node
from .packages import ACME, SECURITY, STRANGER, SUITES, UNSIGNED, UPDATES, Build
from .repo_serving import Mode
from .ubuntu_packages import PACKAGES

pytestmark = pytest.mark.estate
_TRUSTED = [name for name in SUITES if name not in (UNSIGNED, STRANGER)]
_INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get -q -y install"


@pytest.fixture(scope="module")
def ubuntu(estate: Estate) -> Node:
    (node,) = estate.up(["ubuntu"])
    node.run("apt-get -q update")
    return node


@pytest.fixture
def fresh(ubuntu: Node) -> Node:
    ubuntu.reset()
    ubuntu.run("apt-get -q update")
    return ubuntu


@pytest.fixture
def changing(estate: Estate, fresh: Node) -> Iterator[Node]:
    yield fresh
    estate.repositories.reset()


def test_all_signatures_are_good(ubuntu: Node) -> None:
    update = ubuntu.run("apt-get -q update")
    assert (update.rc, update.err) == (0, "")
    assert len(re.findall(r"^(?:Get|Hit):\d+ \S+ \S+ InRelease", update.out, re.MULTILINE)) == len(_TRUSTED)


def test_the_node_says_it_is_jammy(ubuntu: Node) -> None:
    assert ubuntu.run(". /etc/os-release; echo $ID $VERSION_ID $UBUNTU_CODENAME").out == "ubuntu 22.04 jammy\n"


@pytest.mark.parametrize("name", PACKAGES)
def test_apt_sees_the_versions_of_the_table(ubuntu: Node, name: str) -> None:
    seen = set()
    for line in ubuntu.run(["apt-cache", "madison", name]).out.splitlines():
        _name, version, source = (column.strip() for column in line.split("|"))
        seen.add((source.split()[1].split("/")[0], version))
    assert seen == {(suite, build.version) for suite, build in PACKAGES[name].suites.items() if suite in _TRUSTED}


def test_installed_packages_are_those_of_the_table(ubuntu: Node) -> None:
    ubuntu.reset()
    status = ubuntu.run(["dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Abbrev}\n"]).out
    installed = {name: version for name, version, state in map(str.split, status.splitlines()) if state[1] == "i"}
    expected = {name: p.installed.version for name, p in PACKAGES.items() if p.installed and p.layer == "ubuntu"}
    del expected["removed-keeps-conf"]
    assert {name: installed.get(name) for name in PACKAGES} == {name: expected.get(name) for name in PACKAGES}
    assert ubuntu.run(["apt-mark", "showhold"]).out == "held-back\n"


def test_suites_say_who_they_are(fresh: Node) -> None:
    policy = fresh.run(["apt-cache", "policy"]).out
    for name in _TRUSTED:
        suite = SUITES[name]
        assert re.search(
            rf"release .*o={suite.origin},a={name},n={suite.codename},l={suite.label},c=main,b=amd64", policy
        )


def test_bad_repositories_are_refused_each_for_its_own_reason(estate: Estate) -> None:
    (node,) = estate.up(["ubuntu-badrepo"])
    update = node.run("apt-get -q -o Acquire::Retries=0 update")
    assert "unsigned unsigned Release' is not signed" in update.err
    assert "NO_PUBKEY" in update.err
    # Beside an error, apt keeps quiet on stderr about what it takes for a passing trouble.
    assert "gone.estate.test:8581 (127." in update.out
    assert update.rc != 0


def test_the_helper_has_its_update_outside_security(estate: Estate) -> None:
    (node,) = estate.up(["ubuntu-pyapt"])
    node.run("apt-get -q update")
    assert node.run("apt list --upgradable python3-apt").out.splitlines()[1].startswith("python3-apt/jammy-updates")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("conffile-edited", "conffile prompt"),
        ("preinst-fails", "preinst cannot go on"),
        ("postinst-fails", "postinst cannot go on"),
        ("unsatisfiable", "unmet dependencies"),
    ],
)
def test_an_update_fails_as_the_table_says(fresh: Node, name: str, says: str) -> None:
    done = fresh.run(f"{_INSTALL} {name}")
    assert done.rc != 0
    assert says in done.out + done.err


@pytest.mark.parametrize(
    ("name", "frontend"),
    [("stdin-reader", "noninteractive"), ("debconf-question", "teletype"), ("postinst-slow", "noninteractive")],
)
def test_an_update_hangs_as_the_table_says(fresh: Node, name: str, frontend: str) -> None:
    done = fresh.run(f"sleep 60 | DEBIAN_FRONTEND={frontend} apt-get -q -y install {name}", timeout=4)
    assert done.rc == 124
    assert fresh.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}", name]).out == "iF "


def test_an_update_pushes_another_package_out(fresh: Node) -> None:
    assert "Remv bystander" in fresh.run("apt-get -s -q dist-upgrade").out
    assert "bystander" not in fresh.run("apt-get -s -q upgrade").out.split("kept back")[0]


def test_updates_pull_what_they_need(fresh: Node) -> None:
    assert "Inst brand-new-dep (2.0-1" in fresh.run("apt-get -s -q install needs-new").out
    assert "Inst libfoo [1.0-1] (2.0-1" in fresh.run("apt-get -s -q install bar").out
    assert "jammy-updates" in fresh.run("apt-get -s -q install qux").out


def test_an_update_asks_for_a_reboot_that_a_restart_answers(fresh: Node) -> None:
    assert fresh.run(f"{_INSTALL} wants-reboot").rc == 0
    assert fresh.run("cat /run/reboot-required.pkgs").out == "wants-reboot\n"
    fresh.restart()
    assert fresh.run("ls /run/reboot-required").rc != 0


def test_both_architectures_move_together(fresh: Node) -> None:
    assert fresh.run(f"{_INSTALL} libmulti").rc == 0
    versions = fresh.run(["dpkg-query", "-W", "-f", "${Version}\n", "libmulti"]).out.split()
    assert versions == [PACKAGES["libmulti"].suites[SECURITY].version] * 2


def test_a_version_published_at_run_time_is_seen_at_once(estate: Estate, changing: Node) -> None:
    for version in ("5.0-1", "5.0-2"):
        estate.repositories.publish(PACKAGES["updates-only"], Build(version), UPDATES)
        changing.run("apt-get -q update")
        assert f"Candidate: {version}\n" in changing.run("apt-cache policy updates-only").out
    estate.repositories.withdraw("updates-only", UPDATES)
    changing.run("apt-get -q update")
    assert "Candidate: 1.0-1\n" in changing.run("apt-cache policy updates-only").out
    estate.repositories.reset()
    changing.run("apt-get -q update")
    assert "Candidate: 1.0-1ubuntu0.1\n" in changing.run("apt-cache policy updates-only").out


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("missing", "no longer has a Release file"),
        ("error", "503"),
        ("drop", "Connection failed|Remote end closed|Error reading"),
        ("corrupt", "invalid|BADSIG"),
    ],
)
def test_one_repository_breaks_and_the_others_do_not(estate: Estate, changing: Node, mode: Mode, says: str) -> None:
    estate.repositories.set_mode("acme", mode)
    update = changing.run("apt-get -q -o Acquire::Retries=0 update", timeout=30)
    assert re.search(says, update.err), update.err
    assert "/acme" in update.err
    assert "/ubuntu" not in update.err


def test_all_repositories_go_and_come_back(estate: Estate, changing: Node) -> None:
    estate.repositories.stop()
    assert "Connection refused" in changing.run("apt-get -q -o Acquire::Retries=0 update").err
    estate.repositories.start()
    update = changing.run("apt-get -q update")
    assert (update.rc, update.err) == (0, "")
    assert PACKAGES["acme-tool"].suites[ACME].version in changing.run("apt-cache policy acme-tool").out
