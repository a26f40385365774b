# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The history of installs and the receipts of packages."""

from __future__ import annotations

import plistlib
from datetime import datetime
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.records import (
    Installed,
    parse_history,
    parse_receipts,
)


def entry(name: str, version: str, day: int, process: str = "softwareupdated", **more: Any) -> dict[str, Any]:
    date = datetime.fromisoformat(f"2024-09-{day:02}T11:00:00")
    return {"displayName": name, "displayVersion": version, "date": date, "processName": process, **more}


def show(*entries: Any) -> str:
    return plistlib.dumps(list(entries)).decode()


def test_the_last_install_of_a_name_counts_in_whatever_order() -> None:
    text = show(entry("Safari", "17.6", 2), entry("Safari", "17.5", 1), entry("Agent", "1", 3, "installer"))
    assert parse_history(f"noise\n{text}more noise\n") == [Installed("Safari", "17.6", "2024-09-02T11:00:00Z")]


def test_data_that_macos_fetches_by_itself_waits_for_no_boot() -> None:
    packages = ["com.apple.pkg.MRTConfigData_10_15.16U4211"]
    text = show(entry("MRTConfigData", "1.61", 2, contentType="config-data", packageIdentifiers=packages))
    assert parse_history(text) == [Installed("MRTConfigData", "1.61", "", tuple(packages))]


def test_an_entry_without_its_fields_is_nobodys() -> None:
    odd = {"processName": "softwareupdated"}
    assert parse_history(show(odd, {**odd, "displayName": "x"}, 7)) == [Installed("x", "")]


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>'


@pytest.mark.parametrize(
    "text", ["", "no such file", "<?xml version='1.0'?><plist>", show().replace("array", "dict"), BOMB]
)
def test_what_is_no_history_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_history(text)


def test_receipts_follow_one_another() -> None:
    text = (
        "package-id: com.apple.pkg.CLTools_Executables\nversion: 14.3.1.0.1.1683849156\nvolume: /\nlocation: /\n"
        "install-time: 1684429264\ngroups: com.apple.FindSystemFiles.pkg-group\n"
        "No receipt for 'x' found at '/'.\npackage-id: org.example.agent\nversion: 1.2\n"
    )
    assert parse_receipts(text) == [
        Installed("com.apple.pkg.CLTools_Executables", "14.3.1.0.1.1683849156", "2023-05-18T17:01:04Z"),
        Installed("org.example.agent", "1.2"),
    ]
