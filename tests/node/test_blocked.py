# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an entry of a rejected list names."""

import unittest

import context
from payload.blocked import Blocked

PAYLOAD = context.PAYLOAD  # the import puts it on the path
# as the engine sends them for rpm systems
SHAPES = (
    "{name}", "{name}.{arch}", "{name}-{version}", "{name}-{version}-{release}", "{name}-{version}-{release}.{arch}",
    "{version}", "{version}-{release}", "{epoch}:{version}-{release}", "{name}-{epoch}:{version}-{release}",
    "{name}-{epoch}:{version}-{release}.{arch}", "{epoch}:{name}-{version}-{release}.{arch}",
    "{name}.{arch}:{epoch}:{version}-{release}",
)
DBUS = ("dbus", "x86_64", "1", "1.12.28", "1.amzn2023.0.1")
NAMED = (
    "dbus", "dbus.x86_64", "dbus-1.12.28", "dbus-1.12.28-1.amzn2023.0.1", "dbus-1.12.28-1.amzn2023.0.1.x86_64", "1.12.28",
    "1.12.28-1.amzn2023.0.1", "1:1.12.28-1.amzn2023.0.1", "dbus-1:1.12.28-1.amzn2023.0.1", "dbus-1:1.12.28-1.amzn2023.0.1.x86_64",
    "1:dbus-1.12.28-1.amzn2023.0.1.x86_64", "dbus.x86_64:1:1.12.28-1.amzn2023.0.1",
    "*", "dbus*", "db*s", "*bus", "dbus-1.12.2*", "dbus-*:1.12.28-1.amzn2023.0.1.x86_64", "d**s",
)
NOT_NAMED = ("", "dbu", "dbus-", "DBUS", "dbu?", "[d]bus", "dbus.i686", "db.s", "0:1.12.28-1.amzn2023.0.1", "dbus-1.12.29*", "busd*")


class TestBlocked(unittest.TestCase):
    def test_every_shape_and_one_wildcard_name_a_package(self):
        for entry in NAMED:
            self.assertEqual(entry, Blocked([entry], SHAPES).find(*DBUS))
            self.assertEqual(entry, Blocked(["other", "x*", entry, "y*"], SHAPES).find(*DBUS))

    def test_nothing_else_does(self):
        self.assertEqual(None, Blocked(NOT_NAMED, SHAPES).find(*DBUS))
        self.assertEqual(None, Blocked([], SHAPES).find(*DBUS))
        self.assertEqual(None, Blocked(["*"], []).find(*DBUS))

    def test_templates_decide_what_is_compared(self):
        self.assertEqual(None, Blocked(["dbus.x86_64"], ["{name}"]).find(*DBUS))
        self.assertEqual("100% dbus", Blocked(["100% dbus"], ["100% {name}"]).find(*DBUS))

    def test_characters_of_expressions_and_templates_mean_themselves(self):
        self.assertEqual("c++*", Blocked(["c++*"], SHAPES).find("c++-lib", "x86_64", "0", "1", "1"))
        self.assertEqual("%s{name}", Blocked(["%s{name}"], SHAPES).find("%s{name}", "x86_64", "0", "1", "1"))
        self.assertEqual(None, Blocked(["a*"], ["{name}"]).find("ba", "", "", "", ""))
