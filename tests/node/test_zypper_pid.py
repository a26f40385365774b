# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's lock."""

import os
import shutil
import subprocess
import tempfile
import unittest

import context
from payload import locks, zypper_pid
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestLock(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.path = os.path.join(self.directory, "zypp.pid")

    def tearDown(self):
        shutil.rmtree(self.directory)

    def write(self, text):
        with open(self.path, "w") as stream:
            stream.write(text)

    def test_holder(self):
        self.assertEqual(None, zypper_pid.find_holder(self.path))
        for text, holder in (("%d\n" % os.getpid(), os.getpid()), ("", None), ("4194304", None), ("0", None), ("-1", None), ("x", None)):
            self.write(text)
            self.assertEqual(holder, zypper_pid.find_holder(self.path))

    def test_waiting_names_the_holder(self):
        self.write("%d" % os.getpid())
        try:
            locks.wait_until_free([self.path], 0, find=zypper_pid.find_holder)
            self.fail("it is held")
        except Refusal as refusal:
            self.assertEqual(("locked", os.getpid()), (refusal.code, refusal.details["pid"]))

    def test_a_lock_that_is_older_than_its_holder_is_emptied(self):
        process = subprocess.Popen(["sleep", "60"])
        try:
            self.write("%d" % process.pid)
            self.assertEqual(None, zypper_pid.free_stale(self.path))
            os.utime(self.path, (1, 1))
            self.assertTrue("process %d" % process.pid in zypper_pid.free_stale(self.path))
            self.assertEqual("", context.read(self.path))
            self.assertEqual(None, zypper_pid.free_stale(self.path))
        finally:
            process.kill()
            process.wait()
