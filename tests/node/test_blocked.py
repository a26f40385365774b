# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of a rejected list against packages."""

import unittest

import context
from payload.blocked import Blocked

PAYLOAD = context.PAYLOAD  # the import puts it on the path
SHAPES = ["{name}", "{name}.{arch}", "{name}-{version}", "{name}-{version}-{release}.{arch}", "{name}-{epoch}:{version}", "100%{name}"]
PACKAGE = ("kernel", "x86_64", "0", "3.10.0", "1160.el7")


class TestBlocked(unittest.TestCase):
    def test_entries(self):
        for entry, expected in (
            ("kernel", True),
            ("kernel.x86_64", True),
            ("kernel.i686", False),
            ("kernel-3.10.0*", True),
            ("kern", False),
            ("kern*", True),
            ("*", True),
            ("kernel-3.10.0-1160.el7.x86_64", True),
            ("kernel-0:3.10.0", True),
            ("kernel-3.10.0-*.el7.x86_64", True),
            ("kernel-3x10.0", False),
            ("k?rnel", False),
            ("100%kernel", True),
            ("Kernel", False),
        ):
            self.assertEqual(entry if expected else None, Blocked([entry], SHAPES).find(*PACKAGE), entry)

    def test_no_shapes_or_entries_block_nothing(self):
        self.assertEqual(None, Blocked(["*"], []).find(*PACKAGE))
        self.assertEqual(None, Blocked([], SHAPES).find(*PACKAGE))
