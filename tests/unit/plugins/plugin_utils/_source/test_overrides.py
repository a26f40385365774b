# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.overrides import (
    load_baseline_override,
    load_install_override_list,
    mention_in_override,
)

DEBIAN = OperatingSystem.DEBIAN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{OperatingSystem: UBUNTU}]", ["o.yml:1", "DEBIAN"]),
        ("[{OperatingSystem: DEBIAN}, {OperatingSystem: DEBIAN}]", ["o.yml:1", "exactly one"]),
        ("- OperatingSystem: DEBIAN\n  RejectedPatches: 7\n", ["o.yml:2", "RejectedPatches", "7"]),
        ("[{", ["o.yml:1:3", "not valid YAML"]),
    ],
)
def test_an_unusable_baseline_override_names_the_option_and_the_line(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    (tmp_path / "o.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_baseline_override("o.yml", str(tmp_path), DEBIAN)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("text", ["[{OperatingSystem: UBUNTU}]", "- OperatingSystem: DEBIAN\n  RejectedPatches: 7\n"])
def test_what_is_no_override_for_the_system_names_the_option(tmp_path: Path, text: str) -> None:
    (tmp_path / "o.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"patch_baseline_override 'o\.yml:"):
        load_baseline_override("o.yml", str(tmp_path), DEBIAN)


def test_overrides_are_read_from_beside_the_inventory(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('[{"OperatingSystem": "DEBIAN", "RejectedPatches": ["bash"]}]', encoding="utf-8")
    (tmp_path / "l.yml").write_text("patches:\n  - id: 'bash*'\n", encoding="utf-8")
    assert load_baseline_override("o.json", str(tmp_path), DEBIAN).baseline.rejected_patches == ("bash",)
    assert [entry.id for entry in load_install_override_list("l.yml", str(tmp_path))] == ["bash*"]


def test_an_entry_of_an_install_override_list_without_id_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "l.yml").write_text("patches:\n  - id: 'bash*'\n  - title: x\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"patch_install_override_list 'l\.yml:3'"):
        load_install_override_list("l.yml", str(tmp_path))


def test_a_word_is_looked_for_in_an_override_but_what_lies_at_an_address_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "o.json").write_text('[{"OperatingSystem": "DEBIAN", "Sources": []}]', encoding="utf-8")
    assert mention_in_override("o.json", str(tmp_path), "sources")
    assert not mention_in_override("o.json", str(tmp_path), "rules")
    assert mention_in_override("https://192.0.2.1/o.json", str(tmp_path), "sources")
