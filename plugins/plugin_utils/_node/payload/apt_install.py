# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing packages to exact versions: the work of a detached operation on a Debian-like node."""

import time

from . import apt_command, apt_reasons, apt_repair, apt_results, apt_run, apt_sources, commands, locks, results, wanted
from .apt_simulate import Simulator
from .choose import choose
from .progress import Progress
from .refusal import Refusal

MOST_ATTEMPTS = 6
LOCK_RACE_SECONDS = 60


class Installation(object):
    """One operation: what is still to do, and what is known of what did not work."""

    def __init__(self, record):
        command = record.document["command"]
        self.record = record
        self.packages = wanted.read_wanted(command.get("packages") or [])
        self.blocked = list(command.get("blocked") or ())
        self.pinned = list(command.get("pinned") or ())
        self.sources = command.get("sources") or ()
        self.lock_timeout = command.get("lock_timeout", 300)
        step_timeout = command.get("step_timeout") or 36000
        self.deadline = time.time() + step_timeout
        script_timeout = command.get("script_timeout") or min(apt_run.SCRIPT_TIMEOUT, max(step_timeout // 2, 1))
        self.runner = apt_run.Runner(record, script_timeout)
        self.reasons = {}
        self.failed_dependencies = {}
        self.otherwise = (results.NOT_TRIED, "the operation ended before it came to this package")
        self.before = None
        self.automatic = set()

    def do(self):
        self.before = apt_results.read_packages()
        self.automatic = read_automatic()
        self.record.document["before"] = results.describe_before(self.packages, self.before)
        self.record.save()
        try:
            self._wait_for_locks()
            self._open_sources()
            apt_repair.repair(self.runner, self.lock_timeout)
            self._install()
        except Refusal as refusal:
            self.otherwise = (results.NOT_TRIED, refusal.message)
            self.record.warn(refusal.code, refusal.message)
        finally:
            self._conclude()

    def _open_sources(self):
        """The repositories of the baseline: their lists went with the process that collected."""
        if self.sources:
            self.record.progress("reading the repositories of the baseline")
            self.runner.lists = apt_sources.SourceLists(self.sources)
            for warning in self.runner.lists.update():
                self.record.warn(warning["code"], warning["message"])

    def _wait_for_locks(self):
        locks.wait_until_free(locks.DPKG, self.lock_timeout, self._tell_holder)

    def _tell_holder(self, holder):
        self.record.progress("waiting for %s, which holds dpkg's lock" % holder)

    def _install(self):
        left, reasons = results.sort_out(self.packages, apt_results.read_packages())
        self.reasons.update(reasons)
        for _attempt in range(MOST_ATTEMPTS):
            left, entries = self._choose(left)
            if not left:
                return
            if time.time() > self.deadline:
                self.otherwise = (results.NOT_TRIED, "the time for the operation was over")
                return
            text, succeeded = self._run(left, len(entries))
            left = self._sort_out_rest(left, text, succeeded)
            if not left:
                return

    def _choose(self, left):
        """(the packages of ``left`` that can be installed together, what apt would then do)."""
        if not left:
            return [], []
        self.record.progress("asking apt what it would do")
        failed = dict((key[0], why) for key, (status, why) in self.reasons.items() if status == results.FAILED)
        failed.update(self.failed_dependencies)
        native = self.before.find_native_arch()
        simulator = Simulator(native, self.blocked, self.runner.lists.options, self.pinned, failed)
        accepted, refused = choose(left, simulator.object_to)
        self.reasons.update((key, (results.FAILED, reason)) for key, reason in refused.items())
        if not accepted:
            return [], []
        transaction = simulator.simulate(accepted)
        self.words = (simulator.name_words(accepted), transaction.companions)
        return accepted, transaction.entries

    def _run(self, packages, total):
        """One transaction: (output, whether it succeeded). Waits again when somebody was quicker with the lock."""
        self.record.progress("starting apt", 0, total or len(packages))
        while True:
            progress = Progress(self.record, total or len(packages))
            words, companions = self.words
            argv = apt_command.install(words, LOCK_RACE_SECONDS, companions, self.runner.lists.options)
            status, text = self.runner.run(argv, progress)
            if status == 0 or not apt_reasons.LOCKED.search(text):
                return text, status == 0
            self._wait_for_locks()

    def _sort_out_rest(self, packages, text, succeeded):
        """What of a transaction is still to do; what failed, and why, is noted."""
        named = apt_reasons.find_package_reasons(text)
        if not succeeded:
            for name, reason in apt_repair.settle(self.runner).items():
                named.setdefault(name, reason)
        named.update(self.runner.hung)
        others = self._blame_others(named)
        after = apt_results.read_packages()
        undone = [package for package in packages if not after.is_done(package)]
        rest = []
        for package in undone:
            if package.name in named:
                self.reasons[package.key] = (results.FAILED, named[package.name])
            elif after.trouble(package):
                self.reasons[package.key] = (results.FAILED, after.trouble(package))
            else:
                rest.append(package)
        if apt_reasons.DISK_FULL in text:
            self.otherwise = (results.NOT_TRIED, "the disk is full (%s)" % apt_reasons.DISK_FULL)
            return []
        if len(rest) == len(packages) and not others:
            # nothing moved and nobody is to blame: the same again would end the same way
            reason = apt_reasons.explain(text)
            self.reasons.update((package.key, (results.FAILED, reason)) for package in rest)
            return []
        return rest

    def _blame_others(self, named):
        """Packages nobody asked for, such as a new dependency, that broke a transaction: kept out of the next."""
        asked = set(package.name for package in self.packages)
        culprits = sorted(set(named) - asked - set(self.failed_dependencies))
        for name in culprits:
            self.failed_dependencies[name] = named[name]
            self.record.warn("dependency_failed", "Failed to install '%s', which came along: %s" % (name, named[name]))
        return bool(culprits)

    def _conclude(self):
        after = apt_results.read_packages()
        self.record.document["results"] = results.judge(
            self.packages, self.before, after, self.reasons, self.otherwise
        )
        done = sum(1 for package in self.packages if after.is_done(package))
        self.record.progress("", done, len(self.packages))
        for package in after.list_pending():
            message = "Failed to finish package '%s': %s" % (package.name, apt_results.describe_state(package))
            self.record.warn("package_not_configured", message)
        self._restore_marks()
        self.runner.lists.close()
        self.runner.close()

    def _restore_marks(self):
        """Older versions of apt mark what is named to them as installed by hand, which would keep it for ever."""
        lost = sorted(self.automatic - read_automatic())
        if lost:
            commands.run_in_parts(["apt-mark", "auto"], lost)


def read_automatic():
    """Names of the packages that apt may remove when nothing needs them any more."""
    return set(commands.run(["apt-mark", "showauto"]).out.split())


def install(record):
    """Install the packages of the operation's command; the results go into its record."""
    Installation(record).do()
