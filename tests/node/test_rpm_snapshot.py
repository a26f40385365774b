# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is installed by rpm's word: versions side by side, packages that change their architecture."""

import unittest

import context
from payload.rpm_snapshot import RpmSnapshot
from payload.wanted import Wanted

PAYLOAD = context.PAYLOAD  # the import puts it on the path
ROWS = [
    ["a", "x86_64", "0", "1", "1"],
    ["a", "i686", "0", "1", "2"],
    ["kernel", "x86_64", "0", "10", "1"],
    ["kernel", "x86_64", "0", "9", "1"],
    ["n", "noarch", "1", "1", "1"],
]


class Offered(object):
    def __init__(self, name, arch, epoch, version, release="1"):
        self.name, self.arch, self.epoch, self.version, self.release = name, arch, epoch, version, release


class TestSnapshot(unittest.TestCase):
    def setUp(self):
        self.snapshot = RpmSnapshot(ROWS)

    def test_the_newest_version_of_each_architecture(self):
        for name, arch, expected in (
            ("a", "x86_64", "0:1-1"),
            ("a", "i686", "0:1-2"),
            ("a", "s390x", ""),
            ("kernel", "x86_64", "0:10-1"),
            ("n", "x86_64", "1:1-1"),
            ("a", "noarch", "0:1-2"),
            ("b", "noarch", ""),
        ):
            self.assertEqual(expected, self.snapshot.version(Wanted(name, arch, "0:0-0")), (name, arch))

    def test_any_of_several_installed_versions_is_there(self):
        for version, expected in (("0:9-1", True), ("0:10-1", True), ("0:8-1", False)):
            self.assertEqual(expected, self.snapshot.is_done(Wanted("kernel", "x86_64", version)))

    def test_newer_is_newer_than_all_that_is_installed(self):
        for offered, expected in (
            (Offered("a", "x86_64", "0", "2"), True),
            (Offered("a", "x86_64", "0", "1"), False),
            (Offered("a", "x86_64", "1", "0"), True),
            (Offered("a", "s390x", "0", "2"), False),
            (Offered("kernel", "x86_64", "0", "9.5"), False),
            (Offered("n", "x86_64", "0", "9"), False),
            (Offered("n", "x86_64", "1", "1.1"), True),
            (Offered("b", "noarch", "0", "1"), False),
        ):
            self.assertEqual(expected, self.snapshot.is_newer(offered), offered.__dict__)

    def test_what_changed_besides_what_was_asked_for(self):
        rows = [row for row in ROWS if row[0] != "a"] + [["a", "x86_64", "0", "2", "1"], ["dep", "noarch", "0", "1", "1"]]
        changed = RpmSnapshot(rows).list_changed(self.snapshot, [Wanted("a", "x86_64", "0:2-1")])
        self.assertEqual([("dep", "noarch", "0:1-1", "", "")], list(changed))

    def test_duplicates_are_what_is_not_meant_to_be_twice(self):
        twice = RpmSnapshot(ROWS + [["n", "noarch", "0", "9", "1"]])
        self.assertEqual([("n", "noarch", ["0:9-1"])], twice.list_duplicates(["kernel"]))
        self.assertEqual(["kernel"], [name for name, _arch, _versions in self.snapshot.list_duplicates(())])
