# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the collector on a node with dnf: against the bare queries that give the same facts, and in memory.

``python -m benchmarks.dnf_collector [--packages 20000] [--notices 2000] [--rounds 7]`` as root, in the environment of
``make bench``. The node has a repository of that size, and 400 packages of it installed in an older version. All ways
run on the node itself, taking turns; what counts are the ratios of the medians. Exits with 1 if a budget is missed.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from xml.sax.saxutils import quoteattr

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from tests.estate.estate import Estate
from tests.estate.node import Node
from tests.estate.rpm_packages import RpmPackage
from tests.estate.rpms import build_rpms, node_arch

BARE_BUDGET, UPDATEINFO_BUDGET, MEMORY_BUDGET = 1.3, 2.0, 300
INSTALLED = 400
PACKAGES_OF_A_NOTICE = 8
NONCE = "0123456789abcdef" * 2
HOME = "/srv/bench"
# What a person would type for the same facts: what is there, what is newer and from where, and every notice about it.
WAYS = {
    "updateinfo list": "dnf -q updateinfo list",
    "bare": """rpm -qa --queryformat '%{NAME} %{ARCH} %{EPOCHNUM} %{VERSION} %{RELEASE} %{BUILDTIME} %{INSTALLTIME}\\n'
dnf -q --refresh repoquery --upgrades --qf '%{name} %{arch} %{epoch} %{version} %{release} %{buildtime} %{reponame}'
dnf -q updateinfo info --all
dnf -q repolist
""",
    "collector": "",
}
TIMER = """
import json, os, subprocess, sys, time
names = sys.argv[2:]
times, memory = {name: [] for name in names}, {}
for _ in range(int(sys.argv[1])):
    for name in names:
        start = time.monotonic()
        process = subprocess.Popen(["/bin/sh", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
        times[name].append(time.monotonic() - start)
        memory[name] = max(memory.get(name, 0), usage.ru_maxrss // 1024)
        assert status == 0, name
print(json.dumps([times, memory]))
"""


def name_package(number: int) -> str:
    return f"stub-{number:05}"


