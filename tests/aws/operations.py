# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is served here: importing a module registers its operations."""

from __future__ import annotations

from . import (
    activations,
    associations,
    automation,
    baselines,
    commands,
    compliance,
    data_sync,
    inventory,
    nodes,
    patch_catalog,
    patch_states,
    quick_setup,
    resource_groups,
    snapshots,
    tag_search,
    tagging,
    window_executions,
    windows,
)
from .registry import HANDLERS

SERVED = HANDLERS
MOTOS_TYPES = tagging.MOTOS_TYPES

__all__ = [
    "MOTOS_TYPES",
    "SERVED",
    "activations",
    "associations",
    "automation",
    "baselines",
    "commands",
    "compliance",
    "data_sync",
    "inventory",
    "nodes",
    "patch_catalog",
    "patch_states",
    "quick_setup",
    "resource_groups",
    "snapshots",
    "tag_search",
    "window_executions",
    "windows",
]
