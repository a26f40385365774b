# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An install on 60 nodes, one of them slow and one in ten failing: rate control beside ``serial`` batches as wide.

``python -m benchmarks.rate_control [--nodes 60] [--width 10]`` as root, in the environment of ``make bench``. Both
start from fresh nodes. That the limit held is read from the store.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from tests.estate.catalog import name_copies
from tests.estate.estate import Estate

KIND = "ubuntu"
PATCHES = {"ordinary": "sec-required", "slow": "postinst-slow", "failing": "postinst-fails"}
SERIAL = """\
- hosts: all
  gather_facts: false
  serial: {width}
  ignore_errors: true
  roles:
    - openpatch.patch_manager.patch_install
"""


def group_of(number: int) -> str:
    """One slow node, in the first batch; one in ten fails."""
    if number == 0:
        return "slow"
    return "failing" if number % 10 == 5 else "ordinary"


def write_folder(folder: Path, estate: Estate, names: list[str], width: int) -> None:
    hosts = {}
    for number, found in enumerate(estate.up(names)):
        hosts[found.name] = {**found.host_vars, "patch_group": group_of(number)}
    (folder / "inventory.yml").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    baselines = [
        {"name": group, "operating_system": "UBUNTU", "patch_groups": [group], "approved_patches": [patch]}
        for group, patch in PATCHES.items()
    ]
    (folder / "patch_baselines").mkdir(exist_ok=True)
    (folder / "patch_baselines/all.yml").write_text(yaml.safe_dump(baselines), encoding="utf-8")
    (folder / "serial.yml").write_text(SERIAL.format(width=width), encoding="utf-8")


def measure(command: list[str], folder: Path) -> float:
    """Seconds of one call. It ends with an error, because nodes fail."""
    environment = {**os.environ, "ANSIBLE_PIPELINING": "true", "ANSIBLE_HOME": str(folder / "ansible")}
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if "unreachable=1" in done.stdout or done.returncode not in (0, 2):
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return seconds


def most_at_once(path: Path) -> tuple[int, int]:
    """How many nodes had their turn in the only run of a store, and how many at the same time."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        turns = connection.execute("select taken_at, ended_at from patch_turns where taken_at is not null").fetchall()
    moments = sorted([(taken, 1) for taken, _ended in turns] + [(ended, -1) for _taken, ended in turns])
    now = most = 0
    for _moment, change in moments:
        now += change
        most = max(most, now)
    return len(turns), most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=60)
    parser.add_argument("--width", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Estate(Path(name, "estate")) as estate:
        folder = Path(name)
        names = list(name_copies(KIND, arguments.nodes))
        program = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(folder / "inventory.yml")]
        program += ["--forks", str(arguments.nodes), "-e", "patch_reboot_option=NoReboot"]
        program += ["-e", f"patch_store_url=sqlite:///{folder}/store.sqlite3"]
        limits = ["-e", f"patch_max_concurrency={arguments.width}", "-e", "patch_max_errors=100%"]
        ours = [*program, *limits, "openpatch.patch_manager.patch", "-e", "patch_operation=install"]
        times = {}
        for label, command in {"rate control": ours, "serial": [*program, "serial.yml"]}.items():
            write_folder(folder, estate, names, arguments.width)
            times[label] = measure(command, folder)
            print(f"  {label:28} {times[label]:6.1f} s", flush=True)
            if label == "rate control":
                count, most = most_at_once(folder / "store.sqlite3")
                print(f"  {'nodes, most at the same time':28} {count:6} {most:6}", flush=True)
            for node in estate.up(names):
                node.reset()
        print(f"  {'ratio':28} {times['serial'] / times['rate control']:6.2f} x", flush=True)


if __name__ == "__main__":
    main()
