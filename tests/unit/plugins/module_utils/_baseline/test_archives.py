# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Security archives of every release, by the fields their Release files really have."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.archives import (
    is_security_archive,
    name_archive,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import OsFacts, Repository

DEBIAN, UBUNTU, RASPBIAN = OperatingSystem.DEBIAN, OperatingSystem.UBUNTU, OperatingSystem.RASPBIAN

UBUNTU_RELEASES = {
    "14.04": "trusty",
    "16.04": "xenial",
    "18.04": "bionic",
    "20.04": "focal",
    "20.10": "groovy",
    "22.04": "jammy",
    "24.04": "noble",
    "24.10": "oracular",
    "25.04": "plucky",
}
DEBIAN_RELEASES = {"8": "jessie", "9": "stretch", "10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}


@pytest.mark.parametrize(("version", "codename"), UBUNTU_RELEASES.items())
@pytest.mark.parametrize("stated", [True, False], ids=["codename in os-release", "version only"])
def test_ubuntu(version: str, codename: str, stated: bool) -> None:
    os = OsFacts(operating_system=UBUNTU, version=version, codename=codename if stated else "")
    secure = {
        (origin, suite)
        for origin in ("Ubuntu", "UbuntuESM", "UbuntuESMApps", "UbuntuFIPSUpdates", "LP-PPA-security", "")
        for suffix in ("", "-security", "-updates", "-backports", "-proposed", "-infra-security", "-infra-updates")
        for suite in (codename + suffix, f"{codename}-apps-security")
        if is_security_archive(Repository("r", origin=origin, suite=suite, codename=codename), os)
    }
    assert secure == {
        ("Ubuntu", f"{codename}-security"),
        ("UbuntuESM", f"{codename}-infra-security"),
        ("UbuntuESMApps", f"{codename}-apps-security"),
    }


@pytest.mark.parametrize("operating_system", [DEBIAN, RASPBIAN])
@pytest.mark.parametrize(("version", "codename"), DEBIAN_RELEASES.items())
@pytest.mark.parametrize("stated", [True, False], ids=["codename in os-release", "version only"])
def test_debian(operating_system: OperatingSystem, version: str, codename: str, stated: bool) -> None:
    os = OsFacts(operating_system=operating_system, version=version, codename=codename if stated else "")
    for archive in (f"{codename}-security", f"{codename}/updates", codename):
        assert is_security_archive(Repository("r", label="Debian-Security", codename=archive, suite="stable"), os)
        assert not is_security_archive(Repository("r", label="Debian", codename=archive, suite="stable"), os)


@pytest.mark.parametrize(
    ("suite", "codename", "secure"),
    [
        ("oldstable/updates", "", True),
        ("stable-security", "", True),
        ("bookworm-security", "", True),
        ("testing-security", "", False),
        ("stable-security", "trixie-security", False),
        ("oldstable-security", "bookworm-security", True),
    ],
)
def test_debian_archive_of_another_release_or_without_codename(suite: str, codename: str, secure: bool) -> None:
    os = OsFacts(operating_system=DEBIAN, codename="bookworm")
    assert is_security_archive(Repository("r", label="Debian-Security", suite=suite, codename=codename), os) is secure


@pytest.mark.parametrize(
    "os", [OsFacts(operating_system=DEBIAN, version="14"), OsFacts(), OsFacts(operating_system=UBUNTU)]
)
def test_nothing_is_guessed_of_an_unknown_release(os: OsFacts) -> None:
    assert not is_security_archive(Repository("r", label="Debian-Security", codename="bookworm-security"), os)
    assert not is_security_archive(Repository("r", origin="Ubuntu", suite="-security"), os)


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        (Repository("r", suite="jammy-updates", codename="jammy"), "jammy-updates"),
        (
            Repository("r", origin="UbuntuESMApps", suite="jammy-apps-security", codename="jammy"),
            "jammy-apps-security (ESM)",
        ),
        (Repository("r", suite="stable", codename="jammy-extra", name="x"), "jammy-extra"),
        (Repository("r", suite="stable", name="https://example.com stable/main"), "https://example.com stable/main"),
        (Repository("r", suite="stable"), "stable"),
        (Repository("r", codename="lunar"), "lunar"),
        (Repository("r"), "r"),
    ],
)
def test_archives_are_called_as_people_do(repository: Repository, name: str) -> None:
    assert name_archive(repository, OsFacts(operating_system=UBUNTU, codename="jammy")) == name
