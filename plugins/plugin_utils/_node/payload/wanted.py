# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages an install is asked for: checked, since they become words of a command."""

import re

from .refusal import Refusal

# what a package is called: (the package manager's world, name, architecture, version); no word can look like an option
DEBIAN = (
    "Debian",  # deb-control(5), deb-version(5)
    re.compile(r"[a-z0-9A-Z][a-z0-9A-Z+.-]+\Z"),
    re.compile(r"[a-z0-9-]+\Z"),
    re.compile(r"[0-9A-Za-z][0-9A-Za-z.+:~-]*\Z"),
)
RPM = (
    "rpm",
    re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._+-]*\Z"),
    re.compile(r"[a-zA-Z0-9_]+\Z"),
    re.compile(r"\d+:[a-zA-Z0-9._+~^]+-[a-zA-Z0-9._+~^]+\Z"),  # epoch:version-release
)


class Wanted(object):
    """One package at one version."""

    def __init__(self, name, arch, version):
        self.name = name
        self.arch = arch
        self.version = version

    @property
    def key(self):
        return self.name, self.arch

    def result(self, status, reason="", from_version=""):
        return {
            "name": self.name,
            "arch": self.arch,
            "version": self.version,
            "from_version": from_version,
            "status": status,
            "reason": reason,
        }


def read_wanted(entries, grammar=DEBIAN):
    """The packages of a command. Refuses the whole command when one of them cannot be a package."""
    wanted = []
    world, name_rule, arch_rule, version_rule = grammar
    for entry in entries:
        name, arch, version = ("%s" % (entry.get(key) or "") for key in ("name", "arch", "version"))
        if not name_rule.match(name) or not arch_rule.match(arch) or not version_rule.match(version):
            message = "Failed to read package '%s' '%s' '%s': not a package of %s at a version"
            raise Refusal("bad_command", message % (name, arch, version, world))
        wanted.append(Wanted(name, arch, version))
    return wanted
