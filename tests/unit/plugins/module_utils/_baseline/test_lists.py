# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every documented way to name a patch in a list; the look at beginnings must not hide an entry."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.lists import PatchLists
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import LABELS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Notice, Package

RHEL, SUSE = OperatingSystem.REDHAT_ENTERPRISE_LINUX, OperatingSystem.SUSE
UBUNTU, MACOS, WINDOWS = OperatingSystem.UBUNTU, OperatingSystem.MACOS, OperatingSystem.WINDOWS

NOTICES = {
    "RHSA-2017:0864": Notice("RHSA-2017:0864", cve_ids=("CVE-2018-1234567",), bugzilla_ids=("1463241",)),
    "SUSE-SLE-Product-15-2023-123": Notice("SUSE-SLE-Product-15-2023-123"),
}
DBUS = Package(
    "dbus", "x86_64", "1.12.28", epoch="1", release="1.amzn2023.0.1", notices=("RHSA-2017:0864", "UNKNOWN-1")
)
CURL = Package("curl", "x86_64", "8.0.1", release="150.1", notices=("SUSE-SLE-Product-15-2023-123",))


def names(os: OperatingSystem, entry: str, package: Package) -> bool:
    lists = PatchLists(Baseline("b", os, approved_patches=("nothing-of-it", entry)), NOTICES)
    position = lists.find(package)
    assert position in (None, 1)
    return position == 1


@pytest.mark.parametrize("shape", LABELS[PackageManager.RPM](DBUS))
@pytest.mark.parametrize("os", [RHEL, OperatingSystem.ROCKY_LINUX, OperatingSystem.AMAZON_LINUX_2023])
def test_the_twelve_shapes_of_rpm(os: OperatingSystem, shape: str) -> None:
    assert names(os, shape, DBUS)
    assert names(os, f"{shape[:-1]}*", DBUS)
    assert names(os, f"*{shape[1:]}", DBUS)
    assert names(os, f"{shape[:2]}*{shape[-2:]}", DBUS)
    assert not names(os, f"{shape}x", DBUS)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("RHSA-2017:0864", True),
        ("rhsa-2017:0864", True),
        ("UNKNOWN-1", True),
        ("RHSA-2017:*", False),
        ("CVE-2018-1234567", True),
        ("cve-2018-1234567", True),
        ("1463241", True),
        ("1463242", False),
        ("dbus-1.12.2*", True),
        ("dbus-1.12.3*", False),
        ("dbus-*:1.12.28-1.amzn2023.0.1.x86_64", True),
        ("DBUS", False),
        ("dbu", False),
        ("*", True),
    ],
)
def test_ids_and_wildcards_of_rpm(entry: str, named: bool) -> None:
    assert names(RHEL, entry, DBUS) is named


def test_digits_are_a_bugzilla_id_and_never_a_version() -> None:
    assert not names(RHEL, "20240115", Package("tzdata", "noarch", "20240115", release="1"))
    assert names(SUSE, "20240115", Package("20240115", "noarch", "1", release="1"))


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("SUSE-SLE-Product-15-2023-123", True),
        ("SUSE-SLE-Product-15-2023-*", True),
        ("SUSE-SLE-Product-15-2024-*", False),
        ("curl-8.0.1-150.1.x86_64.rpm", True),
        ("curl-8.0.1-150.1.*.rpm", True),
        ("curl-8.0.2*", False),
        ("curl", True),
        ("cur*", True),
    ],
)
def test_zypper(entry: str, named: bool) -> None:
    assert names(SUSE, entry, CURL) is named


@pytest.mark.parametrize(
    ("os", "entry", "package", "named"),
    [
        (UBUNTU, "bash", Package("bash", "amd64", "5"), True),
        (UBUNTU, "bash", Package("bash", "i386", "4"), True),
        (UBUNTU, "bash.amd64", Package("bash", "amd64", "5"), False),
        (UBUNTU, "linux-image-*", Package("linux-image-6.1", "amd64", "6.1"), True),
        (UBUNTU, "*-dbg", Package("libc6-dbg", "amd64", "2"), True),
        (MACOS, "XProtectPlistConfigData", Package("XProtectPlistConfigData", version="2"), True),
        (MACOS, "XProtectPlistConfigData.2", Package("XProtectPlistConfigData", version="2"), False),
        (WINDOWS, "KB2032276", Package("KB2032276"), True),
        (WINDOWS, "kb2032276", Package("KB2032276"), True),
        (WINDOWS, "MS10-048", Package("KB2032276", bulletin_ids=("MS10-048",)), True),
        (WINDOWS, "KB2", Package("KB1", kb_ids=("KB1", "KB2")), False),
    ],
)
def test_the_other_package_managers(os: OperatingSystem, entry: str, package: Package, named: bool) -> None:
    assert names(os, entry, package) is named


def test_the_first_entry_that_matches_is_the_one_found() -> None:
    entries = ("z", "CVE-2018-1234567", "dbus*", "dbus", "RHSA-2017:0864")
    assert PatchLists(Baseline("b", RHEL, approved_patches=entries), NOTICES).find(DBUS) == 1
    assert PatchLists(Baseline("b", RHEL, approved_patches=entries[2:]), NOTICES).find(DBUS) == 0
    assert PatchLists(Baseline("b", RHEL, approved_patches=entries[3:]), NOTICES).find(DBUS) == 0
    assert PatchLists(Baseline("b", RHEL, approved_patches=("a", "dbus", "dbus")), NOTICES).find(DBUS) == 1


def test_rejections_are_counted_before_approvals() -> None:
    both = Baseline("b", RHEL, approved_patches=("dbus",), rejected_patches=("x", "dbus.x86_64"))
    assert PatchLists(both, NOTICES).find(DBUS) == 1
    assert PatchLists(both, NOTICES).find(Package("dbus", "i686", "1", release="1")) == 2
    assert PatchLists(Baseline("b", RHEL), NOTICES).find(DBUS) is None


WORD = st.text("ab1", min_size=1, max_size=3)
ENTRY = st.text("ab1-.:*", min_size=1, max_size=6).filter(lambda text: text.count("*") <= 1 and not text.isdecimal())


@settings(max_examples=100, deadline=None)
@given(st.lists(ENTRY, max_size=4), WORD, WORD, WORD, WORD, st.sampled_from(["0", "1", "10"]))
@example(["*"], "a", "a", "a", "a", "0")
def test_compiled_lists_find_what_comparing_one_by_one_finds(
    entries: list[str], name: str, arch: str, version: str, release: str, epoch: str
) -> None:
    package = Package(name, arch, version, epoch=epoch, release=release)
    labels = LABELS[PackageManager.RPM](package)
    expected = [
        position for position, entry in enumerate(entries) if any(fnmatch.fnmatchcase(text, entry) for text in labels)
    ]
    found = PatchLists(Baseline("b", RHEL, approved_patches=tuple(entries)), {}).find(package)
    assert found == min(expected, default=None)
