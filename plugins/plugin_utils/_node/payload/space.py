# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Free space and memory."""

import os
import re

# where packages are fetched and unpacked to, and where their scripts and kernels write
PLACES = ("/", "/usr", "/var", "/var/cache", "/tmp", "/boot")
_READ_ONLY = 1  # ST_RDONLY; Python names it since 3.2 only
_MEMORY = ("MemTotal", "MemAvailable", "SwapFree")


def observe_space(places=PLACES):
    """Free bytes of each place that is there. ``device`` is the same for those that share a file system.

    What is kept for root counts as taken: an ordinary service fills a disk up to there.
    """
    found = []
    for place in places:
        try:
            status = os.statvfs(place)
            device = os.stat(place).st_dev
        except OSError:
            continue
        found.append(
            {
                "path": place,
                "device": device,
                "free": status.f_bavail * status.f_frsize,
                "total": status.f_blocks * status.f_frsize,
                "read_only": bool(status.f_flag & _READ_ONLY),
            }
        )
    return found


def observe_memory(read):
    """Bytes of memory: ``total``, and where the kernel tells them ``available`` and ``swap_free``."""
    text = read("/proc/meminfo") or ""
    found = dict(re.findall(r"(?m)^(\w+):\s+(\d+) kB$", text))
    names = ("total", "available", "swap_free")
    return dict((name, int(found[key]) * 1024) for name, key in zip(names, _MEMORY) if key in found)
