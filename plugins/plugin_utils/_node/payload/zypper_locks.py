# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's package locks: what the administrator's keep out, and how ours are written.

A file of them (``/etc/zypp/locks``) has blocks of ``key: value``::

    type: package
    version: >= 8.1
    match_type: glob
    case_sensitive: on
    solvable_name: curl
"""

import fnmatch
import re

from .rpm_order import Version
from .words import to_word

LOCKS = "/etc/zypp/locks"
_CONDITION = re.compile(r"(==|=|!=|>=|<=|>|<)\s*(\S+)$")
_OURS = u"\ntype: package\nversion: == %s\nmatch_type: exact\ncase_sensitive: on\nsolvable_name: %s\n\n"


class Locks(object):
    """The locks in the text of such a file."""

    def __init__(self, text):
        blocks = [_read_block(block) for block in re.split(r"\n\s*\n", text or "")]
        self._locks = [_Lock(block) for block in blocks if block.get("solvable_name") or block.get("query_string")]

    def find(self, name, arch, epoch, version, release, repository=""):
        """The lock that keeps a package out, in words; None when there is none."""
        for lock in self._locks:
            if lock.matches(name, arch, epoch, version, release, repository):
                return "zypper's lock " + lock.shown
        return None


def _read_block(text):
    block = {}
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            block[key.strip()] = value.strip()
    return block


class _Lock(object):
    def __init__(self, block):
        self._name = block.get("solvable_name") or block["query_string"]
        self._kind = block.get("match_type", "glob")
        self._fold = block.get("case_sensitive") not in ("on", "true", "1", "yes")
        self._type = block.get("type", "package")
        self._repository = block.get("repo", "")
        self._arch = block.get("arch", "")
        self._condition = _CONDITION.match(block.get("version", ""))
        self.shown = "'%s'" % to_word(" ".join([self._name, block.get("version", "")]))

    def matches(self, name, arch, epoch, version, release, repository):
        return (
            self._type == "package"
            and self._matches_name(name)
            and self._repository in ("", repository)
            and self._arch in ("", arch)
            and (self._condition is None or compare(epoch, version, release, *self._condition.groups()))
        )

    def _matches_name(self, name):
        wanted = self._name
        if self._fold:
            wanted, name = wanted.lower(), name.lower()
        if self._kind == "exact":
            return name == wanted
        if self._kind == "substring":
            return wanted in name
        if self._kind in ("regex", "word"):
            pattern = wanted if self._kind == "regex" else r"\b%s\b" % re.escape(wanted)
            try:
                return re.search(pattern, name) is not None
            except re.error:
                return False
        return fnmatch.fnmatchcase(name, wanted)


def compare(epoch, version, release, operator, edition):
    """Whether a version satisfies ``>= 1:2.0-3``; an edition without a release is about all of them."""
    wanted_epoch, colon, rest = edition.partition(":")
    if not colon or not wanted_epoch.isdigit():
        wanted_epoch, rest = "0", edition
    wanted_version, dash, wanted_release = rest.rpartition("-")
    if dash:
        ours, theirs = Version(epoch, version, release), Version(wanted_epoch, wanted_version, wanted_release)
    else:
        ours, theirs = Version(epoch, version, ""), Version(wanted_epoch, rest, "")
    return {
        "==": ours == theirs,
        "=": ours == theirs,
        "!=": ours != theirs,
        "<": ours < theirs,
        ">": theirs < ours,
        "<=": theirs >= ours,
        ">=": ours >= theirs,
    }[operator]


def format_locks(packages):
    """Locks for exactly these [name, arch, epoch, version, release]."""
    editions = set()
    for name, _arch, epoch, version, release in packages:
        edition = "%s-%s" % (version, release)
        editions.add((name, edition if epoch == "0" else "%s:%s" % (epoch, edition)))
    return u"".join(_OURS % (edition, name) for name, edition in sorted(editions))
