# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What apt-get update says of repositories it cannot read or does not trust. The messages are recorded, see golden/."""

import re
import unittest

from context import golden
from payload import apt_repositories, apt_update

ADDRESS = "http://mirror.example/r"
# name of the recorded run -> (code, suite, beginning of the reason), or None when nothing is wrong
EXPECTED = {
    "nokey": ("repository_unsigned", "stable", "The following signatures couldn't be verified"),
    "notsigned": ("repository_unsigned", "unsigned", "The repository 'http://mirror.example/r unsigned Release' is not signed"),
    "404": ("repository_unreachable", "nosuch", "404  File not found"),
    "refused": ("repository_unreachable", "nosuch", "Could not connect"),
    "trusted": None,
    "good": None,
    "component": ("repository_signature", "stable", "GPG error"),
    "allowinsecure": ("repository_unsigned", "unsigned", "The repository"),
    "expired": ("repository_expired", "unsigned", "Release file for"),
    "hash": ("repository_unreachable", "stable", "File has unexpected size"),
    "badsig": ("repository_unsigned", "stable", "The following signatures were invalid: BADSIG"),
    "otherkey": ("repository_unsigned", "stable", "The following signatures couldn't be verified"),
    "lostsig": ("repository_unsigned", "stable", "The repository 'http://mirror.example/r stable Release' is no longer signed"),
    "changed": ("repository_unreachable", "stable", "Repository 'http://mirror.example/r stable InRelease' changed its"),
    "malformed": None,
}
# of apt 1.0 (Debian 8, Ubuntu 14.04)
OLD = """\
Ign http://mirror.example trusty InRelease
Hit http://mirror.example trusty Release
Err http://mirror.example precise Release.gpg
  Could not resolve 'mirror.example'
W: GPG error: http://mirror.example trusty Release: The following signatures couldn't be verified because the public key \
is not available: NO_PUBKEY 40976EAF437D05B5
W: Failed to fetch http://mirror.example/dists/precise/Release.gpg  Could not resolve 'mirror.example'

E: Some index files failed to download. They have been ignored, or old ones used instead.
"""


def read_runs():
    parts = re.split(r"(?m)^### (\S+)\n", golden("debian-12.apt-get-update-troubles.stdout"))
    return dict(zip(parts[1::2], parts[2::2]))


def make_repositories(signed=None):
    repositories = apt_repositories.Repositories()
    for suite in ("stable", "unsigned"):
        repositories.add(ADDRESS, suite, "main", **({} if signed is None else {"signed": signed}))
    return repositories


class TestTroubles(unittest.TestCase):
    def test_every_recorded_run_is_expected(self):
        self.assertEqual(sorted(EXPECTED), sorted(read_runs()))

    def test_recorded_troubles(self):
        for name, text in read_runs().items():
            troubles, _messages = apt_update.parse_update(text)
            if EXPECTED[name] is None:
                self.assertEqual([], troubles, name)
                continue
            code, suite, reason = EXPECTED[name]
            self.assertEqual([(code, ADDRESS, suite)], [(t.code, t.address, t.suite) for t in troubles], name)
            self.assertTrue(troubles[0].reason.startswith(reason), (name, troubles[0].reason))

    def test_what_is_about_no_repository_is_kept_as_message(self):
        runs = read_runs()
        self.assertTrue("Malformed entry 1" in apt_update.parse_update(runs["malformed"])[1][0])
        self.assertTrue("doesn't have the component" in apt_update.parse_update(runs["component"])[1][0])
        self.assertEqual([], apt_update.parse_update(runs["badsig"])[1])

    def test_words_of_old_apt(self):
        troubles, messages = apt_update.parse_update(OLD)
        self.assertEqual(
            [("repository_unreachable", "precise"), ("repository_signature", "trusty")],
            [(trouble.code, trouble.suite) for trouble in troubles],
        )
        self.assertEqual([], messages)

    def test_good_run_says_nothing(self):
        for name in ("debian-11", "debian-12", "debian-13"):
            self.assertEqual(([], []), apt_update.parse_update(golden(name + ".apt-get-update.stdout")))


class TestJudgement(unittest.TestCase):
    def judge(self, name, signed=None):
        repositories = make_repositories(signed)
        apt_update.judge_repositories(repositories, apt_update.parse_update(read_runs()[name])[0])
        return dict((entry["name"], entry) for entry in repositories.facts)

    def test_unreachable_is_marked_and_others_are_reached(self):
        facts = self.judge("hash", True)
        self.assertEqual(False, facts[ADDRESS + " stable/main"]["reachable"])
        self.assertEqual(True, facts[ADDRESS + " unsigned/main"]["reachable"])

    def test_repository_never_fetched_is_added(self):
        facts = self.judge("404")
        self.assertEqual(False, facts[ADDRESS + " nosuch"]["reachable"])

    def test_bad_signature_overrules_trust_in_what_was_fetched_before(self):
        facts = self.judge("badsig", True)
        self.assertEqual((True, False), tuple(facts[ADDRESS + " stable/main"][key] for key in ("reachable", "signed")))

    def test_signature_the_administrator_waived_does_not_count(self):
        self.assertEqual(True, self.judge("component", True)[ADDRESS + " stable/main"]["signed"])

    def test_signature_counts_where_apt_does_not_say_whether_it_trusts(self):
        self.assertEqual(False, self.judge("component", None)[ADDRESS + " stable/main"]["signed"])


class TestAddresses(unittest.TestCase):
    def test_split_address(self):
        cases = (
            ("http://h/debian/dists/bookworm/InRelease", "http://h/debian", "bookworm"),
            ("http://h/debian/dists/buster/updates/Release.gpg", "http://h/debian", "buster/updates"),
            ("http://h/debian/dists/buster/updates/main/binary-amd64/Packages.xz", "http://h/debian", "buster/updates"),
            ("http://h/debian/dists/stable/main/i18n/Translation-en.bz2", "http://h/debian", "stable"),
            ("https://h/flat/Release", "https://h/flat", ""),
        )
        for uri, address, suite in cases:
            self.assertEqual((address, suite), apt_update.split_address(uri))

    def test_find_suite(self):
        cases = (
            ("bookworm InRelease", "bookworm"),
            ("buster/updates InRelease", "buster/updates"),
            ("bookworm/main amd64 Packages", "bookworm"),
            ("./ Packages", "./"),
            ("InRelease", ""),
        )
        for words, suite in cases:
            self.assertEqual(suite, apt_update.find_suite(words))
