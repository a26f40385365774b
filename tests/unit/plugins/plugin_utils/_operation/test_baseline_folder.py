# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which file holds which baseline of AWS, what changes in it, and that nothing else is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.baseline_folder import (
    FileChange,
    FolderPlan,
    plan_folder,
    write_changes,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import list_entries
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import BaselineFileError

ID, OTHER_ID = "pb-0000000000000000a", "pb-0000000000000000b"
ARN = f"arn:aws:ssm:us-east-1:075727635805:patchbaseline/{ID}"


def held(name: str = "web", baseline_id: str = ID, **keys: Any) -> Baseline:
    data = {"name": name, "baseline_id": baseline_id, "operating_system": "UBUNTU", **keys}
    return parse_baseline(data).baseline


def differ(old: Baseline, new: Baseline) -> dict[str, Any]:
    before, after = to_snake(old), to_snake(new)
    keys = {*before, *after} - {"baseline_id"}
    return {key: after.get(key) for key in sorted(keys) if before.get(key) != after.get(key)}


def plan(folder: Path, *baselines: Baseline) -> FolderPlan:
    return plan_folder(folder, list_entries(folder)[0], baselines, differ)


def write(folder: Path, name: str = "jos.yml", text: str = "name: web\noperating_system: UBUNTU\n") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_no_file_has_comes_into_a_new_one_with_all_there_is_to_it(tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"
    wanted = held(rejected_patches=["nginx"], patch_groups=["web"], tags={"a": "b"}, description="Ours")
    found = plan(folder, wanted)
    assert [(change.path, change.before) for change in found.changes] == [(folder / "web.yml", None)]
    write_changes(found.changes)
    ((entry,), _warnings) = list_entries(folder)
    assert entry.baseline == wanted
    assert plan(folder, wanted).changes == ()


@pytest.mark.parametrize("said", [f"baseline_id: {ID}\nname: old-name\n", "name: web\n"])
def test_a_file_is_known_by_its_id_or_else_by_name_and_system_and_keeps_its_own_name(tmp_path: Path, said: str) -> None:
    file = write(tmp_path, text=f"# Jo's\n{said}operating_system: UBUNTU\n")
    (change,) = plan(tmp_path, held(rejected_patches=["nginx"])).changes
    assert (change.path, change.before) == (file, file.read_text(encoding="utf-8"))
    write_changes([change])
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Jo's\n")
    assert yaml.safe_load(text)["rejected_patches"] == ["nginx"]
    assert yaml.safe_load(text)["name"] == "web"
    assert ("baseline_id" in text) is ("baseline_id" in said)
    assert plan(tmp_path, held(rejected_patches=["nginx"])).changes == ()


def test_the_id_of_another_account_is_put_right(tmp_path: Path) -> None:
    file = write(tmp_path, text=f"name: web\noperating_system: UBUNTU\nbaseline_id: {OTHER_ID}\n")
    write_changes(plan(tmp_path, held()).changes)
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["baseline_id"] == ID


def test_the_end_of_an_arn_is_the_same_id(tmp_path: Path) -> None:
    write(tmp_path, text=f"name: AWS-UbuntuDefaultPatchBaseline\noperating_system: UBUNTU\nbaseline_id: {ID}\n")
    assert plan(tmp_path, held("AWS-UbuntuDefaultPatchBaseline", ARN)).changes == ()


def test_several_baselines_of_one_file_change_together(tmp_path: Path) -> None:
    text = "name: web\noperating_system: UBUNTU\n---\nname: dbs\noperating_system: UBUNTU\n"
    write(tmp_path, text=text)
    both = plan(tmp_path, held(rejected_patches=["a"]), held("dbs", OTHER_ID, rejected_patches=["b"]))
    assert len(both.changes) == 1
    assert [data["rejected_patches"] for data in yaml.safe_load_all(both.changes[0].after)] == [["a"], ["b"]]


def test_two_of_one_name_in_aws_are_not_guessed_for_a_file_without_an_id(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(OperationError, match=r"several have this name in AWS, and '\S+jos\.yml:1' .*Set baseline_id"):
        plan(tmp_path, held(), held("web", OTHER_ID))
    write(tmp_path, text=f"name: web\noperating_system: UBUNTU\nbaseline_id: {ID}\n")
    assert [change.path.name for change in plan(tmp_path, held(), held("web", OTHER_ID)).changes] == ["web.yml"]


def test_a_name_that_is_taken_is_left_to_whom_it_belongs(tmp_path: Path) -> None:
    names = []
    for taken in ("web.yml", "web-ubuntu.yml", f"web-{ID}.yml"):
        names.append(plan(tmp_path, held()).changes[0].path.name)
        write(tmp_path, taken, f"name: other{len(names)}\noperating_system: UBUNTU\n")
    assert names == ["web.yml", "web-ubuntu.yml", f"web-{ID}.yml"]
    with pytest.raises(OperationError, match=rf"web-{ID}\.yml is taken.*Rename that file"):
        plan(tmp_path, held())


@pytest.mark.parametrize(("name", "file"), [("...", "_....yml"), (".hidden", "_.hidden.yml"), ("-rf", "_-rf.yml")])
def test_a_name_that_would_hide_the_file_gets_a_letter_in_front(tmp_path: Path, name: str, file: str) -> None:
    found = plan(tmp_path, held(name))
    assert found.changes[0].path == tmp_path / file
    write_changes(found.changes)
    assert plan(tmp_path, held(name)).changes == ()


def test_files_that_would_contradict_each_other_are_not_written(tmp_path: Path) -> None:
    write(tmp_path, text="name: ours\noperating_system: UBUNTU\ndefault_baseline: true\n")
    with pytest.raises(
        BaselineFileError, match=r"(?s)the default of UBUNTU is claimed by 'ours' \(.*jos\.yml:1\) and 'web'"
    ):
        plan(tmp_path, held(default_baseline=True))


def test_what_aws_does_not_have_is_named_and_left_alone(tmp_path: Path) -> None:
    file = write(tmp_path, text="name: ours\noperating_system: UBUNTU\n")
    found = plan(tmp_path)
    assert (found.changes, found.only_in_files) == ((), (f"ours ({file}:1)",))


def test_a_folder_that_cannot_be_written_to_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OperationError, match=r"'\S+web\.yml': .*Set patch_baseline_dir to"):
        write_changes([FileChange(tmp_path / "file" / "web.yml", None, "")])


def test_a_file_that_somebody_made_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    file = write(tmp_path, "web.yml", "theirs")
    with pytest.raises(OperationError, match="somebody else has just made it"):
        write_changes([FileChange(file, None, "ours")])
    assert file.read_text(encoding="utf-8") == "theirs"


@pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root: only root may write what is somebody else's and give it back"
)
def test_a_file_that_root_changes_stays_its_owners(tmp_path: Path) -> None:
    file = write(tmp_path)
    os.chown(file, 1234, 4321)
    file.chmod(0o640)
    write_changes(plan(tmp_path, held(rejected_patches=["nginx"])).changes)
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1234, 4321, 0o640)
    assert "nginx" in file.read_text(encoding="utf-8")
