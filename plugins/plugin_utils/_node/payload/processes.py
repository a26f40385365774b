# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which processes a process has started, and ending some of them."""

import os
import re
import signal
import time

from .files import read_text

_KINDS = "(preinst|postinst|prerm|postrm)"
_SCRIPT = re.compile(r"/(?:info/([^/:\s]+)(?::[^/\s]+)?\.%s|tmp\.ci/%s)\b" % (_KINDS, _KINDS))


def read_children():
    """Process ids by the id of their parent."""
    children = {}
    for name in os.listdir("/proc"):
        stat = read_text("/proc/%s/stat" % name) if name.isdigit() else None
        if stat:
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    return children


def list_descendants(pid, children):
    found = []
    for child in children.get(pid, ()):
        found.append(child)
        found += list_descendants(child, children)
    return found


def find_scripts(pid):
    """What runs below ``dpkg`` below ``pid``: maintainer scripts and unpackers, the processes dpkg waits for.

    Without a dpkg it is what ``pid`` itself waits for, such as a hook of apt.
    """
    found = find_below(pid, ("dpkg",))
    return read_children().get(pid, []) if found is None else found


def find_below(pid, programs):
    """What runs below programs of these names below ``pid``; None when there are no such programs."""
    children = read_children()
    family = [pid] + list_descendants(pid, children)
    found = [member for member in family if (read_text("/proc/%d/comm" % member) or "").strip() in programs]
    return [child for parent in found for child in children.get(parent, ()) if child not in found] if found else None


def name_script(pid):
    """(package, kind) of a maintainer script; the package is empty while dpkg runs a script of a package it unpacks."""
    match = _SCRIPT.search((read_text("/proc/%d/cmdline" % pid) or "").replace("\0", " "))
    if not match:
        return "", ""
    return match.group(1) or "", match.group(2) or match.group(3)


def end_tree(pid, patience=10):
    """End a process and all it started: first asked, then made to."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        family = list_descendants(pid, read_children()) + [pid]
        for member in family:
            _signal(member, number)
        limit = time.time() + patience
        while time.time() < limit:
            if not any(_is_alive(member) for member in family):
                return
            time.sleep(0.1)


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        return


def _is_alive(pid):
    stat = read_text("/proc/%d/stat" % pid)
    return bool(stat) and stat.rpartition(")")[2].split()[0] != "Z"
