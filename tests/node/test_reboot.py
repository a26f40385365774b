# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a node waits for a reboot."""

import unittest

import context
from payload import reboot

BOOKWORM = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)"
JAMMY = "#117-Ubuntu SMP Fri Apr 26 12:26:49 UTC 2024"
HWE = "#117~20.04.1-Ubuntu SMP Tue Apr 30 10:35:57 UTC 2024"

# (installed kernel packages, release of the running kernel, its build, word of the reason or None)
KERNELS = (
    ({"linux-image-6.1.0-28-amd64": "6.1.119-1"}, "6.1.0-28-amd64", BOOKWORM, None),
    ({"linux-image-6.1.0-28-amd64": "6.1.123-1"}, "6.1.0-28-amd64", BOOKWORM, "build 6.1.119-1"),
    (
        {"linux-image-6.1.0-28-amd64": "6.1.119-1", "linux-image-6.1.0-30-amd64": "6.1.124-1"},
        "6.1.0-28-amd64", BOOKWORM, "6.1.0-30-amd64",
    ),
    (
        {"linux-image-6.1.0-9-amd64": "6.1.27-1", "linux-image-6.1.0-28-amd64": "6.1.119-1"},
        "6.1.0-28-amd64", BOOKWORM, None,
    ),
    # another flavour is another kernel
    (
        {"linux-image-6.1.0-28-amd64": "6.1.119-1", "linux-image-6.1.0-30-cloud-amd64": "6.1.124-1"},
        "6.1.0-28-amd64", BOOKWORM, None,
    ),
    (
        {"linux-image-5.15.0-69-generic": "5.15.0-69.76", "linux-image-5.15.0-107-generic": "5.15.0-107.117"},
        "5.15.0-69-generic", "#76-Ubuntu SMP Fri Mar 17 17:19:29 UTC 2023", "5.15.0-107-generic",
    ),
    ({"linux-image-5.15.0-107-generic": "5.15.0-107.117"}, "5.15.0-107-generic", JAMMY, None),
    ({"linux-image-5.15.0-107-generic": "5.15.0-107.118"}, "5.15.0-107-generic", JAMMY, "build 5.15.0-107.117"),
    ({"linux-image-5.15.0-107-generic": "5.15.0-107.117~20.04.1"}, "5.15.0-107-generic", HWE, None),
    ({"linux-image-6.1.0-21-amd64-unsigned": "6.1.90-1"}, "6.1.0-21-amd64", "#1 SMP Debian 6.1.90-1 (2024-05-03)", None),
    (
        {"linux-image-6.6.31+rpt-rpi-v8": "1:6.6.31-1+rpt1", "linux-image-6.6.51+rpt-rpi-v8": "1:6.6.51-1+rpt3"},
        "6.6.31+rpt-rpi-v8", "#1 SMP PREEMPT Debian 1:6.6.31-1+rpt1 (2024-05-29)", "6.6.51+rpt-rpi-v8",
    ),
    # a container: the kernel is the host's; and one that has a kernel package nevertheless
    ({}, "6.18.44", "#1 SMP", None),
    ({"linux-image-6.1.0-30-amd64": "6.1.124-1"}, "6.8.0-51-generic", "#52-Ubuntu SMP", None),
    ({"linux-image-amd64": "6.1.124-1"}, "6.1.0-28-amd64", BOOKWORM, None),
)

PAYLOAD = context.PAYLOAD  # the import puts it on the path


def reasons(files=None, kernels=None, release="6.1.0-28-amd64", build=BOOKWORM):
    installed = [{"name": name, "version": version} for name, version in (kernels or {}).items()]
    return reboot.find_reboot_reasons((files or {}).get, installed, release, build)


class TestFlags(unittest.TestCase):
    def test_flag_names_its_packages_once(self):
        files = {"/run/reboot-required": "*** System restart required ***\n", "/run/reboot-required.pkgs": "libc6\ndbus\nlibc6\n"}
        self.assertEqual(["/run/reboot-required exists, because of dbus, libc6"], reasons(files))

    def test_empty_flag_counts(self):
        self.assertEqual(["/var/run/reboot-required exists"], reasons({"/var/run/reboot-required": ""}))

    def test_no_flag_no_reason(self):
        self.assertEqual([], reasons())


class TestKernels(unittest.TestCase):
    def test_kernels(self):
        for kernels, release, build, word in KERNELS:
            found = reasons({}, kernels, release, build)
            if word is None:
                self.assertEqual([], found)
            else:
                self.assertEqual(1, len(found), (kernels, release))
                self.assertTrue(word in found[0], found)

    def test_releases_are_ordered_by_number(self):
        ordered = ["5.15.0-69", "5.15.0-107", "6.1.0-0.deb11.9", "6.1.0-0.deb11.13", "6.1.0-9", "6.1.0-28", "6.12.9+bpo"]
        self.assertEqual(ordered, sorted(reversed(ordered), key=reboot.order_of_kernel))
