# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking apt what an install would do; nothing is changed."""

import re

from . import apt_command, apt_policy, apt_reasons, commands
from .apt_reasons import unique
from .blocked import Blocked
from .words import to_lines

SIMULATE_TIMEOUT = 600
MOST_COMPANIONS = 50
_INST = re.compile(r"Inst (\S+) (?:\[(\S+)\] )?\((\S+) (?:.* )?\[([a-z0-9-]+)\]\)")
# apt takes a dependency's newest version or none: "Depends: libfoo (= 2.0) but 3.0 is to be installed"
_EXACT = re.compile(
    r"Depends: ([a-zA-Z0-9][a-zA-Z0-9+.-]*(?::[a-z0-9-]+)?) \(= ([0-9A-Za-z][0-9A-Za-z.+:~-]*)\)"
    r" but \S+ is to be installed"
)


class Transaction(object):
    """What apt would do, and why it would not.

    ``entries`` are the packages it would put in, as (name, arch, new version, old version); ``missing`` the (name,
    version) it did not think of; ``companions`` the words it was told besides.
    """

    def __init__(self, status, text):
        self.entries = []
        for line in to_lines(text):
            match = _INST.match(line)
            if match:
                name = match.group(1).partition(":")[0]
                self.entries.append((name, match.group(4), match.group(3), match.group(2) or ""))
        self.companions = []
        self.missing = unique(_EXACT.findall(text))
        self.removed = re.findall(r"^Remv (\S+)", text, re.MULTILINE)
        self.reason = None if status == 0 and not apt_reasons.is_downgrade(text) else apt_reasons.explain(text)
        if status is None:
            self.reason = "apt did not answer within %d seconds" % SIMULATE_TIMEOUT


def names(words, name):
    """Whether one of the words of a command is about a package."""
    return any(word.partition("=")[0] == name for word in words)


class Simulator(object):
    """Asks apt what an install of some packages would do.

    ``blocked`` are names, or patterns, nothing may bring in; ``pinned`` are the only versions some packages may have;
    ``failed`` has the reasons, by name, of packages that were tried before.
    """

    def __init__(self, native, blocked=(), options=(), pinned=(), failed=None):
        self.native = native
        self.blocked = Blocked(blocked, ["{name}"])
        self.failed = failed or {}
        self.pinned = dict(((entry["name"], entry["arch"]), entry["version"]) for entry in pinned)
        self.options = options

    def name_words(self, packages):
        return [
            "%s=%s" % (apt_policy.name_for_apt(package.name, package.arch, self.native), package.version)
            for package in packages
        ]

    def simulate(self, packages):
        """The transaction that installs these packages, with dependencies at versions apt would not choose itself."""
        words = self.name_words(packages)
        first = transaction = self._ask(words, [])
        companions = []
        while transaction.reason and len(companions) < MOST_COMPANIONS:
            missing = ["%s=%s" % pair for pair in transaction.missing if not names(words + companions, pair[0])]
            if not missing:
                break
            companions += missing
            transaction = self._ask(words, companions)
        if transaction.reason and "was not found" in transaction.reason:
            return first
        transaction.companions = companions
        return transaction

    def _ask(self, words, companions):
        argv = apt_command.simulate(words, self.options, companions)
        result = commands.run(argv, SIMULATE_TIMEOUT, commands.environment(**apt_command.QUIET))
        return Transaction(result.status, result.out + "\n" + result.err)

    def object_to(self, packages):
        """Why these packages cannot be installed together; None when they can."""
        transaction = self.simulate(packages)
        if transaction.reason:
            return transaction.reason
        if transaction.removed:
            return "would remove " + ", ".join(transaction.removed)
        asked = set(package.name for package in packages)
        pulled = sorted(set(entry[0] for entry in transaction.entries) - asked)
        for name in pulled:
            if name in self.failed:
                return "needs %s, which failed: %s" % (name, self.failed[name])
        blocked = [name for name in pulled if self.blocked.find(name, "", "", "", "")]
        if blocked:
            return "would bring in blocked packages: " + ", ".join(blocked)
        for name, arch, version, _old in transaction.entries:
            if self.pinned.get((name, arch), version) != version:
                return "would bring in %s %s, which is to be at %s" % (name, version, self.pinned[name, arch])
        return None
