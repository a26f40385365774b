# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts from recordings of real nodes: golden/<node>.<command>.stdout and .rest.json give golden/<node>.facts.json.

``record.py`` makes the recordings; OPENPATCH_ACCEPT=1 writes the facts anew, for a person to read through.
"""

import glob
import io
import json
import os
import unittest

from context import GOLDEN, golden
from payload import apt_collect

TEXTS = {
    "packages": "dpkg-query",
    "update": "apt-get-update",
    "targets": "indextargets",
    "policy": "apt-cache-policy",
    "records": "apt-cache-show",
}


def list_nodes():
    return sorted(os.path.basename(path)[: -len(".rest.json")] for path in glob.glob(os.path.join(GOLDEN, "*.rest.json")))


def read_raw(node):
    raw = json.loads(golden(node + ".rest.json"))
    for key, command in TEXTS.items():
        raw[key] = golden("%s.%s.stdout" % (node, command))
    return raw


def index(facts, part):
    found = {}
    for package in facts[part]:
        found.setdefault((package["name"], package["arch"]), []).append(package)
    return found


class TestRecordedNodes(unittest.TestCase):
    maxDiff = None

    def test_facts_are_as_recorded(self):
        self.assertTrue(len(list_nodes()) >= 4)
        for node in list_nodes():
            facts = json.loads(json.dumps(apt_collect.normalize(read_raw(node))))
            if os.environ.get("OPENPATCH_ACCEPT"):
                with io.open(os.path.join(GOLDEN, node + ".facts.json"), "w", encoding="utf-8") as stream:
                    stream.write(u"%s\n" % json.dumps(facts, indent=1, sort_keys=True, separators=(",", ": ")))
            self.assertEqual(json.loads(golden(node + ".facts.json")), facts, node)


class TestUbuntuNode(unittest.TestCase):
    """What the recorded Ubuntu node must show, written down by hand."""

    def setUp(self):
        self.facts = apt_collect.normalize(read_raw("ubuntu-22.04"))
        self.names = dict((entry["id"], entry["name"].rpartition("/ubuntu")[2]) for entry in self.facts["repositories"])

    def candidates(self, name, arch="all"):
        return [
            (package["version"], [self.names[identity].partition(" ")[2] for identity in package["repositories"]])
            for package in index(self.facts, "candidates").get((name, arch), [])
        ]

    def test_every_newer_version_with_its_archives_ascending(self):
        self.assertEqual(
            [("1.2-3ubuntu0.1", ["jammy-security/main"]), ("1.2-3ubuntu0.2", ["jammy-updates/main"])],
            self.candidates("two-pockets"),
        )

    def test_version_in_two_archives_names_both(self):
        self.assertEqual([("1.0-1ubuntu0.1", ["jammy-updates/main", "jammy-security/main"])], self.candidates("copied-fix"))

    def test_installed_newer_than_offered_has_no_candidate(self):
        self.assertEqual([], self.candidates("newer-local"))
        self.assertEqual([], index(self.facts, "installed")["newer-local", "all"][0]["repositories"])

    def test_esm_archives_keep_their_origin(self):
        origins = dict((entry["suite"], entry["origin"]) for entry in self.facts["repositories"] if "suite" in entry)
        self.assertEqual("UbuntuESM", origins["jammy-infra-security"])
        self.assertEqual("UbuntuESMApps", origins["jammy-apps-security"])

    def test_each_architecture_is_a_package_of_its_own(self):
        for arch in ("amd64", "i386"):
            self.assertEqual(["1.0-1ubuntu0.1"], [version for version, _places in self.candidates("libmulti", arch)])

    def test_phased_update_says_so(self):
        self.assertEqual(0, index(self.facts, "candidates")["phased-out", "all"][0]["phased_percent"])

    def test_section_and_priority_of_the_newer_version(self):
        package = index(self.facts, "candidates")["sec-extra", "all"][0]
        self.assertEqual(("universe/libs", "extra"), (package["section"], package["priority"]))

    def test_hold_is_told_and_hides_nothing(self):
        self.assertEqual(["held-back.all"], self.facts["held"])
        self.assertEqual(["1.0-1ubuntu0.1"], [version for version, _places in self.candidates("held-back")])

    def test_removed_package_is_not_installed(self):
        self.assertTrue(("removed-keeps-conf", "all") not in index(self.facts, "installed"))

    def test_repositories_without_lists_are_there_and_bad(self):
        bad = dict((entry["name"], (entry.get("reachable"), entry.get("signed"))) for entry in self.facts["repositories"][8:])
        self.assertEqual(
            {
                "http://mirror.example/gone jammy": (False, None),
                "http://mirror.example/stranger stranger": (True, False),
                "http://mirror.example/unsigned unsigned": (True, False),
            },
            bad,
        )
        codes = sorted(warning["code"] for warning in self.facts["warnings"])
        self.assertEqual(["repository_unreachable", "repository_unsigned", "repository_unsigned"], codes)


class TestUnfinishedPackages(unittest.TestCase):
    def collect(self, status, config_version, version="1.0-1ubuntu0.1"):
        raw = read_raw("ubuntu-22.04")
        old = "copied-fix\tall\t1.0-1\tinstall ok installed\t\t"
        self.assertTrue(old in raw["packages"])
        raw["packages"] = raw["packages"].replace(old, "copied-fix\tall\t%s\t%s\t%s\t" % (version, status, config_version))
        if version != "1.0-1":
            table = "     1.0-1ubuntu0.1 500\n        500 http://mirror.example/ubuntu jammy-updates/main amd64"
            raw["policy"] = raw["policy"].replace("copied-fix:\n", "copied-fix:\n").replace(
                table, table.replace("     1.0", " *** 1.0", 1), 1
            )
            block = raw["policy"].index("copied-fix:")
            end = raw["policy"].index("dpkg:", block)
            text = raw["policy"][block:end].replace("     1.0-1ubuntu0.1 500", " *** 1.0-1ubuntu0.1 500").replace(
                " *** 1.0-1 500", "     1.0-1 500"
            )
            raw["policy"] = raw["policy"][:block] + text + raw["policy"][end:]
        facts = apt_collect.normalize(raw)
        installed = [package["version"] for package in index(facts, "installed").get(("copied-fix", "all"), [])]
        candidates = [package["version"] for package in index(facts, "candidates").get(("copied-fix", "all"), [])]
        codes = [warning["code"] for warning in facts["warnings"] if "copied-fix" in warning["message"]]
        return installed, candidates, codes

    def test_half_configured_package_counts_as_what_was_configured_last(self):
        self.assertEqual(
            (["1.0-1"], ["1.0-1ubuntu0.1"], ["package_not_configured"]), self.collect("install ok half-configured", "1.0-1")
        )

    def test_package_never_configured_is_not_installed(self):
        self.assertEqual(([], [], ["package_not_configured"]), self.collect("install ok unpacked", ""))

    def test_pending_trigger_is_no_fault(self):
        self.assertEqual((["1.0-1"], ["1.0-1ubuntu0.1"], []), self.collect("install ok triggers-pending", "", "1.0-1"))


class TestLists(unittest.TestCase):
    def test_without_refresh_reachability_is_not_guessed(self):
        raw = read_raw("debian-12")
        raw.update(refreshed=False, never_fetched=["http://mirror.example/gone/dists/sid"])
        facts = apt_collect.normalize(raw)
        self.assertEqual([None, None, None, False], [entry.get("reachable") for entry in facts["repositories"]])
        self.assertEqual(["repository_unreachable"], [warning["code"] for warning in facts["warnings"]])

    def test_old_apt_without_indextargets(self):
        raw = read_raw("debian-12")
        releases = (
            "Package files:\n 500 http://mirror.example/debian-security bookworm-security/main amd64 Packages\n"
            "     release v=12,o=Debian,a=stable-security,n=bookworm-security,l=Debian-Security,c=main,b=amd64\n"
        )
        raw.update(targets=None, releases=releases)
        facts = apt_collect.normalize(raw)
        self.assertEqual("Debian-Security", facts["repositories"][0]["label"])
        self.assertTrue(any(package["repositories"] == ["r1"] for package in facts["candidates"]))

    def test_user_without_root_is_told(self):
        raw = read_raw("debian-12")
        raw["user"] = 1000
        self.assertEqual(["not_root"], [warning["code"] for warning in apt_collect.normalize(raw)["warnings"]])
