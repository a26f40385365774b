# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages on a node by rpm's word."""

from . import results
from .rpm_order import Version

NOARCH = "noarch"


class RpmSnapshot(results.Snapshot):
    """rpm's packages; ``rows`` begin with name, arch, epoch, version, release.

    Of a package there may be several versions: kernels live side by side, others do when a transaction was killed.
    """

    def __init__(self, rows):
        self.versions = {}
        for row in rows:
            self.versions.setdefault((row[0], row[1]), []).append(Version(*row[2:5]))
        for versions in self.versions.values():
            versions.sort()

    def find(self, package):
        """The installed versions of a wanted package, ascending; it may move to "noarch" and back between versions."""
        for arch in (package.arch, NOARCH):
            if (package.name, arch) in self.versions:
                return self.versions[package.name, arch]
        if package.arch == NOARCH:
            for name, arch in sorted(self.versions):
                if name == package.name:
                    return self.versions[name, arch]
        return []

    def is_newer(self, package):
        """Whether something that is offered is newer than all that is installed of it; what is not installed is not."""
        installed = self.find(package)
        return bool(installed) and installed[-1] < Version(package.epoch, package.version, package.release)

    def version(self, package):
        versions = self.find(package)
        return format_version(versions[-1]) if versions else ""

    def is_done(self, package):
        return package.version in [format_version(version) for version in self.find(package)]

    def trouble(self, package):
        return ""

    def list_changed(self, before, packages):
        asked = set((package.name, package.version) for package in packages)
        for name, arch in sorted(self.versions):
            old = before.versions.get((name, arch), [])
            for version in self.versions[name, arch]:
                shown = format_version(version)
                if version not in old and (name, shown) not in asked:
                    yield name, arch, shown, format_version(old[-1]) if old else "", ""

    def list_duplicates(self, install_only):
        """(name, arch, versions but the newest) of what a killed transaction left in two versions."""
        return [
            (name, arch, [format_version(version) for version in self.versions[name, arch][:-1]])
            for name, arch in sorted(self.versions)
            if len(self.versions[name, arch]) > 1 and name not in install_only
        ]


def format_version(version):
    """``epoch:version-release``."""
    return "%s:%s-%s" % version.parts
