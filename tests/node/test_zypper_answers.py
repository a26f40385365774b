# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What zypper answered on nodes: golden/sles-15.<what>.stdout."""

import unittest

from context import golden
from payload import zypper_answers

HAZARDS = "Hazards"


def answer(name):
    return golden("sles-15.%s.stdout" % name)


class Report(object):
    """Notes what it is told."""

    def __init__(self):
        self.steps, self.errors, self.lines = [], [], []

    def step(self, name, doing, done, total):
        self.steps.append((name, doing, done, total))

    def said(self, text):
        self.lines += text.splitlines()

    def error(self, message, name=""):
        self.errors.append((name, message, self.lines[-1:]))


def listen(name, pieces=1000000):
    report = Report()
    listener = zypper_answers.Listener(report)
    text = answer(name)
    for start in range(0, len(text), pieces):
        listener.hear(text[start : start + pieces])
    return listener, report


class TestRepositories(unittest.TestCase):
    def test_the_enabled_ones(self):
        found = zypper_answers.read_repositories(answer("repos"))
        self.assertEqual(
            ["SLE-Module-Basesystem15-SP5-Updates", "SLE-Module-Public-Cloud15-SP5-Updates", "SLE-Product-SLES15-SP5-Updates"],
            [repository["id"] for repository in found],
        )
        off = answer("repos").replace('enabled="1"', 'enabled="0"')
        self.assertEqual([], zypper_answers.read_repositories(off))

    def test_a_refresh_that_went_well(self):
        self.assertEqual({}, zypper_answers.find_skipped(answer("refresh")))
        self.assertEqual(None, zypper_answers.explain(0, answer("refresh")))

    def test_a_repository_that_was_left_out_with_its_reason(self):
        reasons = zypper_answers.find_skipped(answer("refresh-skipped"))
        self.assertEqual(["SLE-Module-Basesystem15-SP5-Updates"], sorted(reasons))
        reason = reasons["SLE-Module-Basesystem15-SP5-Updates"]
        self.assertTrue("Download (curl) error" in reason and "Empty reply" in reason, reason)


class TestStatuses(unittest.TestCase):
    def test_each(self):
        for status in (0, 100, 101, 102, 103, 106, 107):
            self.assertEqual(None, zypper_answers.explain(status, u""))
        for status in (1, 2, 3, 4, 5, 6, 7, 8, 104, 105):
            self.assertEqual(zypper_answers.STATUSES[status], zypper_answers.explain(status, u""))
        self.assertEqual("zypper ended with status 77", zypper_answers.explain(77, u""))
        self.assertEqual("zypper was ended by signal 9", zypper_answers.explain(-9, u""))
        self.assertEqual("zypper did not end within its time limit", zypper_answers.explain(None, u""))


class TestTransactions(unittest.TestCase):
    def test_entries_with_the_versions_before(self):
        transaction = zypper_answers.read_transaction(0, answer("install-dry-run"))
        self.assertEqual(None, transaction.reason)
        self.assertEqual(
            [
                ("brand-new-dep", "noarch", "0:1.1-1.el9", ""),
                ("kernel-default", "x86_64", "0:5.14.21-150500.55.28.1", ""),
                ("needs-new", "noarch", "0:1.1-1.el9", "0:1.0-1.el9"),
            ],
            sorted(transaction.entries),
        )

    def test_what_stands_against_it(self):
        for name, words in (
            ("install-problems", "nothing provides no-such-package needed by missing-dep-1.1-1.el9.noarch"),
            ("install-locked", "(locked: libzypp-17.31.20-150400.3.40.1.x86_64, libzypp-17.31.22-150400.3.43.1.x86_64)"),
            ("install-file-conflict", "file /usr/share/stub/shared conflicts with the one of file-owner-1.0"),
        ):
            transaction = zypper_answers.read_transaction(4, answer(name))
            self.assertTrue(words in transaction.reason, transaction.reason)

    def test_no_removal_no_way_back_no_other_vendor(self):
        summary = u'<install-summary><%s><solvable type="package" name="a" edition="%s" arch="noarch"/></%s></install-summary>'
        for section, reason in (
            ("to-remove", "would remove a-1:1-1.noarch"),
            ("to-downgrade", "would take a back to 1:1-1"),
            ("to-downgrade-change-arch", "would take a back to 1:1-1"),
            ("to-change-vendor", "would change the vendor of a"),
            ("to-upgrade", None),
        ):
            transaction = zypper_answers.read_transaction(0, summary % (section, "1:1-1", section))
            self.assertEqual(reason, transaction.reason)

    def test_epochs(self):
        for edition, version in ((u"1-1", u"0:1-1"), (u"2:1-1", u"2:1-1"), (u"", u"")):
            self.assertEqual(version, zypper_answers.with_epoch(edition))
        for version, edition in ((u"0:1-1", u"1-1"), (u"2:1-1", u"2:1-1")):
            self.assertEqual(edition, zypper_answers.without_epoch(version))


class TestListening(unittest.TestCase):
    def test_scripts_that_fail_are_told_with_their_package_and_last_words(self):
        for pieces in (7, 100, 100000):
            listener, report = listen("install-scripts", pieces)
            self.assertTrue(listener.blamed)
            self.assertEqual(
                [
                    ("post-fails", "%post(post-fails-1.1-1.el9.noarch) scriptlet failed, exit status 1"),
                    ("pre-fails", "%prein(pre-fails-1.1-1.el9.noarch) scriptlet failed, exit status 1"),
                ],
                [error[:2] for error in report.errors],
            )
            for error in report.errors:
                self.assertTrue("cannot go on: no space on planet" in error[2][0], error)
            steps = [step for step in report.steps if step[0]]
            self.assertEqual(
                [
                    ("good-one", "Installing good-one-1.1-1.el9.noarch", 0, 3),
                    ("post-fails", "Installing post-fails-1.1-1.el9.noarch", 1, 3),
                    ("pre-fails", "Installing pre-fails-1.1-1.el9.noarch", 2, 3),
                ],
                steps,
            )
            self.assertTrue(("", "downloading good-one-1.1-1.el9.noarch.rpm", 0, 0) in report.steps, report.steps)

    def test_steps_of_long_transactions(self):
        report = Report()
        text = u'<progress id="install-resolvable" name="( 7/14) Installing: a-b-1.1-1.el9.noarch"/>'
        zypper_answers.Listener(report).hear(text)
        self.assertEqual([("a-b", "Installing a-b-1.1-1.el9.noarch", 6, 14)], report.steps)

    def test_files_of_two_packages(self):
        _listener, report = listen("install-file-conflict")
        self.assertEqual(
            [("file-conflict", "file /usr/share/stub/shared conflicts with the one of file-owner-1.0")],
            [error[:2] for error in report.errors],
        )

    def test_downloads_that_fail(self):
        for name, package, words in (
            ("install-damaged", "damaged", ("corrupted during transfer", "Digest verification failed")),
            ("install-unsigned", "not-signed", ("its signature is not good", "File is unsigned")),
            ("install-disk-full", "foo", ("download failed", "Can't hardlink/copy")),
        ):
            listener, _report = listen(name)
            self.assertEqual([package], list(listener.failed))
            for word in words:
                self.assertTrue(word in listener.failed[package], listener.failed)

    def test_names_of_packages(self):
        self.assertEqual("a-b", zypper_answers.name_of("a-b-1-2.x86_64"))
        self.assertEqual("odd", zypper_answers.name_of("odd"))
