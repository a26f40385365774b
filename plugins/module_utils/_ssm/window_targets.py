# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Targets of maintenance windows, and what tasks say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    Field,
    Json,
    normalise_fields,
    read_fields,
    settle,
    take_targets,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_entries import Kind

REGISTERED = "WindowTargetIds"  # the key by which tasks name targets of their window

TARGETS = Kind(
    noun="target",
    option="targets",
    id_key="window_target_id",
    fields=(
        Field("name"),
        Field("description"),
        Field("owner_information"),
        Field("resource_type", "INSTANCE"),
        Field("targets", [], take=take_targets),
    ),
    fixed="resource_type",
    identity=("resource_type", "targets"),
    required=("targets",),
    names="Target",
)


def read_targets(ssm: Ssm, window_id: str, what: str) -> list[Json]:
    """Return the targets of a window in one order."""
    pages = ssm.pages(
        f"list the targets of {what}", "describe_maintenance_window_targets", "Targets", WindowId=window_id
    )
    found = [{"window_target_id": answer["WindowTargetId"], **read_fields(TARGETS.fields, answer)} for answer in pages]
    return sort_targets(found)


def sort_targets(views: Iterable[Json]) -> list[Json]:
    """Return targets by their names; the others by what they are of."""
    return sorted(views, key=lambda view: (view["name"], repr(settle(view["targets"])), view["window_target_id"] or ""))


def normalise_target(view: Mapping[str, Any]) -> Json:
    """Return what counts of a target: not its id, which only AWS knows before it is there."""
    return normalise_fields(TARGETS.fields, view)


def names_of(targets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return by what people know the targets of these ids: their names, or what they are of."""
    return {
        view["window_target_id"]: view["name"] or repr(settle(view["targets"]))
        for view in targets
        if view["window_target_id"]
    }


def named_targets(task: Mapping[str, Any]) -> list[str]:
    """Return the ids, or names, of the targets that a task names."""
    return [value for target in task["targets"] if target["key"] == REGISTERED for value in target["values"]]


def with_targets(task: Mapping[str, Any], replace: Mapping[str, Any]) -> list[Json]:
    """Return what a task runs on, with some of the targets it names replaced."""
    return [
        {**target, "values": [replace.get(value, value) for value in target["values"]]}
        if target["key"] == REGISTERED
        else dict(target)
        for target in task["targets"]
    ]


def ids_by_name(targets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the ids of targets by name, of those that have both."""
    return {view["name"]: view["window_target_id"] for view in targets if view["name"] and view["window_target_id"]}
