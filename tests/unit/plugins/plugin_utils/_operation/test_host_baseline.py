# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host_baseline import (
    check_baselines,
    freeze_baseline,
    may_have_sources,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings
from tests.unit.plugins.plugin_utils._operation.scripted import BASELINE

DEBIAN = OperatingSystem.DEBIAN
GUID = "7f1d3a52-0000-4000-8000-000000000002"
WEB = BASELINE.replace("default_baseline: true", "patch_groups: [web]").replace("ours", "for-web")
BROKEN = "name: broken\noperating_system: UBUNTU\napproval_rules: 7\n"
OVERRIDE = '[{"OperatingSystem": "DEBIAN", "RejectedPatches": ["bash"]}]'


@pytest.mark.parametrize(
    ("system", "group", "name", "source"),
    [
        (DEBIAN, "web", "for-web", "group"),
        (DEBIAN, "dbs", "ours", "default"),
        (DEBIAN, None, "ours", "default"),
        (OperatingSystem.UBUNTU, "web", "AWS-UbuntuDefaultPatchBaseline", "predefined"),
    ],
)
def test_a_host_gets_the_baseline_of_its_group_or_system(
    store: Store, run_id: str, base_dir: Path, system: OperatingSystem, group: str | None, name: str, source: str
) -> None:
    (base_dir / "patch_baselines" / "web.yml").write_text(WEB, encoding="utf-8")
    frozen = freeze_baseline(store, make_settings(base_dir, patch_group=group), run_id, system)
    assert (frozen.baseline.name, frozen.source) == (name, source)


def test_the_baseline_is_made_once_and_all_hosts_of_the_run_have_it_with_its_time(
    store: Store, run_id: str, base_dir: Path
) -> None:
    first = freeze_baseline(store, make_settings(base_dir), run_id, DEBIAN)
    (base_dir / "patch_baselines" / "ours.yml").write_text("no baseline", encoding="utf-8")
    second = freeze_baseline(store, make_settings(base_dir, host="web2"), run_id, DEBIAN)
    assert second == first


def test_who_makes_the_snapshot_tells_what_the_files_warn_of_and_nobody_else_does(
    store: Store, run_id: str, base_dir: Path
) -> None:
    (base_dir / "patch_baselines" / "ubuntu.yml").write_text(BROKEN, encoding="utf-8")
    first = freeze_baseline(store, make_settings(base_dir), run_id, DEBIAN)
    second = freeze_baseline(store, make_settings(base_dir, host="web2"), run_id, DEBIAN)
    assert "ubuntu.yml:3" in "".join(first.warnings)
    assert second.warnings == ()


def test_an_override_is_frozen_as_well(store: Store, run_id: str, base_dir: Path) -> None:
    (base_dir / "o.json").write_text(OVERRIDE, encoding="utf-8")
    frozen = freeze_baseline(store, make_settings(base_dir, patch_baseline_override="o.json"), run_id, DEBIAN)
    assert frozen.baseline.rejected_patches == ("bash",)
    assert (frozen.source, frozen.reason) == ("override", "patch_baseline_override 'o.json'")


def test_an_override_is_not_silently_left_out_for_a_snapshot_made_without_it(
    store: Store, run_id: str, base_dir: Path
) -> None:
    (base_dir / "o.json").write_text(OVERRIDE, encoding="utf-8")
    freeze_baseline(store, make_settings(base_dir, patch_snapshot_id=GUID), run_id, DEBIAN)
    settings = make_settings(base_dir, patch_snapshot_id=GUID, patch_baseline_override="o.json")
    with pytest.raises(OperationError, match=rf"'web1'.*{GUID}.*Give another patch_snapshot_id"):
        freeze_baseline(store, settings, run_id, DEBIAN)


