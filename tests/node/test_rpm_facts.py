# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of rpm systems: golden/<node>.raw.json gives golden/<node>.facts.json, and the rules one by one.

sles-15 is a node of the estate. The other two are condensed from recorded answers. centos-7: what ``rpm -qa`` and ``yum check-update`` said, without
times. amazon-linux-2: real notices with their packages, real installed packages; made up are the older versions that are
installed of what the notices name, and the times of building. OPENPATCH_ACCEPT=1 writes the facts anew.
"""

import io
import json
import os
import unittest

import context
from context import GOLDEN, golden
from payload import rpm_facts

# node -> package manager
NODES = {"amazon-linux-2": "rpm", "centos-7": "rpm", "sles-15": "zypper"}


def read_raw(node):
    return json.loads(golden(node + ".raw.json"))


def make(installed=(), available=(), **more):
    raw = {"user": 0, "refreshed": True, "arch": "x86_64", "kernel": ["1", ""], "files": {}, "repositories": [], "updateinfo": []}
    raw.update(streams={}, install_only=[], problems=[], installed=[one + [0, 0, ""] for one in installed])
    raw.update(available=[one[:5] + [0] + (one[5:] or ["r", ""]) for one in available], **more)
    return rpm_facts.normalize(raw)


def notice(*packages, **words):
    text = u"".join(u'<package name="%s" arch="%s" epoch="%s" version="%s" release="%s"/>' % package for package in packages)
    return u'<updates><update type="security"><id>N</id><pkglist><collection>%s%s</collection></pkglist></update></updates>' % (
        words.get("module", u""), text)


class TestRecordedNodes(unittest.TestCase):
    maxDiff = None

    def test_sles_15_in_words(self):
        facts = rpm_facts.normalize(read_raw("sles-15"), "zypper")
        self.assertEqual(("SUSE", "Suse15.5", "zypper"), (facts["os"]["operating_system"], facts["os"]["product"], facts["package_manager"]))
        kernels = [one["release"] for one in facts["candidates"] if one["name"] == "kernel-default"]
        self.assertEqual(["150500.55.28.1", "150500.55.31.1", "150500.55.36.1"], kernels)
        patch = facts["notices"]["SUSE-SLE-Module-Basesystem-15-SP5-2023-4044"]
        self.assertEqual(("security", "important", "2023-10-15T02:40:43Z"), (patch["type"], patch["severity"], patch["issued"]))
        self.assertEqual(["CVE-2023-38545", "CVE-2023-38546"], patch["cve_ids"])
        self.assertEqual(["libzypp.x86_64:0:17.31.22-150400.3.43.1"], facts["held"])

    def test_facts_are_as_recorded(self):
        for node, package_manager in sorted(NODES.items()):
            facts = json.loads(json.dumps(rpm_facts.normalize(read_raw(node), package_manager)))
            if os.environ.get("OPENPATCH_ACCEPT"):
                with io.open(os.path.join(GOLDEN, node + ".facts.json"), "w", encoding="utf-8") as stream:
                    stream.write(u"%s\n" % json.dumps(facts, indent=1, sort_keys=True, separators=(",", ": ")))
            self.assertEqual(json.loads(golden(node + ".facts.json")), facts, node)

    def test_amazon_linux_2_in_words(self):
        facts = rpm_facts.normalize(read_raw("amazon-linux-2"))
        self.assertEqual(("AMAZON_LINUX_2", "AmazonLinux2"), (facts["os"]["operating_system"], facts["os"]["product"]))
        kernels = [(one["version"], one["notices"], one["repositories"]) for one in facts["candidates"] if one["name"] == "kernel"]
        self.assertEqual(
            [
                ("4.9.76", ["ALAS2-2018-939"], ["amzn2-core"]),
                ("5.15.43", ["ALAS2KERNEL-5.15-2022-001"], ["amzn2extra-kernel-5.15"]),
            ],
            kernels,
        )
        self.assertEqual("critical", facts["notices"]["ALAS2-2018-939"]["severity"])
        self.assertFalse(facts["reboot_required"]["required"])

    def test_centos_7_in_words(self):
        facts = rpm_facts.normalize(read_raw("centos-7"))
        self.assertEqual(("CENTOS", "CentOS7.9"), (facts["os"]["operating_system"], facts["os"]["product"]))
        found = dict((one["name"], one) for one in facts["candidates"])
        self.assertEqual(("32", "26.P2.el7_9.16"), (found["bind-export-libs"]["epoch"], found["bind-export-libs"]["release"]))
        self.assertEqual("1160.119.1.el7", found["kernel"]["release"])
        self.assertFalse([one for one in facts["candidates"] if one["notices"] or "built_at" in one])

    def test_the_fixtures_say_what_was_recorded(self):
        path = os.path.join(context.DATA, "rpm-cli", "centos-7.rpm-query-all.stdout")
        if not os.path.exists(path):
            raise unittest.SkipTest("the raw data are not here")
        said = set()
        for line in context.read(path).splitlines():
            one = json.loads(line)
            said.add((one["package"], one["architecture"], one["version"]))
        words = context.read(os.path.join(context.DATA, "rpm-cli", "centos-7.yum-check-update.stdout")).split()
        raw = read_raw("centos-7")
        for row in raw["installed"] + raw["available"]:
            version = ("" if row[2] == "0" else row[2] + ":") + "-".join(row[3:5])
            if row in raw["installed"]:
                self.assertTrue((row[0], row[1], version) in said, row)
            else:
                self.assertEqual(["%s.%s" % tuple(row[:2]), version, row[6]], words[words.index("%s.%s" % tuple(row[:2])) :][:3])


class TestRules(unittest.TestCase):
    OLD, NEW = ["a", "x86_64", "0", "1", "1"], ["a", "x86_64", "0", "2", "1"]

    def test_a_version_in_several_repositories_is_one_candidate(self):
        found = make([self.OLD], [self.NEW + ["r", ""], self.NEW + ["s", ""], self.NEW + ["r", ""]])["candidates"]
        self.assertEqual([["r", "s"]], [one["repositories"] for one in found])

    def test_candidates_ascend_in_rpms_order(self):
        offered = [["a", "x86_64", epoch, version, "1"] for epoch, version in (("1", "0"), ("0", "10"), ("0", "9"), ("0", "9~rc"))]
        self.assertEqual(["9~rc", "9", "10", "0"], [one["version"] for one in make([self.OLD], offered)["candidates"]])

    def test_what_the_node_holds_is_told_and_stays_a_candidate(self):
        facts = make([self.OLD], [self.NEW + ["r", "a lock"]])
        self.assertEqual((["a.x86_64:0:2-1"], 1), (facts["held"], len(facts["candidates"])))

    def test_a_noticed_version_that_has_left_the_repositories(self):
        for package, streams, module, expected in (
            (("a", "x86_64", "0", "2", "1"), {}, u"", [False]),
            (("a", "x86_64", "0", "1", "1"), {}, u"", []),
            (("a", "i686", "0", "2", "1"), {}, u"", []),
            (("b", "x86_64", "0", "2", "1"), {}, u"", []),
            (("a", "x86_64", "0", "2", "1"), {"m": "1"}, u'<module name="m" stream="1"/>', [False]),
            (("a", "x86_64", "0", "2", "1"), {"m": "2"}, u'<module name="m" stream="1"/>', []),
            (("a", "x86_64", "0", "2", "1"), {}, u'<module name="m" stream="1"/>', []),
        ):
            facts = make([self.OLD], updateinfo=[["r", notice(package, module=module)]], streams=streams)
            self.assertEqual(expected, [one["available"] for one in facts["candidates"]], (package, streams, module))

    def test_the_newest_of_several_installed_versions_counts(self):
        facts = make([self.OLD, ["a", "x86_64", "0", "3", "1"]], updateinfo=[["r", notice(("a", "x86_64", "0", "2", "1"))]])
        self.assertEqual([], facts["candidates"])

    def test_installed_packages_have_their_notices(self):
        facts = make([self.OLD], updateinfo=[["r", notice(("a", "x86_64", "0", "1", "1"))]])
        self.assertEqual((["N"], ["N"]), (facts["installed"][0]["notices"], list(facts["notices"])))

    def test_notices_of_nobody_are_left_out(self):
        facts = make([self.OLD], updateinfo=[["r", notice(("a", "src", "0", "1", "1"))]])
        self.assertEqual({}, facts["notices"])

    def test_broken_notices_are_a_warning(self):
        facts = make([self.OLD], updateinfo=[["r", b"<updates>"]])
        self.assertEqual(["notices_unreadable"], [one["code"] for one in facts["warnings"]])
        self.assertTrue("repository 'r'" in facts["warnings"][0]["message"])

    def test_a_user_without_rights_is_told(self):
        self.assertEqual(["not_root"], [one["code"] for one in make(user=1000)["warnings"]])
        self.assertTrue("metadata as it is" in make(user=1000, refreshed=False)["warnings"][0]["message"])
