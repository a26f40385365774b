# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State Manager associations of command documents."""

from __future__ import annotations

import contextlib
import json
import uuid

from .documents import check_parameters, check_version, find_document
from .errors import ApiError
from .nodes import find as find_node
from .nodes import resolve
from .paging import page
from .patching import is_patch_document, run_patch
from .registry import serves
from .schedules import BadSchedule, check_schedule
from .tagging import put_tags
from .windows import moment_of
from .world import Call, Json

_MAX, _MAX_VERSIONS = 2000, 1000
_NOT_MEMBERS = ("AssociationVersion", "Tags")


@serves("CreateAssociation")
def create(call: Call, request: Json) -> Json:
    return {"AssociationDescription": _create(call, request)}


@serves("CreateAssociationBatch")
def create_batch(call: Call, request: Json) -> Json:
    entries = request["Entries"]
    named = [entry["InstanceId"] for entry in entries if "InstanceId" in entry]
    if len(set(named)) != len(named):
        raise ApiError("DuplicateInstanceId", "An instance id is given twice.")
    done: list[Json] = []
    failed: list[Json] = []
    for entry in entries:
        try:
            done.append(_create(call, entry))
        except ApiError as error:
            failed.append({"Entry": entry, "Message": str(error), "Fault": "Client"})
    return {"Successful": done, "Failed": failed}


def _create(call: Call, request: Json) -> Json:
    _check(call, request)
    if len(call.state.associations) >= _MAX:
        raise ApiError("AssociationLimitExceeded", f"You can have at most {_MAX} active associations.")
    for known in call.state.associations.values():
        if request.get("InstanceId") and _key(known) == (request["Name"], request["InstanceId"]):
            raise ApiError("AssociationAlreadyExists", "The specified association already exists.")
    association_id = str(uuid.uuid4())
    known = {"AssociationId": association_id, "Date": call.now, "versions": [], "executions": {}}
    call.state.associations[association_id] = known
    put_tags(call.state, "Association", association_id, request.get("Tags", []))
    _add_version(call, known, request)
    return _described(known)


def _key(association: Json) -> tuple[str, str | None]:
    latest = association["versions"][-1]
    return latest["Name"], latest.get("InstanceId")


def _check(call: Call, request: Json) -> None:
    if bool(request.get("InstanceId")) == bool(request.get("Targets")) and not request.get("TargetMaps"):
        raise ApiError("InvalidTarget", "Exactly one of InstanceId and Targets has to be specified.")
    document = find_document(call, request["Name"])
    check_version(request.get("DocumentVersion"))
    check_parameters(document, request.get("Parameters", {}))
    if request.get("InstanceId"):
        node = find_node(call.state, request["InstanceId"])
        if node["information"]["PlatformType"] not in document.platforms:
            raise ApiError("UnsupportedPlatformType", "The document doesn't support the platform type of the instance.")
    expression = request.get("ScheduleExpression")
    if expression is not None:
        try:
            check_schedule(expression, for_association=True)
        except BadSchedule as error:
            raise ApiError("InvalidSchedule", str(error)) from error
    if request.get("ApplyOnlyAtCronInterval") and (expression or "rate(").startswith("rate("):
        raise ApiError("InvalidSchedule", "ApplyOnlyAtCronInterval needs a cron or at expression.")
    if request.get("ScheduleOffset") and not (request.get("ApplyOnlyAtCronInterval") and expression):
        raise ApiError("InvalidSchedule", "ScheduleOffset needs a cron expression and ApplyOnlyAtCronInterval.")


def _add_version(call: Call, association: Json, request: Json) -> None:
    versions = association["versions"]
    given = {key: value for key, value in request.items() if key not in _NOT_MEMBERS}
    # The old form is answered with targets too.
    named = {"Targets": [{"Key": "InstanceIds", "Values": [request["InstanceId"]]}]} if "InstanceId" in request else {}
    versions.append(
        {"DocumentVersion": "$DEFAULT", "SyncCompliance": "AUTO", "ApplyOnlyAtCronInterval": False}
        | given
        | named
        | {
            "AssociationId": association["AssociationId"],
            "AssociationVersion": str(len(versions) + 1),
            "CreatedDate": call.now,
        }
    )
    association["LastUpdateAssociationDate"] = call.now
    if not request.get("ApplyOnlyAtCronInterval"):
        _run(call, association)


