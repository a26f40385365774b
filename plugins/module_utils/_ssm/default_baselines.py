# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Default baselines: one per operating system at any time, AWS's own unless another is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import (
    find_baseline,
    find_predefined,
    list_identities,
    same_id,
    step_default,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_groups import view_identity
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, View


@dataclass(frozen=True)
class DefaultState:
    """The default of an operating system, and the baseline that is to be it."""

    default: Answer | None
    wanted: Answer


@dataclass(frozen=True)
class DefaultPatchBaseline:
    """The default baseline of an operating system and the options of ``ssm_default_patch_baseline``."""

    options: Mapping[str, Any]

    def read(self, ssm: Ssm) -> DefaultState:
        if self.options["state"] == "absent":
            wanted = find_predefined(ssm, self.options["operating_system"])
        else:
            wanted = find_baseline(ssm, self.options)
        defaults = list_defaults(ssm, wanted["OperatingSystem"])
        return DefaultState(defaults[0] if defaults else None, wanted)

    def view(self, state: DefaultState) -> View:
        return view_identity(state.default) if state.default else {}

    def normalise(self, view: View) -> View:
        return {key: view[key] for key in ("operating_system", "baseline_id", "baseline_name") if view}

    def plan(self, state: DefaultState) -> Plan:
        if state.default and same_id(state.default["BaselineId"], state.wanted["BaselineId"]):
            return Plan(self.view(state))
        expected = view_identity(state.wanted) | {"default_baseline": True}
        return Plan(expected, (step_default(state.wanted),))


def list_defaults(ssm: Ssm, system: str = "") -> list[Answer]:
    """Return the identities of the defaults, of one operating system or of all."""
    found = list_identities(ssm, {"OPERATING_SYSTEM": [system] if system else []})
    return sorted(
        (identity for identity in found if identity["DefaultBaseline"]),
        key=lambda identity: str(identity["OperatingSystem"]),
    )


def read_defaults(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the defaults that options select, by operating system."""
    return {
        "default_patch_baselines": [
            view_identity(identity) for identity in list_defaults(ssm, options["operating_system"] or "")
        ]
    }
