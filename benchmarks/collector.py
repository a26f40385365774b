# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the collector against the bare apt and dpkg queries that give the same facts, on a real Debian node.

``python -m benchmarks.collector [--node debian12] [--rounds 15]`` as root, in the environment of ``make bench``. Both
ways run on the node itself, taking turns, so that the network and the load of the moment hit both alike; what counts is
the ratio of the medians. Exits with 1 if the budget is missed.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import sys
import tempfile
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from tests.estate.estate import Estate
from tests.estate.node import Node

BUDGET = 1.3
NONCE = "0123456789abcdef" * 2
SCRIPT = "/root/collector.sh"
BARE = "/root/bare.sh"

# What a person would type for the same facts, names and versions already known.
BARE_SCRIPT = """\
export LC_ALL=C
apt-get update
dpkg-query -W -f '${{Package}}\\t${{Architecture}}\\t${{Version}}\\t${{Status}}\\t${{Section}}\\t${{Priority}}\\n'
apt-cache policy {names}
apt-cache show {newer}
"""

# The rounds take place on the node: nothing between two of them but the clock.
TIMER = """\
import json, subprocess, sys, time
times = {name: [] for name in sys.argv[2:]}
with open("/dev/null", "w") as nothing:
    for _ in range(int(sys.argv[1])):
        for name, taken in times.items():
            start = time.monotonic()
            subprocess.run(["/bin/sh", name], stdin=subprocess.DEVNULL, stdout=nothing, stderr=nothing, check=True)
            taken.append(time.monotonic() - start)
print(json.dumps(times))
"""


def prepare(node: Node) -> dict[str, int]:
    """Put both ways on the node; the bare one gets its names from a scan."""
    script = build_script({"command": "collect"}, NONCE).decode()
    write_file(node, SCRIPT, script)
    result = node.run(f"sh {SCRIPT}")
    facts = read_answer(result.out, result.err, result.rc, nonce=NONCE, host=node.name)["facts"]
    native = facts["os"]["arch"]
    installed = {name_for_apt(package, native) for package in facts["installed"]}
    newer = {f"{name_for_apt(package, native)}={package['version']}" for package in facts["candidates"]}
    write_file(node, BARE, BARE_SCRIPT.format(names=shlex.join(sorted(installed)), newer=shlex.join(sorted(newer))))
    return {"installed": len(installed), "newer": len(newer), "script bytes": len(script)}


def name_for_apt(package: dict[str, str], native: str) -> str:
    return package["name"] if package["arch"] in ("all", native) else f"{package['name']}:{package['arch']}"


def write_file(node: Node, path: str, text: str) -> None:
    result = node.run(f"cat > {path}", stdin=text)
    if result.rc != 0:
        raise SystemExit(f"Failed to write '{path}' on node '{node.name}': {result.err}")


def measure(node: Node, rounds: int) -> dict[str, list[float]]:
    """Seconds of every round, by way."""
    result = node.run(f"python3 - {rounds} {BARE} {SCRIPT}", stdin=TIMER)
    if result.rc != 0:
        raise SystemExit(f"Failed to measure on node '{node.name}': {result.err}")
    times: dict[str, list[float]] = json.loads(result.out.splitlines()[-1])
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--node", default="debian12")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Estate(Path(folder, "estate")) as estate:
        (node,) = estate.up([arguments.node])
        size = prepare(node)
        times = measure(node, arguments.rounds)
    bare, ours = (statistics.median(times[way]) for way in (BARE, SCRIPT))
    print(f"{node.name}: {', '.join(f'{count} {what}' for what, count in size.items())}")
    print(f"bare queries {bare:6.2f} s (median of {arguments.rounds})")
    print(f"collector    {ours:6.2f} s")
    print(f"ratio        {ours / bare:6.2f}, budget {BUDGET}")
    return 0 if ours / bare <= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
