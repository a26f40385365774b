# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Homebrew's recorded answers."""

from __future__ import annotations

import json

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.homebrew import (
    Outdated,
    parse_outdated,
    parse_versions,
)
from tests.estate.macos.recordings import RECORDINGS, show_outdated, show_versions
from tests.unit.plugins.plugin_utils._node.macos.test_software_update import RAW, needs_raw

BREW = RECORDINGS["brew"]


@pytest.mark.parametrize("kind", ["formulae", "casks"])
def test_the_last_of_several_versions_counts_and_what_left_homebrew_too(kind: str) -> None:
    assert parse_versions(show_versions(kind)) == {name: versions[-1] for name, versions in BREW[kind].items()}


@pytest.mark.parametrize("kind", ["formulae", "casks"])
def test_outdated_formulae_and_casks_differ_in_their_form(kind: str) -> None:
    assert parse_outdated(f"Warning: {{ x }}\n{show_outdated(kind)}}} so it is\n", kind) == [
        Outdated(name, old, new, False) for name, (old, new) in BREW[f"outdated_{kind}"].items()
    ]


def test_a_pinned_formula_says_so() -> None:
    entry = {"name": "a", "installed_versions": ["1", "2"], "current_version": "3", "pinned": True}
    assert parse_outdated(json.dumps({"formulae": [entry, {}, 7]}), "formulae") == [Outdated("a", "2", "3", True)]


def test_what_is_of_a_tap_is_called_as_in_the_list_of_what_is_installed() -> None:
    entry = {"name": "hashicorp/tap/terraform", "installed_versions": ["1.5"], "current_version": "1.6"}
    assert parse_outdated(json.dumps({"formulae": [entry]}), "formulae") == [Outdated("terraform", "1.5", "1.6", False)]


@pytest.mark.parametrize("text", ["", "Error: no", "[]", "{}", '{"formulae": 1}', '{"formulae": ['])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_outdated(text, "formulae")


@needs_raw
def test_the_raw_answers_say_the_same() -> None:
    raw = {entry["command"]: entry["output"] for entry in json.loads((RAW / "brew-outputs.json").read_text())}
    for kind, option in (("formulae", "--formula"), ("casks", "--cask")):
        assert parse_versions(raw[f"brew list --versions {option}"]) == parse_versions(show_versions(kind))
        assert parse_outdated(raw[f"brew outdated --json=v2 {option} | jq"], kind) == parse_outdated(
            show_outdated(kind), kind
        )
    greedy = parse_outdated(raw["brew outdated --json=v2 --greedy --cask | jq"], "casks")
    assert [found.name for found in greedy][2:4] == ["caldigit-thunderbolt-charging", "electrum"]


def test_a_warning_is_no_formula() -> None:
    assert parse_versions("Warning: something old\nack 2.14\n") == {"ack": "2.14"}
