# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hostile text on one line."""

import unittest

import context
from payload import words

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestWords(unittest.TestCase):
    def test_a_word_has_no_control_characters_or_line_ends(self):
        self.assertEqual(u"a b c d", words.to_word(u" a\r\n\x1bb\u2028c\x9bd\0"))

    def test_a_word_is_bounded(self):
        self.assertEqual(words.LONGEST, len(words.to_word(u"x" * 5000)))

    def test_anything_has_a_text(self):
        for thing, expected in ((u"\xe4", u"\xe4"), (u"\xe4".encode("utf-8"), u"\xe4"), (b"\xff", u"\ufffd"), (7, u"7"), (ValueError("a"), u"a")):
            self.assertEqual(expected, words.to_text(thing))

    def test_only_line_feeds_end_lines(self):
        self.assertEqual([u"a\x0bb\u2028c", u"", u"d"], words.to_lines(u"a\x0bb\u2028c\r\n\nd\n"))
        self.assertEqual([u"a"], words.to_lines(u"a"))
        self.assertEqual([], words.to_lines(u""))
