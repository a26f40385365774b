# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's lock: a file with the id of the process that has it. zypper refuses to work while such a process lives."""

import os
import re

from .files import read_text

PID_FILE = "/run/zypp.pid"


def find_holder(path=PID_FILE):
    """The id of the process that has the lock, as ``locks.wait_until_free`` asks for it; None when it is free."""
    pid = read_pid(path)
    return pid if pid and os.path.exists("/proc/%d" % pid) else None


def read_pid(path):
    text = (read_text(path) or "").strip()
    return int(text) if re.match(r"[1-9]\d{0,9}\Z", text) else None


def free_stale(path=PID_FILE):
    """Empty a lock whose process is gone while another has its number; gives a text that says so, or None.

    zypper itself sees only that there is a process, and would wait for it for ever.
    """
    pid = read_pid(path)
    if pid is None:
        return None
    started = find_start(pid)
    try:
        written = os.stat(path).st_mtime
        # a clock that was set forward makes the one look like the other; whoever has zypper's library loaded is none
        if started is None or started <= written + 1 or "libzypp" in (read_text("/proc/%d/maps" % pid) or ""):
            return None
        with open(path, "w"):
            return "emptied zypper's lock: process %d, which had it, is gone" % pid
    except (IOError, OSError):
        return None


def find_start(pid):
    """When a process began, in seconds after the epoch; None when it is gone."""
    stat = read_text("/proc/%d/stat" % pid)
    booted = re.search(r"(?m)^btime (\d+)$", read_text("/proc/stat") or "")
    if not stat or not booted:
        return None
    ticks = int(stat.rpartition(")")[2].split()[19])
    return int(booted.group(1)) + float(ticks) / os.sysconf("SC_CLK_TCK")
