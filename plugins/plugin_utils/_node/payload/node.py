# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is true of a node whatever its package manager: boot, kernel, name."""

import math
import os
import re
import time

from . import clock
from .files import read_text

CLOCK_BOOTTIME = 7  # linux/time.h; Python names it since 3.7 only


def describe_boot(read=read_text):
    """``boot_id`` and ``booted_at``, as far as they can be known.

    In a container the kernel and its boot id are the host's, so what counts is the start of process 1: it changes with
    each boot of a machine and with each start of a container.
    """
    facts = {}
    kernel_boot = (read("/proc/sys/kernel/random/boot_id") or "").strip()
    ticks = start_ticks(1, read)
    if kernel_boot:
        facts["boot_id"] = kernel_boot if ticks is None else "%s-%d" % (kernel_boot, ticks)
    started = booted(read)
    if started is not None:
        facts["booted_at"] = clock.utc(started)
    return facts


def booted(read=read_text):
    """When process 1 started, in seconds after the epoch; None when it cannot be known.

    Rounded up, as times of installation are rounded down: what was installed just before the boot is from before.
    """
    kernel_start = kernel_started(read)
    if kernel_start is None:
        return None
    started = kernel_start + (start_ticks(1, read) or 0) / float(os.sysconf("SC_CLK_TCK"))
    return math.ceil(started)


def kernel_started(read=read_text):
    """When the kernel started, in seconds after the epoch; None when it cannot be known.

    ``btime`` comes second: it has lost its fraction, and in some containers it is the container's own start, while the
    start of process 1 is always counted from the kernel's.
    """
    if hasattr(time, "clock_gettime"):
        return time.time() - time.clock_gettime(CLOCK_BOOTTIME)  # novm: looked for above
    match = re.search(r"^btime (\d+)$", read("/proc/stat") or "", re.MULTILINE)
    return int(match.group(1)) if match else None


def start_ticks(pid, read=read_text):
    """When a process started, in clock ticks after the kernel's boot; None when there is no such process."""
    stat = read("/proc/%d/stat" % pid)
    if not stat:
        return None
    # the second field is the command in brackets and may hold anything
    return int(stat.rpartition(")")[2].split()[19])


def kernel_release():
    return os.uname()[2]


def kernel_build():
    """What the kernel says of its own build, such as ``#1 SMP Debian 6.1.119-1 (2024-11-22)``."""
    return os.uname()[3]


def machine():
    return os.uname()[4]


def hostname():
    return os.uname()[1]
