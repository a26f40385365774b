# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quick Setup: configuration managers and what they deploy."""

from __future__ import annotations

import json
import re
import secrets
import uuid
from datetime import datetime, timezone

from .errors import ApiError
from .paging import page
from .registry import QUICK_SETUP, serves
from .world import Call, Json

_PATCH_POLICY = "AWSQuickSetupType-PatchPolicy"
_TYPES = {
    _PATCH_POLICY: "1.0",
    "AWSQuickSetupType-SSMHostMgmt": "1.0",
    "AWSQuickSetupType-DHMC": "1.0",
    "AWSQuickSetupType-Scheduler": "1.0",
    "AWSQuickSetupType-SSM": "1.0",
}
_REQUIRED = ("PatchPolicyName", "SelectedPatchBaselines", "PatchBaselineRegion", "TargetRegions")
_CHOICES = {
    "PatchBaselineUseDefault": ("default", "custom"),
    "ConfigurationOptionsPatchOperation": ("Scan", "ScanAndInstall"),
    "RebootOption": ("RebootIfNeeded", "NoReboot"),
    "TargetType": ("*", "InstanceIds", "ResourceGroups", "Tags"),
    **dict.fromkeys(
        "ConfigurationOptionsScanNextInterval ConfigurationOptionsInstallNextInterval IsPolicyAttachAllowed "
        "OutputLogEnableS3 HasDeletedBaseline".split(),
        ("true", "false"),
    ),
}
_KNOWN = {
    *_REQUIRED,
    *_CHOICES,
    *(
        "ConfigurationOptionsScanValue ConfigurationOptionsInstallValue OutputS3Location OutputBucketRegion "
        "OutputS3BucketName OutputS3KeyPrefix TargetInstances TargetTagKey TargetTagValue ResourceGroupName "
        "TargetAccounts TargetOrganizationalUnits RateControlConcurrency RateControlErrorThreshold"
    ).split(),
}
_MAX = 100


@serves("CreateConfigurationManager", QUICK_SETUP)
def create(call: Call, request: Json) -> Json:
    if len(call.state.managers) >= _MAX:
        raise ApiError("ValidationException", f"At most {_MAX} configuration managers.")
    definitions = request["ConfigurationDefinitions"]
    if len(definitions) != 1:
        raise ApiError("ValidationException", "A configuration manager has one configuration definition.")
    for definition in definitions:
        _check_definition(definition)
    arn = f"arn:aws:ssm-quicksetup:{call.region}:{call.account}:configuration-manager/{uuid.uuid4()}"
    call.state.managers[arn] = {
        "ManagerArn": arn,
        "Name": request.get("Name", ""),
        "Description": request.get("Description", ""),
        "Tags": request.get("Tags", {}),
        "CreatedAt": _iso(call.now),
        "LastModifiedAt": _iso(call.now),
        "ConfigurationDefinitions": [
            {"TypeVersion": _TYPES[entry["Type"]], **entry, "Id": secrets.token_hex(6)} for entry in definitions
        ],
        "revision": 0,
    }
    return {"ManagerArn": arn}


def _check_definition(definition: Json) -> None:
    kind, parameters = definition["Type"], definition["Parameters"]
    if kind not in _TYPES:
        raise ApiError("ValidationException", f"The type {kind} doesn't exist.")
    if kind != _PATCH_POLICY:
        return
    if not definition.get("LocalDeploymentAdministrationRoleArn") or not definition.get(
        "LocalDeploymentExecutionRoleName"
    ):
        raise ApiError("ValidationException", "The type needs a local deployment administration and execution role.")
    _check_policy(parameters)


def _check_policy(parameters: dict[str, str]) -> None:
    missing = [name for name in _REQUIRED if name not in parameters]
    if not missing and not parameters.get("TargetAccounts") and not parameters.get("TargetOrganizationalUnits"):
        missing = ["TargetAccounts or TargetOrganizationalUnits"]
    if missing:
        raise ApiError("ValidationException", f"Missing parameters: {', '.join(missing)}")
    unknown = sorted(set(parameters) - _KNOWN)
    if unknown:
        raise ApiError("ValidationException", f"Unknown parameters: {', '.join(unknown)}")
    for name, allowed in _CHOICES.items():
        if parameters.get(name, allowed[0]) not in allowed:
            raise ApiError("ValidationException", f"Parameter {name} must be one of {', '.join(allowed)}.")
    _check_baselines(parameters["SelectedPatchBaselines"])
    for name in ("ConfigurationOptionsScanValue", "ConfigurationOptionsInstallValue"):
        if not re.fullmatch(r"(cron\(\S+( \S+){5}\)|rate\(\d+ \w+\))?", parameters.get(name, "")):
            raise ApiError("ValidationException", f"Parameter {name} isn't a schedule expression.")


