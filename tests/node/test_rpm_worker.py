# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worker's words: one JSON object a line, whatever happens."""

import json
import os
import sys
import unittest

import context
from payload import rpm_worker
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path
ENTRIES = ({"name": "a", "arch": "noarch", "version": "0:2-1"},)


def listen(open_session, entries=ENTRIES):
    """(what a worker says, its exit status)."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        rpm_worker.work(open_session, {}, entries, {}, None, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        said = [json.loads(line.decode("ascii")) for line in stream.read().splitlines()]
    return said, os.waitpid(child, 0)[1]


class TestWork(unittest.TestCase):
    def test_a_refusal_is_told_as_one(self):
        def refuse(command, problems, tell):
            tell("process 7 (yum)")
            raise Refusal("locked", "Failed to lock")

        self.assertEqual(
            ([{"kind": "waiting", "holder": "process 7 (yum)"}, {"kind": "refusal", "code": "locked", "message": "Failed to lock"}], 0),
            listen(refuse),
        )

    def test_a_crash_is_told_in_any_language(self):
        def crash(command, problems, tell):
            raise ValueError(u"kaputt \xe4" if sys.version_info[0] > 2 else u"kaputt \xe4".encode("utf-8"))

        said, status = listen(crash)
        self.assertEqual([{"kind": "crash", "message": u"ValueError: kaputt \xe4"}], said)
        self.assertNotEqual(0, status)

    def test_words_that_cannot_be_a_package_are_refused(self):
        said, _status = listen(None, [{"name": "--root", "arch": "noarch", "version": "0:2-1"}])
        self.assertEqual(["bad_command"], [one["code"] for one in said])

    def test_nobody_listens_any_more(self):
        reader, writer = os.pipe()
        os.close(reader)
        rpm_worker.Voice(writer).say("step", name="a")
        os.close(writer)


class TestReport(unittest.TestCase):
    def setUp(self):
        self.said = []
        self.report = rpm_worker.Report(self)

    def say(self, kind, **words):
        self.said.append(words)

    def test_an_error_has_the_last_lines_of_its_package(self):
        self.report.step("a", "Installing a", 1, 2)
        self.report.said("of a\n")
        self.report.step("b", "Installing b", 2, 2)
        self.report.said("1\n\n2\x07\n3\n4\n")
        self.report.error("failed")
        self.assertEqual(("b", ["2", "3", "4"]), (self.said[-1]["name"], self.said[-1]["said"]))

    def test_an_error_may_be_of_another_package(self):
        self.report.step("a", "Installing a", 1, 2)
        self.report.error("failed", "b")
        self.assertEqual("b", self.said[-1]["name"])
