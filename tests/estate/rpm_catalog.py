# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All rpm layers by name."""

from __future__ import annotations

from .rpm_hazards import HAZARD_LAYERS
from .rpm_layers import RpmLayer
from .rpm_systems import SYSTEMS
from .rpm_variations import VARIATIONS

RPM_LAYERS = {layer.name: layer for layer in (*SYSTEMS, *VARIATIONS, *HAZARD_LAYERS)}


def rpm_layers_of(base: str) -> list[RpmLayer]:
    """A layer and the rpm layers it stands on; empty for a base that is none."""
    found = []
    while base in RPM_LAYERS:
        found.append(RPM_LAYERS[base])
        base = RPM_LAYERS[base].base
    return found
