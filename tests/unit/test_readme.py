# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guides say is so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline import parse
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import (
    DEFAULTS,
    KEYS,
    parse_policy,
)
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


def all_options() -> dict[str, Any]:
    """The options of all roles that a user sets."""
    roles = (
        "patch_baselines_sync",
        "patch_schedule",
        "patch_policy",
        "patch_preflight",
        "patch_report",
        "patch",
    )  # of an option in two of them, the last counts
    return {name: option for role in roles for name, option in options_of(role).items()}


def blocks_of(guide: str) -> Iterator[tuple[bool, Any]]:
    """Each block of YAML, and whether it is a policy: all in their own guide, elsewhere what a comment calls so."""
    for comment, block in re.findall(
        r"^(<!-- policy -->\n)?```yaml\n(.*?)^```", GUIDES[guide], re.MULTILINE | re.DOTALL
    ):
        yield bool(comment) or guide == "docs/policies.md", yaml.safe_load(block)


def test_the_table_of_variables_has_every_option() -> None:
    assert set(table_of_variables()) == set(all_options()) | OF_THE_PLAYBOOKS


def test_the_table_of_variables_has_the_defaults() -> None:
    said = table_of_variables()
    defaults = {
        name: yaml.safe_dump(option["default"]).splitlines()[0]
        for name, option in all_options().items()
        if "default" in option
    }
    assert {name: said[name] for name in defaults} == {name: f"`{value}`" for name, value in defaults.items()}


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_baselines_and_policies_in_guides_parse(guide: str) -> None:
    for is_policy, data in blocks_of(guide):
        if is_policy:
            parse_policy(data, "weekly", guide)
        else:
            assert parse.parse_baseline(data).warnings == ()


def test_the_guides_show_baselines_and_policies() -> None:
    assert {is_policy for guide in GUIDES for is_policy, _data in blocks_of(guide)} == {False, True}


def test_the_table_of_a_policys_keys_has_every_key_with_its_default() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|(.*?)\| .* \|$", GUIDES["docs/policies.md"], re.MULTILINE)
    said = {key: default.strip(" `") for cell, default in rows for key in re.findall(r"`(\w+)`", cell)}
    assert set(said) == {key.name for key in KEYS}
    assert {key: said[key] for key in DEFAULTS} == DEFAULTS


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
