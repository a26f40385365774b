# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a Debian-like node waits for a reboot: what packages left in /run, and the kernel."""

import re

FLAGS = ("/run/reboot-required", "/var/run/reboot-required")
KERNEL_PACKAGE = re.compile(r"linux-image-(?:unsigned-)?(\d.*?)(?:-unsigned)?$")
# 6.1.0-28-amd64, 5.15.0-107-generic, 6.1.0-0.deb11.13-cloud-amd64, 6.6.31+rpt-rpi-v8: version, then flavour
KERNEL_RELEASE = re.compile(r"(\d[^-]*(?:-\d[^-]*)?)-(.+)$")


def find_reboot_reasons(read, installed, release, build):
    """Reasons why the node waits for a reboot, in plain words.

    ``installed`` holds the facts' packages; ``release`` and ``build`` are those of the running kernel.
    """
    return find_flag_reasons(read) + find_kernel_reasons(installed, release, build)


def find_flag_reasons(read):
    for flag in FLAGS:
        if read(flag) is not None:
            names = sorted(set((read(flag + ".pkgs") or "").split()))
            return [flag + " exists" + (", because of " + ", ".join(names) if names else "")]
    return []


def find_kernel_reasons(installed, release, build):
    """A newer kernel of the running one's flavour, or another build of the same.

    Without a package for the running kernel there is nothing to compare: a container has its host's kernel.
    """
    images = {}
    for package in installed:
        match = KERNEL_PACKAGE.match(package["name"])
        if match and KERNEL_RELEASE.match(match.group(1)):
            images[match.group(1)] = package["version"]
    running = KERNEL_RELEASE.match(release)
    if not running or release not in images:
        return []
    newest = max(
        (image for image in images if KERNEL_RELEASE.match(image).group(2) == running.group(2)), key=order_of_kernel
    )
    if newest != release:
        return ["running kernel %s is older than the installed %s" % (release, newest)]
    built = find_build_version(build, images[release])
    if built and built != images[release]:
        return ["running kernel %s is build %s, installed is %s" % (release, built, images[release])]
    return []


def order_of_kernel(release):
    """A key that orders kernel releases of one flavour: numbers by value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d]+", release)]


def find_build_version(build, installed_version):
    """The package version the running kernel was built as, or None when its build line does not tell."""
    debian = re.search(r" Debian (\d\S*)", build)
    if debian:
        return debian.group(1)
    ubuntu = re.match(r"#(\d+)(?:~\S+)?-Ubuntu\b", build)
    if ubuntu:
        # 5.15.0-107.117 is upload 117 of ABI 107; the build line names the upload
        stem = re.match(r"(\d+\.\d+\.\d+-\d+)\.\d+(.*)$", installed_version)
        return "%s.%s%s" % (stem.group(1), ubuntu.group(1), stem.group(2)) if stem else None
    return None
