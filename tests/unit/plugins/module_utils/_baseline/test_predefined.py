# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The predefined baselines as baselines: valid, and one default for each operating system."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import (
    predefined_baselines,
    predefined_default,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake, to_ssm


def test_there_are_seventeen() -> None:
    assert len({baseline.name for baseline in predefined_baselines()}) == 17


@pytest.mark.parametrize("baseline", predefined_baselines(), ids=lambda baseline: baseline.name)
def test_each_is_a_valid_baseline_without_a_warning(baseline: Baseline) -> None:
    assert parse_baseline(to_snake(baseline)) == (baseline, ())
    assert parse_baseline(to_ssm(baseline)) == (baseline, ())


@pytest.mark.parametrize("os", OperatingSystem)
def test_each_operating_system_has_a_default(os: OperatingSystem) -> None:
    assert predefined_default(os).operating_system is os


def test_the_default_of_windows_is_the_first_of_three() -> None:
    windows = [found for found in predefined_baselines() if found.operating_system is OperatingSystem.WINDOWS]
    assert len(windows) == 3
    assert predefined_default(OperatingSystem.WINDOWS).name == "AWS-DefaultPatchBaseline"
