# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of boot and kernel."""

import re
import unittest

import context
from payload import node

STAT = "%d (a) b) c) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1 2 3"

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestBoot(unittest.TestCase):
    def test_process_name_may_hold_anything(self):
        self.assertEqual(4711, node.start_ticks(1, {"/proc/1/stat": STAT % 1}.get))
        self.assertEqual(None, node.start_ticks(1, {}.get))

    def test_boot_id_changes_with_kernel_and_with_container(self):
        files = {"/proc/sys/kernel/random/boot_id": "abc\n", "/proc/1/stat": STAT % 1, "/proc/stat": "btime 1000\n"}
        first = node.describe_boot(files.get)["boot_id"]
        restarted = dict(files)
        restarted["/proc/1/stat"] = (STAT % 1).replace("4711", "9999")
        rebooted = dict(files)
        rebooted["/proc/sys/kernel/random/boot_id"] = "def\n"
        self.assertEqual(3, len(set([first, node.describe_boot(restarted.get)["boot_id"], node.describe_boot(rebooted.get)["boot_id"]])))

    def test_unreadable_facts_are_absent(self):
        self.assertTrue("boot_id" not in node.describe_boot({}.get))

    def test_this_machine(self):
        facts = node.describe_boot()
        self.assertTrue(re.match(r"[0-9a-f-]{36}-\d+$", facts["boot_id"]), facts)
        self.assertTrue(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", facts["booted_at"]), facts)
        self.assertEqual(facts["boot_id"], node.describe_boot()["boot_id"])
