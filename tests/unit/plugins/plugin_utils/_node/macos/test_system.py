# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which macOS it is, and which boot."""

from __future__ import annotations

import json

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import (
    find_boot_time,
    identify,
)
from tests.estate.macos.recordings import RECORDINGS, show_system
from tests.unit.plugins.plugin_utils._node.macos.test_software_update import RAW, needs_raw

NAMES = {"11": "BigSur", "12": "Monterey", "13": "Ventura", "14": "Sonoma", "15": "Sequoia"}


@pytest.mark.parametrize(("version", "build"), RECORDINGS["systems"])
def test_every_recorded_system_has_its_product(version: str, build: str) -> None:
    name = NAMES[version.partition(".")[0]]
    assert identify(show_system(version, build)) == {
        "id": "macos",
        "name": f"macOS {version}",
        "version": version,
        "codename": name,
        "operating_system": "MACOS",
        "product": f"{name}{version}",
    }


@needs_raw
def test_the_raw_outputs_are_the_same() -> None:
    raw = [entry["output"] for entry in json.loads((RAW / "sw_vers.json").read_text())]
    assert raw == [show_system(version, build) for version, build in RECORDINGS["systems"]]


@pytest.mark.parametrize("version", ["11.2", "10.15.7", "26.0", "9" * 20, "eleven"])
def test_a_system_that_nobody_supports_has_no_product(version: str) -> None:
    assert "product" not in identify(f"ProductName:\tmacOS\nProductVersion:\t{version}\n")


def test_a_system_that_says_nothing_is_still_macos() -> None:
    assert identify("") == {"id": "macos", "name": "macOS"}


def test_the_boot_is_rounded_up() -> None:
    assert find_boot_time("{ sec = 1700000000, usec = 1 } Tue Nov 14 22:13:20 2023") == 1700000001
    assert find_boot_time("{ sec = 1700000000, usec = 0 } Tue Nov 14 22:13:20 2023") == 1700000000
    assert find_boot_time("") is None


def test_the_oldest_system_that_is_supported_has_its_product() -> None:
    assert identify("ProductName:\tmacOS\nProductVersion:\t11.3.1\n")["product"] == "BigSur11.3.1"
