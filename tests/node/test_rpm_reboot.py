# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an rpm system waits for a reboot."""

import unittest

import context
from payload.rpm_reboot import find_reboot_reasons

PAYLOAD = context.PAYLOAD  # the import puts it on the path
EL7 = ("3.10.0", "1160.102.1.el7"), ("3.10.0", "1160.119.1.el7")


def kernel(version, release, name="kernel", arch="x86_64", installed=0):
    return [name, arch, "0", version, release, 0, installed, ""]


def ask(running="", installed=(), files=None, booted=None):
    return find_reboot_reasons({"kernel": [running, ""], "installed": list(installed), "files": files or {}, "booted": booted})


class TestReboot(unittest.TestCase):
    def test_nothing_is_no_reason(self):
        self.assertEqual([], ask())

    def test_a_file_that_asks_for_it(self):
        self.assertEqual(["/run/reboot-needed exists"], ask(files={"/run/reboot-needed": "", "/var/run/reboot-needed": ""}))

    def test_a_newer_kernel_of_the_same_kind(self):
        both = [kernel(*one) for one in EL7]
        self.assertEqual(
            ["running kernel 3.10.0-1160.102.1.el7.x86_64 is older than the installed 3.10.0-1160.119.1.el7.x86_64"],
            ask("3.10.0-1160.102.1.el7.x86_64", both),
        )
        self.assertEqual([], ask("3.10.0-1160.119.1.el7.x86_64", both))
        self.assertEqual([], ask("3.10.0-1160.119.1.el7.x86_64", [both[1], kernel("5.4.17", "1.el7uek", "kernel-uek")]))

    def test_suses_kernels_are_named_by_their_flavour(self):
        rows = [kernel("5.14.21", "150500.55.7.1", "kernel-default"), kernel("5.14.21", "150500.55.12.1", "kernel-default")]
        self.assertEqual(1, len(ask("5.14.21-150500.55.7-default", rows)))
        self.assertEqual([], ask("5.14.21-150500.55.12-default", rows))

    def test_a_container_has_its_hosts_kernel(self):
        self.assertEqual([], ask("6.8.0-1-generic", [kernel(*one) for one in EL7]))

    def test_core_packages_since_the_boot(self):
        rows = [kernel("2.17", "1", "glibc", installed=200), kernel("1", "1", "bash", installed=200), kernel("1", "1", "dbus", installed=50)]
        self.assertEqual(["installed since the boot: glibc"], ask(installed=rows, booted=100))
        self.assertEqual([], ask(installed=rows, booted=300))
        self.assertEqual([], ask(installed=rows))
