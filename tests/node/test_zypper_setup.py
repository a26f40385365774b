# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of zypper has of its own."""

import os
import unittest

import context
from context import read
from payload import zypper_setup
from payload.zypper_setup import Setup

PAYLOAD = context.PAYLOAD  # the import puts it on the path
SOURCE = {"name": "s", "configuration": u"[main]\nname=\xe4\nbaseurl=http://mirror.example\n [second]\nbaseurl=http://mirror.example\n"}


class TestSetup(unittest.TestCase):
    def make(self, sources=()):
        setup = Setup(sources)
        self.addCleanup(setup.close)
        return setup

    def addCleanup(self, function):
        self.cleanups = getattr(self, "cleanups", []) + [function]

    def tearDown(self):
        for function in getattr(self, "cleanups", []):
            function()

    def test_locks_are_those_of_the_node_and_more_in_a_file_of_our_own(self):
        setup = self.make()
        setup.administrators_locks = u"theirs"
        setup.write_locks(u"ours")
        settings = read(setup.environment["ZYPP_CONF"])
        path = settings.rpartition("locksfile.path = ")[2].strip()
        self.assertTrue(path.startswith(setup.scratch.path))
        self.assertEqual(u"theirs\nours", read(path))
        self.assertEqual([], setup.name_repositories())

    def test_sources_replace_repositories_services_and_caches(self):
        setup = self.make([SOURCE, SOURCE])
        self.assertEqual(["source-0", "source-0-second", "source-1", "source-1-second"], setup.aliases)
        self.assertEqual(["--repo", "source-0"], setup.name_repositories()[:2])
        settings = read(setup.environment["ZYPP_CONF"])
        for key in ("reposdir", "servicesdir", "cachedir", "metadatadir", "solvfilesdir", "packagesdir"):
            self.assertTrue("\n%s = %s/" % (key, setup.scratch.path) in settings, settings)
        self.assertEqual(["source-0.repo", "source-1.repo"], sorted(os.listdir(os.path.join(setup.scratch.path, "repos"))))
        self.assertTrue(u"[source-1]\nname=\xe4" in read(os.path.join(setup.scratch.path, "repos", "source-1.repo")))

    def test_nothing_stays(self):
        setup = Setup([SOURCE])
        path = setup.scratch.path
        self.assertTrue(os.path.isdir(path))
        setup.close()
        self.assertFalse(os.path.exists(path))

    def test_settings_that_are_changed_are_there_once(self):
        text = zypper_setup._without(u"[main]\ncachedir = /a\n# cachedir = /b\nother = 1\n", [("cachedir", "/c")])
        self.assertEqual(u"[main]\n\n# cachedir = /b\nother = 1\n", text)
