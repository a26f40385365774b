# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Non-compliant patches by the compliance level their baseline gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import NON_COMPLIANT_STATES


def count_levels(patches: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count the non-compliant patches per level, gravest first, every level named."""
    counts = {level.value: 0 for level in ComplianceLevel}
    for patch in patches:
        if patch["state"] in NON_COMPLIANT_STATES:
            counts[patch["compliance_level"]] += 1
    return counts
