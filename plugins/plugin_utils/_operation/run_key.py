# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which run of ansible-playbook this process belongs to.

Ansible gives its forks nothing that names the run. What they do share is the process they were forked from, so a run
is that process: its host, its number and the moment it started (numbers are used again, moments are not).
"""

from __future__ import annotations

import os
import platform
import subprocess


def find_run_key() -> str:
    """A text that is the same in every fork of one ansible-playbook process and in no other process."""
    parent = os.getppid()
    return f"{platform.node()}:{parent}:{_started(parent)}"


def _started(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            fields = stream.read().rsplit(")", 1)[1].split()
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return f"{stream.read().strip()}:{fields[19]}"  # starttime, in clock ticks since that boot
    except (OSError, IndexError):  # no Linux: macOS and the BSDs have no /proc
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
