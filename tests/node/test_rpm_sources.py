# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories of a baseline as yum's configuration."""

import unittest

import context
from payload.rpm_sources import rename_sections, write_main

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestSources(unittest.TestCase):
    def test_each_repository_has_a_name_of_its_own(self):
        for texts, expected in (
            (["[a]\nname=x\n"], ["[a]\nname=x\n"]),
            (["[main]\n", "[main]\n"], ["[source-2]\n", "[source-3]\n"]),
            (["[a]\n[b]\n", " [a]\n"], ["[a]\n[b]\n", "[a-2]\n"]),
            (["[ a ]\nbaseurl=http://[::1]/\n"], ["[a]\nbaseurl=http://[::1]/\n"]),
        ):
            self.assertEqual(expected, rename_sections(texts))

    def test_options_of_the_node_stay_and_its_repositories_do_not(self):
        text = "# x\n[main]\ncachedir=/var/cache\n /more\nproxy=http://p\n\nexclude=a\n b\nreposdir = /etc\ninclude=http://x\n[base]\nname=b\nproxy=q\n"
        self.assertEqual(
            "[main]\nproxy=http://p\nexclude=a\n b\nreposdir=/r\ncachedir=/c\n", write_main(text, "/r", "/c")
        )

    def test_no_configuration_is_one_too(self):
        self.assertEqual("[main]\nreposdir=/r\ncachedir=/c\n", write_main(None, "/r", "/c"))
