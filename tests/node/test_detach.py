# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs that outlive who started them."""

import os
import shutil
import signal
import tempfile
import time
import unittest

import context
from payload import detach
from payload.files import read_text

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestDetach(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.log = os.path.join(self.place, "log")

    def wait_for(self, name):
        limit = time.time() + 10
        while time.time() < limit and not os.path.exists(os.path.join(self.place, name)):
            time.sleep(0.02)
        return os.path.exists(os.path.join(self.place, name))

    def test_the_caller_goes_on_when_the_job_is_ready_and_the_job_works_on(self):
        def job(ready):
            ready(u"f\xfcr")
            time.sleep(0.3)
            os.mkdir(os.path.join(self.place, "done"))

        self.assertEqual(u"f\xfcr", detach.run_detached(job, self.log))
        self.assertFalse(os.path.exists(os.path.join(self.place, "done")))
        self.assertTrue(self.wait_for("done"))

    def test_the_job_has_a_session_of_its_own_and_is_nobodys_child(self):
        session = detach.run_detached(lambda ready: ready(u"%d" % os.getsid(0)), self.log)
        self.assertNotEqual(os.getsid(0), int(session))
        self.assertRaises(OSError, os.waitpid, -1, os.WNOHANG)

    def test_the_job_stands_in_the_root_directory_with_its_input_at_an_end(self):
        said = detach.run_detached(lambda ready: ready(u"%s %d" % (os.getcwd(), len(os.read(0, 1)))), self.log)
        self.assertEqual("/ 0", said)

    def test_the_job_survives_what_ends_a_session(self):
        def job(ready):
            ready(u"%d" % os.getpid())
            time.sleep(0.5)
            os.mkdir(os.path.join(self.place, "done"))

        pid = int(detach.run_detached(job, self.log))
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            os.kill(pid, number)
        self.assertTrue(self.wait_for("done"))

    def test_only_what_is_kept_stays_open(self):
        kept, closed = os.open(os.devnull, os.O_RDONLY), os.open(self.place, os.O_RDONLY)
        self.addCleanup(os.close, kept)
        self.addCleanup(os.close, closed)
        os.dup2(closed, 200)
        self.addCleanup(os.close, 200)

        def job(ready):
            ready(u" ".join(os.readlink("/proc/self/fd/%s" % name) for name in os.listdir("/proc/self/fd") if name in ("200", u"%d" % kept)))

        self.assertEqual(os.devnull, detach.run_detached(job, self.log, [kept]))

    def test_a_job_that_fails_early_says_nothing_and_its_trace_is_in_the_log(self):
        self.assertEqual("", detach.run_detached(lambda ready: {}["missing"], self.log))
        self.assertTrue("KeyError" in read_text(self.log))
