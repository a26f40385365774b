# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""apt's status lines."""

import unittest

import context
from payload.progress import Progress

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class Noted(object):
    """Stands for the record: keeps what it is told."""

    def __init__(self):
        self.said = []

    def progress(self, *said):
        self.said.append(said)


class TestProgress(unittest.TestCase):
    def read(self, lines, total=None):
        noted = Noted()
        self.progress = Progress(noted, total)
        for line in lines:
            self.progress.read(line)
        return noted.said

    def test_a_package_is_counted_once_and_when_it_is_installed(self):
        lines = ["pmstatus:a:10:Unpacking a (amd64)", "pmstatus:a:50:Installed a (amd64)"]
        self.assertEqual([("Unpacking a (amd64)", 0, 2), ("Installed a (amd64)", 1, 2)], self.read(lines, 2))
        self.assertEqual(("Installed a (amd64)", 1, 2), self.read(lines + lines[1:], 2)[-1])

    def test_never_more_done_than_there_are(self):
        lines = ["pmstatus:a:10:Installed a", "pmstatus:b:50:Installed b"]
        self.assertEqual(("Installed b", 1, 1), self.read(lines, 1)[-1])

    def test_the_package_dpkg_is_at_is_known(self):
        self.read(["pmstatus:libc6:i386:40:Preparing", "pmstatus:dpkg-exec:50:Running dpkg"])
        self.assertEqual("libc6", self.progress.current)
        self.assertEqual([("configure b",)], self.read(["processing: configure: b"]))
        self.assertEqual("b", self.progress.current)

    def test_other_lines_are_ignored(self):
        self.assertEqual([], self.read(["", "pmstatus:a", "status: a: installed", "media-change:x:y:z"]))
