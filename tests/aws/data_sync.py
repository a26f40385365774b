# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource data syncs."""

from __future__ import annotations

from .errors import ApiError
from .paging import page
from .registry import serves
from .world import Call, Json

_DESTINATION, _SOURCE = "SyncToDestination", "SyncFromSource"
_MAX = 5


@serves("CreateResourceDataSync")
def create(call: Call, request: Json) -> Json:
    kind = request.get("SyncType", _DESTINATION)
    member = {_DESTINATION: "S3Destination", _SOURCE: "SyncSource"}.get(kind)
    other = {"S3Destination", "SyncSource"} - {member}
    if member is None or member not in request or other & set(request):
        raise ApiError(
            "ResourceDataSyncInvalidConfigurationException", f"The sync type {kind} takes {member}, and only it."
        )
    key = (request["SyncName"], kind)
    if key in call.state.syncs:
        raise ApiError(
            "ResourceDataSyncAlreadyExistsException", "A sync configuration with the same name already exists."
        )
    if len(call.state.syncs) >= _MAX:
        raise ApiError(
            "ResourceDataSyncCountExceededException", f"You have exceeded the allowed maximum of {_MAX} syncs."
        )
    call.state.syncs[key] = {
        "SyncName": request["SyncName"],
        "SyncType": kind,
        member: request[member],
        "SyncCreatedTime": call.now,
        "SyncLastModifiedTime": call.now,
    }
    return {}


@serves("ListResourceDataSync")
def list_syncs(call: Call, request: Json) -> Json:
    wanted = request.get("SyncType")
    if wanted not in (None, _DESTINATION, _SOURCE):
        raise ApiError("ResourceDataSyncInvalidConfigurationException", "The sync type isn't valid.")
    found = []
    for (name, kind), sync in call.state.syncs.items():
        if wanted in (None, kind):
            found.append(sync | _status(call, name, kind, sync))
    return page(call, found, "ResourceDataSyncItems")


def _status(call: Call, name: str, kind: str, sync: Json) -> Json:
    if call.age("sync", name, kind) < call.world.steps:
        return {"LastStatus": "InProgress"}
    if call.world.ends.get("sync"):
        return {"LastStatus": call.world.ends["sync"], "LastSyncStatusMessage": "The bucket can't be written to."}
    return {
        "LastStatus": "Successful",
        "LastSyncStatusMessage": "The sync was successfully completed",
        "LastSyncTime": sync["SyncCreatedTime"],
        "LastSuccessfulSyncTime": sync["SyncCreatedTime"],
    }


@serves("UpdateResourceDataSync")
def update(call: Call, request: Json) -> Json:
    if request["SyncType"] != _SOURCE:
        raise ApiError("ResourceDataSyncInvalidConfigurationException", "Only SyncFromSource can be updated.")
    sync = call.state.syncs.get((request["SyncName"], _SOURCE))
    if sync is None:
        raise ApiError("ResourceDataSyncNotFoundException", "The specified sync name was not found.")
    for member in ("SourceType", "AwsOrganizationsSource"):
        if request["SyncSource"].get(member) != sync["SyncSource"].get(member):
            raise ApiError("ResourceDataSyncInvalidConfigurationException", f"{member} can't be changed.")
    sync |= {"SyncSource": request["SyncSource"], "SyncLastModifiedTime": call.now}
    return {}


@serves("DeleteResourceDataSync")
def delete(call: Call, request: Json) -> Json:
    key = (request["SyncName"], request.get("SyncType", _DESTINATION))
    if key not in call.state.syncs:
        raise ApiError("ResourceDataSyncNotFoundException", "The specified sync name was not found.")
    del call.state.syncs[key]
    call.world.ages.pop((call.account, call.region, "sync", *key), None)
    return {}
