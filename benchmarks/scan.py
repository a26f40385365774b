# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan of an estate beside what one would use instead: ``ansible.builtin.apt`` in check mode and ``package_facts``.

``python -m benchmarks.scan [--nodes 20] [--rounds 3]`` as root, in the environment of ``make bench``. Both run in
turn with the same forks and pipelining on the same nodes; what counts is the ratio of the medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.estate.catalog import name_copies
from tests.estate.estate import Estate

# The module needs python3-apt on the node, so the kind of node that has it
KIND = "debian12-prompts"
INSTEAD = """\
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.apt:
        update_cache: "{{ refresh }}"
        upgrade: dist
      check_mode: true
    - ansible.builtin.package_facts:
        manager: apt
"""


def measure(command: list[str], folder: Path) -> float:
    """Seconds of one call; ends the benchmark if it fails."""
    environment = {**os.environ, "ANSIBLE_PIPELINING": "true", "ANSIBLE_HOME": str(folder / "ansible")}
    started = time.monotonic()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return seconds


def compare(commands: dict[str, list[str]], folder: Path, rounds: int) -> None:
    """Run the commands in turn and print their medians and the ratio of the second to the first."""
    times: dict[str, list[float]] = {label: [] for label in commands}
    for number in range(rounds + 1):
        for label, command in commands.items():
            seconds = measure(command, folder)
            if number:  # the first round warms up
                times[label].append(seconds)
    medians = {label: statistics.median(values) for label, values in times.items()}
    for label, median in medians.items():
        spread = f"{min(times[label]):.1f} to {max(times[label]):.1f}"
        print(f"  {label:28} {median:6.1f} s (median of {rounds}, {spread})", flush=True)
    ours, theirs = medians.values()
    print(f"  {'ratio':28} {theirs / ours:6.2f} x", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Estate(Path(name, "estate")) as estate:
        folder = Path(name)
        estate.up(name_copies(KIND, arguments.nodes))
        (folder / "instead.yml").write_text(INSTEAD, encoding="utf-8")
        program = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(estate.inventory)]
        program += ["--forks", str(arguments.nodes)]
        store = f"patch_store_url=sqlite:///{folder}/store.sqlite3"
        for refresh in ("true", "false"):
            # All nodes share this machine's processors, and refreshing is the same work of apt's on both sides: without
            # it the difference is the tools' own.
            print(f"repositories read anew: {refresh}")
            ours = [*program, "openpatch.patch_manager.patch", "-e", store, "-e", f"patch_refresh_metadata={refresh}"]
            theirs = [*program, "instead.yml", "-e", f"refresh={refresh}"]
            compare({"patch_scan": ours, "apt --check + package_facts": theirs}, folder, arguments.rounds)


if __name__ == "__main__":
    main()
