# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of nodes, baselines, windows and whatever else the tag operations know; and tag:GetResources for them."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import ApiError
from .registry import serves
from .world import Call, Json, Region

_MAX_TAGS = 50
_MAX_TAGS_OF_AUTOMATION = 5
MOTOS_TYPES = ("Parameter", "Document")
"""Types whose resources moto has, so that it tags them too."""


@serves("AddTagsToResource")
def add(call: Call, request: Json) -> Json:
    _check_resource(call.state, request)
    put_tags(call.state, request["ResourceType"], request["ResourceId"], request["Tags"])
    return {}


@serves("RemoveTagsFromResource")
def remove(call: Call, request: Json) -> Json:
    _check_resource(call.state, request)
    tags = call.state.tags.get((request["ResourceType"], request["ResourceId"]), {})
    for key in request["TagKeys"]:
        tags.pop(key, None)
    return {}


@serves("ListTagsForResource")
def list_tags(call: Call, request: Json) -> Json:
    _check_resource(call.state, request)
    tags = call.state.tags.get((request["ResourceType"], request["ResourceId"]), {})
    return {"TagList": as_list(tags)}


def put_tags(state: Region, kind: str, identifier: str, tags: Iterable[Json]) -> None:
    """Add tags to a resource or overwrite them."""
    given = {tag["Key"]: tag["Value"] for tag in tags}
    limit = _MAX_TAGS_OF_AUTOMATION if kind == "Automation" else _MAX_TAGS
    together = state.tags.get((kind, identifier), {}) | given
    if len(together) > limit:
        raise ApiError("TooManyTagsError", f"A resource has at most {limit} tags.")
    if given:
        state.tags[kind, identifier] = together


def as_list(tags: dict[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _check_resource(state: Region, request: Json) -> None:
    kind, identifier = request["ResourceType"], request["ResourceId"]
    known: dict[str, Iterable[str]] = {
        "ManagedInstance": (name for name in state.nodes if name.startswith("mi-")),
        "PatchBaseline": (name for name in state.baselines if name.startswith("pb-")),
        "MaintenanceWindow": state.windows,
        "Association": state.associations,
        "Automation": state.automations,
    }
    if kind not in known:
        raise ApiError("InvalidResourceType", f"The resource type {kind} isn't emulated.")
    if identifier not in known[kind]:
        raise ApiError("InvalidResourceId", f"The resource {identifier} of type {kind} doesn't exist.")


_ARNS = {
    "ManagedInstance": ("managed-instance", "managed-instance"),
    "PatchBaseline": ("patchbaseline", "patchbaseline"),
    "MaintenanceWindow": ("maintenancewindow", "maintenancewindow"),
    "Association": ("association", "association"),
    "Automation": ("automation-execution", "automation-execution"),
}


def tagged_resources(state: Region) -> list[tuple[str, str, dict[str, str]]]:
    """(type, ARN, tags) of each resource that has tags or had some, for tag:GetResources."""
    return [
        (
            f"ssm:{_ARNS[kind][0]}",
            f"arn:aws:ssm:{state.region}:{state.account}:{_ARNS[kind][1]}/{identifier}",
            tags,
        )
        for (kind, identifier), tags in state.tags.items()
        if kind in _ARNS
    ]
