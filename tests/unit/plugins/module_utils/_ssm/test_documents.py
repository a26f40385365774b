# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.documents import (
    DOCUMENTS,
    LEGACY,
    check_parameters,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError

GUID = "3b241101-e2bb-4255-8caf-4136c566a962"
URL = "https://example.com/list.yml"
BASELINE, HOOKS, UPDATES = "AWS-RunPatchBaseline", "AWS-RunPatchBaselineWithHooks", "AWS-InstallWindowsUpdates"


@pytest.mark.parametrize(
    ("document", "parameters", "message"),
    [
        (BASELINE, {}, "it needs Operation. Set Operation in parameters."),
        (BASELINE, {"operation": "Scan"}, "it has no parameter 'operation'. It takes AssociationId, BaselineOverride"),
        (BASELINE, {"Operation": "scan"}, "Operation cannot be 'scan'. It takes Scan or Install."),
        (BASELINE, {"Operation": ["Scan", "Install"]}, "Operation takes one value and got 2."),
        (BASELINE, {"Operation": "Scan", "RebootOption": "Maybe"}, "It takes RebootIfNeeded or NoReboot."),
        (BASELINE, {"Operation": "Scan", "SnapshotId": "today"}, "SnapshotId cannot be 'today'. It takes a GUID."),
        (BASELINE, {"Operation": "Scan", "StepTimeoutSeconds": 36001}, "It takes seconds, 1 to 36000."),
        (BASELINE, {"Operation": "Install", "BaselineOverride": "http://example.com/a"}, "BaselineOverride cannot be"),
        (BASELINE, {"Operation": "Install", "InstallOverrideList": "s3://b/$(id)"}, "InstallOverrideList cannot be"),
        (BASELINE, {"Operation": "Install", "InstallOverrideList": "s3://bucket/"}, "InstallOverrideList cannot be"),
        (
            BASELINE,
            {"Operation": "Install", "InstallOverrideList": URL, "BaselineOverride": URL},
            "with InstallOverrideList and BaselineOverride together it does nothing and fails. Give one.",
        ),
        (HOOKS, {"Operation": "Install", "InstallOverrideList": URL}, "it has no parameter 'InstallOverrideList'."),
        (HOOKS, {"Operation": "Install", "OnExitHookDocName": "a b"}, "It takes the name or the ARN of a document."),
        ("AWS-RunPatchBaselineAssociation", {"Operation": "Scan"}, "it needs AssociationId."),
        (UPDATES, {"Action": "Install"}, "an Install has to be told whether it may reboot. Set AllowReboot"),
        (UPDATES, {"Action": "Scan", "IncludeKbs": "MS17-010"}, "numbers of articles as KB9876543 or 9876543."),
        (UPDATES, {"Action": "Scan", "IncludeKbs": "KB1234567", "ExcludeKbs": "1234567"}, "KB1234567 is in IncludeKbs"),
        (UPDATES, {"Action": "Scan", "Categories": ["Toaster"]}, "kinds of updates such as Security Update."),
        (
            "AWS-ConfigureWindowsUpdate",
            {"updateLevel": "NeverCheckForUpdates", "scheduledInstallTime": "22:00"},
            "scheduledInstallTime means something with updateLevel InstallUpdatesAutomatically only.",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(document: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(StateError) as refused:
        check_parameters(DOCUMENTS[document], parameters)
    assert str(refused.value).startswith(f"Failed to read the parameters of {document}: ")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("document", "parameters"),
    [
        (BASELINE, {"Operation": "Install", "InstallOverrideList": "s3://bucket/folder/list.yml"}),
        (BASELINE, {"Operation": "Scan", "BaselineOverride": "https://example.com/o.json", "AssociationId": GUID}),
        (BASELINE, {"Operation": "Install", "StepTimeoutSeconds": 36000, "SnapshotId": GUID}),
        (HOOKS, {"Operation": "Install", "OnExitHookDocName": "arn:aws:ssm:us-east-1:123456789012:document/Mine"}),
        (
            "AWS-RunPatchBaselineAssociation",
            {"Operation": "Scan", "AssociationId": GUID, "BaselineTags": "Key=a,Values=b"},
        ),
        ("AWS-InstanceRebootWithHooks", {"AnotherOneThatIsNotDocumented": "a"}),
        ("AWS-PatchAsgInstance", {"WaitForInstance": "PT1H30M", "WaitForReboot": "PT5M"}),
        ("AWS-PatchInstanceWithRollback", {"ReportS3Bucket": "reports"}),
        (UPDATES, {"Action": "Install", "AllowReboot": "False", "SeverityLevels": ["Critical", "Low"]}),
    ],
)
def test_what_aws_documents_is_taken_as_one_text_each(document: str, parameters: dict[str, Any]) -> None:
    checked = check_parameters(DOCUMENTS[document], parameters)
    assert checked.warnings == []
    assert {name: len(values) for name, values in checked.parameters.items()} == dict.fromkeys(parameters, 1)


def test_what_is_empty_is_left_out_and_lists_are_joined() -> None:
    given = {"Action": "Install", "AllowReboot": True, "IncludeKbs": ["KB4284819", 4284820], "ExcludeKbs": ""}
    assert check_parameters(DOCUMENTS[UPDATES], given).parameters == {
        "Action": ["Install"],
        "AllowReboot": ["True"],
        "IncludeKbs": ["KB4284819,4284820"],
    }


def test_documents_that_aws_gives_up_are_run_with_a_warning() -> None:
    parameters = {"AWS-ApplyPatchBaseline": {"Operation": "Scan"}, LEGACY[3]: {"KbArticleIds": "123456,KB567890"}}
    told = [check_parameters(DOCUMENTS[name], parameters.get(name, {})).warnings for name in LEGACY]
    assert told == [[f"{name} is no longer maintained by AWS and may stop working."] for name in LEGACY]
