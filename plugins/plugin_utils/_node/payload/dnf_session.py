# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we ask of dnf 4, through its own bindings: the one file that knows them.

Sack, query and goal are documented as dnf's API. What is not (``_plugins``, ``_repo``, ``_ts``) is the same in all of
dnf 4 and looked for with care. ``Session`` is what ``rpm_manager`` works with, as it does with yum's.
"""

import logging
import re

import dnf
import dnf.base
import dnf.exceptions

from .refusal import Refusal
from .scratch import Scratch

HOLDS = "a version lock or another plugin of dnf"


class Session(object):
    """dnf with the node's repositories, or with others in their place."""

    def __init__(self, sources=(), problems=None):
        self.problems = problems if problems is not None else []
        self.repositories = []
        self.held = None
        self.scratch = Scratch() if sources else None
        self.base = dnf.base.Base()
        logging.getLogger("dnf").propagate = False
        self._configure(sources)

    def close(self):
        self.base.close()
        if self.scratch:
            self.scratch.close()

    def _configure(self, sources):
        conf = self.base.conf
        conf.read()
        conf.substitutions.update_from_etc(conf.installroot)
        conf.debuglevel = 0
        conf.assumeyes = True
        # a replacement by another name is not wanted: the installed package gets updates under its own
        conf.obsoletes = False
        # the first who has a lock is told of by us; dnf itself would wait for ever
        conf.exit_on_lock = True
        conf.install_weak_deps = False
        self._forget_main_excludes()
        if sources:
            conf.reposdir = [self.scratch.make("repos")]
            conf.cachedir = self.scratch.make("cache")
            for number, source in enumerate(sources):
                self.scratch.write("repos/%02d.repo" % number, _make_unique(source["configuration"], number))
        self.base.init_plugins()
        self.base.pre_configure_plugins()
        self.base.read_all_repos()
        self.base.configure_plugins()

    def _forget_main_excludes(self):
        """``exclude=`` of dnf.conf is not honoured (patch-manager-linux-rules); a repository's own is."""
        conf = self.base.conf
        ignored = [option for option in ("excludepkgs", "includepkgs") if getattr(conf, option)]
        if ignored:
            words = ", ".join("%s=%s" % (option, " ".join(getattr(conf, option))) for option in ignored)
            message = "dnf.conf has %s: patching does not honour that. Use rejected_patches of the baseline" % words
            self.problems.append(["excludes_ignored", message])
            conf.disable_excludes = list(conf.disable_excludes) + ["main"]

    def open(self, refresh):
        """Read what is installed and what the repositories offer. Refuses when a repository that must be there is not."""
        repositories = list(self.base.repos.iter_enabled())
        if refresh:
            for repo in repositories:
                repo._repo.expire()
        self.repositories = [self._load(repo) for repo in repositories]
        self._fill()

    def _load(self, repo):
        """Facts of a repository. One that cannot be had is left out, if the node's configuration allows that."""
        facts = {"id": repo.id, "name": repo.name or repo.id, "enabled": True, "reachable": True}
        try:
            repo.load()
        except dnf.exceptions.RepoError as error:
            reason = _say(error)
            if repo.skip_if_unavailable is False:
                raise Refusal(
                    "repository_unavailable",
                    "Failed to read repository '%s': %s. Make it reachable, disable it, or set skip_if_unavailable for it"
                    % (repo.id, reason),
                )
            facts["reachable"] = False
            self.problems.append(["repository_unreachable", "Failed to read repository '%s': %s" % (repo.id, reason)])
            repo.disable()
        return facts

    def _fill(self):
        """Plugins of dnf keep versions out when everything is read: what they keep out is what they took away."""
        plugins = self.base._plugins
        run, plugins.run_sack = plugins.run_sack, lambda: None
        try:
            self.base.fill_sack(load_system_repo=True, load_available_repos=True)
        finally:
            plugins.run_sack = run
        before = self.base.sack.query().available().apply()
        run()
        self.held = before.difference(self.base.sack.query().available()).apply()

    def read_installed(self):
        """Rows of ``rpm_facts``."""
        return [
            describe(package) + [package.buildtime, package.installtime, _find_origin(package)]
            for package in self.base.sack.query().installed()
            if package.name != "gpg-pubkey"
        ]

    def read_newer(self):
        """Rows of ``rpm_facts``: every version that is newer than what is installed."""
        held = set(self.held)
        visible = self.base.sack.query().available().union(self.held)
        return [
            describe(package) + [package.buildtime, package.reponame, HOLDS if package in held else ""]
            for package in visible.filter(upgrades=True)
        ]

    def read_notices(self):
        """(repository, update notices as XML or None) of every repository that could be read."""
        for repo in self.base.repos.iter_enabled():
            yield repo.id, repo.get_metadata_content("updateinfo") or None

    def read_streams(self):
        """The enabled stream of each module that has one."""
        container = self.base._moduleContainer
        if container is None:
            return {}
        names = set(package.getName() for package in container.getModulePackages())
        streams = dict((name, container.getEnabledStream(name)) for name in names)
        return dict((name, stream) for name, stream in streams.items() if stream)

    def list_install_only(self):
        """Names of the packages of which several versions live side by side."""
        query = self.base.sack.query().filter(provides=list(self.base.conf.installonlypkgs))
        return sorted(set(package.name for package in query))


def describe(package):
    return [package.name, package.arch, "%d" % package.epoch, package.version, package.release]


def _find_origin(package):
    origin = getattr(package, "from_repo", "") or ""
    return "" if origin.startswith("@") else origin


def _say(error):
    return " ".join(("%s" % error).split())


def _make_unique(text, number):
    """Repository texts of a baseline may call their section ``[main]``, which to dnf is no repository."""
    return re.sub(r"(?m)^\s*\[main\]", "[source-%d]" % number, text)
