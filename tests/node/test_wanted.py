# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages as words of a command."""

import unittest

import context
from payload import wanted
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

    def test_rpm_words_are_taken(self):
        for name, arch, version in (
            ("gtk+", "x86_64", "0:1.2-3.el9_4~rc1"), ("perl-Foo_Bar", "noarch", "1:2^git1-1"), ("7zip", "i686", "0:1-1"),
        ):
            entries = [{"name": name, "arch": arch, "version": version}]
            self.assertEqual(version, wanted.read_wanted(entries, wanted.RPM)[0].version)

    def test_anything_else_is_no_rpm_package(self):
        for name, arch, version in (
            ("-y", "x86_64", "0:1-1"), ("a b", "x86_64", "0:1-1"), ("a", "x86_64", "1-1"), ("a", "x86_64", "0:1"),
            ("a", "x86-64", "0:1-1"), ("a", "x86_64", "0:1-1\n"), ("a*", "x86_64", "0:1-1"),
        ):
            entries = [{"name": name, "arch": arch, "version": version}]
            self.assertRaises(Refusal, wanted.read_wanted, entries, wanted.RPM)
