# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which lists apt works on."""

import os
import shutil
import stat
import tempfile
import unittest

from context import read
from payload import apt_sources

JAMMY = "deb http://h/ubuntu jammy main"


class TestSourceLists(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.parent)

    def open(self, *configurations):
        sources = [{"name": "s%d" % number, "configuration": text} for number, text in enumerate(configurations)]
        return apt_sources.SourceLists(sources, parent=self.parent)

    def place(self):
        return os.path.join(self.parent, os.listdir(self.parent)[0])

    def test_repositories_stand_one_a_line_and_each_once(self):
        lists = self.open(JAMMY, u"deb http://h/\xe4 stable main\n", JAMMY + "\n")
        path = os.path.join(self.place(), "sources.list")
        self.assertEqual(JAMMY + u"\ndeb http://h/\xe4 stable main\n", read(path))
        self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
        lists.close()

    def test_everything_apt_writes_is_below_the_directory_that_goes(self):
        lists = self.open(JAMMY)
        place = self.place()
        self.assertEqual(["-c", place + "/apt.conf"], lists.options)
        text = read(place + "/apt.conf")
        for line in (
            'Dir::Etc::sourcelist "%s/sources.list";',
            'Dir::Etc::sourceparts "%s/none";',
            'Dir::State::lists "%s/lists";',
            'Dir::Cache "%s/cache";',
        ):
            self.assertTrue(line % place in text, text)
        self.assertEqual([], os.listdir(place + "/none"))
        self.assertEqual(place + "/lists", lists.directory)
        self.assertEqual(0o711, stat.S_IMODE(os.stat(place).st_mode))
        lists.close()
        self.assertEqual([], os.listdir(self.parent))

    def test_without_sources_the_system_has_its_own(self):
        lists = apt_sources.open_lists()
        self.assertEqual(([], "/var/lib/apt/lists", ["apt-get"]), (list(lists.options), lists.directory, lists.hold(["apt-get"])))
        lists.close()
