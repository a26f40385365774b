# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rpm and dnf themselves say on a node, so that our answers have something to be compared with."""

from __future__ import annotations

import json

from tests.estate.node import Node
from tests.integration.controller import PlaybookRun

# Run on the node by its own Python: of what `dnf updateinfo list` offers, the newest approved version of each package.
# rpm compares; nothing of ours is asked.
_NEWEST = r"""
import json, re, rpm, subprocess, sys
severities, options = json.loads(sys.argv[1])
which = ["--bugfix", *("--sec-severity=" + severity for severity in severities)]
command = ["dnf", "-q", *options, "updateinfo", "list", *which]
newest = {}
for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
    nevra = line.split()[2]
    name, epoch, version, release, arch = re.fullmatch(r"(.+)-(?:(\d+):)?([^-]+)-([^-]+)\.([^.]+)", nevra).groups()
    evr = (epoch or "0", version, release)
    known = newest.get(name + "." + arch)
    if known is None or rpm.labelCompare(known, evr) < 0:
        newest[name + "." + arch] = evr
print(json.dumps({key: "%s:%s-%s" % evr for key, evr in newest.items()}))
"""


def ask_updateinfo(node: Node, severities: list[str], *options: str) -> dict[str, str]:
    """``name.arch`` to ``epoch:version-release`` of what a baseline of Security with severities, and Bugfix, wants."""
    words = ["/usr/bin/python3", "-c", _NEWEST, json.dumps([severities, options])]
    result = node.run(words)
    assert result.rc == 0, result.err
    answer: dict[str, str] = json.loads(result.out)
    return answer


def patches_of(run: PlaybookRun, host: str, *states: str) -> dict[str, str]:
    """Patch id to version of the host's patches in one of these states."""
    (result,) = [
        results[host] for action in ("patch_scan", "patch_install") if host in (results := run.results(action))
    ]
    return {
        patch["id"]: patch["title"].removeprefix(f"{patch['id']}:")
        for patch in result["patches"]
        if patch["state"] in states
    }


def versions_on(node: Node, *packages: str) -> dict[str, str]:
    """Package, as rpm names it, to the versions rpm has; without epoch, several with a space between."""
    found = {}
    for package in packages:
        result = node.run(["rpm", "-q", "--queryformat", "%{VERSION}-%{RELEASE}\n", package])
        found[package] = " ".join(sorted(result.out.split())) if result.rc == 0 else ""
    return found


def transaction_of(run: PlaybookRun, host: str) -> dict[str, dict[str, str]]:
    """Package name to its entry of the host's transaction."""
    return {entry["name"]: entry for entry in run.results("patch_install")[host]["transaction"]}
