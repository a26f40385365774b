# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs on rpm systems: real processes that hang, die and fail; only the package manager is a script."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import context
from payload import operation, processes, record, rpm_install, rpm_repair
from payload.refusal import Refusal
from payload.rpm_snapshot import RpmSnapshot
from payload.rpm_transaction import Transaction

PAYLOAD = context.PAYLOAD  # the import puts it on the path
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


class Quiet(record.Record):
    """A record whose log is kept instead of written to standard output."""

    def copy_to_log(self, text):
        self.__dict__.setdefault("lines", []).append(text)


class Script(object):
    """A package manager that does what ``acts`` says for each package; what is installed is in a file."""

    def __init__(self, place, acts, tell):
        self.place, self.acts, self.tell = place, acts, tell
        self.packages = []

    def open(self, refresh):
        with open(self.place + ".opened", "a") as stream:
            stream.write("open\n")
        if "locked" in self.acts:
            self.tell("process 7 (yum)")
            raise Refusal("locked", "Failed to lock 'yum': it is held by process 7 (yum)", holder="process 7 (yum)")

    def close(self):
        with open(self.place + ".opened", "a") as stream:
            stream.write("close\n")

    def list_install_only(self):
        return ["kernel"]

    def keep_out(self, find):
        self.blocked = find

    def resolve(self, packages):
        transaction = Transaction()
        for package in packages:
            transaction.add(package.name, package.arch, package.version, "0:1-1")
            if self.acts.get(package.name) == "refused":
                transaction.object_to("%s requires nothing" % package.name)
            if self.acts.get(package.name) == "needs bad":
                transaction.add("bad", "noarch", "0:1-1", "")
        self.packages = [(entry[0], entry[1], entry[2]) for entry in transaction.entries]
        return transaction

    def download(self, progress):
        progress("downloading")
        texts = {"missing": "download failed: 404", "no room to download": "Insufficient space in download directory /var"}
        return dict((name, texts[self.acts[name]]) for name, _arch, _version in self.packages if self.acts.get(name) in texts)

    def run(self, report):
        for name, arch, version in self.packages:
            report.step(name, "Installing " + name, 1, len(self.packages))
            done = getattr(self, "do_" + self.acts.get(name, "nothing").replace(" ", "_"), self.do_nothing)(report, name)
            if done:
                rows = [row for row in read_rows(self.place) if row[0] != name]
                write_rows(self.place, rows + [[name, arch] + split(version)])
        blamed = [name for name, act in self.acts.items() if act == "conflict" and name in [one[0] for one in self.packages]]
        return "Test Transaction Errors:  file /a from install of %s-2-1.noarch conflicts with b" % blamed[0] if blamed else None

    def do_nothing(self, report, name):
        return "conflict" not in [self.acts.get(one[0]) for one in self.packages]

    def do_hang(self, report, name):
        subprocess.call(SLEEP)
        report.error("Non-fatal POSTIN scriptlet failure in rpm package " + name)
        return True

    def do_stand_still(self, report, name):
        time.sleep(600)

    def do_die(self, report, name):
        os.kill(os.getpid(), signal.SIGKILL)

    def do_raise(self, report, name):
        raise OSError(28, "No space left on device")

    def do_fill(self, report, name):
        report.said("cp: error writing '/usr': No space left on device\n")
        report.error("Error unpacking rpm package " + name)
        return False

    def do_fail(self, report, name):
        report.said("first\n\nI cannot do that\n")
        report.error("Error in PREIN scriptlet in rpm package " + name)
        return False

    def do_complain(self, report, name):
        report.error("Non-fatal POSTIN scriptlet failure in rpm package " + name, name)
        return True

    def do_fail_as_dependency(self, report, name):
        report.error("Error in PREIN scriptlet in rpm package bad", "bad")
        return False


Script.do_needs_bad = Script.do_fail_as_dependency


def split(version):
    epoch, _colon, rest = version.partition(":")
    return [epoch, rest.partition("-")[0], rest.partition("-")[2]]


def read_rows(place):
    with open(place) as stream:
        return json.load(stream)


def write_rows(place, rows):
    with open(place, "w") as stream:
        json.dump(rows, stream)


