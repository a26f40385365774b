# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks of package managers, held by real processes."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import context
from payload import lock_state

PAYLOAD = context.PAYLOAD  # the import puts it on the path
HOLD = """
import fcntl, sys, time
stream = open(sys.argv[1], "w")
fcntl.lockf(stream, fcntl.LOCK_EX)
sys.stdout.write("held\\n")
sys.stdout.flush()
time.sleep(60)
"""


class TestLockState(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.path = os.path.join(self.directory, "lock")
        open(self.path, "w").close()

    def tearDown(self):
        shutil.rmtree(self.directory)

    def test_free_and_missing_locks_are_held_by_nobody(self):
        missing = os.path.join(self.directory, "none")
        self.assertEqual({"held": [], "unreadable": []}, lock_state.observe("apt", (self.path, missing), (missing,)))

    def test_a_lock_of_the_kernel_names_its_holder(self):
        holder = subprocess.Popen([sys.executable, "-c", HOLD, self.path], stdout=subprocess.PIPE)
        try:
            self.assertEqual(b"held", holder.stdout.readline().strip())
            (held,) = lock_state.observe("apt", (self.path,), ())["held"]
            self.assertEqual((self.path, holder.pid), (held["path"], held["pid"]))
            self.assertTrue("python" in held["holder"])
        finally:
            holder.kill()
            holder.wait()
            holder.stdout.close()

    def test_a_file_with_a_process_id_is_a_lock_while_that_lives(self):
        for pid, expected in ((os.getpid(), [os.getpid()]), (2 ** 22 + 1, [])):
            with open(self.path, "w") as stream:
                stream.write("%d\n" % pid)
            self.assertEqual(expected, [held["pid"] for held in lock_state.observe("dnf", (), (self.path,))["held"]])

    def test_a_lock_that_may_not_be_read_is_told(self):
        os.chmod(self.path, 0)
        if os.geteuid() == 0:
            self.assertFalse(lock_state.is_hidden(self.path))
        else:
            self.assertEqual([self.path], lock_state.observe("apt", (self.path,), ())["unreadable"])

    def test_every_package_manager_has_its_locks(self):
        for manager in ("apt", "dnf", "yum", "zypper"):
            self.assertTrue(lock_state.KERNEL_LOCKS[manager])
        self.assertEqual({"held": [], "unreadable": []}, lock_state.observe(None))
