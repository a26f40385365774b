# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why installs failed, from recorded outputs of real failures."""

import re
import unittest

from context import golden
from payload import apt_reasons

HALTED = """\
dpkg: dependency problems prevent configuration of app:
 app depends on libfoo (>= 2); however:
  Package libfoo is not configured yet.

dpkg: error processing package app (--configure):
 dependency problems - leaving unconfigured
dpkg: error processing package libc6:i386 (--configure):
 package libc6:i386 is not ready for configuration
 cannot configure (current status 'half-installed')
"""
# dpkg before 1.17 does not say "package" or "archive"
OLD = """\
dpkg: error processing /var/cache/apt/archives/libstdc++6_4.9_amd64.deb (--unpack):
 trying to overwrite '/usr/lib/x', which is also in package other 1.0
"""
HELD = """\
The following held packages will be changed:
  linux-image-amd64
E: Held packages were changed and -y was used without --allow-change-held-packages.
"""
UNTRUSTED = """\
WARNING: The following packages cannot be authenticated!
  foo bar
E: There were unauthenticated packages and -y was used without --allow-unauthenticated
"""


class TestPackageReasons(unittest.TestCase):
    def test_scripts_that_fail_with_their_last_words(self):
        reasons = apt_reasons.find_package_reasons(golden("ubuntu-22.04.apt-get-install-hazards.stdout"))
        self.assertEqual(["postinst-fails", "preinst-fails"], sorted(reasons))
        self.assertEqual(
            "new preinst-fails package pre-installation script subprocess returned error exit status 1"
            " - preinst cannot go on: no space on planet",
            reasons["preinst-fails"],
        )
        self.assertTrue(reasons["postinst-fails"].startswith("installed postinst-fails package post-installation script"))

    def test_downloads_that_fail(self):
        reasons = apt_reasons.find_package_reasons(golden("ubuntu-22.04.apt-get-install-download.stdout"))
        self.assertEqual(
            {
                "libfoo": "download failed: 404  File not found [IP: 192.0.2.1 80]",
                "copied-fix": "download failed: Hash Sum mismatch",
                "sec-extra": "download failed: 404  File not found [IP: 192.0.2.1 80]",
            },
            reasons,
        )

    def test_full_disk(self):
        text = golden("debian-12.apt-get-install-disk-full.stdout")
        self.assertTrue("No space left on device" in apt_reasons.find_package_reasons(text)["perl-base"])
        self.assertTrue(apt_reasons.DISK_FULL in text)

    def test_dependency_problems_are_spelt_out(self):
        reasons = apt_reasons.find_package_reasons(HALTED)
        self.assertEqual(
            "dependency problems: app depends on libfoo (>= 2); however: Package libfoo is not configured yet.", reasons["app"]
        )
        self.assertTrue("not ready for configuration" in reasons["libc6"])

    def test_words_of_old_dpkg(self):
        self.assertTrue("trying to overwrite" in apt_reasons.find_package_reasons(OLD)["libstdc++6"])

    def test_packages_apt_does_not_trust(self):
        self.assertEqual(["bar", "foo"], sorted(apt_reasons.find_package_reasons(UNTRUSTED)))

    def test_success_has_no_reason(self):
        self.assertEqual({}, apt_reasons.find_package_reasons(golden("debian-13.apt-get-simulate.stdout")))

    def test_name_of_archive(self):
        cases = (
            ("http://h/pool/libs/libstdc%2b%2b6_12%3a1_amd64.deb", "libstdc++6"),
            ("/var/cache/apt/archives/foo_1%3a2_all.deb", "foo"),
            ("/tmp/apt-dpkg-install-XZZKr8/19-preinst-fails_1.0-1_all.deb", "preinst-fails"),
            ("/srv/7-zip_1_all.deb", "7-zip"),
        )
        for address, name in cases:
            self.assertEqual(name, apt_reasons.name_of_archive(address))


class TestExplanations(unittest.TestCase):
    EXPECTED = {
        "nn-needs=2.0": "unmet dependencies: nn-needs : Depends: no-such-package (>= 3) but it is not installable",
        "nn-push=2.0": "would remove nn-by",
        "nn-app=2.0": "unmet dependencies: nn-app : Depends: nn-lib (= 2.0) but 3.0 is to be installed",
        "nn-lib=9": "Version '9' for 'nn-lib' was not found",
        "nn-ghost=1": "Unable to locate package nn-ghost",
        "downgrade nn-lib=2.0": "a newer version is installed: nn-lib",
    }

    def test_explanations_of_apt_2_and_3(self):
        for name in ("debian-11", "debian-12", "debian-13"):
            parts = re.split(r"(?m)^### (nn.*|downgrade.*)\n", golden(name + ".apt-get-simulate.stdout"))
            runs = dict(zip(parts[1::2], parts[2::2]))
            for words, reason in self.EXPECTED.items():
                self.assertEqual(reason, apt_reasons.explain(runs[words]), (name, words))

    def test_held_packages(self):
        self.assertEqual("would change held packages: linux-image-amd64", apt_reasons.explain(HELD))

    def test_silence(self):
        self.assertEqual("apt gave no reason", apt_reasons.explain(""))

    def test_generic_words_are_better_than_none(self):
        self.assertEqual(
            "Sub-process /usr/bin/dpkg returned an error code (1)",
            apt_reasons.explain("E: Sub-process /usr/bin/dpkg returned an error code (1)\n"),
        )

    def test_lock_is_recognised(self):
        for text in (
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 12 (apt)",
            "E: Could not get lock /var/lib/dpkg/lock - open (11: Resource temporarily unavailable)",
            "dpkg: error: dpkg frontend lock was locked by another process with pid 12",
            "dpkg: error: dpkg status database is locked by another process",
        ):
            self.assertTrue(apt_reasons.LOCKED.search(text), text)
