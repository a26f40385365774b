# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes with dnf and zypper show what their tables say: systems, variations, hazards, and what is published later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from .catalog import SPECS
from .errors import BuildError
from .estate import Estate
from .node import Node
from .repo_serving import Mode
from .rpm_catalog import RPM_LAYERS, rpm_layers_of
from .rpm_hazards import HAZARDS, SIGNED
from .rpm_packages import Notice, RpmPackage, RpmRepository, parse_nevra
from .rpm_systems import AMAZON_LATEST, AMAZON_LOCKED, IDENTITIES
from .rpm_variations import openssl

pytestmark = pytest.mark.estate
_NODES = [name for name, spec in SPECS.items() if spec.group == "rpm"]
_DNF = [name for name in _NODES if not name.startswith("sles") and name != "rhel9-deadrepo-strict"]
_WITH_NOTICES = [name for name in _DNF if name not in ("centos9", "amazon2023", "alma9-locked")]
_VERSIONS = {
    "alma8": "almalinux 8.10",
    "alma9": "almalinux 9.4",
    "rocky8": "rocky 8.10",
    "rocky9": "rocky 9.4",
    "rhel9": "rhel 9.4",
    "oracle9": "ol 9.4",
    "centos9": "centos 9",
    "amazon2023": "amzn 2023",
    "sles15": "sles 15.5",
}


@pytest.fixture(scope="module")
def nodes(estate: Estate) -> dict[str, Node]:
    return {node.name: node for node in estate.up(_NODES)}


@pytest.fixture
def hazards(nodes: dict[str, Node]) -> Node:
    nodes["rocky9-hazards"].reset()
    return nodes["rocky9-hazards"]


@pytest.fixture
def changing(estate: Estate, nodes: dict[str, Node]) -> Iterator[Node]:
    node = nodes["rhel9-only-newest"]
    node.reset()
    yield node
    estate.rpm_repositories.reset()


def _fields(node: Node, command: str) -> list[list[str]]:
    return [line.split() for line in node.run(command).out.splitlines()]


def _pending(node: Node, options: str = "") -> set[str]:
    """Name.arch of what `dnf check-update` lists, without what it says about obsoletes."""
    listed = node.run(f"dnf -q --refresh {options} check-update").out.partition("Obsoleting Packages")[0]
    return {line.split()[0] for line in listed.splitlines() if line.strip()}


@pytest.mark.parametrize("name", _VERSIONS)
def test_a_system_says_who_it_is(nodes: dict[str, Node], name: str) -> None:
    assert nodes[name].run(". /etc/os-release; echo $ID $VERSION_ID").out == f"{_VERSIONS[name]}\n"
    for path, text in IDENTITIES[name].items():
        assert nodes[name].run(["cat", path]).out == text
    assert nodes[name].run("ls /etc/debian_version").rc != 0


@pytest.mark.parametrize("name", _NODES)
def test_the_database_is_its_own_and_sound(nodes: dict[str, Node], name: str) -> None:
    expected = {package.nevra for layer in rpm_layers_of(name) for package in layer.installed}
    form = "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n"
    assert set(nodes[name].run(["rpm", "-qa", "--queryformat", form]).out.split()) == expected
    assert nodes[name].run("rpm --verifydb").rc == 0


@pytest.mark.parametrize("name", _WITH_NOTICES)
def test_dnf_lists_every_notice_of_something_installed_and_older(nodes: dict[str, Node], name: str) -> None:
    layers = rpm_layers_of(name)
    installed = {(each.parts.name, each.parts.arch): each.nevra for layer in layers for each in layer.installed}
    repositories = [repository for layer in layers for repository in layer.repositories]
    concerned = {
        (notice.id, text)
        for repository in repositories
        for notice in repository.notices or ()
        for text in notice.packages
        if installed.get((parse_nevra(text).name, parse_nevra(text).arch), text) != text
    }
    listed = {(row[0], parse_nevra(row[-1])) for row in _fields(nodes[name], "dnf -q updateinfo list")}
    if name.endswith("8"):  # streams that are not enabled are not listed
        concerned = {(key, text) for key, text in concerned if "20.16.0" not in text}
    assert listed == {(key, parse_nevra(text)) for key, text in concerned}


