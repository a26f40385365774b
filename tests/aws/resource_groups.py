# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource groups: which nodes are in one."""

from __future__ import annotations

from .errors import ApiError
from .nodes import resource_type
from .paging import page
from .registry import RESOURCE_GROUPS, serves
from .world import Call, Json


@serves("ListGroupResources", RESOURCE_GROUPS)
def list_members(call: Call, request: Json) -> Json:
    name = request.get("Group") or request.get("GroupName") or ""
    if name not in call.state.resource_groups:
        raise ApiError("NotFoundException", f"Cannot find group: {name}", 404)
    found = [
        {"Identifier": {"ResourceArn": _arn(call, node_id), "ResourceType": resource_type(node_id)}}
        for node_id in call.state.resource_groups[name]
    ]
    for filter_ in request.get("Filters", []):
        found = [entry for entry in found if entry["Identifier"]["ResourceType"] in filter_["Values"]]
    return page(call, found, "Resources")


def _arn(call: Call, node_id: str) -> str:
    service, kind = ("ssm", "managed-instance") if node_id.startswith("mi-") else ("ec2", "instance")
    return f"arn:aws:{service}:{call.region}:{call.account}:{kind}/{node_id}"
