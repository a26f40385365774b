# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of packages, by dpkg's word."""

import unittest

import context
from payload import apt_results, dpkg, results, wanted

BEFORE = """\
done\tall\t1\tinstall ok installed\t\t\t
early\tall\t2\tinstall ok installed\t\t\t
half\tall\t1\tinstall ok installed\t\t\t
named\tall\t1\tinstall ok installed\t\t\t
left\tall\t1\tinstall ok installed\t\t\t
library\tamd64\t1\tinstall ok installed\t\t\t
other\tall\t1\tinstall ok installed\t\t\t
"""
AFTER = """\
done\tall\t2\tinstall ok installed\t\t\t
early\tall\t2\tinstall ok installed\t\t\t
half\tall\t2\tinstall ok half-configured\t1\t\t
named\tall\t1\tinstall ok installed\t\t\t
left\tall\t1\tinstall ok installed\t\t\t
library\tamd64\t2\tinstall ok installed\t\t\t
other\tall\t1\tinstall ok installed\t\t\t
new\tall\t5\tinstall ok installed\t\t\t
"""

PAYLOAD = context.PAYLOAD  # the import puts it on the path


def read(text):
    return apt_results.DpkgSnapshot(dpkg.parse_packages(text))


def want(*names):
    return [wanted.Wanted(name, "all", "2") for name in names]


class TestJudgement(unittest.TestCase):
    def test_every_wanted_package_has_its_result(self):
        packages = want("done", "early", "half", "named", "left", "never")
        reasons = {("named", "all"): ("failed", "a reason"), ("done", "all"): ("failed", "overtaken by dpkg's word")}
        judged = results.judge(packages, read(BEFORE), read(AFTER), reasons, ("not_tried", "no time"))
        self.assertEqual(
            [
                ("done", "installed", "1", "2", ""),
                ("early", "installed", "2", "2", "was already there"),
                ("half", "failed", "1", "2", "dpkg left it half-configured at version 2"),
                ("named", "failed", "1", "2", "a reason"),
                ("left", "not_tried", "1", "2", "no time"),
                ("never", "not_tried", "", "2", "no time"),
                ("library", "dependency", "1", "2", ""),
                ("new", "dependency", "", "5", ""),
            ],
            [tuple(result[key] for key in ("name", "status", "from_version", "version", "reason")) for result in judged],
        )

    def test_interrupted_operation_is_judged_by_what_dpkg_has_now(self):
        document = {"before": {"done.all": "1", "half.all": "1", "left.all": "1"}}
        judged = results.judge_interrupted(document, want("done", "half", "left"), read(AFTER))
        self.assertEqual(
            [("installed", "1"), ("failed", "1"), ("not_tried", "1")],
            [(result["status"], result["from_version"]) for result in judged],
        )

    def test_package_that_changed_its_architecture_is_found(self):
        snapshot = read("one\tall\t1\tinstall ok installed\t\t\t\ntwo\tamd64\t1\tinstall ok installed\t\t\t\n")
        for name, arch, version in (("one", "amd64", "1"), ("two", "all", "1"), ("two", "i386", "")):
            self.assertEqual(version, snapshot.version(wanted.Wanted(name, arch, "1")), name)
