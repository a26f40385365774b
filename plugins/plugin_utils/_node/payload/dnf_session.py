# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we ask of dnf 4, through its own bindings: the one file that knows them.

Sack, query and goal are documented as dnf's API. What is not (``_plugins``, ``_repo``, ``_ts``) is the same in all of
dnf 4 and looked for with care. ``Session`` is what ``rpm_manager`` works with, as it does with yum's.
"""

import logging
import time

try:
    import dnf
    import dnf.base
    import dnf.exceptions
    import dnf.selector
    import dnf.transaction
    import rpm
    from dnf.callback import DownloadProgress
    from dnf.yum.rpmtrans import TransactionDisplay
except ImportError:
    # read, but not used, where there is no dnf
    DownloadProgress = TransactionDisplay = object

from . import locks, rpm_sources
from .refusal import Refusal
from .rpm_transaction import Transaction
from .scratch import Scratch

# plugins for whoever types dnf's commands: one cannot do without a command line, one keeps words for completing it
FOR_PEOPLE = ["show-leaves", "show_leaves", "generate_completion_cache"]
HOLDS = "a version lock or another plugin of dnf"


class Session(object):
    """dnf with the node's repositories, or with others in their place."""

    def __init__(self, sources=(), problems=None, lock_timeout=300, tell=None, release=None):
        """``release`` stands in for ``$releasever`` in the addresses of the repositories."""
        self.problems = problems if problems is not None else []
        self.lock_timeout = lock_timeout
        self.tell = tell
        # whoever only looks at the repositories wants to hear of all of them
        self.skip_unavailable = False
        self.repositories = []
        self.held = None
        self._install_only = None
        self.scratch = Scratch() if sources else None
        self.base = dnf.base.Base()
        self.release = release
        # without a handler Python prints what dnf only wants to note
        logging.getLogger("dnf").addHandler(logging.NullHandler())
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
        if self.release:
            conf.substitutions["releasever"] = self.release
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
            texts = rpm_sources.rename_sections([source["configuration"] for source in sources])
            for number, text in enumerate(texts):
                self.scratch.write("repos/%02d.repo" % number, text)
        self.base.init_plugins(disabled_glob=FOR_PEOPLE)
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
        """Read what is installed and what is offered. Refuses when a repository that must be there is not."""
        repositories = list(self.base.repos.iter_enabled())
        if refresh:
            for repo in repositories:
                repo._repo.expire()
        self.repositories = [self._wait_for_lock(lambda repo=repo: self._load(repo)) for repo in repositories]
        self._wait_for_lock(self._fill)

    def _wait_for_lock(self, work):
        """Do something for which dnf wants a lock of its own: wait for another dnf, and name it when time is over."""
        deadline = time.time() + self.lock_timeout
        while True:
            try:
                return work()
            except dnf.exceptions.LockError as error:
                who = locks.describe_process(getattr(error, "pid", 0))
                if time.time() >= deadline:
                    raise Refusal("locked", locks.REFUSED % ("dnf", who, self.lock_timeout), holder=who)
                if self.tell:
                    self.tell(who)
                time.sleep(0.5)

    def _load(self, repo):
        """Facts of a repository. One that cannot be had is left out, if the node's configuration allows that."""
        facts = {"id": repo.id, "name": repo.name or repo.id, "enabled": True, "reachable": True}
        try:
            repo.load()
        except dnf.exceptions.RepoError as error:
            reason = _say(error)
            if repo.skip_if_unavailable is False and not self.skip_unavailable:
                raise Refusal(
                    "repository_unavailable",
                    "Failed to read repository '%s': %s. Make it reachable, disable it, or set skip_if_unavailable"
                    " for it" % (repo.id, reason),
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
        if self._install_only is None:
            query = self.base.sack.query().filter(provides=list(self.base.conf.installonlypkgs))
            self._install_only = sorted(set(package.name for package in query))
        return self._install_only

    def keep_out(self, find):
        """Keep out of all transactions what ``find(name, arch, epoch, version, release)`` finds."""
        blocked = [package for package in self.base.sack.query().available() if find(*describe(package))]
        if blocked:
            self.base.sack.add_excludes(self.base.sack.query().filter(pkg=blocked))

    def resolve(self, packages):
        """What dnf would do to bring these packages to their versions, or why it cannot: a ``Transaction``."""
        self.base.reset(goal=True)
        for package in packages:
            reason = self._mark(package)
            if reason:
                return Transaction(reason="%s.%s: %s" % (package.name, package.arch, reason))
        try:
            self.base.resolve(allow_erasing=False)
        except dnf.exceptions.Error as error:
            return Transaction(reason=_say(error))
        return self._read_transaction()

    def _mark(self, package):
        """Take one package into the transaction; gives the reason if that cannot be."""
        epoch, version, release = split_version(package.version)
        asked = {"name": package.name, "arch": package.arch}
        asked.update(epoch=int(epoch), version=version, release=release)
        available = self.base.sack.query().available().filter(**asked)
        if not available:
            kept_out = self.held.filter(**asked)
            return "kept out by " + HOLDS if kept_out else "version %s is in no repository" % package.version
        selector = dnf.selector.Selector(self.base.sack)
        selector.set(pkg=[available[0]])
        if package.name in self.list_install_only():
            self.base.goal.install(select=selector)
        else:
            self.base.goal.upgrade(select=selector)
        return None

    def _read_transaction(self):
        transaction = Transaction()
        installed = self.base.sack.query().installed()
        install_only = self.list_install_only()
        for package in self.base.transaction.install_set:
            old = sorted(installed.filter(name=package.name, arch=[package.arch, "noarch"]))
            before = format_version(old[-1]) if old else ""
            if old and package < old[-1] and package.name not in install_only:
                transaction.object_to("would take %s back to %s" % (package.name, format_version(package)))
            transaction.add(package.name, package.arch, format_version(package), before)
        for item in self.base.transaction:
            # old kernels go when there are too many of them; what is obsoleted is replaced
            if item.action == dnf.transaction.PKG_REMOVE and item.name not in install_only:
                transaction.object_to("would remove %s" % item)
        return transaction

    def download(self, progress):
        """Fetch and check what is resolved; gives reasons by name for what cannot be had or trusted."""
        packages = list(self.base.transaction.install_set)
        reasons = {}
        try:
            self.base.download_packages(packages, _Downloads(progress))
        except dnf.exceptions.DownloadError as error:
            names = dict((_location(package), package.name) for package in packages)
            for key, texts in error.errmap.items():
                name = names.get(_location(key), "%s" % key)
                reasons[name] = "download failed: " + " ".join(" ".join(texts).split())
            return reasons
        for package in packages:
            reason = self._distrust(package)
            if reason:
                reasons[package.name] = reason
        return reasons

    def _distrust(self, package):
        """Why a package is not to be trusted, or None. Keys of its repository are imported, as ``dnf -y`` does."""
        verdict, reason = self.base.package_signature_check(package)
        if verdict == 1:
            try:
                self.base.package_import_key(package, lambda *_words: True, lambda _words: True)
            except (dnf.exceptions.Error, ValueError) as error:
                return "its signature cannot be checked: " + _say(error)
            verdict, reason = self.base.package_signature_check(package)
        return "its signature is not good: " + _say(reason) if verdict else None

    def run(self, report):
        """Do what is resolved and downloaded; gives its errors, or None. ``report`` hears of steps and failures."""
        locks.wait_until_free([rpm.expandMacro("%{_rpmlock_path}")], self.lock_timeout, self.tell)
        self.base.cmds = ["openpatch.patch_manager", "install"]
        try:
            self._wait_for_lock(lambda: self.base.do_transaction([_Display(report)]))
        except dnf.exceptions.Error as error:
            return "%s" % error
        return None


class _Downloads(DownloadProgress):
    def __init__(self, tell):
        super(_Downloads, self).__init__()
        self._tell = tell
        self._done = 0

    def start(self, total_files, total_size, total_drpms=0):
        self._total = total_files

    def progress(self, payload, done):
        return

    def end(self, payload, status, msg):
        self._done += 1
        self._tell("downloading %s (%d of %d)" % (payload, self._done, self._total))


class _Display(TransactionDisplay):
    """dnf's words on a transaction under way, handed on."""

    def __init__(self, report):
        super(_Display, self).__init__()
        self._report = report
        self._action = None

    def progress(self, package, action, ti_done, ti_total, ts_done, ts_total):
        step = (package, action)
        if package and step != self._action:
            self._action = step
            name = getattr(package, "name", None)
            doing = dnf.transaction.ACTIONS.get(action) or "Working on"
            self._report.step(name or "", "%s %s" % (doing, package), ts_done or 0, ts_total or 0)

    def scriptout(self, msgs):
        if msgs:
            self._report.said(msgs.decode("utf-8", "replace") if isinstance(msgs, bytes) else msgs)

    def error(self, message):
        self._report.error(message)


def split_version(text):
    """(epoch, version, release) of ``epoch:version-release``."""
    epoch, _colon, rest = text.partition(":")
    version, _dash, release = rest.rpartition("-")
    return epoch, version, release


def format_version(package):
    return "%d:%s-%s" % (package.epoch, package.version, package.release)


def _location(package):
    return getattr(package, "location", None) or "%s" % package


def describe(package):
    return [package.name, package.arch, "%d" % package.epoch, package.version, package.release]


def _find_origin(package):
    origin = getattr(package, "from_repo", "") or ""
    return "" if origin.startswith("@") else origin


def _say(error):
    return " ".join(("%s" % error).split())
