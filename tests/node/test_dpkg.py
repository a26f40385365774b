# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dpkg's database as dpkg-query prints it."""

import os
import shutil
import tempfile
import unittest

import context
from payload import dpkg

LINES = """\
bash\tamd64\t5.2-2+b7\tinstall ok installed\t\tshells\trequired
gone\tall\t1\tdeinstall ok config-files\t1\tutils\toptional
held\tall\t1:2\thold ok installed\t\tutils\toptional
broken\tamd64\t2\tinstall ok half-configured\t1\tnet\toptional
torn\tamd64\t2\tinstall reinstreq half-installed\t1\tnet\toptional
new\tamd64\t2\tinstall ok unpacked\t\tnet\toptional
waiting\tamd64\t3\tinstall ok triggers-awaited\t\tnet\toptional
bare\tall\t1\tinstall ok installed\t\t\t
dpkg\tarmhf\t1.20\tinstall ok installed\t\tadmin\trequired
a line of noise
"""

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestPackages(unittest.TestCase):
    def setUp(self):
        self.packages = dict((package.name, package) for package in dpkg.parse_packages(LINES))

    def test_what_is_gone_is_not_there(self):
        self.assertEqual(
            ["bare", "bash", "broken", "dpkg", "held", "new", "torn", "waiting"], sorted(self.packages)
        )

    def test_states(self):
        # name, works, is_pending, good_version
        for name, works, is_pending, good_version in (
            ("bash", True, False, "5.2-2+b7"),
            ("held", True, False, "1:2"),
            ("broken", False, True, "1"),
            ("torn", False, True, "1"),
            ("new", False, True, ""),
            ("waiting", True, True, "3"),
        ):
            package = self.packages[name]
            self.assertEqual((works, is_pending, good_version), (package.works, package.is_pending, package.good_version))

    def test_hold(self):
        self.assertEqual(["held"], [name for name, package in self.packages.items() if package.want == "hold"])

    def test_native_architecture_is_dpkgs(self):
        self.assertEqual("armhf", dpkg.find_native_arch(self.packages.values()))
        self.assertEqual(None, dpkg.find_native_arch([]))

    def test_unknown_section_is_absent(self):
        facts = dpkg.describe_installed(self.packages["bare"], {})
        self.assertEqual({"name": "bare", "arch": "all", "version": "1", "repositories": []}, facts)


class TestInstallTimes(unittest.TestCase):
    def test_time_is_that_of_the_list_file(self):
        directory = tempfile.mkdtemp()
        try:
            for name, time in (("bash.list", 86400), ("libc6:i386.list", 172800), ("bash.md5sums", 1)):
                path = os.path.join(directory, name)
                open(path, "w").close()
                os.utime(path, (time, time))
            times = dpkg.read_install_times(directory)
        finally:
            shutil.rmtree(directory)
        self.assertEqual({"bash": 86400, "libc6:i386": 172800}, times)
        (bash, libc) = dpkg.parse_packages(
            "bash\tamd64\t1\tinstall ok installed\t\t\t\nlibc6\ti386\t1\tinstall ok installed\t\t\t\n"
        )
        self.assertEqual("1970-01-02T00:00:00Z", dpkg.describe_installed(bash, times)["installed_at"])
        self.assertEqual("1970-01-03T00:00:00Z", dpkg.describe_installed(libc, times)["installed_at"])

    def test_unreadable_directory_gives_no_times(self):
        self.assertEqual({}, dpkg.read_install_times("/nonexistent"))
