# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A yum 3 without yum: the calls ``yum_session`` makes, with the names, arguments and answers of yum's own sources.

It resolves nothing but what a package ``requires`` by name. ``WORLD`` is the machine::

    installed   [[name, arch, epoch, version, release, built, installed, repository]]
    repos       {id: {"packages": [{"row": [name, arch, epoch, version, release, built], ...}], ...}}
    conf        options of yum.conf;  locked  versions that versionlock leaves, by name

A package may have ``requires``, ``conflicts``, ``obsoletes``, ``download`` and ``signature`` (what goes wrong), ``script``
(kind, fatal, output) and ``problem`` (of the test transaction). A repository may be ``down``, and has ``skip``.
"""

import os

import rpm

from yum import Errors, constants

try:
    from configparser import RawConfigParser
except ImportError:
    from ConfigParser import RawConfigParser

WORLD = {}


def order(package):
    from payload.rpm_order import Version

    return Version(*package.pkgtup[2:])


class Package(object):
    def __init__(self, row, repo, facts):
        self.pkgtup = tuple(row[:5])
        self.name, self.arch, self.epoch, self.version, self.release = self.pkgtup
        self.buildtime = row[5]
        self.repo = repo
        self.repoid = repo.id if repo else "installed"
        self.facts = facts
        self.state = None

    def __str__(self):
        epoch = "" if self.epoch == "0" else self.epoch + ":"
        return "%s%s-%s-%s.%s" % (epoch, self.name, self.version, self.release, self.arch)


class Member(object):
    def __init__(self, po, output_state):
        self.po = po
        self.name = po.name
        self.arch = po.arch
        self.output_state = output_state
        po.state = output_state


class TransactionData(object):
    def __init__(self):
        self.members = []

    def getMembers(self, pkgtup=None):
        return list(self.members)

    def getMembersWithState(self, pkgtup=None, output_states=None):
        return [member for member in self.members if member.output_state in output_states]


class Sack(object):
    def __init__(self, repos):
        self.packages = [package for repo in repos for package in repo.packages]

    def searchNames(self, names=(), return_pkgtups=False):
        return [package for package in self.packages if package.name in names]

    def searchPkgTuple(self, pkgtup):
        return [package for package in self.packages if package.pkgtup == pkgtup]

    def simplePkgList(self, patterns=None, ignore_case=False):
        return [package.pkgtup for package in self.packages]

    def delPackage(self, obj):
        self.packages.remove(obj)


class RepoSack(object):
    def __init__(self, repo):
        self.repo = repo

    def populate(self, repo, mdtype="metadata", callback=None, cacheonly=0):
        if repo.facts.get("broken"):
            raise TypeError("Parsing primary.xml error: not well-formed")
        repo.packages = [Package(one["row"], repo, one) for one in repo.facts.get("packages", ())]


class RepoXML(object):
    def __init__(self, facts):
        self.facts = facts

    def fileTypes(self):
        return ["primary"] + (["updateinfo"] if self.facts.get("updateinfo") else [])


class Repository(object):
    def __init__(self, identity, repofile, facts, cachedir):
        self.id = identity
        self.name = facts.get("name", "")
        self.repofile = repofile
        self.facts = facts
        self.skip_if_unavailable = facts.get("skip", False)
        self.metadata_cookie = os.path.join(cachedir, identity + ".cachecookie")
        self.enabled = True
        self.packages = []
        self._repoXML = None
        self._failed = None

    def setMirrorFailureObj(self, failure_obj):
        self._failed = failure_obj

    def _get_repo_xml(self):
        if self._repoXML is None and not os.path.exists(self.metadata_cookie):
            if self.facts.get("down"):
                self._fail()
            else:
                open(self.metadata_cookie, "w").close()
                if self.facts.get("older"):
                    self._revertOldRepoXML()
        self._repoXML = RepoXML(self.facts)
        return self._repoXML

    repoXML = property(_get_repo_xml)

    def _fail(self):
        failure = type("CallbackObject", (), {"exception": IOError(14, "HTTP Error 404 - Not Found")})()
        if self._failed:
            assert self._failed(failure) == {}
        if not self.facts.get("cached"):
            raise Errors.RepoError("failure: repodata/repomd.xml from %s: [Errno 256] No more mirrors to try." % self.id)
        # what it had before is good enough for yum
        self._revertOldRepoXML()

    def _revertOldRepoXML(self):
        self.facts["reverted"] = True

    def getPackageSack(self):
        return RepoSack(self)

    def retrieveMD(self, mdtype):
        assert mdtype == "updateinfo"
        if not os.path.exists(self.facts["updateinfo"]):
            raise Errors.RepoError("Could not retrieve updateinfo matching remote checksum from " + self.id)
        return self.facts["updateinfo"]


class RepoStorage(object):
    def __init__(self, base):
        self.base = base
        self.repos = {}
        for identity, repofile in base.list_configured():
            facts = WORLD["repos"][identity]
            self.repos[identity] = Repository(identity, repofile, facts, base.conf.cachedir)

    def listEnabled(self):
        return [self.repos[name] for name in sorted(self.repos) if self.repos[name].enabled]

    def disableRepo(self, repoid):
        self.repos[repoid].enabled = False
        return [repoid]

    def doSetup(self, thisrepo=None):
        assert not any(getattr(repo, "_async", True) for repo in self.listEnabled())
        if WORLD.get("rhn"):
            self.repos["rhn-channel"] = Repository("rhn-channel", None, WORLD["rhn"], self.base.conf.cachedir)


class Notes(object):
    def __init__(self, repository):
        self.repository = repository

    def get(self, attr, default=None):
        return self.repository or default


class RpmDB(object):
    yumdb = property(lambda self: self)

    def get_package(self, po=None, pkgtup=None, pkgid=None):
        assert pkgid
        return Notes([row[7] for row in WORLD["installed"] if tuple(row[:5]) == pkgtup][0])

    def readOnlyTS(self):
        return self

    def dbMatch(self):
        names = ("name", "arch", "epoch", "version", "release", "buildtime", "installtime")
        for row in WORLD["installed"] + [["gpg-pubkey", None, "0", "f4a80eb5", "53a7ff4b", 1, 1, ""]]:
            header = dict(zip(names, row))
            header["epoch"] = int(row[2]) or None
            header[rpm.RPMTAG_SHA1HEADER] = "sha1 of " + row[0]
            yield header

    def searchProvides(self, name):
        return [Package(row, None, {}) for row in WORLD["installed"] if name in (row[0], WORLD["provides"].get(row[0]))]


class Plugins(object):
    def __init__(self, base):
        self.base = base

    def run(self, slotname, **kwargs):
        if slotname == "exclude":
            locked = WORLD.get("locked", {})
            sack = self.base._pkgSack
            sack.packages = [one for one in sack.packages if locked.get(one.name, one.pkgtup[3:]) == one.pkgtup[3:]]


class Options(object):
    def __init__(self, **options):
        self.__dict__.update(options)


class TransactionSet(object):
    def __init__(self):
        self.calls = []

    def check(self):
        self.calls.append("check")

    def order(self):
        self.calls.append("order")


class YumBase(object):
    def __init__(self):
        self.preconf = Options(fn="/etc/yum/yum.conf", debuglevel=None, errorlevel=None, disabled_plugins=None)
        self.plugins = Plugins(self)
        self.rpmdb = RpmDB()
        self._conf = self._repos = self._pkgSack = self._tsInfo = None
        self.ts = TransactionSet()
        self.steps = []

    def _get_conf(self):
        if self._conf is None:
            self.fn = self.preconf.fn
            assert self.preconf.debuglevel == self.preconf.errorlevel == -1
            del self.preconf
            options = {"exclude": [], "disable_excludes": [], "installonlypkgs": ["kernel", "installonlypkg(kernel)"]}
            options.update(WORLD.get("conf", {}))
            options.setdefault("cachedir", WORLD["cachedir"])
            options["uid"] = os.geteuid()
            self.reposdir = "/etc/yum.repos.d"
            if self.fn != "/etc/yum/yum.conf":
                parser = RawConfigParser()
                parser.read([self.fn])
                self.reposdir = parser.get("main", "reposdir")
                options["cachedir"] = parser.get("main", "cachedir")
            self._conf = Options(**options)
        return self._conf

    conf = property(_get_conf)

    def list_configured(self):
        if self.reposdir == "/etc/yum.repos.d":
            return [(name, "/etc/yum.repos.d/%s.repo" % name) for name in WORLD["repos"] if not name.startswith("source")]
        found = []
        for name in sorted(os.listdir(self.reposdir)):
            parser = RawConfigParser()
            path = os.path.join(self.reposdir, name)
            parser.read([path])
            found += [(section, path) for section in parser.sections()]
        return found

    def _get_repos(self):
        if self._repos is None:
            self._get_conf()
            self._repos = RepoStorage(self)
        return self._repos

    repos = property(_get_repos)

    def _get_sacks(self):
        if self._pkgSack is None:
            self._pkgSack = Sack(self.repos.listEnabled())
            for pattern in [] if "main" in self.conf.disable_excludes else self.conf.exclude:
                self._pkgSack.packages = [one for one in self._pkgSack.packages if one.name != pattern]
            self.plugins.run("exclude")
        return self._pkgSack

    pkgSack = property(_get_sacks)

    def _get_ts_info(self):
        if self._tsInfo is None:
            self._tsInfo = TransactionData()
        return self._tsInfo

    def _del_ts_info(self):
        self._tsInfo = None

    tsInfo = property(_get_ts_info, None, _del_ts_info)

    def setCacheDir(self, force=False, tmpdir=None, reuse=True, suffix="/$basearch/$releasever"):
        return not WORLD.get("no_cache")

    def cleanExpireCache(self):
        for repo in self.repos.listEnabled():
            if os.path.exists(repo.metadata_cookie):
                os.unlink(repo.metadata_cookie)
        return 0, []

    def doLock(self, lockfile="/var/run/yum.pid"):
        path = os.path.join(WORLD["cachedir"], "yum.pid")
        if os.path.exists(path):
            with open(path) as stream:
                pid = int(stream.read())
            if pid != os.getpid():
                raise Errors.LockError(0, "Existing lock %s: another copy is running as pid %s." % (path, pid), pid)
        with open(path, "w") as stream:
            stream.write(str(os.getpid()))
        self._lockfile = path

    def doUnlock(self, lockfile=None):
        if getattr(self, "_lockfile", None):
            os.unlink(self._lockfile)
            self._lockfile = None

    def close(self):
        self.steps.append("close")

    def closeRpmDB(self):
        self._tsInfo = None

    def update(self, po=None, requiringPo=None, **kwargs):
        only = po.name in self.conf.installonlypkgs
        installed = [row for row in WORLD["installed"] if row[0] == po.name and row[1] in (po.arch, "noarch")]
        newest = sorted((Package(row, None, {}) for row in installed), key=order)[-1:]
        if not newest or order(newest[0]) >= order(po):
            return []
        member = Member(po, constants.TS_TRUEINSTALL if only else constants.TS_UPDATE)
        self.tsInfo.members.append(member)
        return [member]

    def buildTransaction(self, unfinished_transactions_check=True):
        assert not unfinished_transactions_check
        if not self.tsInfo.members:
            return 0, ["Success - empty transaction"]
        errors = []
        for member in self.tsInfo.members:
            for name in member.po.facts.get("requires", ()):
                self._resolve(member.po, name, errors)
            names = [one.name for one in self.tsInfo.members]
            errors += ["%s conflicts with %s" % (member.name, one) for one in member.po.facts.get("conflicts", ()) if one in names]
            for state, words in ((constants.TS_OBSOLETED, "obsoletes"), (constants.TS_ERASE, "erases")):
                gone = [row for row in WORLD["installed"] if row[0] in member.po.facts.get(words, ())]
                self.tsInfo.members += [Member(Package(row, None, {}), state) for row in gone]
        return (1, errors) if errors else (2, ["Success - deps resolved"])

    def _resolve(self, po, name, errors):
        there = [row[0] for row in WORLD["installed"]] + [member.name for member in self.tsInfo.members]
        found = self.pkgSack.searchNames([name])
        if name in there:
            return
        if not found:
            errors.append(" A text\n for people.\n\n%s requires %s" % (po, name))
        else:
            self.tsInfo.members.append(Member(found[-1], constants.TS_INSTALL))

    def downloadPkgs(self, pkglist, callback=None, callback_total=None):
        return dict((po, [po.facts["download"]]) for po in pkglist if po.facts.get("download"))

    def sigCheckPkg(self, po):
        words = {"unsigned": (2, "Package %s is not signed" % po), "stranger": (1, "Public key for %s is not installed" % po)}
        return words.get(po.facts.get("signature", "").partition(" ")[0], (0, ""))

    def getKeyForPackage(self, po, askcb=None, fullaskcb=None):
        assert fullaskcb({"po": po}) is True
        if po.facts["signature"] == "stranger without key":
            raise Errors.YumBaseError("The GPG keys listed are not correct for this package.\n")

    def _doTestTransaction(self, callback, display=None):
        problems = [one.po.facts["problem"] for one in self.tsInfo.members if one.po.facts.get("problem")]
        if problems:
            raise Errors.YumTestTransactionError("Test Transaction Errors: " + "".join("  %s\n" % one for one in problems))

    def initActionTs(self):
        self.steps.append("init")

    def populateTs(self, test=0, keepold=1):
        assert keepold == 0
        self.steps.append("populate")

    def runTransaction(self, cb):
        assert self.steps[-2:] == ["init", "populate"]
        assert self.ts.calls == ["check", "order"]
        if WORLD.get("cannot_start"):
            raise Errors.YumRPMTransError(msg="Could not run transaction.", errors=[(WORLD["cannot_start"], (1, "", 0))])
        coming = self.tsInfo.getMembersWithState(None, constants.TS_INSTALL_STATES)
        cb.total_actions = len(coming)
        for member in coming:
            self._install(member, cb)

    def _install(self, member, cb):
        po = member.po
        cb.callback(rpm.RPMCALLBACK_INST_OPEN_FILE, 0, 0, ({"name": po.name}, "/file.rpm"), None)
        kind, fatal, cb.output = po.facts.get("script", (None, False, None))
        if kind:
            cb.callback(rpm.RPMCALLBACK_SCRIPT_ERROR, kind, fatal, member, None)
        if fatal:
            return
        if po.name not in self.conf.installonlypkgs:
            WORLD["installed"] = [row for row in WORLD["installed"] if row[:2] != [po.name, po.arch]]
        WORLD["installed"].append(list(po.pkgtup) + [po.buildtime, 2000000000, po.repoid])
        cb.callback(rpm.RPMCALLBACK_UNINST_START, 0, 0, po.name, None)
