# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's locks: a file as ``zypper addlock`` writes it."""

import unittest

import context
from payload import zypper_locks

PAYLOAD = context.PAYLOAD  # the import puts it on the path
FILE = u"""
type: package
version: >= 8.1
match_type: glob
case_sensitive: on
solvable_name: curl


repo: updates
type: package
match_type: glob
case_sensitive: on
solvable_name: glibc


type: package
match_type: glob
case_sensitive: on
solvable_name: kernel*


type: package
version: == 1:2.0-3
match_type: exact
case_sensitive: off
solvable_name: LibFoo

type: patch
match_type: glob
case_sensitive: on
solvable_name: bash

"""


def find(name, version="1", release="1", epoch="0", repository="", text=FILE):
    return zypper_locks.Locks(text).find(name, "x86_64", epoch, version, release, repository)


class TestLocks(unittest.TestCase):
    def test_names_patterns_repositories(self):
        self.assertEqual("zypper's lock 'kernel*'", find("kernel-default"))
        self.assertEqual("zypper's lock 'glibc'", find("glibc", repository="updates"))
        for name, repository in (("glibc", "other"), ("bash", ""), ("xkernel", "")):
            self.assertEqual(None, find(name, repository=repository))

    def test_versions(self):
        self.assertEqual("zypper's lock 'curl >= 8.1'", find("curl", "8.1"))
        self.assertEqual(None, find("curl", "8.0.9"))
        self.assertEqual("zypper's lock 'LibFoo == 1:2.0-3'", find("libfoo", "2.0", "3", "1"))
        for epoch, version, release in (("0", "2.0", "3"), ("1", "2.0", "4")):
            self.assertEqual(None, find("libfoo", version, release, epoch))

    def test_operators(self):
        for operator, expected in (("<", "100"), ("<=", "110"), ("=", "010"), ("==", "010"), (">=", "011"), (">", "001"), ("!=", "101")):
            found = [zypper_locks.compare("0", version, "1", operator, "2-1") for version in ("1", "2", "3")]
            self.assertEqual(expected, "".join("%d" % one for one in found), operator)

    def test_kinds_of_matching(self):
        text = u"match_type: %s\ncase_sensitive: on\nsolvable_name: %s\n"
        for kind, pattern, name, matches in (
            ("substring", "ib", "libz1", True),
            ("substring", "xx", "libz1", False),
            ("regex", "^lib.[0-9]$", "libz1", True),
            ("regex", "^lib(", "libz1", False),
            ("word", "lib", "lib-z1", True),
            ("word", "lib", "libz1", False),
            ("exact", "libz*", "libz1", False),
        ):
            self.assertEqual(matches, find(name, text=text % (kind, pattern)) is not None, (kind, pattern))

    def test_no_file(self):
        self.assertEqual(None, find("a", text=None))

    def test_ours_keep_out_what_they_are_made_of(self):
        text = zypper_locks.format_locks([("a", "noarch", "0", "1", "2"), ("b", "x86_64", "3", "1", "2"), ("a", "i686", "0", "1", "2")])
        self.assertEqual(2, text.count("type: package\n"))
        self.assertTrue(find("a", "1", "2", text=text) and find("b", "1", "2", "3", text=text))
        self.assertFalse(find("a", "1", "3", text=text) or find("b", "1", "2", text=text))
