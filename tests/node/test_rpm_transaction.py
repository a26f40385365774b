# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands against a transaction, and which package an error of rpm is about."""

import unittest

import context
from payload.rpm_transaction import Objector, Transaction, find_blamed
from payload.wanted import Wanted

PAYLOAD = context.PAYLOAD  # the import puts it on the path
ENTRIES = [("b", "noarch", "0:1.1-1.el9", "0:1-1"), ("openssl", "x86_64", "1:3.0-2", "1:3.0-1")]


class Session(object):
    def __init__(self, *entries, **words):
        self.entries, self.reason = entries, words.get("reason")

    def resolve(self, packages):
        transaction = Transaction(self.reason)
        for entry in self.entries:
            transaction.add(*entry)
        return transaction


class TestObjector(unittest.TestCase):
    WANTED = [Wanted("a", "noarch", "0:2-1")]
    GOOD = ("a", "noarch", "0:2-1", "0:1-1")

    def test_nothing_against_what_was_asked_for(self):
        self.assertEqual(None, Objector(Session(self.GOOD)).object_to(self.WANTED))

    def test_reasons(self):
        pinned = [{"name": "d", "arch": "noarch", "version": "0:1-1"}]
        for session, expected in (
            (Session(self.GOOD, reason="broken"), "broken"),
            (Session(), "a 0:2-1 would not be installed"),
            (Session(("a", "noarch", "0:3-1", "")), "a 0:2-1 would not be installed"),
            (Session(self.GOOD, ("d", "noarch", "0:2-1", "")), "would bring in d 0:2-1, which is to be at 0:1-1"),
            (Session(self.GOOD, ("f", "noarch", "0:2-1", "")), "needs f, which failed: no"),
        ):
            self.assertEqual(expected, Objector(session, pinned, {"f": "no"}).object_to(self.WANTED))
        self.assertEqual(None, Objector(Session(self.GOOD, ("d", "noarch", "0:1-1", "")), pinned).object_to(self.WANTED))

    def test_the_first_objection_counts(self):
        transaction = Transaction()
        transaction.object_to("one")
        transaction.object_to("two")
        self.assertEqual("one", transaction.reason)


class TestBlamed(unittest.TestCase):
    def test_the_package_is_named_with_its_epoch_or_without(self):
        for text, expected in (
            ("file /a from install of b-1.1-1.el9.noarch conflicts with file from package c-1.0-1.el9.noarch", ["b"]),
            ("package openssl-3.0-2.x86_64 is intended for a different operating system", ["openssl"]),
            ("installing package openssl-1:3.0-2.x86_64 needs 12MB on the / filesystem", ["openssl"]),
            ("Error: Cannot open file (1:openssl-3.0-2.x86_64), why", ["openssl"]),
            ("file /a conflicts between attempted installs of b-1.1-1.el9.noarch and openssl-1:3.0-2.x86_64", ["b"]),
            ("b conflicts with something", []),
            ("b-1.1-1.el9.noarch is bad\nand openssl-3.0-2.x86_64 too", ["b", "openssl"]),
            ("", []),
        ):
            self.assertEqual(expected, sorted(find_blamed(text, ENTRIES)), text)

    def test_the_reason_is_the_line(self):
        self.assertEqual({"b": "b-1.1-1.el9.noarch is bad"}, find_blamed("Errors:\n  b-1.1-1.el9.noarch is bad\n", ENTRIES))
