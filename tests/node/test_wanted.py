# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages as words of a command."""

import unittest

import context
from payload import dpkg, wanted
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestWanted(unittest.TestCase):
    def read(self, name="foo", arch="amd64", version="1:2.0~rc1-1+b2"):
        return wanted.read_wanted([{"name": name, "arch": arch, "version": version}])[0]

    def test_debian_words_are_taken(self):
        for name in ("libstdc++6", "0ad", "foo+bar1.0", "a1"):
            self.assertEqual(name, self.read(name).name)

    def test_anything_else_is_refused(self):
        cases = (
            {"name": "-o"}, {"name": "--force-yes"}, {"name": ""}, {"name": "a b"}, {"name": "a;b"}, {"name": "a/b"}, {"name": "a=b"},
            {"name": u"\xe4a"}, {"name": "aa\n"}, {"arch": ""}, {"arch": "a b"}, {"version": ""}, {"version": "1 2"},
            {"version": "-1"}, {"version": "1\n"}, {"version": "$(id)"}, {"name": None},
        )
        for case in cases:
            self.assertRaises(Refusal, self.read, **case)

    def test_package_that_changed_its_architecture_is_found(self):
        text = "one\tall\t1\tinstall ok installed\t\t\t\ntwo\tamd64\t1\tinstall ok installed\t\t\t\n"
        packages = dict((package.key, package) for package in dpkg.parse_packages(text))
        self.assertEqual("one", self.read("one", "amd64").find(packages).name)
        self.assertEqual("two", self.read("two", "all").find(packages).name)
        self.assertEqual(None, self.read("two", "i386").find(packages))
