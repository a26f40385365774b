# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The predefined baselines, and which of them is the default of an operating system."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined_data import ROWS


@functools.cache
def predefined_baselines() -> tuple[Baseline, ...]:
    """Return all predefined baselines; their name is their id."""
    return tuple(
        Baseline(
            name=row.name,
            id=row.name,
            operating_system=row.operating_system,
            description=row.description,
            approval_rules=row.rules,
        )
        for row in ROWS
    )


def predefined_default(os: OperatingSystem) -> Baseline:
    """Return the predefined baseline that serves an operating system for which no other default is registered."""
    return _defaults()[os]


@functools.cache
def _defaults() -> Mapping[OperatingSystem, Baseline]:
    defaults: dict[OperatingSystem, Baseline] = {}
    for baseline in predefined_baselines():
        defaults.setdefault(baseline.operating_system, baseline)
    return defaults
