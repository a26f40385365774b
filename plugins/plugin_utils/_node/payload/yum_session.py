# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we ask of yum 3, through its own API: the one file that knows it. ``rpm_manager`` works with its ``Session``.

Written after the sources of yum 3.2.29 (RHEL 6) and 3.4.3 (RHEL 7, Amazon Linux 2). What is private there (``_async``,
``_revertOldRepoXML``, ``_doTestTransaction``) is the same in both, or does nothing in the older one.
"""

import os
import time

try:
    import rpm
    import yum
    import yum.constants
    import yum.Errors
    from yum.rpmtrans import RPMBaseCallback, RPMTransaction
except ImportError:
    # read, but not used, where there is no yum
    RPMBaseCallback = RPMTransaction = object

from . import locks
from .compressed import read_compressed
from .files import read_text
from .refusal import Refusal
from .rpm_order import Version
from .rpm_snapshot import RpmSnapshot, format_version
from .rpm_sources import rename_sections, write_main
from .rpm_transaction import Transaction
from .scratch import Scratch
from .words import to_text

HOLDS = "a version lock or another plugin of yum"
CONFIGURATIONS = ("/etc/yum/yum.conf", "/etc/yum.conf")
# They ask questions on a terminal, or take packages away that nobody asked about.
_WITHOUT_PLUGINS = ["remove-with-leaves", "search-disabled-repos", "show-leaves"]
_SILENT = -1


class Session(object):
    """yum with the node's repositories, or with others in their place."""

    def __init__(self, sources=(), problems=None, lock_timeout=300, tell=None):
        self.problems = problems if problems is not None else []
        self.lock_timeout = lock_timeout
        self.tell = tell
        # whoever only looks at the repositories wants to hear of all of them
        self.skip_unavailable = False
        self.repositories = []
        self.installed = []
        self.snapshot = RpmSnapshot(())
        self.held = {}
        self.install_only = None
        self.scratch = Scratch() if sources else None
        self.base = yum.YumBase()
        self._configure(sources)

    def close(self):
        self.base.close()
        self.base.closeRpmDB()
        self.base.doUnlock()
        if self.scratch:
            self.scratch.close()

    def _configure(self, sources):
        preconf = self.base.preconf
        preconf.debuglevel = preconf.errorlevel = _SILENT
        preconf.disabled_plugins = _WITHOUT_PLUGINS
        if sources:
            preconf.fn = self._write_sources(sources)
        # reads the configuration and starts the plugins
        conf = self.base.conf
        conf.assumeyes = True
        conf.assumeno = False
        # a replacement by another name is not wanted: the installed package gets updates under its own
        conf.obsoletes = False
        conf.skip_broken = False
        conf.clean_requirements_on_remove = False
        # else each question leaves a file in /tmp
        conf.autosavets = False
        self._forget_main_excludes()
        if not sources and not self.base.setCacheDir():
            raise Refusal("no_cache", "Failed to make a directory for yum's metadata in /var/tmp. Use become")

    def _write_sources(self, sources):
        reposdir, cachedir = self.scratch.make("repos"), self.scratch.make("cache")
        for number, text in enumerate(rename_sections([source["configuration"] for source in sources])):
            self.scratch.write("repos/%02d.repo" % number, text)
        texts = [text for text in (read_text(path) for path in CONFIGURATIONS) if text is not None]
        return self.scratch.write("yum.conf", write_main(texts[0] if texts else "", reposdir, cachedir))

    def _forget_main_excludes(self):
        """``exclude=`` of yum.conf is not honoured (patch-manager-linux-rules); a repository's own is."""
        conf = self.base.conf
        if conf.exclude:
            message = "yum.conf has exclude=%s: patching does not honour that. Use rejected_patches of the baseline"
            self.problems.append(["excludes_ignored", message % to_text(" ".join(conf.exclude))])
            conf.disable_excludes = list(conf.disable_excludes) + ["main"]

    def open(self, refresh):
        """Read what is installed and what is offered. Refuses when a repository that must be there is not."""
        self._wait_for_lock()
        if refresh:
            self.base.cleanExpireCache()
        for repo in self.base.repos.listEnabled():
            # one after the other, so that what is wrong with one is said of that one
            repo._async = False
        self.base.repos.doSetup()
        for repo in list(self.base.repos.listEnabled()):
            # plugins bring repositories of their own
            if self.scratch and not (getattr(repo, "repofile", None) or "").startswith(self.scratch.path):
                self.base.repos.disableRepo(repo.id)
        self.repositories = [self._load(repo, refresh) for repo in list(self.base.repos.listEnabled())]
        self.installed = list(self._describe_installed())
        self.snapshot = RpmSnapshot(self.installed)
        self._fill()

    def _wait_for_lock(self):
        """Wait for another yum, and name it when time is over."""
        deadline = time.time() + self.lock_timeout
        while True:
            try:
                return self.base.doLock()
            except yum.Errors.LockError as error:
                if not error.pid:
                    raise Refusal("locked", "Failed to lock yum: " + _say(error))
                who = locks.describe_process(error.pid)
                if time.time() >= deadline:
                    raise Refusal("locked", locks.REFUSED % ("yum", who, self.lock_timeout), holder=who)
                if self.tell:
                    self.tell(who)
                time.sleep(0.5)

    def _load(self, repo, refresh):
        """Facts of a repository. One that cannot be had is left out, if the node's configuration allows that."""
        facts = {"id": repo.id, "name": to_text(repo.name or repo.id), "enabled": True, "reachable": True}
        try:
            self._fetch(repo, refresh)
        except yum.Errors.YumBaseError as error:
            reason = _say(error)
            if not repo.skip_if_unavailable and not self.skip_unavailable:
                raise Refusal(
                    "repository_unavailable",
                    "Failed to read repository '%s': %s. Make it reachable, disable it, or set skip_if_unavailable"
                    " for it" % (repo.id, reason),
                )
            facts["reachable"] = False
            self.problems.append(["repository_unreachable", "Failed to read repository '%s': %s" % (repo.id, reason)])
            self.base.repos.disableRepo(repo.id)
        return facts

    def _fetch(self, repo, refresh):
        """yum takes its old copy, without a word, of what it cannot fetch: that is noticed here."""
        failures = []
        reverted = []
        revert = repo._revertOldRepoXML

        def note_failure(failure):
            failures.append(_say(failure.exception))
            return {}

        def note_revert():
            reverted.append(repo.id)
            return revert()

        repo.setMirrorFailureObj(note_failure)
        repo._revertOldRepoXML = note_revert
        try:
            repo.repoXML  # noqa: B018, reads it
            if refresh and not os.path.exists(repo.metadata_cookie):
                raise yum.Errors.RepoError("; ".join(failures[-2:]) or "its metadata could not be fetched")
            repo.getPackageSack().populate(repo)
        except TypeError as error:
            # what yum's parser of XML raises
            raise yum.Errors.RepoError(_say(error))
        finally:
            repo._revertOldRepoXML = revert
        if refresh and reverted:
            message = "Repository '%s' offers older or incomplete metadata: the copy from before was used" % repo.id
            self.problems.append(["metadata_old", message])

    def _describe_installed(self):
        """Rows of ``rpm_facts``, in one pass over rpm's database."""
        yumdb = self.base.rpmdb.yumdb
        for header in self.base.rpmdb.readOnlyTS().dbMatch():
            if header["name"] == "gpg-pubkey":
                continue
            name, arch, epoch = header["name"], header["arch"] or "noarch", header["epoch"] or 0
            row = [to_text(word) for word in (name, arch, epoch, header["version"], header["release"])]
            built, checksum = header["buildtime"], header[rpm.RPMTAG_SHA1HEADER]
            notes = yumdb.get_package(pkgtup=tuple(row), pkgid=checksum or "%s.%s" % (row[0], built))
            yield row + [int(built or 0), int(header["installtime"] or 0), to_text(notes.get("from_repo") or "")]

    def _fill(self):
        """Plugins of yum keep versions out when everything is read: what they keep out is what they took away."""
        plugins = self.base.plugins
        run = plugins.run
        names = [name for name, _arch in self.snapshot.versions]

        def watch(slot, **words):
            before = self.base.pkgSack.searchNames(names) if slot == "exclude" else []
            run(slot, **words)
            if before:
                after = set(package.pkgtup for package in self.base.pkgSack.searchNames(names))
                self.held = dict((package.pkgtup, package) for package in before if package.pkgtup not in after)

        plugins.run = watch
        try:
            self.base.pkgSack  # noqa: B018, fills it
        finally:
            plugins.run = run

    def read_installed(self):
        """Rows of ``rpm_facts``."""
        return self.installed

    def read_newer(self):
        """Rows of ``rpm_facts``: every version that is newer than what is installed."""
        offered = self.base.pkgSack.searchNames([name for name, _arch in self.snapshot.versions])
        return [
            [to_text(word) for word in package.pkgtup]
            + [int(package.buildtime or 0), to_text(package.repoid), HOLDS if package.pkgtup in self.held else ""]
            for package in list(offered) + list(self.held.values())
            if self.snapshot.is_newer(package)
        ]

    def read_notices(self):
        """(repository, update notices as XML or None) of every repository that could be read."""
        for repo in self.base.repos.listEnabled():
            yield repo.id, self._read_updateinfo(repo)

    def _read_updateinfo(self, repo):
        if "updateinfo" not in repo.repoXML.fileTypes():
            return None
        try:
            return read_compressed(repo.retrieveMD("updateinfo"))
        except (yum.Errors.YumBaseError, ValueError) as error:
            message = "Failed to read repository '%s': its update notices cannot be had: %s" % (repo.id, _say(error))
            self.problems.append(["notices_unreadable", message])
            return None

    def read_streams(self):
        """yum knows no modules."""
        return {}

    def list_install_only(self):
        """Names of the packages of which several versions live side by side."""
        if self.install_only is None:
            wanted = self.base.conf.installonlypkgs
            found = [package.name for provided in wanted for package in self.base.rpmdb.searchProvides(provided)]
            self.install_only = sorted(set(to_text(name) for name in found))
        return self.install_only

    def keep_out(self, find):
        """Keep out of all transactions what ``find(name, arch, epoch, version, release)`` finds."""
        sack = self.base.pkgSack
        for pkgtup in set(sack.simplePkgList()):
            if find(*pkgtup):
                for package in sack.searchPkgTuple(pkgtup):
                    sack.delPackage(package)

    def resolve(self, packages):
        """What yum would do to bring these packages to their versions, or why it cannot: a ``Transaction``."""
        for member in self.base.tsInfo.getMembers():
            member.po.state = None
        del self.base.tsInfo
        try:
            for package in packages:
                reason = self._mark(package)
                if reason:
                    return Transaction(reason="%s.%s: %s" % (package.name, package.arch, reason))
            # the argument: without looking for what others left unfinished, which takes seconds each time
            code, texts = self.base.buildTransaction(unfinished_transactions_check=False)
        except yum.Errors.YumBaseError as error:
            return Transaction(reason=_say(error))
        if code == 1:
            # the last line is the matter; what stands before it are instructions for a person at a terminal
            return Transaction(reason="; ".join(to_text(text).strip().splitlines()[-1].strip() for text in texts))
        return self._read_transaction()

    def _mark(self, package):
        """Take one package into the transaction; gives the reason if that cannot be."""
        epoch, _colon, rest = package.version.partition(":")
        version, _dash, release = rest.rpartition("-")
        pkgtup = tuple(str(word) for word in (package.name, package.arch, epoch, version, release))
        found = self.base.pkgSack.searchPkgTuple(pkgtup)
        if not found:
            return "kept out by " + HOLDS if pkgtup in self.held else "version %s is in no repository" % package.version
        if not self.base.update(po=found[0]):
            return "version %s is no update of what is installed" % package.version
        return None

    def _list_coming(self):
        return self.base.tsInfo.getMembersWithState(None, yum.constants.TS_INSTALL_STATES)

    def _read_transaction(self):
        transaction = Transaction()
        install_only = self.list_install_only()
        for member in self._list_coming():
            version = Version(*[to_text(word) for word in member.po.pkgtup[2:]])
            installed = self.snapshot.find(member.po)
            if installed and version < installed[-1] and member.name not in install_only:
                transaction.object_to("would take %s back to %s" % (member.name, format_version(version)))
            before = format_version(installed[-1]) if installed else ""
            transaction.add(to_text(member.name), to_text(member.arch), format_version(version), before)
        for member in self.base.tsInfo.getMembersWithState(None, [yum.constants.TS_ERASE]):
            # old kernels go when there are too many of them; what is obsoleted is replaced
            if member.name not in install_only:
                transaction.object_to("would remove %s" % to_text(member.po))
        return transaction

    def download(self, progress):
        """Fetch and check what is resolved; gives reasons by name for what cannot be had or trusted."""
        packages = [member.po for member in self._list_coming()]
        reasons = {}
        for number, package in enumerate(packages):
            progress("downloading %s (%d of %d)" % (to_text(package), number + 1, len(packages)))
            reason = self._fetch_package(package) or self._distrust(package)
            if reason:
                reasons[to_text(package.name)] = reason
        return reasons

    def _fetch_package(self, package):
        try:
            problems = self.base.downloadPkgs([package])
        except (yum.Errors.YumBaseError, EnvironmentError, IndexError) as error:
            return "download failed: " + _say(error)
        texts = [_say(text) for found in problems.values() for text in found]
        return "download failed: " + "; ".join(texts) if texts else None

    def _distrust(self, package):
        """Why a package is not to be trusted, or None. Keys of its repository are imported, as ``yum -y`` does."""
        verdict, reason = self.base.sigCheckPkg(package)
        if verdict == 1:
            try:
                # checks the package again, with the key
                self.base.getKeyForPackage(package, fullaskcb=lambda _key: True)
            except (yum.Errors.YumBaseError, ValueError) as error:
                return "its signature cannot be checked: " + _say(error)
            return None
        return "its signature is not good: " + _say(reason) if verdict else None

    def run(self, report):
        """Do what is resolved and downloaded; gives its errors as text, or None. ``report`` hears of all steps."""
        locks.wait_until_free([rpm.expandMacro("%{_rpmlock_path}")], self.lock_timeout, self.tell)
        base = self.base
        base.cmds = ["openpatch.patch_manager", "install"]
        display = _Display(report, dict((to_text(one.po), to_text(one.name)) for one in base.tsInfo.getMembers()))
        try:
            base._doTestTransaction(None)
            base.initActionTs()
            base.populateTs(keepold=0)
            base.ts.check()
            base.ts.order()
            base.runTransaction(cb=_Progress(base, report, display))
        except yum.Errors.YumBaseError as error:
            # a text, a list of texts, or of rpm's problems, which begin with their text
            texts = error.value if isinstance(error.value, (list, tuple)) else [error]
            texts = [text[0] if isinstance(text, (list, tuple)) else text for text in texts]
            return "\n".join([to_text(getattr(error, "msg", ""))] + [to_text(text) for text in texts]).strip()
        finally:
            display.flush()
        return None


