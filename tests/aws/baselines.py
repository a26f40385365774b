# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baselines, the defaults of operating systems, and patch groups."""

from __future__ import annotations

import re
import secrets

from .errors import ApiError
from .paging import page
from .registry import serves
from .tagging import put_tags
from .tokens import once
from .world import Call, Json, Region

_MAX_BASELINES, _MAX_GROUPS = 50, 25
_OPTIONAL = {
    "GlobalFilters": {"PatchFilters": []},
    "ApprovalRules": {"PatchRules": []},
    "ApprovedPatches": [],
    "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
    "ApprovedPatchesEnableNonSecurity": False,
    "RejectedPatches": [],
    "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
    "Sources": [],
}
"""What GetPatchBaseline answers for what was never given."""
_NO_DATES = ("DEBIAN", "UBUNTU", "RASPBIAN", "MACOS")
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_KEYS = {
    "WINDOWS": {"PATCH_SET", "PRODUCT", "PRODUCT_FAMILY", "CLASSIFICATION", "MSRC_SEVERITY"},
    "DEBIAN": {"PRODUCT", "PRIORITY", "SECTION"},
    "UBUNTU": {"PRODUCT", "PRIORITY", "SECTION"},
    "RASPBIAN": {"PRODUCT", "PRIORITY", "SECTION"},
    "MACOS": {"PRODUCT", "CLASSIFICATION"},
}
_KEYS_OF_OTHERS = {"PRODUCT", "CLASSIFICATION", "SEVERITY"}


def is_owned_by_aws(baseline_id: str) -> bool:
    return baseline_id.startswith("arn:")


@serves("CreatePatchBaseline")
def create(call: Call, request: Json) -> Json:
    return once(call, lambda: _create(call, request))


def _create(call: Call, request: Json) -> Json:
    own = [name for name in call.state.baselines if not is_owned_by_aws(name)]
    if len(own) >= _MAX_BASELINES:
        raise ApiError(
            "ResourceLimitExceededException", f"Patch baselines are limited to {_MAX_BASELINES} per account."
        )
    system = request.get("OperatingSystem", "WINDOWS")
    _check_rules(system, request)
    baseline_id = f"pb-{secrets.token_hex(9)[1:]}"
    given = {key: value for key, value in request.items() if key not in ("ClientToken", "Tags")}
    baseline = {"BaselineId": baseline_id, "OperatingSystem": system, **_OPTIONAL, **given}
    call.state.baselines[baseline_id] = baseline | {"CreatedDate": call.now, "ModifiedDate": call.now}
    put_tags(call.state, "PatchBaseline", baseline_id, request.get("Tags", []))
    return {"BaselineId": baseline_id}


def _check_rules(system: str, request: Json) -> None:
    rules = request.get("ApprovalRules", {}).get("PatchRules", [])
    for rule in rules:
        dates = [key for key in ("ApproveAfterDays", "ApproveUntilDate") if rule.get(key) is not None]
        if len(dates) == 2:
            raise ApiError("ValidationException", "Only one of ApproveAfterDays and ApproveUntilDate can be specified.")
        if not dates and system not in _NO_DATES:
            raise ApiError("ValidationException", "One of ApproveAfterDays and ApproveUntilDate must be specified.")
        if "ApproveUntilDate" in dates and not _DAY.fullmatch(rule["ApproveUntilDate"]):
            raise ApiError("ValidationException", "ApproveUntilDate must have the format YYYY-MM-DD.")
    groups = [request.get("GlobalFilters", {}), *(rule["PatchFilterGroup"] for rule in rules)]
    allowed = _KEYS.get(system, _KEYS_OF_OTHERS)
    for filter_ in (entry for group in groups for entry in group.get("PatchFilters", [])):
        if filter_["Key"] not in allowed:
            raise ApiError("ValidationException", f"Filter key {filter_['Key']} isn't supported for {system}.")
    if system == "WINDOWS" and request.get("Sources"):
        raise ApiError("ValidationException", "Sources are supported for Linux only.")
    if system != "WINDOWS" and request.get("AvailableSecurityUpdatesComplianceStatus"):
        raise ApiError(
            "ValidationException", "AvailableSecurityUpdatesComplianceStatus is supported for Windows Server only."
        )


@serves("UpdatePatchBaseline")
def update(call: Call, request: Json) -> Json:
    baseline = _own(call.state, request["BaselineId"])
    given = {key: value for key, value in request.items() if key != "Replace"}
    if request.get("Replace"):
        if "Name" not in request:
            raise ApiError("ValidationException", "Name is required if Replace is true.")
        kept = {key: baseline[key] for key in ("BaselineId", "OperatingSystem", "CreatedDate")}
        changed = kept | _OPTIONAL | given
    else:
        changed = baseline | given
    _check_rules(baseline["OperatingSystem"], changed)
    changed["ModifiedDate"] = call.now
    call.state.baselines[request["BaselineId"]] = changed
    return changed


@serves("GetPatchBaseline")
def get(call: Call, request: Json) -> Json:
    baseline = find(call.state, request["BaselineId"])
    groups = sorted({group for (group, _unused), name in call.state.groups.items() if name == baseline["BaselineId"]})
    return baseline | {"PatchGroups": groups}


