# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Free space and memory."""

import unittest

import context
from payload import space

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestSpace(unittest.TestCase):
    def test_each_place_that_is_there_is_told(self):
        found = space.observe_space(("/", "/no/such/place", "/proc"))
        self.assertEqual(["/", "/proc"], [place["path"] for place in found])
        self.assertNotEqual(found[0]["device"], found[1]["device"])
        self.assertTrue(0 <= found[0]["free"] <= found[0]["total"])
        self.assertTrue(found[0]["read_only"] in (True, False))


class TestMemory(unittest.TestCase):
    def test_memory_is_in_bytes(self):
        text = "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable: 500 kB\nHugePages_Total: 0\nSwapFree: 20 kB\n"
        self.assertEqual(
            {"total": 1024000, "available": 512000, "swap_free": 20480}, space.observe_memory({"/proc/meminfo": text}.get)
        )

    def test_old_kernels_do_not_tell_what_is_available(self):
        self.assertEqual({"total": 1024}, space.observe_memory({"/proc/meminfo": "MemTotal: 1 kB\n"}.get))
        self.assertEqual({}, space.observe_memory({}.get))