class _Display(RPMBaseCallback):
    """What scripts say and what goes wrong. yum tells of a failure before it tells what the script had said."""

    def __init__(self, report, names):
        RPMBaseCallback.__init__(self)
        self._report = report
        self._names = names
        self._failures = []

    def event(self, package, action, te_current, te_total, ts_current, ts_total):
        return

    def scriptout(self, package, msgs):
        if msgs:
            self._report.said(to_text(msgs))
        self.flush()

    def errorlog(self, msg):
        self._failures.append(to_text(msg))

    def flush(self):
        while self._failures:
            message = self._failures.pop(0)
            # ... in rpm package 1:name-version-release.arch, or its name alone
            last = (message.split() or [""])[-1]
            known = self._names.get(last) or (last if last in self._names.values() else "")
            self._report.error(message, known)


class _Progress(RPMTransaction):
    """Tells which package it is at before the package's first script runs; yum tells after that."""

    def __init__(self, base, report, display):
        self._report = report
        RPMTransaction.__init__(self, base, display=display)

    def callback(self, what, bytes, total, h, user):
        doing = [words for name, words in _STEPS if getattr(rpm, name, None) == what]
        if doing:
            # a header with its file, a member of yum's transaction, or the name of a package that goes
            name = to_text(h[0]["name"] if isinstance(h, tuple) else getattr(h, "name", h) or "")
            self._report.step(name, "%s %s" % (doing[0], name), self.complete_actions, self.total_actions)
        return RPMTransaction.callback(self, what, bytes, total, h, user)


# names of rpm's constants; the last one is there from rpm 4.10 on
_STEPS = (
    ("RPMCALLBACK_INST_OPEN_FILE", "Installing"),
    ("RPMCALLBACK_UNINST_START", "Cleaning up"),
    ("RPMCALLBACK_SCRIPT_START", "Running a script of"),
)


def _say(error):
    return " ".join(to_text(error).split())
