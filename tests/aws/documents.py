# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of AWS that are known here: parameters, platforms, steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import moto_bridge
from .errors import ApiError
from .world import Call, Json

_GUID = r"^$|^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
_URL = r"^$|^https://.+$|^s3://([^/]+)/(.*?([^/]+))$"
_ANY = r"(?s).*"
_EVERYWHERE = ("Linux", "Windows", "MacOS")
_PATCH = {
    "Operation": r"Scan|Install",
    "SnapshotId": _GUID,
    "InstallOverrideList": _URL,
    "RebootOption": r"RebootIfNeeded|NoReboot",
    "BaselineOverride": _URL,
    "StepTimeoutSeconds": r"[0-9]{1,5}",
}


@dataclass(frozen=True)
class Document:
    parameters: dict[str, str] = field(default_factory=dict)
    """Name to the pattern of each of its values."""
    required: tuple[str, ...] = ()
    platforms: tuple[str, ...] = _EVERYWHERE
    steps: tuple[str, ...] = ()
    """Names of the steps; a step with the name of a platform in it runs there only."""
    is_automation: bool = False


_PATCH_STEPS = ("PatchWindows", "PatchLinux", "PatchMacOS")
_HOOKS = {f"{point}HookDocName": r".*" for point in ("PreInstall", "PostInstall", "OnExit")}
DOCUMENTS = {
    "AWS-RunPatchBaseline": Document({**_PATCH, "AssociationId": _ANY}, ("Operation",), steps=_PATCH_STEPS),
    "AWS-RunPatchBaselineAssociation": Document(
        {
            **{key: _PATCH[key] for key in ("Operation", "InstallOverrideList", "RebootOption")},
            "BaselineTags": _ANY,
            "AssociationId": _ANY,
        },
        ("Operation", "AssociationId"),
        steps=_PATCH_STEPS,
    ),
    "AWS-RunPatchBaselineWithHooks": Document(
        {**{key: _PATCH[key] for key in ("Operation", "SnapshotId", "RebootOption")}, **_HOOKS},
        ("Operation",),
        ("Linux", "Windows"),
        ("PatchWindows", "PatchLinux"),
    ),
    "AWS-ConfigureWindowsUpdate": Document(
        {"updateLevel": _ANY, "scheduledInstallDay": _ANY, "scheduledInstallTime": _ANY},
        platforms=("Windows",),
        steps=("configureWindowsUpdate",),
    ),
    "AWS-InstallWindowsUpdates": Document(
        dict.fromkeys(
            "Action AllowReboot IncludeKbs ExcludeKbs Categories SeverityLevels PublishedDaysOld "
            "PublishedDateAfter PublishedDateBefore".split(),
            _ANY,
        ),
        ("Action",),
        ("Windows",),
        ("InstallWindowsUpdates",),
    ),
    "AWS-InstanceRebootWithHooks": Document(
        {"PostRebootHookDocName": _ANY}, platforms=("Linux", "Windows"), steps=("RebootInstance",)
    ),
    "AWS-ApplyPatchBaseline": Document(
        {key: _PATCH[key] for key in ("Operation", "SnapshotId")}, ("Operation",), ("Windows",), ("PatchWindows",)
    ),
    "AWS-FindWindowsUpdates": Document(
        {"UpdateLevel": _ANY}, platforms=("Windows",), steps=("aws:runPowerShellScript",)
    ),
    "AWS-InstallMissingWindowsUpdates": Document(
        {"UpdateLevel": _ANY}, platforms=("Windows",), steps=("aws:runPowerShellScript",)
    ),
    "AWS-InstallSpecificWindowsUpdates": Document(
        {"KbArticleIds": _ANY}, ("KbArticleIds",), ("Windows",), ("aws:runPowerShellScript",)
    ),
    "AWS-RunShellScript": Document(
        {"commands": _ANY, "workingDirectory": _ANY, "executionTimeout": _ANY},
        ("commands",),
        ("Linux", "MacOS"),
        ("aws:runShellScript",),
    ),
    "AWS-RunPowerShellScript": Document(
        {"commands": _ANY, "workingDirectory": _ANY, "executionTimeout": _ANY},
        ("commands",),
        steps=("aws:runPowerShellScript",),
    ),
    "AWS-GatherSoftwareInventory": Document(
        dict.fromkeys(
            "applications awsComponents networkConfig windowsUpdates instanceDetailedInformation services "
            "windowsRoles customInventory billingInfo files windowsRegistry".split(),
            _ANY,
        ),
        steps=("collectSoftwareInventoryItems",),
    ),
    "AWS-PatchAsgInstance": Document(
        {
            "InstanceId": r"^i-[0-9a-f]{8,17}$",
            "LambdaRoleArn": _ANY,
            "WaitForInstance": _ANY,
            "WaitForReboot": _ANY,
            "AutomationAssumeRole": _ANY,
        },
        ("InstanceId",),
        steps=("GetAsgName", "EnterStandby", "RunPatchBaseline", "ExitStandby"),
        is_automation=True,
    ),
    "AWS-PatchInstanceWithRollback": Document(
        dict.fromkeys("InstanceId LambdaAssumeRole AutomationAssumeRole ReportS3Bucket".split(), _ANY),
        ("InstanceId",),
        steps=("createDocumentStack", "runPatchBaseline", "deleteCloudFormationTemplate"),
        is_automation=True,
    ),
}


def find_document(call: Call, name: str, code: str = "InvalidDocument") -> Document:
    """A document of AWS, or one that the account made, which may do anything."""
    short = name.rpartition("/")[2]
    if short in DOCUMENTS:
        return DOCUMENTS[short]
    if moto_bridge.has_document(call.account, call.region, name):
        return Document(steps=("step",))
    raise ApiError(code, f"Document with name {name} does not exist.")


def check_version(version: str | None, code: str = "InvalidDocumentVersion") -> None:
    if version and version not in ("$LATEST", "$DEFAULT", "1"):
        raise ApiError(code, "The document version is not valid.")


def check_parameters(document: Document, parameters: Json, code: str = "InvalidParameters") -> None:
    if not document.parameters:
        return
    missing = [name for name in document.required if not parameters.get(name)]
    if missing:
        raise ApiError(code, f"Missing required parameters: {', '.join(missing)}")
    unknown = [name for name in parameters if name not in document.parameters]
    if unknown:
        raise ApiError(code, f"Parameters are not defined in the document: {', '.join(unknown)}")
    for name, values in parameters.items():
        for value in values:
            if not re.fullmatch(document.parameters[name], value):
                raise ApiError(code, f"Parameter \"{name}\" has value '{value}', which is not allowed.")