@pytest.mark.parametrize("name", _DNF)
def test_dnf_lists_pending_updates(nodes: dict[str, Node], name: str) -> None:
    pending = nodes[name].run("dnf -q check-update")
    assert (pending.rc, pending.err) == (100, "")


def test_a_stream_keeps_to_its_modules(nodes: dict[str, Node]) -> None:
    listed = nodes["alma8"].run("dnf -q module list nodejs").out
    assert re.search(r"^nodejs +18 \[e\]", listed, re.MULTILINE)
    assert re.search(r"^nodejs +20 ", listed, re.MULTILINE)
    assert _fields(nodes["alma8"], "dnf -q repoquery --qf '%{name} %{version}' nodejs") == [["nodejs", "18.20.4"]]


def test_stream_9_has_dates_only_in_its_packages(nodes: dict[str, Node]) -> None:
    assert nodes["centos9"].run("dnf -q updateinfo list").out == ""
    built = nodes["centos9"].run("dnf -q repoquery --qf '%{evr} %{buildtime}' less").out
    assert built == "590-4.el9_4 2024-05-30 00:00\n"


def test_amazon_linux_keeps_to_its_release_unless_told_otherwise(nodes: dict[str, Node]) -> None:
    node = nodes["amazon2023"]
    locked, latest = _pending(node), _pending(node, "--releasever=latest")
    assert latest - locked == {
        "bpftool.x86_64", "device-mapper-multipath.x86_64", "device-mapper-multipath-libs.x86_64",
        "kernel-tools.x86_64", "kernel6.12.x86_64", "kpartx.x86_64",
    }  # fmt: skip
    assert _pending(node, f"--releasever={AMAZON_LATEST}") == latest
    assert _pending(node, f"--releasever={AMAZON_LOCKED}") == locked


def test_a_third_party_offers_updates_that_no_notice_names(nodes: dict[str, Node]) -> None:
    node = nodes["rocky9-thirdparty"]
    assert "acme-agent.x86_64" in _pending(node)
    assert "acme" not in node.run("dnf -q updateinfo list").out


def test_locks_and_excludes_hide_updates_from_dnf(nodes: dict[str, Node]) -> None:
    hidden = _pending(nodes["alma9"]) - _pending(nodes["alma9-locked"])
    assert hidden == {
        "sudo.x86_64", "openssh.x86_64",
        "httpd.x86_64", "httpd-core.x86_64", "httpd-filesystem.noarch", "httpd-tools.x86_64",
    }  # fmt: skip


def test_a_dead_repository_is_skipped_only_where_it_may_be(nodes: dict[str, Node]) -> None:
    assert _pending(nodes["rhel9-deadrepo"]) == _pending(nodes["rhel9"])
    failed = nodes["rhel9-deadrepo-strict"].run("dnf -q check-update")
    assert (failed.rc, failed.out) == (1, "")
    assert "Failed to download metadata for repo 'dead'" in failed.err


@pytest.mark.parametrize("name", ["rhel9-only-newest", "rocky9-only-newest"])
def test_the_version_of_an_old_notice_has_left_the_repository(nodes: dict[str, Node], name: str) -> None:
    node = nodes[name]
    assert node.run("rpm -q openssl").out == "openssl-3.0.7-24.el9.x86_64\n"
    assert node.run("dnf -q repoquery openssl").out == "openssl-1:3.0.7-27.el9.x86_64\n"
    assert len(_fields(node, "dnf -q updateinfo list openssl")) == 2


