# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids, titles and the texts that name a package."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import (
    HEADS,
    LABELS,
    format_id,
    format_title,
    format_version,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package

APT, RPM, ZYPPER = PackageManager.APT, PackageManager.RPM, PackageManager.ZYPPER
MACOS, WINDOWS = PackageManager.MACOS, PackageManager.WINDOWS

DEB = Package("bash", "amd64", "5.1-2")
DBUS = Package("dbus", "x86_64", "1.12.28", epoch="1", release="1.amzn2023.0.1")
UPDATE = Package("kb5031361", title="2023-10 Cumulative Update", bulletin_ids=("ms17-023",))


@pytest.mark.parametrize(
    ("manager", "package", "id_", "version", "title"),
    [
        (APT, DEB, "bash.amd64", "5.1-2", "bash.amd64:5.1-2"),
        (RPM, DBUS, "dbus.x86_64", "1:1.12.28-1.amzn2023.0.1", "dbus.x86_64:1:1.12.28-1.amzn2023.0.1"),
        (ZYPPER, Package("a", "noarch", "1", release="2"), "a.noarch", "0:1-2", "a.noarch:0:1-2"),
        (MACOS, Package("MRTConfigData", version="1.61"), "MRTConfigData", "1.61", "MRTConfigData.1.61"),
        (MACOS, Package("Safari"), "Safari", "", "Safari"),
        (WINDOWS, UPDATE, "kb5031361", "", "2023-10 Cumulative Update"),
        (WINDOWS, Package("KB1"), "KB1", "", "KB1"),
    ],
)
def test_id_version_and_title(manager: PackageManager, package: Package, id_: str, version: str, title: str) -> None:
    assert (format_id(package), format_version(manager, package)) == (id_, version)
    assert format_title(manager, package) == title


def test_the_twelve_shapes_of_an_rpm_package() -> None:
    assert set(LABELS[RPM](DBUS)) == {
        "dbus",
        "dbus.x86_64",
        "dbus-1.12.28",
        "dbus-1.12.28-1.amzn2023.0.1",
        "dbus-1.12.28-1.amzn2023.0.1.x86_64",
        "1.12.28",
        "1.12.28-1.amzn2023.0.1",
        "1:1.12.28-1.amzn2023.0.1",
        "dbus-1:1.12.28-1.amzn2023.0.1",
        "dbus-1:1.12.28-1.amzn2023.0.1.x86_64",
        "1:dbus-1.12.28-1.amzn2023.0.1.x86_64",
        "dbus.x86_64:1:1.12.28-1.amzn2023.0.1",
    }


def test_the_other_labels() -> None:
    assert LABELS[APT](DEB) == ("bash",)
    assert LABELS[MACOS](Package("Safari", version="17")) == ("Safari",)
    assert LABELS[WINDOWS](UPDATE) == ("KB5031361", "MS17-023")
    assert LABELS[ZYPPER](Package("a", "x86_64", "1", release="2")) == ("a", "a-1-2.x86_64", "a-1-2.x86_64.rpm")


WORDS = st.text("ab1.-:", max_size=4)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PackageManager), WORDS, WORDS, WORDS, WORDS, WORDS)
def test_every_label_begins_with_a_head(
    manager: PackageManager, name: str, arch: str, epoch: str, version: str, release: str
) -> None:
    package = Package(name, arch, version, epoch, release, bulletin_ids=(version,))
    heads = tuple(HEADS[manager](package))
    assert all(label.startswith(heads) for label in LABELS[manager](package))
