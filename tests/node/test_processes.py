# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and ending what hangs below dpkg; real processes that are called as dpkg and its scripts are."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import context
from payload import processes

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestScripts(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.children = []

    def tearDown(self):
        for child in self.children:
            processes.end_tree(child.pid, 1)
            child.wait()
        shutil.rmtree(self.directory)

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "w") as stream:
            stream.write(text)
        os.chmod(path, stat.S_IRWXU)
        return path

    def start(self, *argv):
        with open(os.devnull, "w") as nothing:
            child = subprocess.Popen(argv, stderr=nothing)
        self.children.append(child)
        return child

    def wait_for(self, pid, count):
        deadline = time.time() + 20
        while time.time() < deadline:
            found = processes.find_scripts(pid)
            if len(found) == count and all(processes.name_script(one) != ("", "") for one in found):
                return found
            time.sleep(0.05)
        raise AssertionError("found %s below %d" % (processes.find_scripts(pid), pid))

    def test_hanging_script_below_dpkg_is_found_named_and_ended_alone(self):
        # a copy of the shell called dpkg, below something called as apt-get is
        shell = os.path.join(self.directory, "dpkg")
        shutil.copy(os.path.realpath("/bin/sh"), shell)
        script = self.write("info/foo:amd64.postinst", "#!/bin/sh\nsleep 300 & wait\n")
        after = os.path.join(self.directory, "after")
        dpkg = self.write("run", "%s configure 1.0\ntouch %s\nsleep 300\n" % (script, after))
        apt = self.start("/bin/sh", "-c", "%s %s; true" % (shell, dpkg))
        (pid,) = self.wait_for(apt.pid, 1)
        self.assertEqual(("foo", "postinst"), processes.name_script(pid))
        processes.end_tree(pid, 5)
        deadline = time.time() + 20
        while not os.path.exists(after) and time.time() < deadline:
            time.sleep(0.05)
        self.assertTrue(os.path.exists(after), "dpkg did not go on")
        self.assertEqual(None, apt.poll())

    def test_script_of_a_package_being_unpacked_has_no_name_yet(self):
        path = self.write("tmp.ci/preinst", "#!/bin/sh\nsleep 300 & wait\n")
        child = self.start(path, "upgrade")
        deadline = time.time() + 20
        while processes.name_script(child.pid) == ("", "") and time.time() < deadline:
            time.sleep(0.05)
        self.assertEqual(("", "preinst"), processes.name_script(child.pid))

    def test_without_dpkg_it_is_what_the_process_itself_waits_for(self):
        parent = self.start(sys.executable, "-c", "import subprocess; subprocess.call(['sleep', '300'])")
        deadline = time.time() + 20
        while not processes.find_scripts(parent.pid) and time.time() < deadline:
            time.sleep(0.05)
        self.assertEqual(1, len(processes.find_scripts(parent.pid)))