def test_zypper_sees_patches(nodes: dict[str, Node]) -> None:
    node = nodes["sles15"]
    node.run("zypper --non-interactive refresh")
    rows = [
        [column.strip() for column in line.split("|")]
        for line in node.run("zypper -q list-patches --all").out.splitlines()
        if "SUSE-SLE" in line
    ]
    notices = {
        notice.id: notice for repository in RPM_LAYERS["sles15"].repositories for notice in repository.notices or ()
    }
    assert {row[1]: (row[2], row[3]) for row in rows} == {
        notice.id: (notice.type, notice.severity) for notice in notices.values()
    }
    for row in rows:
        notice = notices[row[1]]
        flag = "reboot" if notice.reboot_suggested else "restart" if notice.restart_suggested else "---"
        assert row[4] == flag
    assert {row[5] for row in rows} == {"needed", "not needed", "applied"}
    assert node.run("zypper -q patch-check").rc == 101


def test_an_administrators_lock_stands_in_the_way(nodes: dict[str, Node]) -> None:
    node = nodes["sles15-locked"]
    patch = node.run("zypper --non-interactive patch --dry-run")
    assert patch.rc == 4
    assert "remove lock to allow removal of libzypp" in patch.out
    assert "SUSE-SLE-Module-Basesystem-15-SP5-2023-3973" in node.run("zypper -q list-patches").out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pre-fails", "Error in PREIN scriptlet"),
        ("missing-dep", "nothing provides no-such-package"),
        ("file-conflict", "conflicts with file from package file-owner"),
        ("damaged", "Error downloading packages"),
        ("pusher", "conflicts with bystander"),
        ("signed-by-stranger", "GPG check FAILED"),
        ("not-signed", "GPG check FAILED"),
    ],
)
def test_an_update_fails_and_leaves_the_old_version(hazards: Node, name: str, says: str) -> None:
    done = hazards.run(f"dnf -y upgrade {name}")
    assert done.rc == 1
    assert says in done.out + done.err
    assert hazards.run(["rpm", "-q", name]).out == f"{name}-1.0-1.el9.noarch\n"


def test_a_post_script_that_fails_fails_nothing_else(hazards: Node) -> None:
    done = hazards.run("dnf -q -y upgrade post-fails")
    assert (done.rc, "Error in POSTIN scriptlet" in done.err) == (0, True)
    assert hazards.run("rpm -q post-fails").out == "post-fails-1.1-1.el9.noarch\n"


def test_a_post_script_hangs_after_the_package_is_there(hazards: Node) -> None:
    assert hazards.run("dnf -q -y upgrade post-hangs", timeout=6).rc in (124, 137)
    assert "post-hangs-1.1-1.el9.noarch" in hazards.run("rpm -q post-hangs").out


def test_a_script_that_asks_waits_where_there_is_a_terminal(hazards: Node) -> None:
    # Open for writing as well, the pipe never ends.
    asked = hazards.run("mkfifo /run/pipe; script -qec 'dnf -q -y upgrade pre-reads' /dev/null <> /run/pipe", timeout=6)
    assert asked.rc in (124, 137)
    assert hazards.run("rpm -q pre-reads").out == "pre-reads-1.0-1.el9.noarch\n"
    assert hazards.run("dnf -q -y upgrade pre-reads", timeout=30).rc == 0


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("good-one", {"good-one-1.1-1.el9.noarch"}),
        ("needs-new", {"needs-new-1.1-1.el9.noarch", "brand-new-dep-1.1-1.el9.noarch"}),
        ("bar", {"bar-1.1-1.el9.noarch", "libfoo-1.1-1.el9.noarch"}),
        ("foo", {"foo-ng-2.0-1.el9.noarch"}),
        ("libmulti", {"libmulti-1.1-1.el9.x86_64", "libmulti-1.1-1.el9.i686"}),
        ("well-signed", {"well-signed-1.1-1.el9.noarch"}),
        ("kernel-core", {"kernel-core-5.14.0-427.42.1.el9_4.x86_64"}),
    ],
)
def test_an_update_brings_what_it_must(hazards: Node, name: str, changed: set[str]) -> None:
    before = set(hazards.run("rpm -qa").out.split())
    assert hazards.run(f"dnf -q -y upgrade {name}").rc == 0
    after = {line for line in hazards.run("rpm -qa").out.split() if not line.startswith("gpg-pubkey")}
    assert after - before == changed


