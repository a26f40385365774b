# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs and libraries on a node."""

import os
import shutil
import stat
import tempfile
import unittest

import context
from payload import toolbox

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestToolbox(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.directory)

    def test_only_what_can_be_run_is_a_program(self):
        path = os.path.join(self.directory, "tool")
        self.assertEqual(None, toolbox.find_program("tool", self.directory))
        open(path, "w").close()
        self.assertEqual(None, toolbox.find_program("tool", self.directory))
        os.chmod(path, stat.S_IRWXU)
        self.assertEqual(path, toolbox.find_program("tool", "/nowhere:" + self.directory))
        os.mkdir(os.path.join(self.directory, "folder"))
        self.assertEqual(None, toolbox.find_program("folder", self.directory))

    def test_a_library_that_is_not_there_or_broken_has_no_version(self):
        self.assertEqual(None, toolbox.import_version("no_such_library"))
        self.assertTrue(toolbox.import_version("json"))

    def test_each_package_manager_has_its_tools(self):
        self.assertEqual({"programs": {}, "bindings": {}}, toolbox.observe(None))
        self.assertEqual(set(["dnf", "rpm"]), set(toolbox.observe("dnf")["bindings"]))
        self.assertTrue("zypper" in toolbox.observe("zypper")["programs"])

    def test_a_journal_of_yum_is_something_broken_off(self):
        real = toolbox.YUM_JOURNALS
        toolbox.YUM_JOURNALS = os.path.join(self.directory, "transaction-all.*")
        try:
            self.assertEqual("", toolbox.find_interrupted("yum"))
            open(os.path.join(self.directory, "transaction-all.2024"), "w").close()
            self.assertTrue(self.directory in toolbox.find_interrupted("yum"))
            self.assertEqual("", toolbox.find_interrupted("dnf"))
        finally:
            toolbox.YUM_JOURNALS = real
