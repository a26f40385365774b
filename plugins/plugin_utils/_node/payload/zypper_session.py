# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we ask of zypper: the one file that knows its commands. ``rpm_manager`` works with it as with dnf's session."""

import os
import re
import subprocess
import time

from . import (
    commands,
    compressed,
    locks,
    rpm_primary,
    zypper_answers,
    zypper_locks,
    zypper_metadata,
    zypper_multiversion,
    zypper_pid,
    zypper_xml,
)
from .refusal import Refusal
from .rpm_order import Version
from .rpm_transaction import Transaction
from .tail import Tail
from .zypper_setup import Setup

REFRESH_SECONDS = 1800
PAUSE = 0.1
_TAGS = ("NAME", "ARCH", "EPOCH", "VERSION", "RELEASE", "BUILDTIME", "INSTALLTIME")
QUERY = ["rpm", "-qa", "--queryformat", "\\t".join("%%{%s}" % tag for tag in _TAGS) + "\\n"]
NOARCH = "noarch"
# nothing is asked, nothing comes along that is only recommended, nothing is removed or taken back to get there
INSTALL = ("--name", "--no-recommends", "--no-force-resolution", "--auto-agree-with-licenses")
_MOST_FAILED_DOWNLOADS = 50
_LITTLE_BYTES = 1048576


