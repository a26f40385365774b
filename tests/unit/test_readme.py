# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guides say is so."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline import parse
from tests.unit.tree import ROOT, read_tree

GUIDES = {path: text for path, text in read_tree() if path.endswith(".md") and not path.startswith("roles/")}
OF_THE_PLAYBOOKS = {"patch_targets"}


def table_of_variables() -> dict[str, str]:
    """Name and default of each row of the README's table."""
    return dict(re.findall(r"^\| `(patch_\w+)` \| (.*?) \|", GUIDES["README.md"], re.MULTILINE))


def options_of(role: str) -> dict[str, Any]:
    specs = yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, Any] = specs["argument_specs"]["main"]["options"]
    return options


def test_the_table_of_variables_has_every_option() -> None:
    options = options_of("patch") | options_of("patch_report") | options_of("patch_preflight")
    assert set(table_of_variables()) == set(options) | OF_THE_PLAYBOOKS


def test_the_table_of_variables_has_the_defaults() -> None:
    said = table_of_variables()
    defaults = {
        name: yaml.safe_dump(option["default"]).splitlines()[0]
        for name, option in (options_of("patch") | options_of("patch_report") | options_of("patch_preflight")).items()
        if "default" in option
    }
    assert {name: said[name] for name in defaults} == {name: f"`{value}`" for name, value in defaults.items()}


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_baselines_in_guides_parse(guide: str) -> None:
    for block in re.findall(r"^```yaml\n(.*?)^```", GUIDES[guide], re.MULTILINE | re.DOTALL):
        assert parse.parse_baseline(yaml.safe_load(block)).warnings == ()


def test_the_table_of_keys_has_every_key() -> None:
    first_cells = re.findall(r"^\| (`.*?) \|", GUIDES["docs/baselines.md"], re.MULTILINE)
    said = {key for cell in first_cells for key in re.findall(r"`(\w+)`", cell)}
    assert said == {key.name for key in (*parse.LABEL_KEYS, *parse.DECIDING_KEYS)}


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_links_to_files_lead_somewhere(guide: str) -> None:
    folder = (ROOT / guide).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", GUIDES[guide])
    assert [link for link in links if not (folder / link).exists()] == []


def test_commands_of_the_makefile_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    assert {name for text in GUIDES.values() for name in re.findall(r"`?make ([a-z]+)", text)} <= targets
