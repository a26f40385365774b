# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was made for one run goes with it, however it ends."""

import glob
import os
import shutil
import signal
import tempfile
import time
import unittest

import context
from payload import commands, node, scratch

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestScratch(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.parent)

    def wait_until_empty(self):
        deadline = time.time() + 10
        while os.listdir(self.parent) and time.time() < deadline:
            time.sleep(0.01)
        self.assertEqual([], os.listdir(self.parent))

    def test_closing_removes_it(self):
        made = scratch.Scratch(self.parent)
        path = made.write("deep/er/file", u"text \xe4")
        self.assertEqual(u"text \xe4", context.read(path))
        self.assertEqual(0o700, os.stat(made.path).st_mode & 0o777)
        made.close()
        self.assertEqual([], os.listdir(self.parent))

    def test_killing_its_process_removes_it(self):
        child = os.fork()
        if child == 0:
            scratch.Scratch(self.parent).write("file", u"text")
            time.sleep(60)
            os._exit(0)
        # with the file there is a guard
        while not glob.glob(os.path.join(self.parent, "*", "file")):
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.wait_until_empty()

    def test_it_stays_while_a_fork_of_its_process_lives(self):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(writer)
            scratch.Scratch(self.parent)
            if os.fork() == 0:
                os.read(reader, 1)
            os._exit(0)
        os.waitpid(child, 0)
        os.close(reader)
        time.sleep(0.3)
        self.assertEqual(1, len(os.listdir(self.parent)))
        os.close(writer)
        self.wait_until_empty()

    def test_it_stays_while_a_command_that_holds_it_goes_on(self):
        stop = os.path.join(self.parent, "stop")
        child = os.fork()
        if child == 0:
            made = scratch.Scratch(self.parent)
            commands.run(made.holding(["sh", "-c", 'touch "$0"; while ! [ -e "$1" ]; do sleep 0.05; done', made.path + "/begun", stop]))
            os._exit(0)
        while not glob.glob(os.path.join(self.parent, "openpatch-*", "begun")):
            time.sleep(0.01)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        time.sleep(0.3)
        self.assertEqual(1, len(glob.glob(os.path.join(self.parent, "openpatch-*", "begun"))))
        open(stop, "w").close()
        deadline = time.time() + 10
        while glob.glob(os.path.join(self.parent, "openpatch-*")) and time.time() < deadline:
            time.sleep(0.01)
        self.assertEqual(["stop"], os.listdir(self.parent))

    def test_held_commands_get_their_words_and_give_their_status(self):
        made = scratch.Scratch(self.parent)
        result = commands.run(made.holding(["sh", "-c", 'echo "$1"; exit 3', "sh", "a  b$'"]))
        self.assertEqual((3, "a  b$'\n", ""), (result.status, result.out, result.err))
        made.close()

    def test_what_a_dead_process_left_is_removed_by_the_next(self):
        mine, started = os.getpid(), node.start_ticks(os.getpid())
        left = ["openpatch-4194305-12-x", "openpatch-%d-%d-x" % (mine, started + 1)]
        kept = ["openpatch-%d-%d-x" % (mine, started), "openpatch-x", "other"]
        for name in left + kept:
            os.mkdir(os.path.join(self.parent, name))
        made = scratch.Scratch(self.parent)
        self.assertEqual(sorted(kept + [os.path.basename(made.path)]), sorted(os.listdir(self.parent)))
        made.close()