@serves("DeletePatchBaseline")
def delete(call: Call, request: Json) -> Json:
    baseline_id = request["BaselineId"]
    if is_owned_by_aws(baseline_id):
        raise ApiError("ValidationException", "A patch baseline that AWS provides can't be deleted.")
    if baseline_id in call.state.groups.values():
        raise ApiError("ResourceInUseException", f"Patch baseline {baseline_id} is registered for a patch group.")
    if baseline_id in call.state.defaults.values():
        raise ApiError("ResourceInUseException", f"Patch baseline {baseline_id} is a default patch baseline.")
    call.state.baselines.pop(baseline_id, None)
    call.state.tags.pop(("PatchBaseline", baseline_id), None)
    return {"BaselineId": baseline_id}


@serves("DescribePatchBaselines")
def describe(call: Call, request: Json) -> Json:
    found = [identity(call.state, baseline_id) for baseline_id in call.state.baselines]
    for filter_ in request.get("Filters", []):
        key, values = filter_["Key"], filter_["Values"]
        if key == "NAME_PREFIX":
            found = [entry for entry in found if entry["BaselineName"].startswith(tuple(values))]
        elif key == "OPERATING_SYSTEM":
            found = [entry for entry in found if entry["OperatingSystem"] in values]
        elif key == "OWNER":
            owners = {value.upper() for value in values}
            found = [e for e in found if ("AWS" if is_owned_by_aws(e["BaselineId"]) else "SELF") in owners]
        else:
            raise ApiError("ValidationException", f"Filter key {key} isn't supported.")
    return page(call, found, "BaselineIdentities", default=100)


@serves("RegisterDefaultPatchBaseline")
def register_default(call: Call, request: Json) -> Json:
    baseline = find(call.state, request["BaselineId"])
    call.state.defaults[baseline["OperatingSystem"]] = baseline["BaselineId"]
    return {"BaselineId": baseline["BaselineId"]}


@serves("GetDefaultPatchBaseline")
def get_default(call: Call, request: Json) -> Json:
    system = request.get("OperatingSystem", "WINDOWS")
    return {"BaselineId": call.state.defaults[system], "OperatingSystem": system}


@serves("RegisterPatchBaselineForPatchGroup")
def register_group(call: Call, request: Json) -> Json:
    baseline, group = find(call.state, request["BaselineId"]), request["PatchGroup"]
    baseline_id, key = baseline["BaselineId"], (group, baseline["OperatingSystem"])
    if key in call.state.groups:
        raise ApiError("AlreadyExistsException", f"Patch group {group} is already registered for {key[1]}.")
    if list(call.state.groups.values()).count(baseline_id) >= _MAX_GROUPS:
        raise ApiError("ResourceLimitExceededException", f"A patch baseline has at most {_MAX_GROUPS} patch groups.")
    call.state.groups[key] = baseline_id
    return {"BaselineId": baseline_id, "PatchGroup": group}


@serves("DeregisterPatchBaselineForPatchGroup")
def deregister_group(call: Call, request: Json) -> Json:
    baseline_id, group = request["BaselineId"], request["PatchGroup"]
    for key in [key for key, name in call.state.groups.items() if name == baseline_id and key[0] == group]:
        del call.state.groups[key]
    return {"BaselineId": baseline_id, "PatchGroup": group}


@serves("GetPatchBaselineForPatchGroup")
def get_for_group(call: Call, request: Json) -> Json:
    system, group = request.get("OperatingSystem", "WINDOWS"), request["PatchGroup"]
    return {
        "BaselineId": baseline_of_group(call.state, group, system),
        "PatchGroup": group,
        "OperatingSystem": system,
    }


@serves("DescribePatchGroups")
def describe_groups(call: Call, request: Json) -> Json:
    found = [
        {"PatchGroup": group, "BaselineIdentity": identity(call.state, baseline_id)}
        for (group, _unused), baseline_id in sorted(call.state.groups.items())
    ]
    for filter_ in request.get("Filters", []):
        key, values = filter_["Key"], filter_["Values"]
        if key == "NAME_PREFIX":
            found = [entry for entry in found if str(entry["PatchGroup"]).startswith(tuple(values))]
        elif key == "OPERATING_SYSTEM":
            found = [e for e in found if isinstance(e["BaselineIdentity"], dict) and _system(e) in values]
        else:
            raise ApiError("ValidationException", f"Filter key {key} isn't supported.")
    return page(call, found, "Mappings")


def _system(mapping: Json) -> str:
    return str(mapping["BaselineIdentity"]["OperatingSystem"])


def baseline_of_group(state: Region, group: str, system: str) -> str:
    """The baseline of a group, or else the default of the operating system."""
    return state.groups.get((group, system), state.defaults[system])


def find(state: Region, baseline_id: str) -> Json:
    """A baseline, own or of AWS; those of AWS only by their full ARN."""
    known: Json | None = state.baselines.get(baseline_id)
    if known is None:
        raise ApiError("DoesNotExistException", f"Patch baseline {baseline_id} doesn't exist.")
    return known


def _own(state: Region, baseline_id: str) -> Json:
    baseline = find(state, baseline_id)
    if is_owned_by_aws(baseline_id):
        raise ApiError("ValidationException", "A patch baseline that AWS provides can't be changed.")
    return baseline


def identity(state: Region, baseline_id: str) -> Json:
    baseline = state.baselines[baseline_id]
    described = {"BaselineDescription": baseline["Description"]} if baseline.get("Description") else {}
    return described | {
        "BaselineId": baseline_id,
        "BaselineName": baseline["Name"],
        "OperatingSystem": baseline["OperatingSystem"],
        "DefaultBaseline": state.defaults[baseline["OperatingSystem"]] == baseline_id,
    }
