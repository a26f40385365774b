# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks of an answer, and the answers made of them that no program of a recorded Mac gives."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import read_blocks, show_end
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.facts import order
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.script import quote
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.understanding import understand
from tests.estate.macos.recordings import BANNER, FOUND, show_deferrals, show_list, show_system
from tests.unit.plugins.plugin_utils._node.macos.conftest import NONCE


def write(*blocks: tuple[str, str, int]) -> str:
    return "".join(f"@@ {NONCE} begin {name}\n{text}\n@@ {NONCE} end {status}\n" for name, text, status in blocks)


def ask(*blocks: tuple[str, str, int]) -> dict[str, Any]:
    return understand(read_blocks(write(*blocks), NONCE))


def facts(**texts: str) -> dict[str, Any]:
    """The facts of a Mac that says what it is and what is given."""
    texts = {"command": "collect", "sw_vers": show_system("13.7.3", "22H417"), **texts}
    found: dict[str, Any] = ask(*((name, text, 0) for name, text in texts.items()))["result"]["facts"]
    parse_facts(found)
    return found


def test_the_text_of_a_block_is_kept_as_it_was() -> None:
    text = f" a \n\n@@ other begin b\n@@ {NONCE} begin inner\nb \n"
    blocks = read_blocks(f"noise\n{write(('x', text, 7))}noise", NONCE)
    assert blocks["x"] == (text, 7)
    assert "y" not in blocks
    assert blocks["y"].status == -1


@pytest.mark.parametrize(
    "text", ["", "noise", f"@@ {NONCE} begin x\ntext\n", write(("x", "", 0)).replace("end 0", "end")]
)
def test_blocks_that_are_not_whole_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_blocks(text, NONCE)


def test_the_line_that_tells_the_error_is_shown() -> None:
    assert show_end("one\nError: two\nthree\n\n") == "Error: two"
    assert show_end("one\n two  x\n\n") == "two x"
    assert show_end("") == "it said nothing"


def test_what_a_profile_defers_is_held() -> None:
    deferred = show_deferrals() + "DeferredUntil:2025-05-01 00:00:00,Title:Safari,Version:18.3.1,\n"
    found = facts(softwareupdate=show_list("softwareupdate-list.13-2025.txt"), deferred=deferred, now="1740000000")
    assert found["held"] == ["Safari.18.3.1"]
    past = facts(softwareupdate=show_list("softwareupdate-list.13-2025.txt"), deferred=deferred, now="1760000000")
    assert past["held"] == []
    assert [warning["code"] for warning in found["warnings"]] == [
        *("history", "update_deferred", "system_update", "system_update")
    ]


def test_a_system_that_only_the_settings_call_one_is_left_alone() -> None:
    text = f"{BANNER}{FOUND}* Label: Big-1\n\tTitle: Big, Version: 1, Size: 1K, Recommended: YES, \n"
    recommended = '[{"Display Name": "Big", "Display Version": "1", "MobileSoftwareUpdate": 1}]'
    assert [entry["name"] for entry in facts(softwareupdate=text)["candidates"]] == ["Big"]
    assert facts(softwareupdate=text, recommended=recommended)["candidates"] == []


def test_what_is_offered_is_there_and_safari_has_the_version_it_shows() -> None:
    safari = '<?xml version="1.0"?><plist version="1.0"><string>18.2</string></plist>'
    found = facts(softwareupdate=show_list("softwareupdate-list.12-clt.txt"), safari=safari)
    assert [(entry["name"], entry["version"]) for entry in found["installed"]] == [
        ("Safari", "18.2"),
        ("Command Line Tools for Xcode", ""),
    ]


def test_an_older_version_that_is_still_offered_is_no_candidate() -> None:
    history = plistlib.dumps(
        [{"displayName": "Command Line Tools for Xcode", "displayVersion": "13.4", "processName": "Software Update"}]
    )
    found = facts(softwareupdate=show_list("softwareupdate-list.12-clt.txt"), history=history.decode())
    assert [entry["version"] for entry in found["candidates"]] == ["13.4", "14.2"]


def test_a_cask_with_the_name_of_a_formula_has_its_full_name() -> None:
    outdated = '{"casks": [{"name": "docker", "installed_versions": "1", "current_version": "2"}]}'
    found = facts(
        brew="/opt/homebrew/bin/brew",
        brew_formulae="docker 7\n",
        brew_casks="docker 1\n",
        brew_outdated_formulae='{"formulae": [{"name": "a", "current_version": "2", "pinned": true}]}',
        brew_outdated_casks=outdated,
    )
    brewed = [(entry["name"], entry["version"]) for entry in found["installed"]]
    assert brewed == [("docker", "7"), ("a", ""), ("homebrew/cask/docker", "1")]
    assert [entry["name"] for entry in found["candidates"]] == ["a", "homebrew/cask/docker"]
    assert found["held"] == ["a"]


def test_versions_are_ordered_by_their_numbers() -> None:
    versions = ["14.2", "1.10", "13.4", "1.2", "13.2", "1.2beta5"]
    assert sorted(versions, key=order) == ["1.2beta5", "1.2", "1.10", "13.2", "13.4", "14.2"]


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "''"), ("a b", "'a b'"), ("it's", "'it'\"'\"'s'"), ("\u00fc\n", "\"$(printf '\\303\\274\\012')\"")],
)
def test_a_word_of_the_shell_is_ascii(text: str, word: str) -> None:
    assert quote(text) == word


def test_an_answer_to_no_command_is_none() -> None:
    with pytest.raises(LookupError):
        ask(("noise", "", 0))
