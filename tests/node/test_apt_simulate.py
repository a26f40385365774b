# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what apt would do, and telling it what it does not think of."""

import re
import unittest

from context import data, golden
from payload import apt_simulate, choose, wanted


def read_simulation(name, words):
    parts = re.split(r"(?m)^### (nn.*|downgrade.*)\n", golden(name + ".apt-get-simulate.stdout"))
    text = dict(zip(parts[1::2], parts[2::2]))[words]
    return apt_simulate.Transaction(100 if "### rc 100" in text else 0, text)


class Asked(apt_simulate.Simulator):
    """A simulator whose apt is a table: the words it is asked, sorted, give the recorded answer."""

    def __init__(self, answers, **options):
        apt_simulate.Simulator.__init__(self, "amd64", **options)
        self.answers = answers

    def _ask(self, words, companions):
        return self.answers[" ".join(sorted(words + companions))]


class TestTransaction(unittest.TestCase):
    def test_packages_of_a_transaction(self):
        transaction = read_simulation("debian-13", "nn-app=2.0 nn-lib=2.0")
        self.assertEqual([("nn-lib", "all", "2.0", "1.0"), ("nn-app", "all", "2.0", "1.0")], transaction.entries)
        self.assertEqual(None, transaction.reason)

    def test_simulated_downgrade_is_a_failure(self):
        for name in ("debian-11", "debian-12", "debian-13"):
            self.assertEqual("a newer version is installed: nn-lib", read_simulation(name, "downgrade nn-lib=2.0").reason)

    def test_lines_of_all_releases(self):
        cases = (
            (
                "Inst libc6:i386 [2.35-0ubuntu3] (2.35-0ubuntu3.8 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [i386]) []",
                ("libc6", "i386", "2.35-0ubuntu3.8", "2.35-0ubuntu3"),
            ),
            ("Inst new-dep (1:2.0-1+b1 Debian-Security:12/stable-security [all])", ("new-dep", "all", "1:2.0-1+b1", "")),
            ("Inst local [1] (2 localhost [amd64])", ("local", "amd64", "2", "1")),
            ("Inst bare [1] (2 [amd64])", ("bare", "amd64", "2", "1")),
        )
        for line, entry in cases:
            self.assertEqual([entry], apt_simulate.Transaction(0, line + "\nConf x (1 y [all])\n").entries)

    def test_recorded_upgrades_parse_to_the_line(self):
        records = data("apt/check_apt-inputs.json")
        if records is None:
            return
        seen = 0
        for record in records if isinstance(records, list) else records.values():
            text = record if not isinstance(record, dict) else record.get("text") or record.get("output") or record.get("content")
            lines = [line for line in text.splitlines() if line.startswith("Inst ")]
            self.assertEqual(len(lines), len(apt_simulate.Transaction(0, text).entries))
            seen += len(lines)
        self.assertTrue(seen > 10, seen)


class TestSimulator(unittest.TestCase):
    app, library = wanted.Wanted("nn-app", "all", "2.0"), wanted.Wanted("nn-lib", "all", "2.0")

    def answers(self, name="debian-13"):
        return {
            "nn-app=2.0": read_simulation(name, "nn-app=2.0"),
            "nn-app=2.0 nn-lib=2.0": read_simulation(name, "nn-app=2.0 nn-lib=2.0"),
        }

    def test_dependency_comes_at_the_version_that_is_needed(self):
        for name in ("debian-11", "debian-12", "debian-13"):
            transaction = Asked(self.answers(name)).simulate([self.app])
            self.assertEqual(["nn-lib=2.0"], transaction.companions)
            self.assertEqual(None, transaction.reason)

    def test_asked_package_is_no_companion(self):
        self.assertEqual([], Asked(self.answers()).simulate([self.app, self.library]).companions)

    def test_first_reason_counts_when_the_version_is_nowhere(self):
        answers = self.answers()
        answers["nn-app=2.0 nn-lib=2.0"] = apt_simulate.Transaction(100, "E: Version '2.0' for 'nn-lib' was not found\n")
        self.assertTrue("nn-lib (= 2.0) but 3.0" in Asked(answers).simulate([self.app]).reason)

    def test_blocked_and_failed_and_pinned_packages_do_not_come_along(self):
        cases = (
            ({"blocked": ["nn-lib"]}, "would bring in blocked packages: nn-lib"),
            ({"blocked": ["nn-l*"]}, "would bring in blocked packages: nn-lib"),
            ({"failed": {"nn-lib": "a reason"}}, "needs nn-lib, which failed: a reason"),
            ({"pinned": [{"name": "nn-lib", "arch": "all", "version": "1.0"}]}, "would bring in nn-lib 2.0, which is to be at 1.0"),
            ({"blocked": ["other"], "pinned": [{"name": "nn-lib", "arch": "all", "version": "2.0"}]}, None),
        )
        for options, reason in cases:
            self.assertEqual(reason, Asked(self.answers(), **options).object_to([self.app]))

    def test_blocked_names_may_be_asked_for(self):
        self.assertEqual(None, Asked(self.answers(), blocked=["nn-*"]).object_to([self.app, self.library]))


class TestChoice(unittest.TestCase):
    """choose() against a world of rules instead of apt: what each package needs, and what never works."""

    def choose(self, names, needs=(), broken=(), everything_broken=False):
        packages = [wanted.Wanted(name, "all", "1") for name in names]
        questions = []

        def object_to(group):
            questions.append(group)
            present = set(package.name for package in group)
            if everything_broken:
                return "apt is broken"
            for package in group:
                if package.name in broken:
                    return "%s : never works" % package.name
                for other in dict(needs).get(package.name, ()):
                    if other not in present:
                        return "%s : Depends: %s" % (package.name, other)
            return None

        accepted, refused = choose.choose(packages, object_to)
        return sorted(package.name for package in accepted), dict((key[0], why) for key, why in refused.items()), len(questions)

    def test_all_at_once_is_one_question(self):
        self.assertEqual((["a", "b", "c"], {}, 1), self.choose("abc"))

    def test_one_culprit_among_many_is_found_cheaply(self):
        names = ["p%02d" % number for number in range(64)]
        accepted, refused, questions = self.choose(names, broken=["p40"])
        self.assertEqual((63, {"p40": "p40 : never works"}), (len(accepted), refused))
        self.assertTrue(questions < 20, questions)

    def test_packages_that_need_each_other_stay_together(self):
        names = ["p%d" % number for number in range(8)]
        accepted, refused, _questions = self.choose(names, needs=[("p0", ["p7"]), ("p7", ["p0"])], broken=["p3"])
        self.assertEqual((["p0", "p1", "p2", "p4", "p5", "p6", "p7"], ["p3"]), (accepted, sorted(refused)))

    def test_package_that_needs_a_culprit_is_refused_with_it(self):
        accepted, refused, _questions = self.choose("abcd", needs={"b": "c"}.items(), broken="c")
        self.assertEqual((["a", "d"], ["b", "c"]), (accepted, sorted(refused)))

    def test_broken_apt_is_asked_only_twice(self):
        accepted, refused, questions = self.choose("abcdefgh", everything_broken=True)
        self.assertEqual(([], 8, 2), (accepted, len(refused), questions))
