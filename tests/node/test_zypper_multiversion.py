# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of which several versions live side by side."""

import unittest

import context
from payload import zypper_multiversion

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestWords(unittest.TestCase):
    def test_setting_and_files_beside_it(self):
        settings = u"[main]\n# multiversion = no\nmultiversion = provides:multiversion(kernel), other\nmultiversion.kernels = latest\n"
        self.assertEqual(
            ["provides:multiversion(kernel)", "other", "third"],
            zypper_multiversion.read_words(settings, [u"# a comment\nthird\n\n--option\n", None]),
        )

    def test_names_need_no_rpm(self):
        self.assertEqual(["a", "b"], zypper_multiversion.list_names(u"multiversion=b,a", []))
