# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch groups: which baselines a group is registered for, one per operating system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import (
    find_baseline,
    same_id,
    step_deregister,
    step_register,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, Step, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain


@dataclass(frozen=True)
class GroupState:
    """The baselines of a group, and the one that the options name."""

    identities: tuple[Answer, ...]
    wanted: Answer | None


@dataclass(frozen=True)
class PatchGroup:
    """A patch group and the options of ``ssm_patch_group``."""

    options: Mapping[str, Any]

    @property
    def _group(self) -> str:
        return str(self.options["patch_group"])

    def read(self, ssm: Ssm) -> GroupState:
        named = self.options["baseline_id"] or self.options["baseline_name"]
        wanted = find_baseline(ssm, self.options) if named else None
        groups = {group["patch_group"]: group for group in list_groups(ssm, self._group)}
        return GroupState(tuple(groups.get(self._group, {}).get("identities", ())), wanted)

    def view(self, state: GroupState) -> View:
        return view_group(self._group, state.identities) if state.identities else {}

    def normalise(self, view: View) -> View:
        baselines = view.get("baseline_identities", ())
        return {"patch_group": self._group, "baselines": _by_system(baselines)} if baselines else {}

    def plan(self, state: GroupState) -> Plan:
        if self.options["state"] == "absent":
            return self._plan_absence(state)
        wanted = state.wanted or {}
        system = wanted["OperatingSystem"]
        before = [found for found in state.identities if found["OperatingSystem"] == system]
        if any(same_id(found["BaselineId"], wanted["BaselineId"]) for found in before):
            return Plan(self.view(state))
        others = [found for found in state.identities if found["OperatingSystem"] != system]
        steps = [step_deregister(self._group, found["BaselineId"]) for found in before]
        steps.append(step_register(self._group, wanted["BaselineId"]))
        return Plan(view_group(self._group, [*others, wanted]), tuple(steps))

    def _plan_absence(self, state: GroupState) -> Plan:
        system = self.options["operating_system"]
        going = [
            found
            for found in state.identities
            if (state.wanted is None or same_id(found["BaselineId"], state.wanted["BaselineId"]))
            and system in (None, found["OperatingSystem"])
        ]
        staying = [found for found in state.identities if found not in going]
        steps: tuple[Step, ...] = tuple(step_deregister(self._group, found["BaselineId"]) for found in going)
        return Plan(view_group(self._group, staying) if staying else {}, steps)


def list_groups(ssm: Ssm, prefix: str = "", system: str = "") -> list[dict[str, Any]]:
    """Return the registered groups by name, each with the identities of its baselines."""
    filters = {"NAME_PREFIX": [prefix] if prefix else [], "OPERATING_SYSTEM": [system] if system else []}
    groups: dict[str, list[Answer]] = {}
    for mapping in ssm.pages("list patch groups", "describe_patch_groups", "Mappings", Filters=to_filters(filters)):
        groups.setdefault(mapping["PatchGroup"], []).append(mapping["BaselineIdentity"])
    return [{"patch_group": group, "identities": found} for group, found in sorted(groups.items())]


def view_group(group: str, identities: Iterable[Answer]) -> View:
    """Return a group as modules return it."""
    ordered = sorted(identities, key=lambda found: str(found["OperatingSystem"]))
    return {"patch_group": group, "baseline_identities": [view_identity(found) for found in ordered]}


def view_identity(identity: Answer) -> View:
    """Return the identity of a baseline as modules return it."""
    keys = ("BaselineId", "BaselineName", "OperatingSystem", "BaselineDescription", "DefaultBaseline")
    view: View = to_plain({key: identity.get(key) for key in keys})
    return view | {"baseline_description": view["baseline_description"] or ""}


def _by_system(identities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {found["operating_system"]: found["baseline_id"] for found in identities}


def read_groups(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the groups that options select, by name."""
    groups = list_groups(ssm, options["patch_group"] or "", options["operating_system"] or "")
    return {
        "patch_groups": [
            view_group(group["patch_group"], group["identities"])
            for group in groups
            if options["patch_group"] in (None, group["patch_group"])
        ]
    }
