# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reboots, with commands that only leave a file: this machine has to stay up. Starting them needs root, as on a node."""

import os
import shutil
import tempfile
import time
import unittest

import context
from payload import files, main, node, operation, power
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path
IS_ROOT = os.geteuid() == 0
NOTE = '#!/bin/sh\necho "$0 $*" >> "$(dirname "$0")/../called"\n'


def wait_until(condition, seconds=20):
    deadline = time.time() + seconds
    while not condition():
        if time.time() > deadline:
            raise AssertionError("waited too long")
        time.sleep(0.02)


class Root(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.directory = os.path.join(self.root, "state")
        self.boot_id = node.describe_boot()["boot_id"]

    def tearDown(self):
        shutil.rmtree(self.root)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text=NOTE, mode=0o755):
        if not os.path.isdir(os.path.dirname(self.path(name))):
            os.makedirs(os.path.dirname(self.path(name)))
        with open(self.path(name), "w") as stream:
            stream.write(text)
        os.chmod(self.path(name), mode)

    def reboot(self, delay=0, **command):
        command.setdefault("boot_id", self.boot_id)
        return power.reboot(command, self.directory, self.root, delay)

    def called(self):
        return (files.read_text(self.path("called")) or "").replace(self.root, "").splitlines()

    def refuse(self, **command):
        try:
            self.reboot(**command)
        except Refusal as refusal:
            return refusal
        self.fail("nobody refused")


class TestCommands(Root):
    def list(self):
        return [" ".join(words).replace(self.root, "") for words in power.list_commands(self.root)]

    def test_systemctl_only_where_systemd_runs(self):
        self.write("usr/bin/systemctl")
        self.write("sbin/reboot")
        self.assertEqual(["/sbin/reboot"], self.list())
        os.makedirs(self.path("run/systemd/system"))
        self.assertEqual(["/usr/bin/systemctl reboot", "/sbin/reboot"], self.list())

    def test_shutdown_comes_before_reboot(self):
        for name in ("usr/sbin/reboot", "sbin/reboot", "sbin/shutdown"):
            self.write(name)
        self.assertEqual(["/sbin/shutdown -r now", "/sbin/reboot", "/usr/sbin/reboot"], self.list())

    def test_what_cannot_be_executed_is_none(self):
        self.write("sbin/reboot", mode=0o644)
        self.assertEqual([], self.list())


class TestOrdinaryUser(Root):
    @unittest.skipIf(IS_ROOT, "root may")
    def test_needs_root(self):
        refusal = self.refuse()
        self.assertEqual("not_root", refusal.code)
        self.assertTrue("become" in refusal.message)

    def test_identify_tells_the_boot(self):
        facts = main.obey({"command": "identify"})["facts"]
        self.assertEqual((1, self.boot_id), (facts["schema"], facts["boot_id"]))
        self.assertTrue("booted_at" in facts and "os" in facts)


@unittest.skipUnless(IS_ROOT, "needs root")
class TestReboot(Root):
    def test_answers_first_and_goes_down_a_moment_later(self):
        self.write("sbin/shutdown")
        answer = self.reboot(delay=0.5)
        self.assertEqual([], self.called())
        self.assertEqual({"boot_id": self.boot_id, "command": [self.path("sbin/shutdown"), "-r", "now"]}, answer)
        wait_until(self.called)
        self.assertEqual(["/sbin/shutdown -r now"], self.called())

    def test_a_command_that_fails_is_followed_by_the_next_and_told_of(self):
        self.write("sbin/shutdown", "#!/bin/sh\necho 'no init here' >&2\nexit 1\n")
        self.write("sbin/reboot")
        self.write("usr/sbin/reboot")
        self.reboot()
        wait_until(self.called)
        self.assertEqual(["/sbin/reboot"], [line.strip() for line in self.called()])
        log = os.path.join(self.directory, "reboot.log")
        wait_until(lambda: "done" in files.read_text(log))
        self.assertTrue("shutdown -r now: no init here" in files.read_text(log))

    def test_the_same_order_again_is_one_reboot(self):
        self.write("sbin/reboot")
        self.assertEqual(self.reboot(delay=0.6), self.reboot(delay=0.6))
        wait_until(self.called)
        time.sleep(0.5)
        self.assertEqual(1, len(self.called()))

    def test_an_order_for_another_boot_is_answered_with_this_one_and_nothing_happens(self):
        self.write("sbin/reboot")
        for other in ("other", "", None):
            self.assertEqual({"boot_id": self.boot_id, "command": []}, self.reboot(boot_id=other))
        self.assertFalse(os.path.exists(self.directory))

    def test_without_a_command_it_refuses_with_a_way_out(self):
        refusal = self.refuse()
        self.assertEqual("no_reboot_command", refusal.code)
        self.assertTrue("NoReboot" in refusal.message and "container" in refusal.message)

    def test_refuses_while_an_operation_runs_and_lets_none_start_before_it_goes_down(self):
        self.write("sbin/reboot")

        def sleep(_record):
            wait_until(lambda: os.path.exists(self.path("go")))

        started = operation.start({"operation_id": "o1", "packages": []}, sleep, self.directory)
        refusal = self.refuse()
        self.assertEqual(("operation_running", "o1", started["pid"]), (refusal.code, refusal.details["id"], refusal.details["pid"]))
        self.assertTrue("'o1'" in refusal.message and "Wait" in refusal.message)
        open(self.path("go"), "w").close()
        operation.poll("o1", 20, self.directory)
        self.reboot(delay=2.5)
        self.assertRaises(Refusal, operation.start, {"operation_id": "o2"}, sleep, self.directory)
        wait_until(self.called)
        wait_until(lambda: not operation.look(self.directory)[1])
        self.assertEqual(1, len(self.called()))
