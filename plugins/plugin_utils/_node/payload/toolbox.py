# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs and libraries that patching needs or likes to have, and what a package manager has left unfinished."""

import glob
import os
import sys

from . import commands, dpkg, power

PROGRAMS = {
    "apt": ("apt-get", "apt-cache", "apt-config", "dpkg", "dpkg-query", "gpgv", "sqv"),
    "dnf": ("rpm",),
    "yum": ("rpm", "xz"),
    "zypper": ("rpm", "zypper", "xz", "zstd"),
}
# lzma unpacks xz; Python 2 has none
BINDINGS = {"dnf": ("dnf", "rpm"), "yum": ("yum", "rpm", "lzma"), "zypper": ("lzma",)}
# written by yum, and taken away when its transaction is complete
YUM_JOURNALS = "/var/lib/yum/transaction-all.*"


def observe(manager):
    """``programs``: path or None by name; ``bindings``: version by name, or None where they cannot be imported."""
    return {
        "programs": dict((name, find_program(name)) for name in PROGRAMS.get(manager, ())),
        "bindings": dict((name, import_version(name)) for name in BINDINGS.get(manager, ())),
    }


def find_program(name, path=commands.PATH):
    """The path of a program, as the node program's own commands would find it."""
    for directory in path.split(":"):
        candidate = os.path.join(directory, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def import_version(name):
    try:
        module = __import__(name)
    except Exception:
        # a library that does not fit raises more than ImportError
        return None
    return "%s" % getattr(sys.modules.get(name + ".const"), "VERSION", getattr(module, "__version__", "yes"))


def find_reboot():
    """The command that reboots the node, or None."""
    found = power.list_commands()
    return {"command": " ".join(found[0]) if found else None}


def find_interrupted(manager):
    """What was broken off, in words; empty when nothing is known to be."""
    if manager == "apt" and dpkg.was_interrupted():
        return "dpkg was interrupted: %s holds unfinished changes of its database" % dpkg.UPDATES_DIRECTORY
    if manager == "yum" and glob.glob(YUM_JOURNALS):
        return "yum was interrupted: %s holds an unfinished transaction" % os.path.dirname(YUM_JOURNALS)
    return ""
