# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Version tables of all formats apt has had since 1.0."""

import unittest

from context import data
from payload import apt_policy

OLD = """\
openssl:
  Installed: 1.0.1f-1ubuntu2.16
  Candidate: 1.0.1f-1ubuntu2.17
  Version table:
     1.0.1f-1ubuntu2.17 0
        500 http://mirror.example/ubuntu/ trusty-updates/main amd64 Packages
        500 http://mirror.example/ubuntu/ trusty-security/main amd64 Packages
 *** 1.0.1f-1ubuntu2.16 0
        100 /var/lib/dpkg/status
     1.0.1f-1ubuntu2 0
        500 http://mirror.example/ubuntu/ trusty/main amd64 Packages
"""
PINNED = """\
docker.io:
  Installed: 29.1.3-0ubuntu3~24.04.2
  Candidate: (none)
  Package pin: 24.0.7-0ubuntu4
  Version table:
     30.0-1 -32768
       -32768 file:/srv/backports backports/main all Packages
 *** 29.1.3-0ubuntu3~24.04.2 -1
        510 https://mirror.example/apps/ubuntu noble-apps-security/main amd64 Packages
        100 /var/lib/dpkg/status
     24.0.7-0ubuntu4 500
        500 http://mirror.example/ubuntu noble/universe amd64 Packages
"""
PHASED = """\
apt:
  Installed: 2.4.6
  Candidate: 2.4.8
  Version table:
     2.4.8 500
        500 http://mirror.example/ubuntu jammy-security/main amd64 Packages
     2.4.7 500 (phased 20%)
        500 http://mirror.example/ubuntu jammy-updates/main amd64 Packages
 *** 2.4.6 100
        100 /var/lib/dpkg/status
"""
# one version that two archives built differently stands twice
TWICE = """\
foo:i386:
  Installed: 1
  Candidate: 2
  Version table:
     2 500
        500 file:/srv/a unstable/main i386 Packages
     2 500
        500 file:/srv/b unstable/main i386 Packages
     1 500
        500 file:/srv/b stable/main i386 Packages
 *** 1 100
        100 /var/lib/dpkg/status
"""


def newer(text, name, version):
    return [known.version for known in apt_policy.parse_policy(text)[name].find_newer(version)]


class TestTables(unittest.TestCase):
    def test_newer_versions_ascend(self):
        self.assertEqual(["2.4.7", "2.4.8"], newer(PHASED, "apt", "2.4.6"))
        self.assertEqual(["1.0.1f-1ubuntu2.17"], newer(OLD, "openssl", "1.0.1f-1ubuntu2.16"))

    def test_pins_hide_no_version(self):
        self.assertEqual(["30.0-1"], newer(PINNED, "docker.io", "29.1.3-0ubuntu3~24.04.2"))

    def test_phased_percentage_belongs_to_its_version(self):
        versions = apt_policy.parse_policy(PHASED)["apt"].versions
        self.assertEqual([None, 20, None], [version.phased for version in versions])

    def test_all_archives_of_a_version(self):
        table = apt_policy.parse_policy(OLD)["openssl"]
        self.assertEqual(
            [
                "http://mirror.example/ubuntu/ trusty-updates/main amd64 Packages",
                "http://mirror.example/ubuntu/ trusty-security/main amd64 Packages",
            ],
            table.find_indexes("1.0.1f-1ubuntu2.17"),
        )

    def test_version_standing_twice_is_one_version(self):
        table = apt_policy.parse_policy(TWICE)["foo:i386"]
        self.assertEqual(["2", "1"], [version.version for version in table.versions])
        self.assertEqual(["2"], newer(TWICE, "foo:i386", "1"))
        self.assertEqual(2, len(table.find_indexes("2")))

    def test_windows_line_ends(self):
        self.assertEqual(["2.4.7", "2.4.8"], newer(PHASED.replace("\n", "\r\n"), "apt", "2.4.6"))

    def test_last_good_version_that_no_archive_has(self):
        # half-configured at 2.4.6, last configured as 2.4.5, which is nowhere any more
        self.assertEqual(["2.4.6", "2.4.7", "2.4.8"], newer(PHASED, "apt", "2.4.5"))

    def test_package_apt_does_not_know(self):
        self.assertEqual([], newer("foo:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n", "foo", "1"))

    def test_noise_is_no_table(self):
        self.assertEqual([], sorted(apt_policy.parse_policy("W: something\n     1 500\nE: other: thing\n")))

    def test_apt_names_packages_of_foreign_architectures_only(self):
        self.assertEqual("a", apt_policy.name_for_apt("a", "all", "amd64"))
        self.assertEqual("a", apt_policy.name_for_apt("a", "amd64", "amd64"))
        self.assertEqual("a:i386", apt_policy.name_for_apt("a", "i386", "amd64"))


class TestRecords(unittest.TestCase):
    def test_first_of_equal_records_counts(self):
        text = "Package: a\nVersion: 1\nSection: libs\nDescription: x\n Section: fake\n\nPackage: a\nVersion: 1\nSection: net\n"
        self.assertEqual("libs", apt_policy.parse_records(text)["a", "1"]["section"])

    def test_record_without_version_is_none(self):
        self.assertEqual({}, apt_policy.parse_records("Package: a\n\n\n\nVersion: 1\n"))


class TestRecordedTables(unittest.TestCase):
    def test_tables_people_showed_parse(self):
        records = data("apt/phased-and-esm.json")
        if records is None:
            return
        tables = {}
        for record in records:
            tables.update(apt_policy.parse_policy(record["output"]))
        self.assertEqual([20], [version.phased for version in tables["apt"].versions if version.phased])
        self.assertEqual(["2.96.0", "2.45.0-1ubuntu0.3+esm3", "2.45.0-1ubuntu0.3", "2.45.0-1build1"], [v.version for v in tables["gh"].versions])
        self.assertEqual(None, tables["fish"].installed)
        self.assertEqual([], tables["code"].find_newer("1.129.1-1784303641"))
        self.assertEqual(4, len(tables["docker.io"].find_indexes("29.1.3-0ubuntu3~24.04.2")))

    def test_installed_and_candidate_of_every_table_are_in_it(self):
        records = data("apt/vuls-apt-outputs.json")
        if records is None:
            return
        seen = 0
        for record in records:
            text = record["text"].replace("\r", "")
            for name, table in apt_policy.parse_policy(text).items():
                if table.installed is None:
                    continue
                block = text.partition("%s:\n" % name)[2]
                installed = block.partition("Installed: ")[2].partition("\n")[0]
                self.assertEqual(installed, table.versions[table.installed].version)
                seen += 1
        self.assertTrue(seen >= 7, seen)

    def test_tables_of_apts_own_tests_parse(self):
        records = data("apt/apt-integration-outputs.json.gz")
        if records is None:
            return
        tables = 0
        for record in records:
            if " policy " in record["command"]:
                for table in apt_policy.parse_policy(record["output"]).values():
                    tables += 1
                    for version in table.versions:
                        self.assertTrue(version.indexes, record)
        self.assertTrue(tables > 40, tables)