def test_kernels_are_kept_beside_each_other(hazards: Node) -> None:
    assert hazards.run("dnf -q -y upgrade kernel-core").rc == 0
    assert len(hazards.run("rpm -q kernel-core").out.splitlines()) == 2


def test_every_hazard_has_a_notice_that_the_default_baseline_approves() -> None:
    for repository in (HAZARDS, SIGNED):
        named = {text for notice in repository.notices or () for text in notice.packages}
        unnamed = {package.nevra for package in repository.packages} - named
        assert unnamed <= {"brand-new-dep-0:1.1-1.el9.noarch"}
        assert {(notice.type, notice.severity) for notice in repository.notices or ()} == {("security", "Important")}


def test_what_is_published_later_is_seen_with_its_dates(estate: Estate, changing: Node) -> None:
    issued = (datetime.now(timezone.utc) - timedelta(days=20)).strftime("%Y-%m-%d %H:%M:%S")
    notice = Notice("RHSA-2024:90025", tuple(each.nevra for each in openssl("25")), issued=issued)
    estate.rpm_repositories.publish("rhel9-newest", openssl("25"), notices=[notice])
    assert changing.run("dnf -q --refresh repoquery openssl").out.splitlines() == [
        "openssl-1:3.0.7-25.el9.x86_64",
        "openssl-1:3.0.7-27.el9.x86_64",
    ]
    assert f"Updated: {issued}" in changing.run("dnf -q updateinfo info RHSA-2024:90025").out
    estate.rpm_repositories.withdraw("rhel9-newest", "openssl-3.0.7-25.*")
    assert changing.run("dnf -q --refresh repoquery openssl").out == "openssl-1:3.0.7-27.el9.x86_64\n"
    assert len(_fields(changing, "dnf -q updateinfo list openssl")) == 2
    estate.rpm_repositories.reset()
    assert issued not in changing.run("dnf -q --refresh updateinfo info RHSA-2024:90025").out


def test_a_repository_may_be_new_and_without_notices(estate: Estate, changing: Node) -> None:
    yesterday = int((datetime.now(timezone.utc) - timedelta(days=1)).timestamp())
    fresh = RpmRepository("fresh", notices=None)
    estate.rpm_repositories.publish(fresh, [RpmPackage("openssl-1:3.0.7-28.el9.x86_64")], built=yesterday)
    changing.run(f"printf '[fresh]\\nname=Fresh\\nbaseurl={fresh.uri}\\ngpgcheck=0\\n' > /etc/yum.repos.d/fresh.repo")
    day = datetime.fromtimestamp(yesterday, timezone.utc).strftime("%Y-%m-%d")
    assert day in changing.run("dnf -q repoquery --repo=fresh --qf '%{buildtime}' openssl").out
    assert changing.run("dnf -q --repo=fresh updateinfo list").out == ""


def test_only_known_repositories_go_by_name(estate: Estate) -> None:
    with pytest.raises(BuildError, match="no system has it"):
        estate.rpm_repositories.publish("nowhere", [])


@pytest.mark.parametrize(
    ("mode", "says"),
    [("missing", "404"), ("error", "503"), ("drop", "Empty reply|closed"), ("corrupt", "metadata|repomd|All mirrors")],
)
def test_a_repository_breaks_and_comes_back(estate: Estate, changing: Node, mode: Mode, says: str) -> None:
    estate.rpm_repositories.set_mode("rhel9-newest", mode)
    failed = changing.run("dnf -v --refresh --setopt=retries=1 check-update", timeout=60)
    assert failed.rc == 1
    assert re.search(says, failed.out + failed.err), failed.err
    estate.rpm_repositories.set_mode("rhel9-newest", "ok")
    assert changing.run("dnf -q --refresh check-update").rc == 100
