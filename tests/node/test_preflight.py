# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Observing a node: what cannot be observed is told, and stops nothing."""

import os
import time
import unittest

import context
from payload import managers, node, preflight
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class Manager(object):
    """A package manager that answers, or fails, as it is told."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def collect(self, command):
        self.asked.append(command)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class TestPreflight(unittest.TestCase):
    def setUp(self):
        self.real = (managers.find_manager, managers.name_manager, node.describe_boot)
        managers.name_manager = lambda system: "apt_manager"

    def tearDown(self):
        managers.find_manager, managers.name_manager, node.describe_boot = self.real

    def observe(self, answer, command=None):
        self.manager = Manager(answer)
        managers.find_manager = lambda: self.manager
        return preflight.observe(command or {})

    def test_the_node_says_what_it_is_and_what_a_scan_would_find(self):
        before = time.time()
        facts = {
            "repositories": [{"id": "r1", "name": "http://u:p@host/debian", "reachable": True}],
            "warnings": [{"code": "x", "message": "Failed to read 'https://u:p@host': no"}],
            "unfinished": ["a"],
            "installed": ["not", "wanted"],
        }
        seen = self.observe(facts)
        self.assertEqual({}, seen["problems"])
        self.assertEqual(
            {
                "repositories": [{"id": "r1", "name": "http://***@host/debian", "reachable": True}],
                "warnings": [{"code": "x", "message": "Failed to read 'https://***@host': no"}],
                "unfinished": ["a"],
            },
            seen["facts"],
        )
        self.assertEqual("apt", seen["manager"])
        self.assertEqual(os.geteuid(), seen["user"]["uid"])
        self.assertTrue(before <= seen["clock"]["started"] <= seen["clock"]["ended"] <= time.time())
        self.assertEqual([], seen["endpoints"])
        (asked,) = self.manager.asked
        self.assertEqual((True, 0, True), (asked["refresh"], asked["lock_timeout"], asked["skip_unavailable"]))

    def test_what_a_scan_would_fail_with_is_an_observation(self):
        seen = self.observe(Refusal("locked", "Failed to lock http://u:p@x"))
        self.assertEqual({"error": {"code": "locked", "message": "Failed to lock http://***@x"}}, seen["facts"])
        seen = self.observe(KeyError("x"))
        self.assertEqual({"error": {"code": "crash", "message": "KeyError: 'x'"}}, seen["facts"])
        self.assertEqual({}, seen["problems"])

    def test_what_cannot_be_observed_stops_nothing(self):
        def fail():
            raise OSError("no /proc")

        node.describe_boot = fail
        seen = self.observe({"repositories": []})
        self.assertEqual({"boot": "OSError: no /proc"}, seen["problems"])
        self.assertTrue("boot" not in seen)
        self.assertEqual({"repositories": []}, seen["facts"])