def write_repository(home: Path, packages: int, notices: int) -> None:
    """Metadata alone: nothing is downloaded from it."""
    repodata = home / "repodata"
    repodata.mkdir(parents=True)
    arch = node_arch("x86_64")
    rows = [
        f'<package type="rpm"><name>{name_package(number)}</name><arch>{arch}</arch>'
        f'<version epoch="0" ver="{version}" rel="1.el9"/>'
        f'<checksum type="sha256" pkgid="YES">{hashlib.sha256(f"{number}-{version}".encode()).hexdigest()}</checksum>'
        f"<summary>Stub</summary><description>A stub of a package, of about the length that others have.</description>"
        f'<packager/><url/><time file="1700000000" build="1700000000"/>'
        f'<size package="10000" installed="20000" archive="20000"/>'
        f'<location href="{name_package(number)}-{version}-1.el9.{arch}.rpm"/>'
        '<format xmlns:rpm="http://linux.duke.edu/metadata/rpm"><rpm:license>none</rpm:license>'
        f'<rpm:provides><rpm:entry name="{name_package(number)}" flags="EQ" epoch="0" ver="{version}" rel="1.el9"/>'
        "</rpm:provides></format></package>"
        for number in range(packages // 2)
        for version in ("1.1", "1.2")
    ]
    primary = (
        '<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" '
        f'packages="{len(rows)}">{"".join(rows)}</metadata>'
    )
    updates = []
    for number in range(notices):
        version = "1.1" if number % 2 else "1.2"
        named = "".join(
            f'<package name="{name_package(index)}" version="{version}" release="1.el9" epoch="0" arch="{arch}"'
            f' src="x.src.rpm"><filename>{name_package(index)}-{version}-1.el9.{arch}.rpm</filename></package>'
            for index in range(number // 2 * PACKAGES_OF_A_NOTICE, (number // 2 + 1) * PACKAGES_OF_A_NOTICE)
        )
        references = "".join(
            f'<reference href="https://example.com/{cve}" id="CVE-2024-{number:04}{cve}" type="cve" title="x"/>'
            for cve in range(4)
        )
        updates.append(
            f'<update from="x@example.com" status="final" type="security" version="1"><id>BENCH-2024:{number:05}</id>'
            f'<title>Update</title><issued date="2024-01-01 00:00:00"/><updated date="2024-01-02 00:00:00"/>'
            f"<severity>Important</severity><summary/><description>{'What was mended. ' * 40}</description>"
            f"<references>{references}</references><pkglist><collection><name>x</name>{named}</collection></pkglist>"
            "</update>"
        )
    files = {
        "primary": primary,
        "filelists": '<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="0"/>',
        "updateinfo": f"<updates>{''.join(updates)}</updates>",
    }
    entries = []
    for kind, text in files.items():
        data = gzip.compress(text.encode())
        (repodata / f"{kind}.xml.gz").write_bytes(data)
        entries.append(
            f'<data type="{kind}"><checksum type="sha256">{hashlib.sha256(data).hexdigest()}</checksum>'
            f"<location href={quoteattr(f'repodata/{kind}.xml.gz')}/><timestamp>1700000000</timestamp>"
            f"<size>{len(data)}</size></data>"
        )
    (repodata / "repomd.xml").write_text(
        f'<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>{"".join(entries)}</repomd>'
    )


def write_file(node: Node, path: str, text: str) -> None:
    result = node.run(f"cat > {path}", stdin=text)
    if result.rc != 0:
        raise SystemExit(f"Failed to write '{path}' on node '{node.name}': {result.err}")


def prepare(node: Node, folder: Path, packages: int, notices: int) -> None:
    """Put the repository, the older packages and all ways on the node."""
    write_repository(folder / "repository", packages, notices)
    build_rpms(
        [RpmPackage(f"{name_package(number)}-1.0-1.el9.x86_64") for number in range(INSTALLED)], folder / "rpms", 1
    )
    # what a node stands on top of can be written from outside while it does not run
    node.stop()
    for source, target in (("repository", "repository"), ("rpms", "rpms")):
        place = node.directory / "upper" / HOME.lstrip("/") / target
        place.parent.mkdir(parents=True, exist_ok=True)
        (folder / source).rename(place)
    node.start()
    node.run("rm -f /etc/yum.repos.d/*.repo")
    write_file(
        node, "/etc/yum.repos.d/bench.repo", f"[bench]\nname=bench\nbaseurl=file://{HOME}/repository\ngpgcheck=0\n"
    )
    installed = node.run(f"rpm -i --force-debian --nodeps --justdb {HOME}/rpms/*.rpm")
    if installed.rc != 0:
        raise SystemExit(f"Failed to install on node '{node.name}': {installed.err}")
    for name, text in WAYS.items():
        script = text or build_script({"command": "collect"}, NONCE).decode()
        write_file(node, f"{HOME}/{name.replace(' ', '-')}.sh", script)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=int, default=20_000)
    parser.add_argument("--notices", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Estate(Path(folder, "estate")) as estate:
        (node,) = estate.up(["rocky9"])
        prepare(node, Path(folder), arguments.packages, arguments.notices)
        answer = node.run(f"sh {HOME}/collector.sh")
        facts = read_answer(answer.out, answer.err, answer.rc, nonce=NONCE, host=node.name)["facts"]
        scripts = {name: f"{HOME}/{name.replace(' ', '-')}.sh" for name in WAYS}
        begun = time.monotonic()
        result = node.run(f"python3 - {arguments.rounds} {' '.join(scripts.values())}", stdin=TIMER)
        if result.rc != 0:
            raise SystemExit(f"Failed to measure on node '{node.name}': {result.err}")
        taken = time.monotonic() - begun
    times, memory = json.loads(result.out.splitlines()[-1])
    medians = {name: statistics.median(times[script]) for name, script in scripts.items()}
    print(
        f"{arguments.packages} packages, {arguments.notices} notices, {len(facts['installed'])} installed, "
        f"{len(facts['candidates'])} candidates, {len(facts['notices'])} notices about them; {taken:.0f} s in all"
    )
    for name, seconds in medians.items():
        print(f"{name:16} {seconds:6.2f} s (median of {arguments.rounds}), at most {memory[scripts[name]]} MB")
    to_bare, to_list = (medians["collector"] / medians[name] for name in ("bare", "updateinfo list"))
    print(f"collector to the bare queries {to_bare:.2f}, budget {BARE_BUDGET}")
    print(f"collector to one `dnf updateinfo list` {to_list:.2f}, budget {UPDATEINFO_BUDGET}")
    used = memory[scripts["collector"]]
    print(f"memory {used} MB, budget {MEMORY_BUDGET}")
    return 0 if to_bare <= BARE_BUDGET and to_list < UPDATEINFO_BUDGET and used < MEMORY_BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
