# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents of Patch Manager, and what may be given to them: pure.

AWS checks the parameters of a command too, but says little, and lets pass what the documents themselves then refuse on
every node.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError

Parameters = dict[str, list[str]]

_GUID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_EVERYWHERE = ("Linux", "MacOS", "Windows")


@dataclass(frozen=True)
class Parameter:
    """What a parameter takes: an expression that all of the value has to match, and the same in words."""

    pattern: str
    words: str
    required: bool = False
    is_list: bool = False  # of values with commas between them


@dataclass(frozen=True)
class Document:
    """A document of AWS."""

    name: str
    parameters: Mapping[str, Parameter]
    platforms: tuple[str, ...] = _EVERYWHERE
    instances_only: bool = False  # EC2, no hybrid nodes
    reports: bool = False  # counters that DescribeInstancePatchStates answers
    is_open: bool = False  # AWS does not say which parameters there are
    is_runbook: bool = False  # of Automation, once for each node, which is the parameter InstanceId


def _choice(*values: str, required: bool = False) -> Parameter:
    return Parameter("|".join(map(re.escape, values)), " or ".join(values), required)


def _list(pattern: str, words: str, required: bool = False) -> Parameter:
    return Parameter(f"(?:{pattern})(?:, *(?:{pattern}))*", words, required, is_list=True)


_OPERATION = _choice("Scan", "Install", required=True)
_REBOOT = _choice("RebootIfNeeded", "NoReboot")
_SNAPSHOT = Parameter(_GUID, "a GUID")
_ASSOCIATION = Parameter(_GUID, "the id of an association")
_FILE = Parameter(
    r"(?:https://|s3://[^/`'\"$]+/)[^`'\"$]*[^/`'\"$]",
    "https://... or s3://bucket/key, without backticks, quotes and dollar signs",
)
_TIMEOUT = Parameter("[1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36000", "seconds, 1 to 36000")
_HOOK = Parameter(r"[a-zA-Z0-9_\-.:/]{3,128}", "the name or the ARN of a document")
_KB = "(?:KB)?[0-9]{4,9}"
_KBS = _list(_KB, "numbers of articles as KB9876543 or 9876543")
_WORD = Parameter("[A-Za-z]+", "a word such as All or Important")
_KINDS = "(?:(?:Critical|Security|Definition) ?)?Updates?|Update ?Rollups?|(?:Service|Feature) ?Packs?|Tools?|Drivers?"
_ROLE = Parameter("arn:[^:]+:iam::[0-9]{12}:role/.+", "the ARN of a role")
_PAUSE = Parameter("PT(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?", "a duration such as PT5M")
_DAY = Parameter("[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}", "a day")

DOCUMENTS = {
    document.name: document
    for document in (
        Document(
            "AWS-RunPatchBaseline",
            {
                "Operation": _OPERATION,
                "AssociationId": _ASSOCIATION,
                "SnapshotId": _SNAPSHOT,
                "InstallOverrideList": _FILE,
                "RebootOption": _REBOOT,
                "BaselineOverride": _FILE,
                "StepTimeoutSeconds": _TIMEOUT,
            },
            reports=True,
        ),
        Document(
            "AWS-RunPatchBaselineAssociation",
            {
                "Operation": _OPERATION,
                "AssociationId": Parameter(_ASSOCIATION.pattern, _ASSOCIATION.words, required=True),
                "BaselineTags": Parameter(
                    r"Key=[^,`'\"$]+,Values=[^`'\"$]+",
                    "Key=key,Values=value1,value2, without backticks, quotes and dollar signs",
                ),
                "InstallOverrideList": _FILE,
                "RebootOption": _REBOOT,
            },
            instances_only=True,
            reports=True,
        ),
        Document(
            "AWS-RunPatchBaselineWithHooks",
            {
                "Operation": _OPERATION,
                "SnapshotId": _SNAPSHOT,
                "RebootOption": _REBOOT,
                **{f"{point}HookDocName": _HOOK for point in ("PreInstall", "PostInstall", "OnExit")},
            },
            platforms=("Linux", "Windows"),
            reports=True,
        ),
        Document(
            "AWS-ConfigureWindowsUpdate",
            {
                "updateLevel": Parameter("[A-Za-z]+", "InstallUpdatesAutomatically or NeverCheckForUpdates", True),
                "scheduledInstallDay": _choice(
                    "Daily", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
                ),
                "scheduledInstallTime": Parameter("(?:[01][0-9]|2[0-3]):[0-5][0-9]", "a time such as 22:00"),
            },
            platforms=("Windows",),
        ),
        Document(
            "AWS-InstallWindowsUpdates",
            {
                "Action": _choice("Scan", "Install", required=True),
                "AllowReboot": _choice("True", "False"),
                "IncludeKbs": _KBS,
                "ExcludeKbs": _KBS,
                "Categories": _list(_KINDS, "kinds of updates such as Security Update"),
                "SeverityLevels": _list(
                    "Critical|Important|Moderate|Low|Unspecified", "Critical, Important, Moderate, Low or Unspecified"
                ),
                "PublishedDaysOld": Parameter("[0-9]{1,5}", "days"),
                "PublishedDateAfter": _DAY,
                "PublishedDateBefore": _DAY,
            },
            platforms=("Windows",),
        ),
        Document(
            "AWS-InstanceRebootWithHooks",
            {"PostRebootHookDocName": _HOOK},
            platforms=("Linux", "Windows"),
            is_open=True,
        ),
        Document(
            "AWS-ApplyPatchBaseline",
            {"Operation": _OPERATION, "SnapshotId": _SNAPSHOT},
            platforms=("Windows",),
            reports=True,
        ),
        Document("AWS-FindWindowsUpdates", {"UpdateLevel": _WORD}, platforms=("Windows",)),
        Document("AWS-InstallMissingWindowsUpdates", {"UpdateLevel": _WORD}, platforms=("Windows",)),
        Document(
            "AWS-InstallSpecificWindowsUpdates",
            {"KbArticleIds": _list(_KB, _KBS.words, required=True)},
            platforms=("Windows",),
        ),
        Document(
            "AWS-PatchAsgInstance",
            {
                "AutomationAssumeRole": _ROLE,
                "LambdaRoleArn": _ROLE,
                "WaitForInstance": _PAUSE,
                "WaitForReboot": _PAUSE,
            },
            instances_only=True,
            reports=True,
            is_runbook=True,
        ),
        Document(
            "AWS-PatchInstanceWithRollback",
            {
                "AutomationAssumeRole": _ROLE,
                "LambdaAssumeRole": _ROLE,
                "ReportS3Bucket": Parameter("[a-z0-9.-]{3,63}", "the name of a bucket"),
            },
            instances_only=True,
            reports=True,
            is_runbook=True,
        ),
    )
}
LEGACY = (
    "AWS-ApplyPatchBaseline",
    "AWS-FindWindowsUpdates",
    "AWS-InstallMissingWindowsUpdates",
    "AWS-InstallSpecificWindowsUpdates",
)


