# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""rpm's order of versions: one list, every pair compared."""

import unittest

import context
from payload.rpm_order import Version

PAYLOAD = context.PAYLOAD  # the import puts it on the path
# ascending; equal ones in one row
ORDER = (
    ("0~~",), ("0~1",), ("0", "0.", "00"), ("0^",), ("0^1",), ("0.a", "0a"), ("0.1",), ("1~rc1",), ("1~rc1^git1",), ("1",),
    ("1^20200101",), ("1.el8",), ("1.el9", "1_el9"), ("1.el9_1",), ("1.el9_10",), ("1.0.a",), ("1.0.1",), ("1.0.10", "1.0.010"),
    ("2",), ("10",), ("20230101",), ("99999999999999999999",),
)


class TestOrder(unittest.TestCase):
    def test_every_pair_is_ordered(self):
        for place, row in enumerate(ORDER):
            for other_place, other_row in enumerate(ORDER):
                for one in row:
                    for other in other_row:
                        self.assertEqual(place < other_place, Version("0", one, "1") < Version("0", other, "1"), (one, other))
                        self.assertEqual(place == other_place, Version("0", "1", one) == Version("0", "1", other), (one, other))

    def test_epoch_comes_first_then_version_then_release(self):
        self.assertTrue(Version("0", "9", "9") < Version("1", "1", "1"))
        self.assertTrue(Version("1", "1", "9") < Version("1", "2", "1"))
        self.assertTrue(Version("", "1", "1") == Version("0", "1", "1"))
        self.assertTrue(Version("10", "1", "1") != Version("9", "1", "1"))

    def test_rpm_itself_agrees(self):
        try:
            import rpm
        except ImportError:
            return  # it is there for the system's own Python only
        versions = [version for row in ORDER for version in row]
        for one in versions:
            for other in versions:
                ours = (Version("0", other, "1") < Version("0", one, "1")) - (Version("0", one, "1") < Version("0", other, "1"))
                self.assertEqual(rpm.labelCompare(("0", one, "1"), ("0", other, "1")), ours, (one, other))
