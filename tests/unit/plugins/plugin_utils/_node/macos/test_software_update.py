# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every layout that was recorded, and the recordings themselves where they are present."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.software_update import (
    Deferral,
    Offer,
    find_deferral,
    is_complete,
    parse_deferrals,
    parse_offers,
    parse_recommended,
)
from tests.estate.macos.recordings import (
    BANNER,
    RECORDINGS,
    list_offers,
    show_deferrals,
    show_list,
    show_recommended,
)
from tests.unit.tree import ROOT

RAW = Path(os.environ.get("OPENPATCH_DATA") or ROOT.parent / "shared/data") / "macos"
needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="the raw recordings are not present")


def expect(name: str) -> list[Offer]:
    """What a recorded list holds; without details title and version are read from the label."""
    return [
        Offer(
            row.label,
            row.title or row.label.rpartition("-")[0],
            row.version.strip() or ("" if row.title else row.label.rpartition("-")[2]),
            row.recommended,
            row.action,
        )
        for row in list_offers(name)
    ]


@pytest.mark.parametrize("name", RECORDINGS["lists"])
def test_every_recorded_list_is_read(name: str) -> None:
    text = show_list(name)
    assert is_complete(text)
    assert parse_offers(text) == expect(name)


@needs_raw
@pytest.mark.parametrize("name", RECORDINGS["lists"])
def test_the_raw_list_says_the_same(name: str) -> None:
    text = (RAW / name).read_text(encoding="utf-8")
    assert parse_offers(text) == expect(name)
    assert is_complete(text)


@needs_raw
def test_no_raw_list_is_left_out() -> None:
    assert {path.name for path in RAW.glob("softwareupdate-list.*")} == set(RECORDINGS["lists"])
    assert parse_deferrals((RAW / "mdmclient-availableosupdates.13-2025.txt").read_text()) == parse_deferrals(
        show_deferrals()
    )
    assert parse_recommended((RAW / "softwareupdate-recommended.12.json").read_text()) == parse_recommended(
        show_recommended()
    )


@pytest.mark.parametrize(
    ("more", "recommended", "action", "deferred"),
    [
        ("", False, "", False),
        (" ", False, "", False),
        (" Recommended: YES, Action: restart, Deferred: YES", True, "restart", True),
        (" Recommended: YES, Deferred: YES, ", True, "", True),
        (" Recommended: NO, Action: shut down, Deferred: NO, Something new: a (b)", False, "shut down", False),
    ],
)
def test_after_the_size_come_those_fields_that_there_are(
    more: str, recommended: bool, action: str, deferred: bool
) -> None:
    text = f"{BANNER}* Label: Thing1-1.0\n\tTitle: Thing, One, Version: 1.0, Size: 1.5MB,{more}\n"
    assert parse_offers(text) == [Offer("Thing1-1.0", "Thing, One", "1.0", recommended, action, deferred)]


def test_a_blank_at_the_end_of_a_label_belongs_to_it() -> None:
    (offer,) = parse_offers(show_list("softwareupdate-list.10.14-trailing-space.txt"))
    assert offer.label == "macOS Mojave 10.14.6 Supplemental Update- "


@pytest.mark.parametrize(
    ("title", "is_system"),
    [
        ("macOS Monterey 12.7.6", True),
        ("macOS Catalina Public Beta", True),
        ("macOS Ventura Rapid Security Response 13.4.1 (c)", True),
        ("Safari", False),
        ("Command Line Tools (macOS Mojave version 10.14) for Xcode", False),
        ("BridgeOSUpdateCustomer", False),
        ("macOSTool", False),
    ],
)
def test_a_version_of_the_system_is_told_from_software_for_it(title: str, is_system: bool) -> None:
    assert Offer("x", title).is_system is is_system


@pytest.mark.parametrize("text", ["", BANNER, "Can't connect to the Apple Software Update server", "\x00\xff"])
def test_a_list_without_an_end_is_not_complete(text: str) -> None:
    assert not is_complete(text)
    assert parse_offers(text) == []


def test_the_settings_tell_what_is_the_system() -> None:
    assert parse_recommended(show_recommended()) == {
        ("macOS Sonoma 14.6.1", "14.6.1"),
        ("macOS Monterey 12.7.6", "12.7.6"),
    }
    assert parse_recommended("file does not exist") == parse_recommended('{"a": 1}') == frozenset()


def test_deferrals_belong_to_one_version() -> None:
    deferrals = parse_deferrals(show_deferrals())
    assert [[found.title, found.version, found.until] for found in deferrals] == RECORDINGS["deferrals"]
    offers = parse_offers(show_list("softwareupdate-list.13-2025.txt"))
    assert [find_deferral(offer, deferrals) for offer in offers] == ["", "2025-04-10 00:00:00", "2025-03-12 08:00:00"]
    assert find_deferral(Offer("x", "Safari", "18.3.1"), [Deferral("Safari", "18.3.1", "2025-05-01")]) == "2025-05-01"
