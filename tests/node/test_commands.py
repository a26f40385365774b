# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running real commands: outputs, time limits, what they leave behind."""

import os
import signal
import sys
import time
import unittest

import context
from payload import commands

PAYLOAD = context.PAYLOAD  # the import puts it on the path


def python(code):
    return [sys.executable, "-c", code]


class TestRun(unittest.TestCase):
    def test_both_outputs_whole_without_deadlock(self):
        code = "import sys\nfor n in range(20000): sys.stdout.write('out %d\\n' % n); sys.stderr.write('err %d\\n' % n)"
        result = commands.run(python(code), 60)
        self.assertEqual((0, 20000, 20000), (result.status, len(result.out.splitlines()), len(result.err.splitlines())))
        self.assertEqual("err 19999", result.err.splitlines()[-1])

    def test_output_is_text_whatever_its_bytes(self):
        result = commands.run(["printf", "a\\377b\\303\\244"])
        self.assertEqual(u"a\ufffdb\xe4", result.out)

    def test_standard_input_is_at_its_end(self):
        result = commands.run(["sh", "-c", "read x; printf '[%s]' \"$x\""], 10)
        self.assertEqual((0, "[]"), (result.status, result.out))

    def test_words_are_not_a_shells(self):
        self.assertEqual("$HOME; `id` *", commands.run(["printf", "%s", "$HOME; `id` *"]).out)

    def test_time_limit_ends_the_whole_group(self):
        start = time.time()
        result = commands.run(["sh", "-c", "sleep 61.7 & echo $!; sleep 61.7"], 0.5)
        self.assertEqual(None, result.status)
        self.assertTrue(time.time() - start < 20)
        pid = int(result.out)
        self.assertRaises(OSError, self.wait_for_end, pid)

    def wait_for_end(self, pid):
        for _attempt in range(100):
            os.kill(pid, 0)
            with open("/proc/%d/stat" % pid) as stream:
                if stream.read().rpartition(")")[2].split()[0] == "Z":
                    raise OSError("a zombie")
            time.sleep(0.05)

    def test_descendant_that_keeps_the_pipe_open_does_not_hold_us_up(self):
        start = time.time()
        result = commands.run(["sh", "-c", "setsid sleep 61.3 & echo $!"], 60)
        self.assertEqual(0, result.status)
        self.assertTrue(time.time() - start < 20)
        os.kill(int(result.out), signal.SIGKILL)

    def test_commands_run_side_by_side(self):
        start = time.time()
        results = commands.wait_all([commands.Running(["sh", "-c", "sleep 2; echo %d" % n], 30) for n in range(4)])
        self.assertEqual(["0\n", "1\n", "2\n", "3\n"], [result.out for result in results])
        self.assertTrue(time.time() - start < 7)

    def test_our_open_files_are_not_theirs(self):
        reader, writer = os.pipe()
        try:
            os.dup2(reader, 57)
            self.assertTrue("57" not in commands.run(["ls", "/proc/self/fd"]).out.split())
        finally:
            for descriptor in (reader, writer, 57):
                os.close(descriptor)

    def test_broken_pipe_kills_them_as_usual(self):
        self.assertEqual("141", commands.run(["sh", "-c", "sh -c 'yes; exit 3' | head -1 > /dev/null; sh -c 'kill -PIPE $$'; echo $?"]).out.strip())

    def test_reason_is_the_last_line_they_said(self):
        self.assertEqual("second", commands.run(["sh", "-c", "echo first >&2; echo second >&2; exit 3"]).reason())
        self.assertEqual("exit status 3", commands.run(["sh", "-c", "exit 3"]).reason())
        self.assertTrue("time limit" in commands.run(["sleep", "60"], 0.2).reason())

    def test_many_words_go_in_parts_and_none_is_lost(self):
        words = ["w%06d" % number for number in range(30000)]
        results = commands.run_in_parts(["echo"], words)
        self.assertTrue(1 < len(results) < 10)
        self.assertEqual(words, " ".join(result.out for result in results).split())
        self.assertEqual([], commands.run_in_parts(["echo"], []))


class TestEnvironment(unittest.TestCase):
    def test_language_and_path_are_ours(self):
        os.environ.update(LC_MESSAGES="de_DE", LANGUAGE="de", PYTHONPATH="/x", http_proxy="http://p")
        try:
            environment = commands.environment(EXTRA="1")
        finally:
            for name in ("LC_MESSAGES", "LANGUAGE", "PYTHONPATH", "http_proxy"):
                del os.environ[name]
        self.assertEqual(("C", commands.PATH, "1", "http://p"), tuple(environment[name] for name in ("LC_ALL", "PATH", "EXTRA", "http_proxy")))
        for name in ("LC_MESSAGES", "LANGUAGE", "PYTHONPATH"):
            self.assertTrue(name not in environment, name)
