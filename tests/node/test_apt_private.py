# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Package lists of a user's own."""

import os
import shutil
import stat
import tempfile
import unittest

from context import read
from payload import apt_private


class TestPrivateLists(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.system = os.path.join(self.directory, "system")
        os.mkdir(self.system)
        self.kept = dict((name, os.environ.get(name)) for name in ("HOME", "XDG_CACHE_HOME"))

    def tearDown(self):
        for name, value in self.kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        shutil.rmtree(self.directory)

    def write(self, name, time, text="x"):
        path = os.path.join(self.system, name)
        with open(path, "w") as stream:
            stream.write(text)
        os.utime(path, (time, time))

    def prepare(self):
        lists = apt_private.PrivateLists(os.path.join(self.directory, "own"))
        lists.prepare(self.system)
        return lists

    def test_own_lists_begin_with_the_systems(self):
        self.write("h_InRelease", 1000)
        self.write("lock", 1000)
        os.mkdir(os.path.join(self.system, "partial"))
        lists = self.prepare()
        self.assertEqual(["h_InRelease", "partial"], sorted(os.listdir(lists.lists)))
        self.assertEqual("x", read(os.path.join(lists.lists, "h_InRelease")))

    def test_newer_lists_of_the_system_replace_own_ones_and_older_do_not(self):
        lists = self.prepare()
        for name, time in (("older", 1000), ("newer", 3000)):
            own = os.path.join(lists.lists, name)
            with open(own, "w") as stream:
                stream.write("own")
            os.utime(own, (2000, 2000))
            self.write(name, time, "system")
        lists = self.prepare()
        self.assertEqual("own", read(os.path.join(lists.lists, "older")))
        self.assertEqual("system", read(os.path.join(lists.lists, "newer")))

    def test_system_without_lists_is_no_error(self):
        shutil.rmtree(self.system)
        self.prepare()
        os.mkdir(self.system)

    def test_configuration_names_the_place_and_drops_roots_hooks(self):
        text = read(self.prepare().options[1])
        self.assertTrue('Dir::State::lists "%s/own/lists";' % self.directory in text)
        self.assertTrue("#clear APT::Update::Post-Invoke;" in text)

    def test_place_is_below_the_users_cache_and_private(self):
        os.environ["XDG_CACHE_HOME"] = os.path.join(self.directory, "cache")
        lists = apt_private.open_private_lists()
        self.assertEqual(os.path.join(self.directory, "cache/openpatch/patch_manager/apt"), lists.place)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(lists.place).st_mode))
        lists.remove()
        self.assertTrue(os.path.isdir(lists.place))

    def test_user_without_a_home_gets_a_place_for_once(self):
        os.environ.pop("XDG_CACHE_HOME", None)
        os.environ["HOME"] = "/proc/nonexistent"
        lists = apt_private.open_private_lists()
        self.assertTrue(os.path.isdir(lists.lists))
        lists.remove()
        self.assertFalse(os.path.exists(lists.place))
