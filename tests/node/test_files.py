# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small files, whole at every moment."""

import os
import shutil
import stat
import tempfile
import unittest

import context
from payload import files

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestFiles(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.path = os.path.join(self.place, "file")

    def test_text_comes_back_as_it_was_written(self):
        files.write_atomically(self.path, u"f\xfcr\n")
        self.assertEqual(u"f\xfcr\n", files.read_text(self.path))
        self.assertEqual(["file"], os.listdir(self.place))

    def test_written_files_are_their_owners_alone(self):
        files.write_atomically(self.path, u"x")
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path).st_mode))

    def test_a_write_that_fails_leaves_the_old_text_and_nothing_else(self):
        os.mkdir(self.path)
        self.assertRaises(OSError, files.write_atomically, self.path, u"new")
        self.assertEqual(["file"], os.listdir(self.place))

    def test_what_cannot_be_read_is_none(self):
        self.assertEqual(None, files.read_text(self.path))
        self.assertEqual(None, files.read_text(self.place))

    def test_removing_what_is_missing_is_no_error(self):
        files.remove(self.path)
        self.assertEqual([], os.listdir(self.place))

    def test_an_open_directory_is_made_private(self):
        os.chmod(self.place, 0o755)
        files.make_private_directory(self.place)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.place).st_mode))
