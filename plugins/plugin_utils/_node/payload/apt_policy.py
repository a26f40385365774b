# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions apt knows of a package: the version tables of ``apt-cache policy``, and what ``apt-cache show`` adds.

::

    openssl:
      Installed: 3.0.15-1~deb12u1
      Candidate: 3.0.16-1~deb12u1
      Version table:
         3.0.16-1~deb12u1 500
            500 http://host/debian-security bookworm-security/main amd64 Packages
     *** 3.0.15-1~deb12u1 100
            100 /var/lib/dpkg/status

The table descends in dpkg's order. Pins change the candidate and the numbers, never the table, so nothing here looks at
them (``patch-manager-linux-rules``: Pin-Priority is not supported).
"""

import re

from .words import to_lines

_HEADER = re.compile(r"(\S+):$")
_VERSION = re.compile(r"( \*\*\* |     )(\S+)(?: -?\d+)?(?: \(phased (\d+)%\))?$")
_INDEX = re.compile(r" {6,}-?\d+ (.+)$")


class Version(object):
    """A line of the table: the indexes that carry the version, and to how many percent of nodes it is offered."""

    def __init__(self, version, phased):
        self.version = version
        self.phased = phased
        self.indexes = []


class Table(object):
    """Versions in descending order; ``installed`` is the place of the one dpkg has, None if it has none."""

    def __init__(self):
        self.versions = []
        self.installed = None

    def add(self, version, phased, is_installed):
        # one version can stand in several lines when archives built it differently
        if not self.versions or self.versions[-1].version != version:
            self.versions.append(Version(version, phased))
        if is_installed:
            self.installed = len(self.versions) - 1
        return self.versions[-1]

    def find_newer(self, version):
        """Versions newer than ``version``, ascending."""
        for place, known in enumerate(self.versions):
            if known.version == version:
                return self.versions[:place][::-1]
        # the last good version of a half-installed package is in no archive any more: what dpkg has now is newer
        return [] if self.installed is None else self.versions[: self.installed + 1][::-1]

    def find_indexes(self, version):
        """Indexes that carry exactly this version."""
        return [index for known in self.versions if known.version == version for index in known.indexes]


def name_for_apt(name, arch, native):
    """The way apt names a package: packages of a foreign architecture carry it."""
    return name if arch in ("all", native) else "%s:%s" % (name, arch)


def parse_policy(text):
    """Tables by package, named as apt does (``name_for_apt``)."""
    tables = {}
    table = version = None
    for line in to_lines(text):
        line = line.rstrip()
        if not line.startswith(" "):
            match = _HEADER.match(line)
            table, version = (tables.setdefault(match.group(1), Table()) if match else None), None
            continue
        if table is None or (line.startswith("  ") and line[2:3] != " "):
            continue
        match = _INDEX.match(line)
        if match:
            if version is not None:
                version.indexes.append(match.group(1))
            continue
        match = _VERSION.match(line)
        if match:
            phased = int(match.group(3)) if match.group(3) else None
            version = table.add(match.group(2), phased, match.group(1) == " *** ")
    return tables


def parse_records(text):
    """Section and priority by (name, version), from the records of ``apt-cache show``."""
    found = {}
    for stanza in text.split("\n\n"):
        fields = {}
        for line in to_lines(stanza):
            name, colon, value = line.partition(":")
            if colon and not name.startswith((" ", "\t")):
                fields.setdefault(name.lower(), value.strip())
        if "package" in fields and "version" in fields:
            found.setdefault((fields["package"], fields["version"]), fields)
    return found