def _check_baselines(text: str) -> None:
    try:
        selected = json.loads(text)
        good = isinstance(selected, dict) and all(entry["value"] and entry["label"] for entry in selected.values())
    except (ValueError, TypeError, KeyError):
        good = False
    if not good:
        raise ApiError(
            "ValidationException", "SelectedPatchBaselines isn't a JSON object of baselines by operating system."
        )


@serves("GetConfigurationManager", QUICK_SETUP)
def get(call: Call, request: Json) -> Json:
    manager = _find(call, request["ManagerArn"])
    return manager | {"StatusSummaries": _status(call, manager, count=True)}


def _find(call: Call, arn: str) -> Json:
    manager: Json | None = call.state.managers.get(arn)
    if manager is None or _is_gone(call, manager):
        raise ApiError("ResourceNotFoundException", f"Configuration manager {arn} doesn't exist.", 404)
    return manager


def _age_key(manager: Json) -> tuple[str, ...]:
    return "manager", manager["ManagerArn"], str(manager["revision"])


def _age(call: Call, manager: Json) -> int:
    return call.world.ages[(call.account, call.region, *_age_key(manager))]


def _is_gone(call: Call, manager: Json) -> bool:
    return bool(manager.get("deleting")) and _age(call, manager) > call.world.steps


def _is_busy(call: Call, manager: Json) -> bool:
    return _age(call, manager) <= call.world.steps


def _status(call: Call, manager: Json, count: bool = False) -> list[Json]:
    if count:
        call.age(*_age_key(manager))
    status = call.world.ends.get("deployment", "SUCCEEDED")
    if _is_busy(call, manager):
        status = "INITIALIZING" if _age(call, manager) == 0 else "DEPLOYING"
        status = "DELETING" if manager.get("deleting") else status
    return [
        {
            "StatusType": "Deployment",
            "Status": status,
            "StatusMessage": "The execution role can't be assumed." if status == "FAILED" else "",
            "StatusDetails": {},
            "LastUpdatedAt": manager["LastModifiedAt"],
        }
    ]


@serves("UpdateConfigurationManager", QUICK_SETUP)
def update(call: Call, request: Json) -> Json:
    manager = _find(call, request["ManagerArn"])
    manager |= {key: request[key] for key in ("Name", "Description") if key in request}
    manager["LastModifiedAt"] = _iso(call.now)
    return {}


@serves("UpdateConfigurationDefinition", QUICK_SETUP)
def update_definition(call: Call, request: Json) -> Json:
    manager = _find(call, request["ManagerArn"])
    definition = next((d for d in manager["ConfigurationDefinitions"] if d["Id"] == request["Id"]), None)
    if definition is None:
        raise ApiError("ResourceNotFoundException", f"Configuration definition {request['Id']} doesn't exist.", 404)
    _refuse_while_busy(call, manager)
    changed = definition | {key: value for key, value in request.items() if key not in ("ManagerArn", "Id")}
    _check_definition(changed)
    definition |= changed
    manager["revision"] += 1
    manager["LastModifiedAt"] = _iso(call.now)
    return {}


def _refuse_while_busy(call: Call, manager: Json) -> None:
    if _is_busy(call, manager):
        raise ApiError(
            "ConflictException", "Another request is being processed. Wait a few minutes and try again.", 409
        )


@serves("DeleteConfigurationManager", QUICK_SETUP)
def delete(call: Call, request: Json) -> Json:
    manager = _find(call, request["ManagerArn"])
    if manager.get("deleting"):
        return {}
    _refuse_while_busy(call, manager)
    manager["deleting"] = True
    manager["revision"] += 1
    return {}


@serves("ListConfigurationManagers", QUICK_SETUP)
def list_managers(call: Call, request: Json) -> Json:
    found = [
        manager
        | {
            "StatusSummaries": _status(call, manager),
            "ConfigurationDefinitionSummaries": [
                {**entry, "FirstClassParameters": _first_class(entry["Parameters"])}
                for entry in manager["ConfigurationDefinitions"]
            ],
        }
        for manager in call.state.managers.values()
        if not _is_gone(call, manager)
    ]
    for filter_ in request.get("Filters", []):
        found = [entry for entry in found if _filter_value(entry, filter_["Key"]) in filter_["Values"]]
    return page(call, found, "ConfigurationManagersList", size_key="MaxItems", token_key="StartingToken")


