# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import (
    list_entries,
    load_baselines,
    mention,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError

DEBIAN = OperatingSystem.DEBIAN
WEB = """\
name: web
operating_system: DEBIAN
patch_groups: [web]
approval_rules:
  - filters:
      - {key: PRIORITY, values: [Important]}
"""
UBUNTU = WEB.replace("DEBIAN", "UBUNTU")
BROKEN_RULE = WEB + "    compliance_level: SEVERE\n"


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_that_is_not_there_holds_no_baseline(tmp_path: Path) -> None:
    assert load_baselines(tmp_path / "none", DEBIAN).baselines == ()


def test_only_baselines_of_the_operating_system_are_given(tmp_path: Path) -> None:
    _write(tmp_path, web=WEB, ubuntu=UBUNTU.replace("web", "other"))
    assert [baseline.name for baseline in load_baselines(tmp_path, DEBIAN).baselines] == ["web"]


def test_lists_json_and_several_documents_are_read_and_hidden_or_other_files_are_not(tmp_path: Path) -> None:
    _write(tmp_path, two=WEB + "---\n" + WEB.replace("web", "dbs"))
    (tmp_path / "list.json").write_text('[{"Name": "app", "OperatingSystem": "DEBIAN"}]', encoding="utf-8")
    (tmp_path / ".hidden.yml").write_text("no baseline", encoding="utf-8")
    (tmp_path / "README.md").write_text("no baseline", encoding="utf-8")
    assert [baseline.name for baseline in load_baselines(tmp_path, DEBIAN).baselines] == ["app", "web", "dbs"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"bad": "name: [\n"}, ["bad.yml:2:1", "not valid YAML"]),
        ({"bad": BROKEN_RULE}, ["bad.yml:7", "approval_rules[0].compliance_level", "SEVERE", "CRITICAL"]),
        (
            {"bad": "---\n" + "- " + BROKEN_RULE.replace("\n", "\n  ")},
            ["bad.yml:8", "approval_rules[0].compliance_level"],
        ),
        ({"bad": WEB.replace("PRIORITY", "SEVERITY")}, ["bad.yml:6", "SEVERITY", "DEBIAN"]),
        ({"bad": "just text\n"}, ["bad.yml:1"]),
        ({"one": WEB, "two": WEB.replace("name: web", "name: other")}, ["one.yml:1", "two.yml:1", "web", "DEBIAN"]),
    ],
)
def test_what_is_wrong_is_said_with_file_line_path_and_what_is_allowed(
    tmp_path: Path, files: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(SourceError) as caught:
        load_baselines(_write(tmp_path, **files), DEBIAN)
    for word in words:
        assert word in str(caught.value)


def test_an_error_in_a_baseline_of_another_system_is_only_a_warning(tmp_path: Path) -> None:
    _write(tmp_path, web=WEB, broken=BROKEN_RULE.replace("DEBIAN", "UBUNTU"))
    files = load_baselines(tmp_path, DEBIAN)
    assert [baseline.name for baseline in files.baselines] == ["web"]
    assert "broken.yml:7" in files.warnings[0]


def test_every_error_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    _write(tmp_path, a=BROKEN_RULE, b=BROKEN_RULE.replace("name: web", "name: x"))
    with pytest.raises(SourceError) as caught:
        load_baselines(tmp_path, DEBIAN)
    assert "a.yml:7" in str(caught.value)
    assert "b.yml:" in str(caught.value)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patch_baselines"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match="patch_baseline_dir"):
        load_baselines(path, DEBIAN)


@pytest.mark.parametrize("system", ["[DEBIAN]", "{DEBIAN: 1}", "7", "DEBIAM"])
def test_a_system_that_cannot_be_told_stops_every_host(tmp_path: Path, system: str) -> None:
    _write(tmp_path, bad=WEB.replace("DEBIAN", system))
    with pytest.raises(SourceError, match=r"bad\.yml:2"):
        load_baselines(tmp_path, DEBIAN)


def test_a_folder_that_cannot_be_looked_into_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SourceError, match=r"loop.*patch_baseline_dir"):
        load_baselines(tmp_path / "loop" / "patch_baselines", DEBIAN)


def test_a_word_is_looked_for_in_all_baseline_files_and_no_others(tmp_path: Path) -> None:
    assert not mention(tmp_path / "none", "sources")
    _write(tmp_path, web=WEB)
    (tmp_path / "README.md").write_text("sources", encoding="utf-8")
    assert not mention(tmp_path, "sources")
    (tmp_path / "api.json").write_text('{"Sources": []}', encoding="utf-8")
    assert mention(tmp_path, "sources")


def test_entries_are_those_of_all_systems_with_their_places_and_what_they_speak_of(tmp_path: Path) -> None:
    _write(tmp_path, two=WEB + "---\n---\n" + UBUNTU.replace("patch_groups: [web]", "tags: {}"))
    (tmp_path / "list.json").write_text(
        '[{"Name": "app", "OperatingSystem": "SUSE", "DefaultBaseline": false}, {"name": "web", "description": null}]',
        encoding="utf-8",
    )
    entries, warnings = list_entries(tmp_path)
    assert [(entry.file.name, entry.document, entry.prefix, entry.baseline.name) for entry in entries] == [
        ("list.json", 0, "[0]", "app"),
        ("list.json", 0, "[1]", "web"),
        ("two.yml", 0, "", "web"),
        ("two.yml", 1, "", "web"),
    ]
    assert entries[3].place == f"{tmp_path}/two.yml:9"
    said = [[key for key in ("patch_groups", "tags", "default_baseline") if entry.says(key)] for entry in entries]
    assert said == [["default_baseline"], [], ["patch_groups"], ["tags"]]
    assert not entries[1].says("description")
    assert len(warnings) == 1 and "WINDOWS is meant" in warnings[0]


def test_who_wants_all_entries_is_stopped_by_any_that_is_wrong_and_hears_of_all(tmp_path: Path) -> None:
    _write(tmp_path, a=BROKEN_RULE, b=UBUNTU.replace("[web]", "7"))
    with pytest.raises(SourceError, match=r"(?s)a\.yml:7.*SEVERE.*b\.yml:3.*patch_groups"):
        list_entries(tmp_path)
    _write(tmp_path, a=WEB, b=WEB.replace("name: web", "name: other"))
    with pytest.raises(SourceError, match="patch group 'web' of DEBIAN is claimed by"):
        list_entries(tmp_path)
