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


def test_what_softwareupdate_itself_calls_deferred_is_held() -> None:
    text = (
        f"{BANNER}{FOUND}* Label: Safari18.3.1VenturaAuto-18.3.1\n"
        "\tTitle: Safari, Version: 18.3.1, Size: 175218KiB, Recommended: YES, Deferred: YES\n"
        "* Label: macOS Sequoia 15.3.1-24D70\n"
        "\tTitle: macOS Sequoia 15.3.1, Version: 15.3.1, Size: 1KiB, Recommended: YES, Action: restart, Deferred: YES\n"
    )
    found = facts(softwareupdate=text, now="1740000000")
    assert [entry["name"] for entry in found["candidates"]] == ["Safari"]
    assert found["held"] == ["Safari.18.3.1"]
    assert found["warnings"][1] == {
        "code": "update_deferred",
        "message": "left alone: Safari 18.3.1, deferred by a profile",
    }


def test_a_list_that_ends_badly_is_not_trusted() -> None:
    blocks = (("sw_vers", "", 0), ("softwareupdate", show_list("softwareupdate-list.none.txt"), 1))
    found = ask(("command", "collect", 0), *blocks)["result"]["facts"]
    assert found["repositories"][0]["reachable"] is False


def test_an_earlier_system_of_the_history_is_not_installed() -> None:
    names = ("macOS 13.6", "Safari")
    entries = [{"displayName": name, "displayVersion": "1", "processName": "softwareupdated"} for name in names]
    found = facts(history=plistlib.dumps(entries).decode())
    assert [entry["name"] for entry in found["installed"]] == ["Safari"]


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


def test_a_formula_of_a_tap_is_one_package_whether_it_is_outdated_or_not() -> None:
    outdated = '{"formulae": [{"name": "a/tap/tool", "installed_versions": ["1"], "current_version": "2"}]}'
    found = facts(brew="b", brew_formulae="tool 1\n", brew_casks="", brew_outdated_formulae=outdated)
    assert [(entry["name"], entry["version"]) for entry in found["installed"]] == [("tool", "1")]
    assert [(entry["name"], entry["version"]) for entry in found["candidates"]] == [("tool", "2")]


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


def complain(*blocks: tuple[str, str, int], command: str = "collect") -> list[str]:
    """The warnings of a Mac some of whose commands did not do well."""
    answer = ask(("command", command, 0), ("softwareupdate", show_list("softwareupdate-list.none.txt"), 0), *blocks)
    found = answer["result"]["facts"] if command == "collect" else answer["result"]["observations"]["facts"]
    return [warning["message"] for warning in found["warnings"]]


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([("softwareupdate", "Finding", 124)], "Failed to ask Apple for updates: it did not end in time"),
        ([("receipts", "package-id: a\nversion: 1\nno more\n", 1)], "pkgutil did not list all packages: no more"),
        ([("brew", "b", 0), ("brew_casks", "", 124)], "Failed to ask Homebrew: 'brew list --cask' did not end in time"),
        ([("brew", "b", 0), ("brew_update", "Error: offline\n", 1)], "'brew update' said: Error: offline"),
        ([("brew", "b", 0), ("brew_outdated_casks", "oops", 0)], "'brew outdated --cask' cannot be read"),
        ([("brew", "b", 0), ("brew_trouble", "b belongs to root", 0)], "Failed to ask Homebrew: b belongs to root"),
    ],
)
def test_a_command_that_does_not_do_well_is_told(blocks: list[tuple[str, str, int]], said: str) -> None:
    assert any(said in message for message in complain(*blocks)), complain(*blocks)


def test_a_preflight_tells_what_a_scan_would_lack() -> None:
    assert complain(command="preflight") == [
        "Homebrew is neither in /opt/homebrew nor in /usr/local: only Apple's updates are seen"
    ]
    assert complain(("brew", "b", 0), ("brew_version", "Error: broken\n", 1), command="preflight") == [
        "Failed to ask Homebrew: 'brew --version' said: Error: broken"
    ]


def test_a_preflight_names_what_it_could_not_find_out_and_who_is_at_work() -> None:
    seen = ask(("command", "preflight", 0), ("busy", "71 softwareupdate\n", 0), ("endpoints", "a.b:443 60 bad\n", 0))
    found = seen["result"]["observations"]
    assert sorted(found["problems"]) == ["memory", "space"]
    assert found["locks"]["held"] == [{"path": "softwareupdate", "holder": "softwareupdate (process 71)"}]
    assert found["endpoints"] == [{"host": "a.b", "port": 443, "reachable": True}]
    assert found["user"]["uid"] == -1


SCUTIL = """\
<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
  }
  FTPPassive : 1
  HTTPEnable : 0
  HTTPPort : 80
  HTTPProxy : old.example.com
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.example.com
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://user:word@wpad.example.com/p.pac
  SOCKSEnable : 1
  SOCKSProxy : socks.example.com
}
"""


def test_proxies_are_those_of_the_task_and_of_the_network() -> None:
    blocks = ("proxies", SCUTIL, 0), ("task_proxies", "https http://***@p:1\n", 0)
    proxies = ask(("command", "preflight", 0), *blocks)["result"]["observations"]["proxies"]
    assert [(proxy["scheme"], proxy["address"], proxy["place"]) for proxy in proxies] == [
        ("https", "http://***@p:1", "environment of the task"),
        ("https", "proxy.example.com:3128", "network settings"),
        ("socks", "socks.example.com", "network settings"),
        ("all", "http://***@wpad.example.com/p.pac", "network settings"),
    ]


DF = """\
Filesystem     1024-blocks      Used Available Capacity iused      ifree %iused  Mounted on
/dev/disk3s1s1   239362496   9456328 100000000     9%  356093 1000000000    0%   /
/dev/disk3s5     239362496 115000000 100000000    54% 1200000 1000000000    0%   /System/Volumes/Data
/dev/disk3s5     239362496 115000000 100000000    54% 1200000 1000000000    0%   /System/Volumes/Data
"""


def test_free_space_is_read_with_and_without_the_columns_of_macos() -> None:
    places = ask(("command", "preflight", 0), ("space", DF, 0))["result"]["observations"]["space"]
    assert [(place["path"], place["device"], place["free"]) for place in places] == [
        ("/", "/dev/disk3s1s1", 102400000000),
        ("/var", "/dev/disk3s5", 102400000000),
        ("/tmp", "/dev/disk3s5", 102400000000),
    ]


@pytest.mark.parametrize("info", ["", "oops", "[]"])
def test_a_record_that_is_damaged_is_read_as_far_as_it_goes(info: str) -> None:
    answer = ask(("command", "poll", 0), ("asked", "x", 0), ("operation_id", "x", 0), ("operation_info", info, 0))
    assert answer["result"] == {
        "id": "x",
        "state": "interrupted",
        "progress": {"doing": "", "done": 0, "total": 0},
        "results": [],
        "repairs": [],
        "warnings": [],
        "info": {},
    }
