# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record on disk."""

import json
import os
import shutil
import tempfile
import unittest

import context
from payload.record import Record
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestRecord(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        document = {"state": "running", "progress": {"doing": ""}, "warnings": [], "repairs": []}
        self.record = Record(self.place, document)

    def on_disk(self):
        with open(os.path.join(self.place, "operation.json")) as stream:
            return json.load(stream)

    def test_space_is_set_aside_while_it_runs_and_given_back_at_its_end(self):
        self.record.open()
        self.assertEqual(["operation.json", "operation.reserve"], sorted(os.listdir(self.place)))
        self.assertEqual("running", self.on_disk()["state"])
        self.record.finish()
        self.assertEqual(["operation.json"], os.listdir(self.place))
        self.assertEqual("finished", self.on_disk()["state"])
        self.assertTrue(self.on_disk()["finished_at"].endswith("Z"))

    def test_progress_is_written_at_most_once_a_second(self):
        self.record.progress(u"first\n", 0, 2)
        self.record.progress(u"second", 1)
        self.assertEqual({"doing": "first", "done": 0, "total": 2}, self.on_disk()["progress"])
        self.record.saved_at -= 1
        self.record.progress(u"third")
        self.assertEqual({"doing": "third", "done": 1, "total": 2}, self.on_disk()["progress"])

    def test_a_directory_that_cannot_be_written_refuses_the_operation(self):
        record = Record(os.path.join(self.place, "missing"), {})
        try:
            record.open()
        except Refusal as refusal:
            self.assertEqual("disk_full", refusal.code)
            self.assertTrue(record.path in refusal.message, refusal.message)
        else:
            self.fail("it opened")
