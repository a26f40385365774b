# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""tag:GetResources: moto's resources and ours in one answer."""

from __future__ import annotations

from . import moto_bridge
from .errors import ApiError
from .paging import page
from .registry import serves
from .tagging import as_list, tagged_resources
from .world import Call, Json


@serves("GetResources", "resourcegroupstaggingapi")
def get_resources(call: Call, request: Json) -> Json:
    arns = request.get("ResourceARNList")
    if arns and any(
        request.get(key) for key in ("TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "PaginationToken")
    ):
        raise ApiError("InvalidParameterException", "ResourceARNList can't be combined with filters or paging.")
    if not 1 <= request.get("ResourcesPerPage", 50) <= 100:
        raise ApiError("InvalidParameterException", "ResourcesPerPage must be between 1 and 100.")
    found = [(arn, tags) for arn, tags in _all(call, request) if arns is None or arn in arns]
    shown = [{"ResourceARN": arn, "Tags": as_list(tags)} for arn, tags in sorted(found)]
    token = request.get("PaginationToken") or None
    call.request = {**request, "PaginationToken": token}
    answer = page(call, shown, "ResourceTagMappingList", size_key="ResourcesPerPage", token_key="PaginationToken")
    return {"PaginationToken": answer.pop("NextToken", ""), **answer}


def _all(call: Call, request: Json) -> list[tuple[str, dict[str, str]]]:
    kinds, filters = request.get("ResourceTypeFilters", []), request.get("TagFilters", [])
    ours = [
        (arn, tags)
        for kind, arn, tags in tagged_resources(call.state)
        if (not kinds or kind in kinds or "ssm" in kinds) and _has_all(tags, filters)
    ]
    others = [kind for kind in kinds if not kind.startswith("ssm")]
    if kinds and not others:
        return ours
    return ours + list(moto_bridge.tagged_resources(call.account, call.region, filters, others or None))


def _has_all(tags: dict[str, str], filters: list[Json]) -> bool:
    return all(
        entry.get("Key") in tags and (not entry.get("Values") or tags[entry["Key"]] in entry["Values"])
        for entry in filters
    )
