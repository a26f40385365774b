# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which package manager a node gets."""

import unittest

import context
from payload import managers
from payload.refusal import Refusal

PAYLOAD = context.PAYLOAD  # the import puts it on the path
MARKERS = dict((module, marker) for module, _systems, marker in managers.MANAGERS)


def choose(system, *present):
    there = [MARKERS["%s_manager" % name] for name in present]
    return managers.name_manager(system, lambda marker: [marker] if marker in there else [])


class TestManagers(unittest.TestCase):
    def test_the_system_decides_between_several(self):
        for system, present, expected in (
            ("UBUNTU", ("apt", "dnf", "zypper"), "apt_manager"),
            ("ROCKY_LINUX", ("apt", "dnf"), "dnf_manager"),
            ("SUSE", ("apt", "dnf", "zypper"), "zypper_manager"),
            ("REDHAT_ENTERPRISE_LINUX", ("dnf", "yum"), "yum_manager"),
            ("AMAZON_LINUX_2", ("yum",), "yum_manager"),
        ):
            self.assertEqual(expected, choose(system, *present))

    def test_an_unknown_system_gets_what_is_there(self):
        self.assertEqual("apt_manager", choose(None, "apt", "dnf"))
        self.assertEqual("dnf_manager", choose("FEDORA", "dnf"))
        self.assertEqual(None, choose("DEBIAN"))

    def test_a_node_without_any_is_refused_by_its_name(self):
        real = managers.name_manager
        managers.name_manager = lambda system: None
        try:
            managers.find_manager({"/etc/os-release": 'ID=alpine\nNAME="Alpine Linux"\n'}.get)
        except Refusal as refusal:
            self.assertTrue("Alpine Linux" in refusal.message)
        else:
            self.fail("not refused")
        finally:
            managers.name_manager = real