class TestInstall(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.place = os.path.join(self.directory, "packages")
        self.second_timeout = rpm_install.SECOND_TIMEOUT
        rpm_install.SECOND_TIMEOUT = 1

    def tearDown(self):
        rpm_install.SECOND_TIMEOUT = self.second_timeout
        shutil.rmtree(self.directory)

    def install(self, acts, names="abc", installed=None, **command):
        write_rows(self.place, installed or [[name, "noarch", "0", "1", "1"] for name in names])
        entries = [{"name": name, "arch": "noarch", "version": "0:2-1"} for name in names]
        document = operation.new_document("r1", dict(command, packages=entries))
        self.record = Quiet(self.directory, document)
        errors, sys.stderr = sys.stderr, open(os.devnull, "w")
        try:
            rpm_install.Installation(
                self.record,
                lambda _command, _problems, tell=None: Script(self.place, acts, tell),
                lambda: RpmSnapshot(read_rows(self.place)),
                processes.find_scripts,
            ).do()
        finally:
            sys.stderr.close()
            sys.stderr = errors
        self.warnings = [warning["code"] for warning in self.record.document["warnings"]]
        return dict((one["name"], (one["status"], one["reason"])) for one in self.record.document["results"])

    def test_all_is_well(self):
        self.assertEqual(dict((name, ("installed", "")) for name in "abc"), self.install({}))
        self.assertEqual([], self.warnings)
        self.assertEqual({"doing": "", "done": 3, "total": 3}, self.record.document["progress"])

    def test_one_bad_package_does_not_sink_the_others(self):
        for act, reason in (
            ("refused", "b requires nothing"),
            ("missing", "download failed: 404"),
            ("fail", "Error in PREIN scriptlet in rpm package b - first - I cannot do that"),
            ("conflict", "Test Transaction Errors:  file /a from install of b-2-1.noarch conflicts with b"),
        ):
            expected = {"a": ("installed", ""), "b": ("failed", reason), "c": ("installed", "")}
            self.assertEqual(expected, self.install({"b": act}), act)

    def test_a_script_that_hangs_is_ended_and_the_rest_done(self):
        found = self.install({"b": "hang"}, script_timeout=1)
        reason = "a script of it did not end within 1 seconds and was stopped"
        self.assertEqual({"a": ("installed", ""), "b": ("installed", reason), "c": ("installed", "")}, found)
        self.assertEqual(["script_failed"], self.warnings)

    def test_a_worker_that_stands_still_is_ended(self):
        started = time.time()
        found = self.install({"a": "stand still"}, "a", script_timeout=1)
        self.assertEqual(("failed", "the package manager's process ended without a word (status 15)"), found["a"])
        self.assertTrue(time.time() - started < 30)

    def test_a_worker_that_dies_is_told_of(self):
        self.assertEqual(
            {"a": ("failed", "the package manager's process ended without a word (status 9)")}, self.install({"a": "die"}, "a")
        )

    def test_what_a_dead_worker_left_to_do_is_done_by_another(self):
        found = self.install({"b": "die"})
        reason = "the package manager's process ended without a word (status 9)"
        self.assertEqual({"a": ("installed", ""), "b": ("failed", reason), "c": ("installed", "")}, found)

    def test_a_full_disk_ends_it(self):
        for act in ("raise", "no room to download"):
            found = self.install({"b": act})
            self.assertEqual(("failed", "not_tried", "the disk is full"), found["b"][:1] + found["c"], act)
        found = self.install({"b": "fill", "c": "fail"})
        self.assertEqual(["installed", "failed", "failed"], [found[name][0] for name in "abc"])
        self.assertEqual(1, len([line for line in self.record.lines if "Installing b" in line]))

    def test_a_lock_that_is_not_freed_is_refused_and_named(self):
        found = self.install({"locked": True})
        self.assertEqual(set(["not_tried"]), set(status for status, _reason in found.values()))
        self.assertTrue("held by process 7 (yum)" in found["a"][1])
        self.assertEqual(["locked"], self.warnings)

    def test_sessions_are_closed_whatever_happens(self):
        for acts in ({}, {"locked": True}, {"a": "raise"}):
            self.install(acts)
            with open(self.place + ".opened") as stream:
                words = stream.read().split()
            os.unlink(self.place + ".opened")
            self.assertEqual((words.count("open"), "close"), (words.count("close"), words[-1]))

    def test_scripts_that_failed_after_all_was_there_are_remarks(self):
        found = self.install({"b": "complain"})
        self.assertEqual(("installed", "Non-fatal POSTIN scriptlet failure in rpm package b"), found["b"])
        self.assertEqual(["script_failed"], self.warnings)

    def test_a_dependency_that_failed_is_told_and_not_tried_again(self):
        found = self.install({"b": "needs bad", "bad": "fail as dependency"})
        self.assertEqual(("failed", "needs bad, which failed: Error in PREIN scriptlet in rpm package bad"), found["b"])
        self.assertEqual("installed", found["c"][0])
        self.assertEqual(["dependency_failed"], self.warnings)

    def test_what_is_not_installed_or_already_there_is_no_work(self):
        rows = [["a", "noarch", "0", "2", "1"], ["c", "noarch", "0", "1", "1"]]
        found = self.install({}, installed=rows)
        self.assertEqual(("installed", "was already there"), found["a"])
        self.assertEqual(("not_tried", "it is not installed on this node"), found["b"])
        self.assertEqual(("installed", ""), found["c"])

    def test_time_is_over_before_all_is_tried(self):
        found = self.install({}, step_timeout=-1)
        self.assertEqual(("not_tried", "the time for the operation was over"), found["a"])

    def test_rejected_packages_are_kept_out(self):
        self.assertEqual("installed", self.install({}, blocked=["x*"], blocked_shapes=["{name}"])["a"][0])

    def test_pinned_packages_come_at_their_version_only(self):
        pinned = [{"name": "bad", "arch": "noarch", "version": "0:9-1"}]
        found = self.install({"b": "needs bad"}, pinned=pinned)
        self.assertEqual(("failed", "would bring in bad 0:1-1, which is to be at 0:9-1"), found["b"])

    def test_old_versions_that_a_killed_transaction_left_are_removed(self):
        rows = [[name, "noarch", "1", version, "1"] for name, version in (("a", "1"), ("a", "3"), ("kernel", "1"), ("kernel", "2"))]
        place = self.place

        class Commands(object):
            @staticmethod
            def run(argv, timeout):
                with open(place + ".asked", "a") as stream:
                    stream.write(" ".join(argv) + "\n")
                return type("Result", (), {"status": 0})()

        real, rpm_repair.commands = rpm_repair.commands, Commands
        try:
            # once, also when it was in vain
            self.install({}, "a", installed=rows)
        finally:
            rpm_repair.commands = real
        self.assertEqual("rpm -e --nodeps --allmatches a-1-1.noarch\n", context.read(place + ".asked"))
        self.assertEqual(["removed a-1-1.noarch, left by an interrupted transaction"], self.record.document["repairs"])