@dataclass
class Checked:
    """Parameters as a command takes them, and what their writer should know."""

    parameters: Parameters
    warnings: list[str] = field(default_factory=list)


def check_parameters(document: Document, given: Mapping[str, Any]) -> Checked:
    """Return what is given to a document as a command takes it. Raises ``StateError`` that names what is wrong."""
    texts = {name: _write(document, name, value) for name, value in given.items()}
    kept = {name: text for name, text in texts.items() if text != ""}
    missing = [name for name, parameter in document.parameters.items() if parameter.required and name not in kept]
    if missing:
        raise _refuse(document, f"it needs {_join(missing)}", f"Set {_join(missing)} in parameters.")
    checked = Checked({name: [text] for name, text in kept.items()})
    _check_together(document, kept, checked.warnings)
    if document.name in LEGACY:
        checked.warnings.append(f"{document.name} is no longer maintained by AWS and may stop working.")
    return checked


def _write(document: Document, name: str, value: Any) -> str:
    parameter = document.parameters.get(name)
    if document.is_runbook and name == "InstanceId":
        raise _refuse(document, "InstanceId is set for each node", "Leave it out, and name the nodes by instance_ids.")
    if parameter is None and not document.is_open:
        known = _join(sorted(document.parameters))
        raise _refuse(document, f"it has no parameter {name!r}", f"It takes {known}, spelled like this.")
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(values) > 1 and not (parameter and parameter.is_list):
        raise _refuse(document, f"{name} takes one value and got {len(values)}", "Give it one.")
    text = ",".join(map(_to_text, values))
    if parameter and text and not re.fullmatch(parameter.pattern, text):
        raise _refuse(document, f"{name} cannot be {text!r}", f"It takes {parameter.words}.")
    return text


def _to_text(value: Any) -> str:
    return "" if value is None else str(value)  # True and False are spelled as the documents spell them


def _check_together(document: Document, given: Mapping[str, str], warnings: list[str]) -> None:
    if "InstallOverrideList" in given and "BaselineOverride" in given:
        raise _refuse(
            document, "with InstallOverrideList and BaselineOverride together it does nothing and fails", "Give one."
        )
    if "InstallOverrideList" in given and given.get("Operation") == "Scan":
        warnings.append("A Scan takes no notice of InstallOverrideList: its report is by the baseline.")
    if given.get("Action") == "Install" and "AllowReboot" not in given:
        # what it does without is not documented
        raise _refuse(document, "an Install has to be told whether it may reboot", "Set AllowReboot in parameters.")
    schedule = sorted(name for name in given if name.startswith("scheduledInstall"))
    if schedule and given.get("updateLevel") != "InstallUpdatesAutomatically":
        raise _refuse(
            document,
            f"{_join(schedule)} means something with updateLevel InstallUpdatesAutomatically only",
            f"Leave {_join(schedule)} out.",
        )
    both = _articles(given.get("IncludeKbs")) & _articles(given.get("ExcludeKbs"))
    if both:
        raise _refuse(document, f"KB{sorted(both)[0]} is in IncludeKbs and in ExcludeKbs", "Give it in one of them.")


def _articles(text: str | None) -> set[str]:
    return {part.strip().removeprefix("KB") for part in (text or "").split(",")} - {""}


def _refuse(document: Document, what: str, way_out: str) -> StateError:
    return StateError(f"Failed to read the parameters of {document.name}: {what}. {way_out}")


def _join(names: Iterable[str]) -> str:
    found = list(names)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
