# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy_files import (
    find_policies,
    list_policies,
    load_policy,
)


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_policy_has_the_name_of_its_file(tmp_path: Path) -> None:
    _write(tmp_path, weekly="operation: ScanAndInstall\n", daily="")
    (tmp_path / "json.json").write_text('{"operation": "Scan"}', encoding="utf-8")
    (tmp_path / ".hidden.yml").write_text("", encoding="utf-8")
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    assert list_policies(tmp_path) == ("daily", "json", "weekly")
    policy = load_policy(tmp_path, "weekly")
    assert (policy.name, policy.file, policy.operation) == ("weekly", f"{tmp_path}/weekly.yml", "ScanAndInstall")
    assert load_policy(tmp_path, "daily").operation == "Scan"


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert list_policies(tmp_path / "none") == ()
    with pytest.raises(PolicyError, match=r"'weekly'.*There is none"):
        load_policy(tmp_path / "none", "weekly")


@pytest.mark.parametrize("name", ["weekl", "../weekly", "weekly.yml", ""])
def test_a_policy_that_is_not_there_is_said_with_those_that_are(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    _write(tmp_path, weekly="")
    _write(folder, weekly="", daily="")
    with pytest.raises(PolicyError, match="There are: daily, weekly"):
        load_policy(folder, name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("operation: [\n", ["weekly.yml:2:1", "not valid YAML"]),
        ("operation: Scan\noperation: Scan\n", ["weekly.yml:2", "stands twice"]),
        ("---\noperation: Scan\n---\noperation: Scan\n", ["2 documents"]),
        (
            "operation: Scan\nwindow:\n  duration: 30\nfoo: 1\n",
            ["weekly.yml:3': window.duration:", "1 to 24", "weekly.yml:4': foo:", "an unknown key"],
        ),
        ("- a\n", ["weekly.yml:1", "a mapping"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(_write(tmp_path, weekly=text), "weekly")
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize("name", ["two words", "%i", "-x", "a" * 101, "ä"])
def test_a_name_that_could_not_be_a_timers_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.yml").write_text("", encoding="utf-8")
    with pytest.raises(PolicyError, match="Rename the file"):
        list_policies(tmp_path)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weekly.yaml").write_text("", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"weekly\.yml.*weekly\.yaml"):
        list_policies(_write(tmp_path, weekly=""))


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "policies"
    file.write_text("", encoding="utf-8")
    with pytest.raises(PolicyError, match="Set patch_policy_dir"):
        list_policies(file)


def test_the_folder_is_beside_the_inventory_and_one_that_is_asked_for_has_to_exist(tmp_path: Path) -> None:
    assert find_policies(None, str(tmp_path)) == tmp_path / "patch_policies"
    (tmp_path / "other").mkdir()
    assert find_policies("other", str(tmp_path)) == tmp_path / "other"
    with pytest.raises(PolicyError, match=r"patch_policy_dir.*Create the folder"):
        find_policies("gone", str(tmp_path))
    with pytest.raises(PolicyError, match="Write the path out"):
        find_policies("~nobody-of-this-name/x", str(tmp_path))
