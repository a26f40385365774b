# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks that other, real processes hold."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import context
from payload import locks
from payload.refusal import Refusal

HOLD = """
import fcntl, sys, time
stream = open(sys.argv[1], "w")
fcntl.lockf(stream, fcntl.LOCK_EX)
sys.stdout.write("held\\n")
sys.stdout.flush()
time.sleep(float(sys.argv[2]))
"""

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestLocks(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.path = os.path.join(self.directory, "lock")
        open(self.path, "w").close()
        self.holders = []

    def tearDown(self):
        for holder in self.holders:
            holder.kill()
            holder.wait()
            holder.stdout.close()
        shutil.rmtree(self.directory)

    def hold(self, seconds):
        holder = subprocess.Popen([sys.executable, "-c", HOLD, self.path, str(seconds)], stdout=subprocess.PIPE)
        self.holders.append(holder)
        self.assertEqual(b"held", holder.stdout.readline().strip())
        return holder.pid

    def test_free_lock_has_no_holder_and_is_not_taken_by_asking(self):
        self.assertEqual(None, locks.find_holder(self.path))
        self.hold(60)

    def test_missing_file_is_free(self):
        self.assertEqual(None, locks.find_holder(os.path.join(self.directory, "none")))

    def test_holder_is_named(self):
        pid = self.hold(60)
        self.assertEqual(pid, locks.find_holder(self.path))
        self.assertTrue(("process %d (" % pid) in locks.describe_process(pid))
        self.assertTrue("python" in locks.describe_process(pid))

    def test_wait_ends_with_a_refusal_that_names_file_and_holder(self):
        pid = self.hold(60)
        told = []
        start = time.time()
        try:
            locks.wait_until_free([self.path], 0.6, told.append, 0.1)
        except Refusal as refusal:
            self.assertEqual(("locked", self.path, pid), (refusal.code, refusal.details["path"], refusal.details["pid"]))
            self.assertTrue("process %d" % pid in refusal.message and self.path in refusal.message)
        else:
            self.fail("nobody refused")
        self.assertTrue(0.5 < time.time() - start < 5)
        self.assertTrue(told)

    def test_wait_ends_when_the_lock_is_free(self):
        self.hold(0.5)
        locks.wait_until_free([self.path], 30, None, 0.05)
        self.assertEqual(None, locks.find_holder(self.path))

    def test_own_lock_is_taken_once_and_not_inherited(self):
        lock = locks.try_flock(self.path)
        self.assertEqual(None, locks.try_flock(self.path))
        child = subprocess.Popen(["sleep", "30"], close_fds=False)
        try:
            os.close(lock)
            again = locks.try_flock(self.path)
            self.assertTrue(again is not None)
            os.close(again)
        finally:
            child.kill()
            child.wait()
