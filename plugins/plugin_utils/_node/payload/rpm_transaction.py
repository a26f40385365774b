# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dnf or yum would do, and what stands against it."""

import re


class Transaction(object):
    """``entries`` are the packages it would put in, as (name, arch, new version, old version), versions with epoch;
    ``reason`` why it cannot be, or must not: None if nothing stands against it."""

    def __init__(self, reason=None):
        self.reason = reason
        self.entries = []

    def add(self, name, arch, version, before):
        self.entries.append((name, arch, version, before))

    def object_to(self, reason):
        self.reason = self.reason or reason

    def list_dependencies(self, packages):
        """The entries nobody asked for."""
        asked = set((package.name, package.version) for package in packages)
        return [entry for entry in self.entries if (entry[0], entry[2]) not in asked]


def find_blamed(text, entries):
    """Reasons by name of the incoming packages that the package manager's errors are about.

    ::

        file /usr/bin/a from install of b-1.1-1.el9.noarch conflicts with file from package c-1.0-1.el9.noarch

    Of two incoming packages that do not go together the first is blamed, so that the other one can be tried.
    """
    files = {}
    for name, arch, version, _old in entries:
        # rpm tells the epoch as its version likes it
        epoch, _colon, rest = version.partition(":")
        files["%s-%s.%s" % (name, rest, arch)] = name
        files["%s-%s.%s" % (name, version, arch)] = name
        files["%s:%s-%s.%s" % (epoch, name, rest, arch)] = name
    reasons = {}
    for line in text.splitlines():
        named = [word for word in re.split(r"[\s,;()]+", line) if word in files]
        if named:
            reasons.setdefault(files[named[0]], line.strip())
    return reasons


class Objector(object):
    """Says why packages cannot be installed together.

    ``pinned`` are the only versions some packages may have; ``failed`` has the reasons, by name, of what was tried.
    """

    def __init__(self, session, pinned=(), failed=None):
        self._session = session
        self._pinned = dict(((entry["name"], entry["arch"]), entry["version"]) for entry in pinned)
        self._failed = failed or {}

    def object_to(self, packages):
        """Why these packages cannot be installed together; None when they can."""
        transaction = self._session.resolve(packages)
        if transaction.reason:
            return transaction.reason
        coming = set((entry[0], entry[2]) for entry in transaction.entries)
        for package in packages:
            if (package.name, package.version) not in coming:
                return "%s %s would not be installed" % (package.name, package.version)
        for name, arch, version, _old in transaction.entries:
            if self._pinned.get((name, arch), version) != version:
                return "would bring in %s %s, which is to be at %s" % (name, version, self._pinned[name, arch])
        for entry in transaction.list_dependencies(packages):
            if entry[0] in self._failed:
                return "needs %s, which failed: %s" % (entry[0], self._failed[entry[0]])
        return None
