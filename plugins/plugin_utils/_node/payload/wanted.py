# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages an install is asked for: checked, since they become words of a command."""

import re

from .refusal import Refusal

# deb-control(5), deb-version(5); no word can look like an option
_NAME = re.compile(r"[a-z0-9A-Z][a-z0-9A-Z+.-]+\Z")
_ARCH = re.compile(r"[a-z0-9-]+\Z")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+:~-]*\Z")


class Wanted(object):
    """One package at one version."""

    def __init__(self, name, arch, version):
        self.name = name
        self.arch = arch
        self.version = version

    @property
    def key(self):
        return self.name, self.arch

    def find(self, packages):
        """Its present state in dpkg's packages by (name, arch); None when it is not on the node.

        A package may move from its architecture to "all" and back between versions.
        """
        for arch in (self.arch, "all"):
            if (self.name, arch) in packages:
                return packages[self.name, arch]
        if self.arch == "all":
            for (name, _arch), package in packages.items():
                if name == self.name:
                    return package
        return None

    def result(self, status, reason="", from_version=""):
        return {
            "name": self.name,
            "arch": self.arch,
            "version": self.version,
            "from_version": from_version,
            "status": status,
            "reason": reason,
        }


def read_wanted(entries):
    """The packages of a command. Refuses the whole command when one of them cannot be a package."""
    wanted = []
    for entry in entries:
        name, arch, version = ("%s" % (entry.get(key) or "") for key in ("name", "arch", "version"))
        if not _NAME.match(name) or not _ARCH.match(arch) or not _VERSION.match(version):
            message = "Failed to read package '%s' '%s' '%s': not a Debian package at a version"
            raise Refusal("bad_command", message % (name, arch, version))
        wanted.append(Wanted(name, arch, version))
    return wanted
