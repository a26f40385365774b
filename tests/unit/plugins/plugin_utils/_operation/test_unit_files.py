# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.unit_files import (
    Change,
    apply_changes,
    plan_changes,
)

OURS = "/srv/patch_policies"


def unit(policy: str = "weekly", folder: str = OURS, text: str = "[Timer]") -> str:
    marker = f'{{"policies": "{folder}", "policy": "{policy}"}}'
    return f"# Made by openpatch.patch_manager.patch_schedule: {marker}\n{text}\n"


def put(folder: Path, **units: str) -> None:
    for name, text in units.items():
        (folder / f"{name}.timer").write_text(text, encoding="utf-8")


def plan(folder: Path, wanted: dict[str, str], policy: str | None = None) -> dict[str, tuple[bool, bool]]:
    """Each change by name: whether the unit is there before, and after."""
    changes = plan_changes(folder, wanted, OURS, policy)
    return {change.name: (change.before is not None, change.after is not None) for change in changes}


def test_units_are_written_and_then_as_they_are_to_be(tmp_path: Path) -> None:
    folder, wanted = tmp_path / "units", {"a.timer": unit(), "a.service": unit()}
    assert plan(folder, wanted) == {"a.service": (False, True), "a.timer": (False, True)}
    apply_changes(folder, plan_changes(folder, wanted, OURS, None))
    assert plan(folder, wanted) == {}
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == wanted
    assert (folder / "a.timer").stat().st_mode & 0o777 == 0o644


def test_a_unit_that_differs_is_written_anew(tmp_path: Path) -> None:
    put(tmp_path, a=unit(text="old"))
    (change,) = plan_changes(tmp_path, {"a.timer": unit()}, OURS, None)
    assert change == Change("a.timer", unit(text="old"), unit())
    apply_changes(tmp_path, (change,))
    assert (tmp_path / "a.timer").read_text(encoding="utf-8") == unit()


def test_units_of_policies_that_are_gone_are_removed_and_nobody_elses(tmp_path: Path) -> None:
    put(tmp_path, gone=unit("gone"), other=unit("other", "/srv/other"), foreign="[Timer]\n")
    (tmp_path / "notes.txt").write_text(unit("gone"), encoding="utf-8")
    assert plan(tmp_path, {}) == {"gone.timer": (True, False)}
    apply_changes(tmp_path, plan_changes(tmp_path, {}, OURS, None))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign.timer", "notes.txt", "other.timer"]


def test_one_policy_leaves_the_units_of_the_others_alone(tmp_path: Path) -> None:
    put(tmp_path, a=unit("a"), b=unit("b"))
    assert plan(tmp_path, {}, policy="a") == {"a.timer": (True, False)}


@pytest.mark.parametrize("text", ["[Timer]\n", unit(folder="/srv/other")])
def test_a_unit_from_elsewhere_is_not_replaced(tmp_path: Path, text: str) -> None:
    put(tmp_path, a=text)
    with pytest.raises(OperationError, match=r"a\.timer'.*Rename the policy"):
        plan_changes(tmp_path, {"a.timer": unit()}, OURS, None)


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.timer").mkdir()
    with pytest.raises(OperationError, match="Set patch_schedule_dir"):
        apply_changes(tmp_path, (Change("a.timer", None, unit()),))
    assert [path.name for path in tmp_path.iterdir()] == ["a.timer"]


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OperationError, match="Set patch_schedule_dir"):
        plan_changes(tmp_path / "file", {}, OURS, None)
