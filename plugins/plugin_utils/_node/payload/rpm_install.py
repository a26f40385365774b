# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing packages to exact versions: the work of a detached operation on a node with dnf, yum or zypper."""

import json
import os
import re
import select
import time

from . import processes, results, rpm_worker, wanted
from .refusal import Refusal

MOST_ATTEMPTS = 8
SCRIPT_TIMEOUT = 1800
# a script that hung once is not given that long again
SECOND_TIMEOUT = 30
_LISTEN_SECONDS = 0.5
# the kernel, rpm before a transaction (also an old one), yum before a download
DISK_FULL = re.compile(
    r"No space left on device|more space (?:needed )?on the |needs \d+[KMG]?B on the |Insufficient space in download"
)


class Installation(object):
    """One operation: what is still to do, and what is known of what did not work."""

    def __init__(self, record, open_session, read_packages, find_scripts):
        command = record.document["command"]
        self.record = record
        self.command = command
        self.open_session = open_session
        self.read_packages = read_packages
        self.find_scripts = find_scripts
        self.packages = wanted.read_wanted(command.get("packages") or [], wanted.RPM)
        step_timeout = command.get("step_timeout") or 36000
        self.deadline = time.time() + step_timeout
        self.script_timeout = command.get("script_timeout") or min(SCRIPT_TIMEOUT, max(step_timeout // 2, 1))
        self.reasons = {}
        # by name: what came along and failed, what was said of scripts of packages that are there nevertheless
        self.failed = {}
        self.remarks = {}
        self.hung = {}
        self.otherwise = (results.NOT_TRIED, "the operation ended before it came to this package")
        self.before = None

    def do(self):
        self.before = self.read_packages()
        self.record.document["before"] = results.describe_before(self.packages, self.before)
        self.record.save()
        try:
            self._install()
        except Refusal as refusal:
            self.otherwise = (results.NOT_TRIED, refusal.message)
            self.record.warn(refusal.code, refusal.message)
        finally:
            self._conclude()

    def _install(self):
        left, reasons = results.sort_out(self.packages, self.read_packages())
        self.reasons.update(reasons)
        suspects = bool(self.before.list_duplicates(()))
        for _attempt in range(MOST_ATTEMPTS):
            if not left and not suspects:
                return
            if time.time() > self.deadline:
                self.otherwise = (results.NOT_TRIED, "the time for the operation was over")
                return
            heard = Attempt(self, left)
            heard.run(self.read_packages if suspects else None)
            suspects = False
            left = self._sort_out_rest(left, heard)

    def _sort_out_rest(self, packages, heard):
        """What is still to do after an attempt; what failed, and why, is noted."""
        known = len(self.failed)
        self._blame(heard)
        after = self.read_packages()
        rest = [package for package in packages if not after.is_done(package) and package.key not in self.reasons]
        if heard.disk_full:
            self.otherwise = (results.NOT_TRIED, "the disk is full")
            return []
        moved = heard.repaired or len(rest) < len(packages) or len(self.failed) > known
        if rest and not moved:
            # nothing moved and nobody is to blame: the same again would end the same way
            reason = heard.reason or "the package manager gave no reason"
            self.reasons.update((package.key, (results.FAILED, reason)) for package in rest)
            return []
        return rest

    def _blame(self, heard):
        asked = dict((package.name, package) for package in self.packages)
        after = self.read_packages()
        self.reasons.update((key, (results.FAILED, reason)) for key, reason in heard.refused.items())
        # what was ended is known without the package manager's word, which may not come
        hung = dict((name, reason) for name, reason in self.hung.items() if name in asked)
        for name, reason in dict(hung, **heard.named).items():
            package = asked.get(name)
            if package is None:
                if name not in self.failed:
                    self.failed[name] = reason
                    message = "Failed to install '%s', which came along: %s" % (name, reason)
                    self.record.warn("dependency_failed", message)
            elif after.is_done(package):
                self.remarks[package.key] = reason
            else:
                self.reasons[package.key] = (results.FAILED, reason)
                self.failed[name] = reason

    def _conclude(self):
        after = self.read_packages()
        self.record.document["results"] = results.judge(
            self.packages, self.before, after, self.reasons, self.otherwise, self.remarks
        )
        done = sum(1 for package in self.packages if after.is_done(package))
        self.record.progress("", done, len(self.packages))
        for key, remark in sorted(self.remarks.items()):
            self.record.warn("script_failed", "Package '%s.%s' is installed, but %s" % (key + (remark,)))


class Attempt(object):
    """One attempt of the worker's, as its parent hears it."""

    def __init__(self, installation, packages):
        self._installation = installation
        self._record = installation.record
        self._packages = packages
        self._current = ""
        self.refused = {}
        self.named = {}
        self.reason = ""
        self.repaired = False
        self.disk_full = False

    def run(self, read_packages=None):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            # never returns
            os.close(reader)
            entries = [{"name": one.name, "arch": one.arch, "version": one.version} for one in self._packages]
            mine = self._installation
            rpm_worker.work(mine.open_session, mine.command, entries, mine.failed, read_packages, writer)
        os.close(writer)
        try:
            self._listen(reader, child)
        finally:
            os.close(reader)
            _pid, status = os.waitpid(child, 0)
        if status and not self.reason and not self.named:
            self._hear_crash("the package manager's process ended without a word (status %d)" % status)

    def _listen(self, reader, child):
        rest = b""
        heard_at = time.time()
        while True:
            ready, _w, _x = select.select([reader], [], [], _LISTEN_SECONDS)
            if not ready:
                if self._end_what_hangs(child, time.time() - heard_at):
                    heard_at = time.time()
                continue
            data = os.read(reader, 65536)
            if not data:
                return
            heard_at = time.time()
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                message = json.loads(line.decode("ascii"))
                getattr(self, "_hear_" + message.pop("kind"))(**message)

    def _hear_step(self, name, doing, done, total):
        self._current = name or self._current
        # the package manager counts removals of old versions too
        self._record.progress(doing, done or None, total or None)
        self._record.log(doing)

    def _hear_said(self, lines):
        for line in lines:
            self._record.log("| " + line)
            self._look_at_disk(line)

    def _hear_error(self, name, message, said):
        self._record.log(message)
        told = [line for line in said if line not in message]
        reason = " - ".join([self._installation.hung.get(name) or message] + told[-2:])
        self._look_at_disk(reason)
        self.named.setdefault(name, reason)

    def _hear_repaired(self, message):
        self.repaired = True
        self._record.repaired(message)

    def _hear_waiting(self, holder):
        self._record.progress("waiting for %s, which holds the package manager's lock" % holder)

    def _hear_refused(self, name, arch, reason):
        self.refused[name, arch] = reason

    def _hear_failed(self, name, reason):
        self._record.log("%s: %s" % (name, reason))
        self._look_at_disk(reason)
        self.named[name] = reason

    def _hear_end(self, reason):
        self.reason = reason
        if reason:
            self._record.log(reason)
            self._look_at_disk(reason)

    def _look_at_disk(self, text):
        self.disk_full = self.disk_full or bool(DISK_FULL.search(text))

    def _hear_refusal(self, code, message):
        raise Refusal(code, message)

    def _hear_crash(self, message):
        self._hear_end(message)
        if self._current:
            # the package it was at is left out next time, so that the others are not tried in vain
            self.named.setdefault(self._current, message)

    def _end_what_hangs(self, child, still):
        """End the script the worker has waited for too long; rpm then goes on as it does when a script fails."""
        name = self._current
        hung = self._installation.hung
        limit = SECOND_TIMEOUT if name in hung else self._installation.script_timeout
        if still < limit:
            return False
        scripts = self._installation.find_scripts(child)
        for pid in scripts:
            hung.setdefault(name, "a script of it did not end within %d seconds and was stopped" % limit)
            self._record.log("stopping process %d of package '%s'" % (pid, name))
            processes.end_tree(pid)
        if not scripts and still <= 2 * limit:
            return False
        if not scripts:
            self._record.log("stopping process %d of the package manager, which says nothing" % child)
            processes.end_tree(child)
        return True
