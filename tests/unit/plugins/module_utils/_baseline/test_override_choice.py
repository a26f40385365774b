# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which updates an override list names, in every notation the samples use."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override_choice import OverrideList

APT, RPM = PackageManager.APT, PackageManager.RPM
BIND = Package("bind-utils", "x86_64", "9.11.4", epoch="32", release="26.P2.amzn2.5.2")
APT_PACKAGE = Package("apt", "amd64", "1.2.27")


def names(manager: PackageManager, package: Package, id_: str, title: str | None = None) -> bool:
    return OverrideList([OverrideEntry(id_, title)], manager).find(package) is not None


@pytest.mark.parametrize(
    ("id_", "title", "named"),
    [
        ("bind-utils.x86_64", None, True),
        ("bind-utils", None, True),
        ("bind*.x86_64", None, True),
        ("b*d*.x86*", None, True),
        ("bind-utils.i686", None, False),
        ("bind", None, False),
        ("bind*", "*32:9.11.4-26.P2.amzn2.5.2", True),
        ("bind*", "*9.11.4-26.P2.amzn2.5.2", True),
        ("bind*", "bind-utils.x86_64:32:9.11.4-26.P2.amzn2.5.2", True),
        ("bind*", "32:9.11.4-26.P2.amzn2.5.2", True),
        ("bind*", "9.11.4-26.P2.amzn2.5.2", True),
        ("bind*", "9.*-26.*", True),
        ("bind*", "39.11.4-26.P2.amzn2.5.2", False),
        ("bind*", "*9.11.5*", False),
        ("dhcp*", "*9.11.4*", False),
    ],
)
def test_rpm(id_: str, title: str | None, named: bool) -> None:
    assert names(RPM, BIND, id_, title) is named


@pytest.mark.parametrize(
    ("id_", "title", "named"),
    [
        ("apt.amd64", "*1.2.27", True),
        ("apt.amd64", "apt.amd64:1.2.27", True),
        ("apt", "1.2.27", True),
        ("apt", "1.2", False),
        ("ap", None, False),
    ],
)
def test_apt(id_: str, title: str | None, named: bool) -> None:
    assert names(APT, APT_PACKAGE, id_, title) is named


@pytest.mark.parametrize("title", [None, "whatever"])
def test_macos_takes_name_or_name_and_version(title: str | None) -> None:
    software = Package("MRTConfigData", version="1.61")
    assert names(PackageManager.MACOS, software, "MRTConfigData", title)
    assert names(PackageManager.MACOS, software, "MRTConfigData.1.61", title)
    assert not names(PackageManager.MACOS, software, "MRTConfigData.1.60", title)


@pytest.mark.parametrize("title", [None, "whatever"])
def test_windows_takes_kb_and_bulletin(title: str | None) -> None:
    update = Package("KB4284819", bulletin_ids=("MS17-023",))
    for id_ in ("KB4284819", "kb4284819", "MS17-023", "KB428*"):
        assert names(PackageManager.WINDOWS, update, id_, title)
    assert not names(PackageManager.WINDOWS, update, "KB4284818", title)


def test_the_highest_version_that_is_named_and_available() -> None:
    versions = [Package("a", "amd64", version, available=version != "3") for version in "1234"]
    override = OverrideList([OverrideEntry("a", "1"), OverrideEntry("a", "2"), OverrideEntry("a", "3")], APT)
    chosen = override.choose(versions)
    assert chosen is versions[1]
    assert override.explain(versions[1]) == "[1] 'a', title '2'"
    assert override.explain(Package("b", "amd64", "1")) == ""
    assert OverrideList([], APT).choose(versions) is None


def test_a_list_pins_what_it_does_not_name_in_every_version() -> None:
    titled, bare = OverrideEntry("apt*", "*1.2.27"), OverrideEntry("apt", None)
    assert OverrideList([titled], APT).pins(APT_PACKAGE)
    assert not OverrideList([titled, bare], APT).pins(APT_PACKAGE)
    assert not OverrideList([titled], APT).pins(Package("bash", "amd64", "5"))


def test_entries_that_name_nothing_are_told() -> None:
    override = OverrideList([OverrideEntry("apt*", "*1"), OverrideEntry("nginx", None)], APT)
    assert override.list_unmatched([APT_PACKAGE]) == ("install_override_list[1] 'nginx'",)
    assert len(override.list_unmatched([])) == 2
