# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper as one run of ours needs it: its settings, locks and repositories are copies that go with the run.

The variable ``ZYPP_CONF`` names the settings of zypper's library. Ours are the node's, with a file of locks of our own
in place of the administrator's, which it begins with; and, where a baseline has sources, with other repositories and
caches.
"""

import os
import re

from . import commands, zypper_metadata
from .files import read_text
from .scratch import Scratch
from .zypper_locks import LOCKS

SETTINGS = ("/etc/zypp/zypp.conf", "/usr/etc/zypp/zypp.conf")
CACHE = "/var/cache/zypp"
QUERY_SECONDS = 600
_SMALL = "/run"
# of the tool, not of the library: whatever the administrator likes to be asked or shown
_TOOL = u"""\
[solver]
installRecommends = no
[commit]
psCheckAccessDeleted = no
"""


class Setup(object):
    """``zypper(...)`` are the words of a command, ``environment`` belongs to it; ``close`` leaves no trace."""

    def __init__(self, sources=()):
        # packages are large, and what is below /run is in memory; the rest is small, and works on when the disk is full
        self.scratch = Scratch() if sources else Scratch(_SMALL)
        self.is_private = bool(sources)
        self.raw_cache = zypper_metadata.RAW_CACHE
        self.package_cache = os.path.join(CACHE, "packages")
        self.settings = _read_first(SETTINGS) or u"[main]\n"
        match = re.search(r"(?m)^\s*locksfile\.path\s*=\s*(/.*?)\s*$", self.settings)
        self.administrators_locks = read_text(match.group(1) if match else LOCKS) or u""
        self.aliases = []
        changes = [("locksfile.path", self.scratch.write("locks", self.administrators_locks))]
        if sources:
            changes += self._replace_repositories(sources)
        text = u"%s\n[main]\n%s" % (_without(self.settings, changes), u"".join(u"%s = %s\n" % pair for pair in changes))
        path = self.scratch.write("zypp.conf", text)
        self._tool = self.scratch.write("zypper.conf", _TOOL)
        self.environment = commands.environment(ZYPP_CONF=path)

    def _replace_repositories(self, sources):
        for number, source in enumerate(sources):
            self.aliases += self._write_source(number, source["configuration"])
        self.raw_cache = os.path.join(self.scratch.path, "cache", "raw")
        self.package_cache = os.path.join(self.scratch.path, "cache", "packages")
        places = [("reposdir", "repos"), ("servicesdir", "services"), ("cachedir", "cache")]
        places += [("metadatadir", "cache/raw"), ("solvfilesdir", "cache/solv"), ("packagesdir", "cache/packages")]
        for name in ("services", "cache/raw", "cache/solv", "cache/packages"):
            self.scratch.make(name)
        return [(key, os.path.join(self.scratch.path, name)) for key, name in places]

    def _write_source(self, number, text):
        """One source; gives the aliases of its repositories. ``[main]`` is a name like any other in a baseline."""
        aliases = []

        def rename(match):
            alias = "source-%d" % number if match.group(1) == "main" else "source-%d-%s" % (number, match.group(1))
            aliases.append(alias)
            return "[%s]" % alias

        text = re.sub(r"(?m)^[ \t]*\[([^\]\n]+)\][ \t]*$", rename, text)
        self.scratch.write("repos/source-%d.repo" % number, text)
        return aliases

    def write_locks(self, more):
        """The locks of this run: the administrator's and ``more``."""
        self.scratch.write("locks", u"%s\n%s" % (self.administrators_locks, more))

    def zypper(self, *words):
        return ["zypper", "--non-interactive", "--xmlout", "--config", self._tool] + list(words)

    def name_repositories(self):
        """Options of a command that works with repositories: no other than the sources, wherever they come from."""
        return [word for alias in self.aliases for word in ("--repo", alias)]

    def run(self, argv, timeout=QUERY_SECONDS, **more):
        return commands.run(argv, timeout, dict(self.environment, **more))

    def close(self):
        self.scratch.close()


def _read_first(paths):
    return next((text for text in (read_text(path) for path in paths) if text is not None), None)


def _without(text, changes):
    """The settings without those that are changed."""
    for key, _value in changes:
        text = re.sub(r"(?m)^\s*%s\s*=.*$" % re.escape(key), "", text)
    return text
