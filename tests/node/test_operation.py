# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations in real processes of their own. Starting one needs root, as on a node."""

import os
import shutil
import signal
import tempfile
import time
import unittest

from context import PAYLOAD
from payload import apt_results, operation, results, wanted
from payload.refusal import Refusal

IS_ROOT = os.geteuid() == 0


def wait_until(condition, seconds=20):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            raise AssertionError("waited too long")
        time.sleep(0.02)


class Directory(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)


class TestDocument(Directory):
    def test_broken_document_is_none(self):
        with open(self.path("operation.json"), "w") as stream:
            stream.write('{"id": "r1", "sta')
        self.assertEqual(None, operation.read_document(self.directory))
        self.assertEqual(None, operation.describe_last(self.directory))


@unittest.skipUnless(IS_ROOT, "needs root")
class TestOperation(Directory):
    def setUp(self):
        Directory.setUp(self)
        # an interrupted operation asks the node's package manager, which may not be here
        self.judge_interrupted = operation.judge_interrupted
        operation.judge_interrupted = lambda document: results.judge_interrupted(
            document, wanted.read_wanted(document["command"].get("packages") or []), apt_results.DpkgSnapshot([])
        )

    def tearDown(self):
        operation.judge_interrupted = self.judge_interrupted
        Directory.tearDown(self)

    def start(self, identity, work, **command):
        command.update(operation_id=identity)
        return operation.start(command, work, self.directory)

    def poll(self, identity=None, wait=0):
        return operation.poll(identity, wait, self.directory)

    def sleep_until_told(self, notes):
        notes.progress("sleeping", 1, 3)
        notes.save()
        wait_until(lambda: os.path.exists(self.path("go")))
        notes.document["results"] = [{"name": "done"}]

    def go(self):
        open(self.path("go"), "w").close()

    def test_start_answers_at_once_and_poll_brings_the_results(self):
        started = self.start("o1", self.sleep_until_told, info={"run_id": "r"}, packages=[])
        self.assertEqual(("o1", "running", {"run_id": "r"}), (started["id"], started["state"], started["info"]))
        wait_until(lambda: self.poll("o1")["progress"]["doing"] == "sleeping")
        self.go()
        finished = self.poll("o1", 20)
        self.assertEqual(("finished", [{"name": "done"}]), (finished["state"], finished["results"]))
        self.assertTrue(finished["finished_at"] >= finished["started_at"])
        self.assertEqual("finished", operation.describe_last(self.directory)["state"])

    def test_second_is_refused_and_told_of_the_first(self):
        first = self.start("o1", self.sleep_until_told)
        try:
            self.start("o2", self.sleep_until_told)
        except Refusal as refusal:
            self.assertEqual("operation_running", refusal.code)
            self.assertEqual({"id": "o1", "pid": first["pid"], "started_at": first["started_at"]}, refusal.details)
        else:
            self.fail("nobody refused")
        finally:
            self.go()
        self.poll("o1", 20)
        self.assertEqual("o2", self.start("o2", self.sleep_until_told)["id"])
        self.poll("o2", 20)

    def test_same_start_again_is_the_same_operation(self):
        first = self.start("o1", self.sleep_until_told)
        again = self.start("o1", self.sleep_until_told)
        self.assertEqual(first["pid"], again["pid"])
        self.go()
        self.poll("o1", 20)
        self.assertEqual("finished", self.start("o1", self.sleep_until_told)["state"])

    def test_killed_operation_is_interrupted(self):
        packages = [{"name": "foo", "arch": "all", "version": "2"}]
        started = self.start("o1", self.sleep_until_told, packages=packages)
        os.kill(started["pid"], signal.SIGKILL)
        wait_until(lambda: self.poll("o1")["state"] != "running")
        answer = self.poll("o1")
        self.assertEqual(("interrupted", ["not_tried"]), (answer["state"], [result["status"] for result in answer["results"]]))
        (warning,) = operation.warn_of(answer)
        self.assertEqual("install_interrupted", warning["code"])

    def test_work_that_crashes_ends_the_operation_with_a_warning(self):
        def crash(_notes):
            raise KeyError("unforeseen")

        self.start("o1", crash, packages=[{"name": "foo", "arch": "all", "version": "2"}])
        answer = self.poll("o1", 20)
        self.assertEqual(("finished", ["crash"], ["not_tried"]), (
            answer["state"], [warning["code"] for warning in answer["warnings"]], [result["status"] for result in answer["results"]]
        ))

    def test_unknown_operation(self):
        self.assertRaises(Refusal, self.poll, "never")
        self.start("o1", lambda notes: None)
        self.poll("o1", 20)
        self.assertRaises(Refusal, self.poll, "never")
        self.assertEqual("o1", self.poll()["id"])

    def test_bad_id_is_refused(self):
        for identity in ("", "../x", "a b", "x" * 200, "a\n", None):
            self.assertRaises(Refusal, self.start, identity, self.sleep_until_told)

    def test_nothing_is_known_before_the_first(self):
        self.assertEqual(None, operation.describe_last(self.path("never")))
        self.assertEqual(None, operation.describe_last(self.directory))


class TestPlaces(unittest.TestCase):
    def test_operation_forks_and_never_starts_a_file_of_ours(self):
        for name in ("detach.py", "operation.py", "main.py"):
            with open(os.path.join(PAYLOAD, name)) as stream:
                text = stream.read()
            self.assertTrue("execv" not in text and "sys.executable" not in text, name)
