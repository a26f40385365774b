# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import read_settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings

RUN = "7f1d3a52-0000-4000-8000-000000000001"
GUID = "7f1d3a52-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    ("said", "group"),
    [
        (None, None),
        ("", None),
        ("web", "web"),
        (["web"], "web"),
        (["web", "web"], "web"),
        (7, "7"),
        ([], None),
        ([""], None),
    ],
)
def test_one_group_may_also_be_written_as_a_list(tmp_path: Path, said: Any, group: str | None) -> None:
    assert make_settings(tmp_path, patch_group=said).patch_group == group


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"patch_group": ["web", "dbs"]}, ["web", "patch_group[0]", "dbs", "patch_group[1]", "one"]),
        ({"patch_group": {"a": 1}}, ["patch_group"]),
        (
            {"patch_baseline_override": "o.yml", "patch_install_override_list": "l.yml"},
            ["patch_baseline_override", "patch_install_override_list", "Leave one"],
        ),
        ({"patch_lock_timeout": -1}, ["patch_lock_timeout is -1", "0 to 36000 seconds"]),
        ({"patch_step_timeout": 0}, ["patch_step_timeout is 0", "1 to 36000 seconds"]),
        ({"patch_step_timeout": 36001}, ["patch_step_timeout is 36001"]),
        ({"patch_poll_interval": 0}, ["patch_poll_interval is 0", "1 to 600 seconds"]),
        ({"patch_log_destination": "s3://A_B/x"}, ["patch_log_destination is 's3://A_B/x'", "3 to 63 small letters"]),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_host_and_the_option(
    tmp_path: Path, options: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(OperationError) as caught:
        make_settings(tmp_path, **options)
    for word in ["Failed to read the settings of host 'web1'", *words]:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (None, "inventory/patch_baselines"),
        ("mine", "inventory/mine"),
        ("../mine", "inventory/../mine"),
        ("~/mine", "home/mine"),
    ],
)
def test_baselines_are_beside_the_inventory_unless_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, found: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "inventory").mkdir()
    (tmp_path / found).mkdir(parents=True, exist_ok=True)
    settings = make_settings(tmp_path / "inventory", patch_baseline_dir=written)
    assert settings.patch_baseline_dir == tmp_path / found


def test_an_absolute_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert make_settings(tmp_path / "inventory", patch_baseline_dir=str(tmp_path)).patch_baseline_dir == tmp_path


def test_a_folder_that_was_asked_for_and_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match=r"patch_baseline_dir '.*/none'"):
        make_settings(tmp_path, patch_baseline_dir="none")


def test_the_home_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="patch_baseline_dir '~nobody-of-this-name/b'"):
        make_settings(tmp_path, patch_baseline_dir="~nobody-of-this-name/b")


def test_without_an_inventory_file_the_playbook_is_beside_the_baselines() -> None:
    args = {"patch_release_date_field": "issued", "patch_refresh_metadata": True}
    numbers = {"patch_lock_timeout": 0, "patch_step_timeout": 1}
    variables = {"inventory_hostname": "web1", "inventory_dir": None, "playbook_dir": "/plays"}
    settings = read_settings({**args, **numbers}, variables, check_mode=False)
    assert settings.patch_baseline_dir == Path("/plays/patch_baselines")
    assert settings.address == ""


def test_the_same_settings_have_the_same_snapshot_on_every_host_of_a_run_and_another_in_another_run(
    tmp_path: Path,
) -> None:
    one, other = make_settings(tmp_path), make_settings(tmp_path, host="web2", patch_group="web")
    assert one.snapshot_id(RUN) == other.snapshot_id(RUN)
    assert one.snapshot_id(RUN) != one.snapshot_id(GUID)


def test_operations_of_one_run_with_other_baselines_have_other_snapshots(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    given: list[dict[str, Any]] = [
        {},
        {"patch_baseline_override": "a.yml"},
        {"patch_baseline_override": "b.yml"},
        {"patch_baseline_dir": "other"},
        {"patch_baselines": "recommended"},
        {"patch_baselines": {"UBUNTU": "web"}},
        {"patch_baselines": {"UBUNTU": "other"}},
    ]
    assert len({make_settings(tmp_path, **options).snapshot_id(RUN) for options in given}) == len(given)


def test_a_given_snapshot_id_wins(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, patch_snapshot_id=GUID, patch_baseline_override="a.yml")
    assert settings.snapshot_id(RUN) == GUID


@pytest.mark.parametrize(
    ("given", "read"),
    [(None, None), ("", None), ({}, None), ("recommended", "recommended"), ({"UBUNTU": "web"}, {"UBUNTU": "web"})],
)
def test_baselines_are_recommended_or_named_by_system(tmp_path: Path, given: Any, read: Any) -> None:
    assert make_settings(tmp_path, patch_baselines=given).patch_baselines == read


@pytest.mark.parametrize("given", ["default", ["web"], {"UBUNTO": "web"}, {"UBUNTU": ""}, {"UBUNTU": ["web"]}])
def test_other_baselines_are_refused(tmp_path: Path, given: Any) -> None:
    with pytest.raises(OperationError, match=r"'web1': patch_baselines is .*allowed: recommended"):
        make_settings(tmp_path, patch_baselines=given)


def test_a_hook_has_to_be_there_before_anything_begins(tmp_path: Path) -> None:
    (tmp_path / "drain.yml").write_text("[]\n", encoding="utf-8")
    found = make_settings(tmp_path, patch_pre_install_hook="drain.yml").hooks
    assert found == {"pre_install": str(tmp_path / "drain.yml"), "post_install": "", "on_exit": ""}
    with pytest.raises(OperationError, match=r"host 'web1': there is no file patch_on_exit_hook '.*/typo\.yml'"):
        make_settings(tmp_path, patch_on_exit_hook="typo.yml")