def _run(call: Call, association: Json) -> None:
    latest = association["versions"][-1]
    execution_id = str(uuid.uuid4())
    nodes = [latest["InstanceId"]] if latest.get("InstanceId") else resolve(call.state, latest.get("Targets", []))
    if is_patch_document(latest["Name"]):
        for node_id in nodes:
            run_patch(call.state, node_id, latest.get("Parameters", {}), call.now)
    association["executions"][execution_id] = {
        "ExecutionId": execution_id,
        "AssociationVersion": latest["AssociationVersion"],
        "CreatedTime": call.now,
        "nodes": nodes,
    }


def _described(association: Json, version: Json | None = None) -> Json:
    ran = list(association["executions"].values())
    last = (
        {"LastExecutionDate": ran[-1]["CreatedTime"], "LastSuccessfulExecutionDate": ran[-1]["CreatedTime"]}
        if ran
        else {}
    )
    return {
        **(version or association["versions"][-1]),
        "AssociationId": association["AssociationId"],
        "Date": association["Date"],
        "LastUpdateAssociationDate": association["LastUpdateAssociationDate"],
        "Overview": _overview(association),
        **last,
    }


def _overview(association: Json) -> Json:
    ran = list(association["executions"].values())
    if not ran:
        return {"Status": "Pending", "DetailedStatus": "Creating"}
    counts = {"Success": len(ran[-1]["nodes"])} if ran[-1]["nodes"] else {}
    return {"Status": "Success", "DetailedStatus": "Success", "AssociationStatusAggregatedCount": counts}


def _find(call: Call, association_id: str) -> Json:
    association: Json | None = call.state.associations.get(association_id)
    if association is None:
        raise ApiError("AssociationDoesNotExist", "The specified association does not exist.")
    return association


def _find_by_request(call: Call, request: Json) -> Json:
    if "AssociationId" in request:
        return _find(call, request["AssociationId"])
    for association in call.state.associations.values():
        if "InstanceId" in request and _key(association) == (request.get("Name"), request["InstanceId"]):
            return association
    raise ApiError("AssociationDoesNotExist", "The specified association does not exist.")


@serves("UpdateAssociation")
def update(call: Call, request: Json) -> Json:
    association = _find(call, request["AssociationId"])
    versions = association["versions"]
    if request.get("AssociationVersion", "$LATEST") not in ("$LATEST", str(len(versions))):
        raise ApiError("InvalidAssociationVersion", "The version isn't the latest one.")
    if len(versions) >= _MAX_VERSIONS:
        raise ApiError("AssociationVersionLimitExceeded", f"At most {_MAX_VERSIONS} versions of an association.")
    latest = versions[-1]
    # All that is left out is gone, but for what an association cannot be without.
    fixed = ("Name",) if "Targets" in request else ("Name", "InstanceId")
    kept = {key: latest[key] for key in fixed if key in latest}
    if "Targets" not in request and "InstanceId" not in kept:
        kept["Targets"] = latest["Targets"]
    given = kept | {key: value for key, value in request.items() if key != "AssociationId"}
    _check(call, given)
    _add_version(call, association, given)
    return {"AssociationDescription": _described(association)}


@serves("DescribeAssociation")
def describe(call: Call, request: Json) -> Json:
    association = _find_by_request(call, request)
    wanted = request.get("AssociationVersion", "$LATEST")
    if wanted == "$LATEST":
        return {"AssociationDescription": _described(association)}
    versions = {version["AssociationVersion"]: version for version in association["versions"]}
    if wanted not in versions:
        raise ApiError("InvalidAssociationVersion", "The version doesn't exist.")
    return {"AssociationDescription": _described(association, versions[wanted])}


_FILTERS = ("InstanceId", "Name", "AssociationId", "AssociationName")


@serves("ListAssociations")
def list_associations(call: Call, request: Json) -> Json:
    found = [_described(association) for association in call.state.associations.values()]
    for filter_ in request.get("AssociationFilterList", []):
        key, value = filter_["key"], filter_["value"]
        if key in _FILTERS:
            found = [entry for entry in found if entry.get(key) == value]
        elif key == "AssociationStatusName":
            found = [entry for entry in found if entry["Overview"]["Status"] == value]
        else:
            raise ApiError("ValidationException", f"The filter {key} isn't emulated.")
    return page(call, found, "Associations")


