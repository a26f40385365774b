# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories by indextargets and, for old apt, by the list of package files."""

import os
import shutil
import tempfile
import unittest

from context import golden
from payload import apt_repositories

RELEASES = """\
Package files:
 100 /var/lib/dpkg/status
     release a=now
 500 http://mirror.example/ trusty-security/main amd64 Packages
     release v=14.04,o=Ubuntu,a=trusty-security,n=trusty,l=Ubuntu,c=main
     origin mirror.example
 500 http://mirror.example/ jessie/updates/main amd64 Packages
     release v=8,o=Debian,a=oldstable,n=jessie,l=Debian-Security,c=main
     origin mirror.example
 -10 http://mirror.example/acme stable/main i386 Packages
     release o=Acme, Inc,a=stable,n=stable,l=A, B, C,c=main
     origin mirror.example
 500 http://mirror.example/flat ./ Packages
     release c=
Pinned packages:
     openssl -> 1.0
"""


class TestTargets(unittest.TestCase):
    def test_architectures_of_one_archive_are_one_repository(self):
        repositories = apt_repositories.parse_targets(golden("ubuntu-22.04.indextargets.stdout"))
        names = [entry["name"] for entry in repositories.facts]
        self.assertEqual(len(set(names)), len(names))
        both = [repositories.find("http://mirror.example/ubuntu jammy/main %s Packages" % arch) for arch in ("amd64", "i386")]
        self.assertEqual(both[:1] * 2, both)

    def test_fields_come_from_the_release_file(self):
        repositories = apt_repositories.parse_targets(golden("debian-13.indextargets.stdout"))
        self.assertEqual(
            {
                "id": "r3",
                "name": "http://mirror.example/debian-security trixie-security/main",
                "enabled": True,
                "origin": "Debian",
                "label": "Debian-Security",
                "suite": "stable-security",
                "codename": "trixie-security",
                "component": "main",
                "signed": True,
            },
            repositories.facts[2],
        )

    def test_field_apt_does_not_know_is_absent(self):
        fields = ("COMPONENT", "ORIGIN", "LABEL", "SUITE", "CODENAME")
        words = ["file:/srv ./ Packages", "file:/srv/", "./"] + ["$(%s)" % field for field in fields] + ["yes", "Packages"]
        line = "\t".join(words) + "\n"
        self.assertEqual(
            [{"id": "r1", "name": "file:/srv ./", "enabled": True, "signed": True}], apt_repositories.parse_targets(line).facts
        )

    def test_hostile_words_are_one_printable_line(self):
        words = [u"http://h s/main amd64 Packages", "http://h/", "s", "main", u"Acme\x1b[2J\u2028x", "l" * 5000, "s", "s", "no", "Packages"]
        line = u"\t".join(words)
        (entry,) = apt_repositories.parse_targets(line).facts
        self.assertEqual((u"Acme [2J x", 1000), (entry["origin"], len(entry["label"])))

    def test_index_of_no_known_repository_makes_one(self):
        repositories = apt_repositories.parse_targets("")
        identity = repositories.find("https://h/nvidia/deb/amd64  Packages")
        self.assertEqual(identity, repositories.find("https://h/nvidia/deb/amd64 Packages"))
        self.assertEqual(["https://h/nvidia/deb/amd64"], [entry["name"] for entry in repositories.facts])

    def test_what_dpkg_has_is_no_repository(self):
        self.assertEqual(None, apt_repositories.parse_targets("").find("/var/lib/dpkg/status"))


class TestReleases(unittest.TestCase):
    def test_release_lines(self):
        facts = apt_repositories.parse_releases(RELEASES).facts
        self.assertEqual(
            [
                ("http://mirror.example/ trusty-security/main", "Ubuntu", "Ubuntu", "trusty-security", "trusty"),
                ("http://mirror.example/ jessie/updates/main", "Debian", "Debian-Security", "oldstable", "jessie"),
                ("http://mirror.example/acme stable/main", "Acme, Inc", "A, B, C", "stable", "stable"),
                ("http://mirror.example/flat ./", None, None, None, None),
            ],
            [tuple(entry.get(key) for key in ("name", "origin", "label", "suite", "codename")) for entry in facts],
        )

    def test_suite_with_slash_keeps_its_component(self):
        repositories = apt_repositories.parse_releases(RELEASES)
        self.assertEqual("main", repositories.facts[1]["component"])
        self.assertEqual("r2", repositories.find("http://mirror.example/ jessie/updates/main amd64 Packages"))


class TestNeverFetched(unittest.TestCase):
    URIS = (
        "'http://h/debian/dists/bookworm/InRelease' h_debian_dists_bookworm_InRelease 0 \n"
        "'http://h/debian/dists/buster/updates/InRelease' h_debian_dists_buster_updates_InRelease 0 \n"
        "'http://h/debian/dists/bookworm/main/binary-amd64/Packages.xz' h_debian_dists_bookworm_main_binary-amd64_Packages 0 \n"
    )

    def setUp(self):
        self.directory = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.directory)

    def touch(self, name):
        open(os.path.join(self.directory, name), "w").close()

    def test_suites_without_lists(self):
        both = ["http://h/debian/dists/bookworm", "http://h/debian/dists/buster/updates"]
        self.assertEqual(both, apt_repositories.find_never_fetched(self.URIS, self.directory))
        self.touch("h_debian_dists_bookworm_InRelease")
        self.touch("h_debian_dists_buster_updates_Release")
        self.assertEqual([], apt_repositories.find_never_fetched(self.URIS, self.directory))