def test_a_file_that_is_wrong_stops_the_host_with_its_name_and_the_place_and_is_tried_again(
    store: Store, run_id: str, base_dir: Path
) -> None:
    file = base_dir / "patch_baselines" / "ours.yml"
    file.write_text(BASELINE.replace("[openssl]", "7"), encoding="utf-8")
    with pytest.raises(OperationError, match=r"(?s)host 'web1'.*ours\.yml:4.*approved_patches"):
        freeze_baseline(store, make_settings(base_dir), run_id, DEBIAN)
    file.write_text(BASELINE, encoding="utf-8")
    assert freeze_baseline(store, make_settings(base_dir), run_id, DEBIAN).baseline.name == "ours"


def test_a_snapshot_id_that_is_no_guid_is_refused(store: Store, run_id: str, base_dir: Path) -> None:
    with pytest.raises(StoreError, match="monday"):
        freeze_baseline(store, make_settings(base_dir, patch_snapshot_id="monday"), run_id, DEBIAN)


@pytest.mark.parametrize(
    ("system", "baselines", "name", "source"),
    [
        (DEBIAN, "recommended", "AWS-DebianDefaultPatchBaseline", "predefined"),
        (DEBIAN, {"DEBIAN": "ours"}, "ours", "policy"),
        (DEBIAN, {"DEBIAN": "for-web"}, "for-web", "policy"),
        (DEBIAN, {"UBUNTU": "ours"}, "AWS-DebianDefaultPatchBaseline", "predefined"),
    ],
)
def test_baselines_of_a_policy_hold_whatever_the_patch_group_is(
    store: Store, run_id: str, base_dir: Path, system: OperatingSystem, baselines: object, name: str, source: str
) -> None:
    (base_dir / "patch_baselines" / "web.yml").write_text(WEB, encoding="utf-8")
    settings = make_settings(base_dir, patch_group="web", patch_baselines=baselines)
    frozen = freeze_baseline(store, settings, run_id, system)
    assert (frozen.baseline.name, frozen.source) == (name, source)


def test_a_baseline_of_a_policy_that_is_not_there_stops_the_host(store: Store, run_id: str, base_dir: Path) -> None:
    settings = make_settings(base_dir, patch_baselines={"DEBIAN": "gone"})
    with pytest.raises(
        OperationError, match=r"'web1'.*patch_baselines\.DEBIAN: there is no baseline 'gone'.*are: ours"
    ):
        freeze_baseline(store, settings, run_id, DEBIAN)


def test_two_baselines_of_one_name_are_no_choice(store: Store, run_id: str, base_dir: Path) -> None:
    (base_dir / "patch_baselines" / "web.yml").write_text(
        WEB.replace("for-web", "ours") + "baseline_id: pb-0123456789abcdef0\n", encoding="utf-8"
    )
    settings = make_settings(base_dir, patch_baselines={"DEBIAN": "ours"})
    with pytest.raises(OperationError, match="there are 2 baselines 'ours'"):
        freeze_baseline(store, settings, run_id, DEBIAN)


def test_a_policys_baselines_are_looked_for_before_any_host_is(base_dir: Path) -> None:
    folder = base_dir / "patch_baselines"
    check_baselines({"DEBIAN": "ours"}, folder, "weekly.yml")
    with pytest.raises(OperationError, match=r"baselines\.UBUNTU of patch policy 'weekly\.yml'.*'ours' for UBUNTU"):
        check_baselines({"DEBIAN": "ours", "UBUNTU": "ours"}, folder, "weekly.yml")


def test_only_baselines_of_files_may_have_repositories(store: Store, run_id: str, base_dir: Path) -> None:
    (base_dir / "patch_baselines" / "web.yml").write_text("# sources\n", encoding="utf-8")
    named: dict[object, bool] = {
        baselines: may_have_sources(store, make_settings(base_dir, patch_baselines=baselines), run_id)
        for baselines in ("recommended", None)
    }
    assert named == {"recommended": False, None: True}
    assert may_have_sources(store, make_settings(base_dir, patch_baselines={"DEBIAN": "ours"}), run_id)