@serves("ListAssociationVersions")
def list_versions(call: Call, request: Json) -> Json:
    return page(call, _find(call, request["AssociationId"])["versions"], "AssociationVersions")


@serves("DeleteAssociation")
def delete(call: Call, request: Json) -> Json:
    association_id = _find_by_request(call, request)["AssociationId"]
    del call.state.associations[association_id]
    call.state.tags.pop(("Association", association_id), None)
    return {}


@serves("StartAssociationsOnce")
def start_once(call: Call, request: Json) -> Json:
    for association in [_find(call, association_id) for association_id in request["AssociationIds"]]:
        _run(call, association)
    return {}


@serves("DescribeAssociationExecutions")
def describe_executions(call: Call, request: Json) -> Json:
    association = _find(call, request["AssociationId"])
    found = [
        execution
        | {
            "AssociationId": association["AssociationId"],
            "Status": "Success",
            "DetailedStatus": "Success",
            "LastExecutionDate": execution["CreatedTime"],
            "ResourceCountByStatus": f"{{Success={len(execution['nodes'])}}}",
        }
        for execution in reversed(association["executions"].values())
    ]
    for filter_ in request.get("Filters", []):
        found = [entry for entry in found if _is_met(entry[filter_["Key"]], filter_["Type"], filter_["Value"])]
    return page(call, found, "AssociationExecutions")


def _is_met(value: object, operator: str, wanted: str) -> bool:
    if isinstance(value, float):
        with contextlib.suppress(ApiError):  # a time in ISO 8601, or in seconds
            wanted = str(moment_of(wanted).timestamp())
    if operator == "EQUAL":
        return str(value) == wanted
    try:
        return float(str(value)) < float(wanted) if operator == "LESS_THAN" else float(str(value)) > float(wanted)
    except ValueError:
        return str(value) < wanted if operator == "LESS_THAN" else str(value) > wanted


@serves("DescribeAssociationExecutionTargets")
def describe_execution_targets(call: Call, request: Json) -> Json:
    execution = _find(call, request["AssociationId"])["executions"].get(request["ExecutionId"])
    if execution is None:
        raise ApiError("AssociationExecutionDoesNotExist", "The specified execution ID does not exist.")
    found = [
        {
            "AssociationId": request["AssociationId"],
            "AssociationVersion": execution["AssociationVersion"],
            "ExecutionId": request["ExecutionId"],
            "ResourceId": node_id,
            "ResourceType": "ManagedInstance",
            "Status": "Success",
            "DetailedStatus": "Success",
            "LastExecutionDate": execution["CreatedTime"],
        }
        for node_id in execution["nodes"]
    ]
    for filter_ in request.get("Filters", []):
        found = [entry for entry in found if entry[filter_["Key"]] == filter_["Value"]]
    return page(call, found, "AssociationExecutionTargets")


def _of_node(call: Call, node_id: str) -> list[Json]:
    find_node(call.state, node_id)
    return [
        association
        for association in call.state.associations.values()
        if association["versions"][-1].get("InstanceId") == node_id
        or node_id in resolve(call.state, association["versions"][-1].get("Targets") or [{"Key": "none"}])
    ]


@serves("DescribeInstanceAssociationsStatus")
def describe_status(call: Call, request: Json) -> Json:
    found = [
        {**_described(entry), "InstanceId": request["InstanceId"], **_overview(entry)}
        for entry in _of_node(call, request["InstanceId"])
    ]
    return page(call, found, "InstanceAssociationStatusInfos")


@serves("DescribeEffectiveInstanceAssociations")
def describe_effective(call: Call, request: Json) -> Json:
    found = [
        {
            "AssociationId": entry["AssociationId"],
            "InstanceId": request["InstanceId"],
            "Content": json.dumps({"schemaVersion": "2.2", "description": entry["versions"][-1]["Name"]}),
            "AssociationVersion": entry["versions"][-1]["AssociationVersion"],
        }
        for entry in _of_node(call, request["InstanceId"])
    ]
    return page(call, found, "Associations", default=5)
