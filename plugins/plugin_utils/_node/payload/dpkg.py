# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dpkg says is on the node."""

import os

from . import clock
from .words import to_lines

INFO_DIRECTORY = "/var/lib/dpkg/info"
UPDATES_DIRECTORY = "/var/lib/dpkg/updates"
_FIELDS = ("Package", "Architecture", "Version", "Status", "Config-Version", "Section", "Priority")
QUERY = ["dpkg-query", "-W", "-f", "\\t".join("${%s}" % field for field in _FIELDS) + "\\n"]
# unpacked and configured; the triggers are work that other packages asked for
_WORKING = ("installed", "triggers-pending", "triggers-awaited")
_GONE = ("not-installed", "config-files")


class DpkgPackage(object):
    """One line of dpkg's database. ``state`` is dpkg's word, ``want`` is ``hold`` for held packages."""

    def __init__(self, line):
        fields = line.split("\t")
        self.name, self.arch, self.version, status, self.config_version, self.section, self.priority = fields[:7]
        self.want, self.error, self.state = status.split(" ")

    @property
    def key(self):
        return self.name, self.arch

    @property
    def works(self):
        return self.state in _WORKING and self.error == "ok"

    @property
    def is_pending(self):
        """dpkg has something left to do for it."""
        return self.state != "installed" or self.error != "ok"

    @property
    def good_version(self):
        """The version that was last configured: what is there to be used; empty if there never was one."""
        return self.version if self.state in _WORKING else self.config_version


def parse_packages(text):
    """Packages of ``dpkg-query``'s output that are on the node in any state."""
    packages = []
    for line in to_lines(text):
        if line.count("\t") < 6:
            continue
        package = DpkgPackage(line)
        if package.state not in _GONE:
            packages.append(package)
    return packages


def find_native_arch(packages):
    """The architecture of dpkg itself, which is what dpkg and apt call native."""
    for package in packages:
        if package.name == "dpkg":
            return package.arch
    return None


def read_install_times(directory=INFO_DIRECTORY):
    """Times of installation, by name of the package's list file (``bash`` or ``libc6:amd64``).

    dpkg writes a package's file list each time it unpacks the package, and at no other time of its life, so the file's
    time is that of the installation; its log, which would say it too, is rotated away.
    """
    times = {}
    try:
        names = os.listdir(directory)
    except OSError:
        return times
    for name in names:
        if name.endswith(".list"):
            try:
                times[name[:-5]] = int(os.stat(os.path.join(directory, name)).st_mtime)
            except OSError:
                continue
    return times


def describe_installed(package, times):
    """A package as the facts have it."""
    facts = {"name": package.name, "arch": package.arch, "version": package.good_version, "repositories": []}
    if package.section:
        facts["section"] = package.section
    if package.priority:
        facts["priority"] = package.priority
    if package.works:
        installed_at = times.get("%s:%s" % package.key, times.get(package.name))
        if installed_at is not None:
            facts["installed_at"] = clock.utc(installed_at)
    return facts


def was_interrupted():
    """dpkg has half-written changes of its database to finish."""
    try:
        return any(name.isdigit() for name in os.listdir(UPDATES_DIRECTORY))
    except OSError:
        return False