def _filter_value(manager: Json, key: str) -> str:
    known = {
        "Configuration Type": manager["ConfigurationDefinitions"][0]["Type"],
        "Name": manager["Name"],
        "Status": manager["StatusSummaries"][0]["Status"],
    }
    if key not in known:
        raise ApiError("ValidationException", f"The filter {key} isn't valid.")
    return str(known[key])


def _first_class(parameters: Json) -> Json:
    kept = ("PatchPolicyName", "TargetAccounts", "TargetOrganizationalUnits", "TargetRegions")
    return {key: parameters[key] for key in kept if parameters.get(key)}


def _configurations(call: Call) -> list[Json]:
    """One for each account and region that a definition is deployed to."""
    found = []
    for manager in call.state.managers.values():
        if _is_gone(call, manager):
            continue
        for definition in manager["ConfigurationDefinitions"]:
            parameters = definition["Parameters"]
            accounts = (parameters.get("TargetAccounts") or call.account).split(",")
            for account in accounts:
                for region in (parameters.get("TargetRegions") or call.region).split(","):
                    found.append(_configuration(call, manager, definition, account.strip(), region.strip()))
    return found


def _configuration(call: Call, manager: Json, definition: Json, account: str, region: str) -> Json:
    return {
        "Id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{definition['Id']} {account} {region}")),
        "Account": account,
        "Region": region,
        "ConfigurationDefinitionId": definition["Id"],
        "ManagerArn": manager["ManagerArn"],
        "CreatedAt": manager["CreatedAt"],
        "LastModifiedAt": manager["LastModifiedAt"],
        "Parameters": definition["Parameters"],
        "FirstClassParameters": _first_class(definition["Parameters"]),
        "StatusSummaries": _status(call, manager),
        "Type": definition["Type"],
        "TypeVersion": definition["TypeVersion"],
    }


@serves("ListConfigurations", QUICK_SETUP)
def list_configurations(call: Call, request: Json) -> Json:
    found = _configurations(call)
    if "ManagerArn" in request:
        _find(call, request["ManagerArn"])
        found = [entry for entry in found if entry["ManagerArn"] == request["ManagerArn"]]
    if "ConfigurationDefinitionId" in request:
        found = [e for e in found if e["ConfigurationDefinitionId"] == request["ConfigurationDefinitionId"]]
    for filter_ in request.get("Filters", []):
        if filter_["Key"] not in ("Account", "Region", "Status"):
            raise ApiError("ValidationException", f"The filter {filter_['Key']} isn't valid.")
        found = [e for e in found if (e.get(filter_["Key"]) or e["StatusSummaries"][0]["Status"]) in filter_["Values"]]
    return page(call, found, "ConfigurationsList", size_key="MaxItems", token_key="StartingToken")


@serves("GetConfiguration", QUICK_SETUP)
def get_configuration(call: Call, request: Json) -> Json:
    found = next((entry for entry in _configurations(call) if entry["Id"] == request["ConfigurationId"]), None)
    if found is None:
        raise ApiError("ResourceNotFoundException", "The configuration doesn't exist.", 404)
    return found


@serves("ListQuickSetupTypes", QUICK_SETUP)
def list_types(call: Call, request: Json) -> Json:
    return {"QuickSetupTypeList": [{"Type": name, "LatestVersion": version} for name, version in _TYPES.items()]}


@serves("GetServiceSettings", QUICK_SETUP)
def get_settings(call: Call, request: Json) -> Json:
    return {"ServiceSettings": call.state.settings}


@serves("UpdateServiceSettings", QUICK_SETUP)
def update_settings(call: Call, request: Json) -> Json:
    call.state.settings.update(request)
    return {}


@serves("TagResource", QUICK_SETUP)
def tag(call: Call, request: Json) -> Json:
    manager = _find(call, request["ResourceArn"])
    manager["Tags"] = manager["Tags"] | request["Tags"]
    return {}


@serves("UntagResource", QUICK_SETUP)
def untag(call: Call, request: Json) -> Json:
    manager = _find(call, request["ResourceArn"])
    manager["Tags"] = {key: value for key, value in manager["Tags"].items() if key not in request["TagKeys"]}
    return {}


@serves("ListTagsForResource", QUICK_SETUP)
def list_tags(call: Call, request: Json) -> Json:
    tags = _find(call, request["ResourceArn"])["Tags"]
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, tz=timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
