# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an rpm system waits for a reboot: its kernel, and the packages a running system cannot do without."""

from .rpm_order import Version

# Each file is written by a tool that was asked to say so; SUSE's is written by zypper.
FLAGS = ("/run/reboot-needed", "/var/run/reboot-needed", "/run/reboot-required", "/var/run/reboot-required")
KERNELS = (
    "kernel", "kernel-core", "kernel-PAE", "kernel-rt", "kernel-rt-core", "kernel-64k-core", "kernel-default",
    "kernel-uek", "kernel-uek-core", "kernel6.12",
)  # fmt: skip
# What everything that runs has loaded, or what started everything, as the vendors' needs-restarting has it.
CORE = (
    "dbus", "dbus-broker", "dbus-daemon", "glibc", "gnutls", "kernel-firmware", "linux-firmware", "microcode_ctl",
    "openssl-libs", "systemd", "udev",
)  # fmt: skip


def find_reboot_reasons(raw):
    """Reasons why the node waits for a reboot, in plain words; ``raw`` is that of ``rpm_facts``."""
    return _find_flags(raw) + _find_kernels(raw) + _find_core(raw)


def _find_flags(raw):
    return [flag + " exists" for flag in FLAGS if raw["files"].get(flag) is not None][:1]


def _find_kernels(raw):
    """A newer kernel of the running one's kind. Without a package for the running kernel there is nothing to compare:
    a container has its host's."""
    running = raw["kernel"][0]
    rows = [row for row in raw["installed"] if row[0] in KERNELS]
    for name in sorted(set(row[0] for row in rows if running in _name_releases(row))):
        same = [row for row in rows if row[0] == name]
        newest = max(same, key=lambda row: Version(*row[2:5]))
        if running not in _name_releases(newest):
            shown = "%s-%s.%s" % (newest[3], newest[4], newest[1])
            return ["running kernel %s is older than the installed %s" % (running, shown)]
    return []


def _name_releases(row):
    """What ``uname -r`` says of a kernel package: RHEL with the architecture, SUSE with the flavour instead."""
    plain = "%s-%s" % (row[3], row[4])
    return ("%s.%s" % (plain, row[1]), plain, "%s-default" % plain, "%s-default" % plain.rpartition(".")[0])


def _find_core(raw):
    """Core packages that were installed after the boot."""
    booted = raw.get("booted") or 0
    if not booted:
        return []
    names = sorted(set(row[0] for row in raw["installed"] if row[0] in CORE and row[6] and row[6] >= booted))
    return ["installed since the boot: " + ", ".join(names)] if names else []