class Session(object):
    """zypper with the node's repositories, or with others in their place."""

    def __init__(self, sources=(), problems=None, lock_timeout=300, tell=None):
        self.problems = problems if problems is not None else []
        self.lock_timeout = lock_timeout
        self.tell = tell
        self.repositories = []
        self.refreshed = False
        self._installed = None
        self._chosen = None
        self._blocked = {}
        self.setup = Setup(sources)

    def close(self):
        self.setup.close()

    # what is there

    def open(self, refresh):
        """Read which repositories there are, fetch their metadata anew if that is wanted and may be."""
        is_root = os.geteuid() == 0
        skipped, fault = {}, None
        # repositories of this run only have no metadata yet; a user can only fetch those
        self.refreshed = (refresh and is_root) or self.setup.is_private
        if is_root:
            self._wait_for_lock()
        if self.refreshed:
            answer = self._refresh()
            skipped = zypper_answers.find_skipped(answer.out)
            if not skipped and answer.status != zypper_answers.NO_REPOSITORIES:
                fault = zypper_answers.explain(answer.status, answer.out)
        else:
            self._read_installed(commands.run(QUERY))
        self._read_repositories()
        for repository in self.repositories:
            self._judge(repository, skipped, fault)

    def _refresh(self):
        """Fetch metadata, and ask rpm meanwhile: neither needs the other."""
        argv = self.setup.zypper("refresh", *self.setup.name_repositories())
        installed, answer = commands.wait_all(
            [commands.Running(QUERY), commands.Running(argv, REFRESH_SECONDS, self.setup.environment)]
        )
        self._read_installed(installed)
        self._refuse(answer.status)
        return self._ask(argv, REFRESH_SECONDS) if answer.status == zypper_answers.LOCKED else answer

    def _read_installed(self, answer):
        if answer.status != 0:
            raise Refusal("rpm_unreadable", "Failed to read rpm's database: %s" % answer.reason())
        self._installed = []
        for line in answer.out.splitlines():
            row = line.split("\t")
            if len(row) == 7 and row[0] != "gpg-pubkey":
                row[2] = "0" if row[2] == "(none)" else row[2]
                self._installed.append(row[:5] + [_to_number(row[5]), _to_number(row[6])])

    def _read_repositories(self):
        # only reads, so needs no lock
        answer = self.setup.run(self.setup.zypper("repos"), ZYPP_READONLY_HACK="1")
        if answer.status not in (0, zypper_answers.NO_REPOSITORIES):
            why = zypper_answers.explain(answer.status, answer.out)
            message = "Failed to read zypper's repositories: %s" % (why or answer.reason())
            raise Refusal("repositories_unreadable", message)
        found = zypper_answers.read_repositories(answer.out)
        if self.setup.is_private:
            found = [repository for repository in found if repository["id"] in self.setup.aliases]
        self.repositories = found
        aliases = [repository["id"] for repository in found]
        cache = self.setup.raw_cache
        self._metadata = dict((alias, zypper_metadata.Repository(alias, cache)) for alias in aliases)

    def _judge(self, repository, skipped, fault):
        """Whether a repository could be read; one whose metadata is old is still one that could not."""
        name = repository["name"]
        why = skipped.get(name) or skipped.get(repository["id"]) or fault
        is_there = self._metadata[repository["id"]].is_there or self._is_of_another_kind(repository["id"])
        if not why and not is_there:
            why = "its metadata was never fetched"
        if why:
            repository["reachable"] = False
            code = "repository_unreachable"
            if "ignature" in why or "signed" in why:
                repository["signed"] = False
                code = "repository_unsigned"
            self.problems.append([code, "Failed to read repository '%s': %s" % (name, why)])
        elif self.refreshed:
            repository["reachable"] = True

    def _is_of_another_kind(self, alias):
        """Media of older systems have metadata that only zypper's library can read."""
        path = os.path.join(self.setup.raw_cache, zypper_metadata.escape_alias(alias))
        return os.path.isdir(path) and any(name in ("content", "cookie", "media.1") for name in os.listdir(path))

    def read_installed(self):
        """Rows of ``rpm_facts``."""
        origins = {}
        for row, repository in self._list_available(set(row[0] for row in self._installed)):
            origins.setdefault(tuple(row[:5]), repository)
        return [row + [origins.get(tuple(row[:5]), "")] for row in self._installed]

    def read_newer(self):
        """Rows of ``rpm_facts``: every version that is newer than what is installed."""
        newest = {}
        for row in self._installed:
            newest.setdefault(row[0], []).append((row[1], Version(*row[2:5])))
        held = zypper_locks.Locks(self.setup.administrators_locks)
        return [
            row[:6] + [repository, held.find(*(row[:5] + [repository])) or ""]
            for row, repository in self._list_available(set(newest))
            if _is_newer(row, newest[row[0]])
        ]

    def _list_available(self, names=None):
        """([name, arch, epoch, version, release, built], repository) of what the repositories offer."""
        if names is not None and self._chosen is not None:
            return self._chosen
        found, others = [], []
        for repository in self.repositories:
            alias = repository["id"]
            try:
                rows = self._read_primary(alias, names)
            except compressed.BROKEN + (rpm_primary.Unreadable,):
                others.append(alias)
                continue
            found += [(row, alias) for row in rows if row[1] not in ("src", "nosrc")]
        if others:
            found += [(row, alias) for row, alias in self._search(others) if names is None or row[0] in names]
        if names is not None:
            self._chosen = found
        return found

    def _read_primary(self, alias, names):
        if not self._metadata[alias].has("primary"):
            raise rpm_primary.Unreadable("it has none")
        stream = self._metadata[alias].open("primary")
        try:
            return list(rpm_primary.read_packages(stream, names))
        finally:
            stream.close()

    def _search(self, aliases):
        """What zypper itself knows of repositories whose metadata we cannot read; but for times of building."""
        words = [word for alias in aliases for word in ("--repo", alias)]
        answer = self.setup.run(self.setup.zypper("--no-refresh", "search", "-s", "-t", "package", *words),
                                ZYPP_READONLY_HACK="1")
        known = dict((repository["name"], repository["id"]) for repository in self.repositories)
        for solvable in zypper_xml.find(answer.out, "solvable"):
            alias = known.get(solvable.get("repository"))
            if alias in aliases and solvable.get("kind") == "package":
                epoch, version, release = _split(zypper_answers.with_epoch(solvable.get("edition")))
                yield [solvable.get("name"), solvable.get("arch"), epoch, version, release, 0], alias

    def read_notices(self):
        """(repository, update notices as XML or None) of every repository that could be read."""
        for repository in self.repositories:
            alias = repository["id"]
            metadata = self._metadata[alias]
            if not metadata.is_there:
                continue
            if not metadata.has("updateinfo"):
                yield alias, None
                continue
            try:
                stream = metadata.open("updateinfo")
                try:
                    yield alias, stream.read()
                finally:
                    stream.close()
            except compressed.BROKEN as error:
                message = "Failed to read the update notices of repository '%s': %s" % (repository["name"], error)
                self.problems.append(["notices_unreadable", message])

    def read_streams(self):
        return {}

    def list_install_only(self):
        """Names of the packages of which several versions live side by side."""
        return zypper_multiversion.list_names(self.setup.settings)

    # what is to be done

    def keep_out(self, find):
        """Keep out of all transactions what ``find(name, arch, epoch, version, release)`` finds."""
        installed = set(tuple(row[:5]) for row in self._installed)
        for row, _repository in self._list_available():
            key = tuple(row[:5])
            entry = find(*key) if key not in installed else None
            if entry:
                self._blocked[key] = entry
        self.setup.write_locks(zypper_locks.format_locks(self._blocked))

    def resolve(self, packages):
        """What zypper would do to bring these packages to their versions, or why it cannot: a ``Transaction``."""
        if not packages:
            return Transaction()
        answer = self._ask(self._install(packages, "--dry-run"))
        transaction = zypper_answers.read_transaction(answer.status, answer.out)
        if transaction.reason:
            transaction.reason = self._add_blocked(transaction.reason)
        self._packages = packages
        return transaction

    def _add_blocked(self, reason):
        """zypper calls what is rejected locked; say what it is."""
        for key, entry in sorted(self._blocked.items()):
            shown = "%s-%s-%s.%s" % (key[0], key[3], key[4], key[1])
            if shown in reason:
                told = re.sub(r" \(locked: [^)]*\)", "", reason)
                return "%s (%s is rejected by the baseline's entry '%s')" % (told, shown, entry)
        return reason

    def _install(self, packages, *options):
        words = []
        for package in packages:
            version = zypper_answers.without_epoch(package.version)
            words.append("%s.%s=%s" % (package.name, package.arch, version))
        repositories = self.setup.name_repositories()
        argv = ("--no-refresh", "install") + INSTALL + options + tuple(repositories) + tuple(words)
        return self.setup.zypper(*argv)

    def download(self, progress):
        """Fetch and check what is resolved; gives reasons by name for what cannot be had or trusted."""
        reasons = {}
        left = list(self._packages)
        while left and len(reasons) < _MOST_FAILED_DOWNLOADS:
            listener = zypper_answers.Listener(_Downloads(progress))
            status, text = self._work(self._install(left, "--download-only"), listener)
            if status in zypper_answers.GOOD:
                break
            new = dict((name, why) for name, why in listener.failed.items() if name not in reasons)
            if not new:
                if not reasons:
                    reason = zypper_answers.explain(status, text) + _describe_full_disk(self.setup.package_cache)
                    reasons = dict((package.name, "download failed: %s" % reason) for package in left)
                break
            full = _describe_full_disk(self.setup.package_cache)
            reasons.update((name, why + full) for name, why in new.items())
            if full:
                break
            # zypper ends at the first one: the rest is asked for again, to know of all
            left = [package for package in left if package.name not in reasons]
        return reasons

    def run(self, report):
        """Do what is resolved and downloaded; gives its errors, or None. ``report`` hears of steps and failures."""
        listener = zypper_answers.Listener(report)
        status, text = self._work(self._install(self._packages, "--download", "in-advance"), listener)
        reason = zypper_answers.explain(status, text)
        # what was told of a package is not told again
        return zypper_answers.STATUSES.get(status, reason) if reason and listener.blamed else reason

    # how zypper is run

    def _ask(self, argv, timeout=600):
        """Run a command that wants zypper's lock; gives its result. Refuses when somebody keeps the lock."""
        deadline = time.time() + self.lock_timeout
        while True:
            if os.geteuid() == 0:
                self._wait_for_lock()
            answer = self.setup.run(argv, timeout)
            self._refuse(answer.status, deadline)
            if answer.status != zypper_answers.LOCKED:
                return answer

    def _work(self, argv, listener):
        """Run a command that goes on to its end, whatever becomes of us; gives (exit status, output)."""
        deadline = time.time() + self.lock_timeout
        while True:
            self._wait_for_lock()
            path = commands.run(["rpm", "-E", "%{_rpmlock_path}"]).out.strip()
            locks.wait_until_free([path], self.lock_timeout, self.tell)
            status, text = self._watch(argv, listener)
            self._refuse(status, deadline)
            if status != zypper_answers.LOCKED:
                return status, text

    def _watch(self, argv, listener):
        output = Tail(os.path.join(self.setup.scratch.path, "output"))
        writer = os.open(output.path, os.O_WRONLY | os.O_APPEND)
        try:
            argv = self.setup.scratch.holding(argv)
            process = commands.open_process(argv, self.setup.environment, writer, subprocess.STDOUT)
        finally:
            os.close(writer)
        texts = []
        while True:
            has_ended = process.poll() is not None
            text = output.read()
            texts.append(text)
            listener.hear(text)
            if has_ended:
                output.close()
                return process.returncode, "".join(texts)
            time.sleep(PAUSE)

    def _wait_for_lock(self):
        repaired = zypper_pid.free_stale()
        if repaired:
            self.problems.append(["lock_stale", repaired])
        locks.wait_until_free([zypper_pid.PID_FILE], self.lock_timeout, self.tell, find=zypper_pid.find_holder)

    def _refuse(self, status, deadline=None):
        if status == zypper_answers.NOT_ROOT:
            raise Refusal("not_root", "Failed to ask zypper what it would install: it answers only root. Use become")
        if status == zypper_answers.LOCKED and deadline and time.time() > deadline:
            # its holder was gone whenever we looked
            message = locks.REFUSED % (zypper_pid.PID_FILE, "processes that come and go", self.lock_timeout)
            raise Refusal("locked", message)


class _Downloads(object):
    """The report of a download: there is nothing to it but how far it is."""

    def __init__(self, tell):
        self._tell = tell

    def step(self, _name, doing, _done, _total):
        self._tell(doing)

    def said(self, _text):
        return

    def error(self, _message, _name=None):
        return


def _is_newer(row, installed):
    """Whether a package updates an installed one: it may move between noarch and an architecture."""
    versions = [version for arch, version in installed if arch == row[1] or NOARCH in (arch, row[1])]
    return bool(versions) and max(versions) < Version(*row[2:5])


def _describe_full_disk(path):
    """zypper says only that it could not copy a file."""
    for place in (path, "/var/tmp"):
        try:
            free = os.statvfs(place)
        except OSError:
            continue
        if free.f_bavail * free.f_frsize < _LITTLE_BYTES:
            return ": No space left on device (%s)" % place
    return ""


def _split(text):
    epoch, _colon, rest = text.partition(":")
    version, _dash, release = rest.rpartition("-")
    return epoch, version, release


def _to_number(text):
    return int(text) if text.isdigit() else 0
