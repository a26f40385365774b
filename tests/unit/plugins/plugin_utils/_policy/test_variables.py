# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import INSTALL_OPTIONS
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import HOOKS, parse_policy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.variables import name_variables
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import find_slot

NOW = datetime(2026, 11, 25, 4, tzinfo=timezone.utc)
FULL = {
    "baselines": {"UBUNTU": "web"},
    "max_concurrency": 5,
    "max_errors": "0%",
    "reboot_option": "NoReboot",
    "reboot_timeout": 900,
    "log_destination": "logs",
    "report_to_ssm": False,
    "install_override_list": "list.yml",
    "baseline_dir": "baselines",
    "window": {"duration": 4, "cutoff": 1},
}


def name(data: dict[str, Any], base_dir: Path) -> dict[str, Any]:
    policy = parse_policy(data, "weekly", "weekly.yml")
    slot = find_slot(policy.scan_schedule, policy.window, NOW)
    return name_variables(policy, "scan", slot, now=NOW, base_dir=str(base_dir))


def test_only_what_a_policy_has_a_word_on_is_set(tmp_path: Path) -> None:
    assert name({}, tmp_path) == {
        "patch_operation": "scan",
        "patch_baselines": "recommended",
        "patch_max_concurrency": "10%",
        "patch_max_errors": "2%",
        "patch_reboot_option": "RebootIfNeeded",
    }


def test_each_setting_is_the_variable_of_its_name(tmp_path: Path) -> None:
    variables = name(FULL, tmp_path)
    own = {"patch_operation": "scan"}
    window = {
        "patch_window_cutoff": "2026-11-25T04:00:00+00:00",
        "patch_window_end": "2026-11-25T05:00:00+00:00",
    }
    said = {f"patch_{key}": value for key, value in FULL.items() if key != "window"}
    assert variables == said | own | window | {"patch_max_concurrency": "5"}
    assert set(variables) - {"patch_operation"} <= set(INSTALL_OPTIONS)


def test_before_the_first_date_the_window_is_over(tmp_path: Path) -> None:
    variables = name({**FULL, "start_date": "2027-01-01T00:00:00Z"}, tmp_path)
    assert variables["patch_window_cutoff"] == variables["patch_window_end"] == NOW.isoformat()


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_an_absolute_path_of_a_file_that_is_there(tmp_path: Path, hook: str) -> None:
    with pytest.raises(PolicyError, match=f"{hook} '{tmp_path}/drain.yml' is no file"):
        name({hook: "drain.yml"}, tmp_path)
    (tmp_path / "drain.yml").write_text("[]", encoding="utf-8")
    assert name({hook: "drain.yml"}, tmp_path)[f"patch_{hook}"] == f"{tmp_path}/drain.yml"
    with pytest.raises(PolicyError, match="Write the path out"):
        name({hook: "~nobody-of-this-name/drain.yml"}, tmp_path)
