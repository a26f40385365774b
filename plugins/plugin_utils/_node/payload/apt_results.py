# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages on a node by dpkg's word."""

from . import commands, dpkg, results


class DpkgSnapshot(results.Snapshot):
    """dpkg's packages, by (name, arch)."""

    def __init__(self, packages):
        self.packages = dict((package.key, package) for package in packages)

    def find(self, package):
        """The present state of a wanted package; None when it is not on the node.

        A package may move from its architecture to "all" and back between versions.
        """
        for arch in (package.arch, "all"):
            if (package.name, arch) in self.packages:
                return self.packages[package.name, arch]
        if package.arch == "all":
            for (name, _arch), found in self.packages.items():
                if name == package.name:
                    return found
        return None

    def version(self, package):
        found = self.find(package)
        return found.good_version if found else ""

    def is_done(self, package):
        found = self.find(package)
        return found is not None and found.works and found.version == package.version

    def trouble(self, package):
        found = self.find(package)
        return "" if found is None or found.works else describe_state(found)

    def list_changed(self, before, packages):
        asked = set(found.key for found in (self.find(package) for package in packages) if found)
        for key in sorted(self.packages):
            old, new = before.packages.get(key), self.packages[key]
            if key in asked or (old is not None and old.version == new.version):
                continue
            trouble = "" if new.works else describe_state(new)
            yield new.name, new.arch, new.version, old.good_version if old else "", trouble

    def list_pending(self):
        """The packages dpkg has something left to do for."""
        return [package for package in self.packages.values() if package.is_pending]

    def find_native_arch(self):
        return dpkg.find_native_arch(self.packages.values())


def read_packages():
    """dpkg's packages as they are now."""
    return DpkgSnapshot(dpkg.parse_packages(commands.run(dpkg.QUERY).out))


def describe_state(package):
    """A package dpkg has not finished with, in words."""
    return "dpkg left it %s at version %s" % (package.state, package.version)
