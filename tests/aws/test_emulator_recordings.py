# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS itself answered, against what the emulator answers and takes for an answer."""

from __future__ import annotations

import gzip
import json
import os
import urllib.request
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.aws import operations
from tests.aws.conftest import ROOT, Aws
from tests.aws.shapes import check_answer, has_error

_DATA = Path(os.environ.get("OPENPATCH_DATA", ROOT.parent / "shared" / "data")) / "aws"
pytestmark = pytest.mark.skipif(
    not _DATA.is_dir(), reason="the recorded answers of AWS are not there: OPENPATCH_DATA names their folder"
)


def _load(name: str) -> Any:
    content = (_DATA / name).read_bytes()
    return json.loads(gzip.decompress(content) if name.endswith(".gz") else content)


def _plain(value: Any) -> Any:
    """Times as seconds, as they are on the wire."""
    if isinstance(value, dict) and value.get("__class__") == "datetime":
        parts = {key: part for key, part in value.items() if key != "__class__"}
        return datetime(**parts, tzinfo=timezone.utc).timestamp()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _recorded(operation: str) -> list[dict[str, Any]]:
    found = _load("ssm-recordings.json")
    wanted = [entry for name, entry in found.items() if f"ssm.{operation}_" in name]
    return [_plain(entry["data"]) for entry in wanted if entry["status_code"] == 200]


def _first(operation: str, member: str) -> dict[str, Any]:
    """The recorded entry of a list that has most members."""
    entries = [entry for answer in _recorded(operation) for entry in answer[member]]
    return max(entries, key=len)


def test_recorded_answers_are_answers() -> None:
    for name, entry in _load("ssm-recordings.json").items():
        operation = name.partition("ssm.")[2].partition("_")[0]
        if entry["status_code"] == 200:
            assert (name, check_answer("ssm", operation, _plain(entry["data"]))) == (name, [])
        else:
            assert has_error("ssm", operation, entry["data"]["Error"]["Code"])


def test_recorded_nodes_are_answered_as_they_were(aws: Aws, ssm: Any) -> None:
    nodes = {
        node["InstanceId"]: node
        for a in _recorded("DescribeInstanceInformation")
        for node in a["InstanceInformationList"]
    }
    aws.seed(nodes=list(nodes.values()))
    found = ssm.describe_instance_information(MaxResults=50)["InstanceInformationList"]
    assert len(found) == len(nodes) > 1
    for node in found:
        for member, value in nodes[node["InstanceId"]].items():
            is_time = isinstance(node[member], datetime)
            assert (node[member].timestamp() if is_time else node[member]) == value


@pytest.mark.parametrize("member", ["Command", "Invocation"])
def test_commands_have_the_members_that_were_recorded(aws: Aws, ssm: Any, member: str) -> None:
    node = aws.seed(count=1)[0]
    command = ssm.send_command(
        InstanceIds=[node], DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]}
    )["Command"]
    if member == "Command":
        recorded, found = _recorded("SendCommand")[0]["Command"], command
    else:
        recorded = _recorded("GetCommandInvocation")[0]
        found = ssm.get_command_invocation(CommandId=command["CommandId"], InstanceId=node)
    assert set(recorded) <= set(found)


def test_rows_of_lists_have_the_members_that_were_recorded(aws: Aws, ssm: Any) -> None:
    missing = {"Title": "a", "KBId": "vim", "State": "Missing"}
    aws.seed(nodes=[{"Patches": [missing]}])
    [row] = ssm.list_resource_compliance_summaries()["ResourceComplianceSummaryItems"]
    assert set(_first("ListResourceComplianceSummaries", "ResourceComplianceSummaryItems")) == set(row)

    baseline = ssm.create_patch_baseline(Name="mine")["BaselineId"]
    ssm.register_patch_baseline_for_patch_group(BaselineId=baseline, PatchGroup="web")
    [mapping] = ssm.describe_patch_groups()["Mappings"]
    recorded = _first("DescribePatchGroups", "Mappings")
    assert set(recorded["BaselineIdentity"]) == set(mapping["BaselineIdentity"])

    bucket = {"BucketName": "ours", "Prefix": "a", "SyncFormat": "JsonSerDe", "Region": "us-east-1"}
    ssm.create_resource_data_sync(SyncName="a", S3Destination=bucket)
    ssm.list_resource_data_sync()
    [sync] = ssm.list_resource_data_sync()["ResourceDataSyncItems"]
    assert set(_first("ListResourceDataSync", "ResourceDataSyncItems")) <= set(sync)

    ssm.create_activation(IamRole="role", DefaultInstanceName="web", Description="ours")
    [activation] = ssm.describe_activations()["ActivationList"]
    assert set(_first("DescribeActivations", "ActivationList")) - {"Tags"} <= set(activation)


def test_a_snapshot_has_the_members_of_a_real_one(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    answer = ssm.get_deployable_patch_snapshot_for_instance(
        InstanceId=node, SnapshotId="11111111-2222-3333-4444-555555555555"
    )
    with urllib.request.urlopen(answer["SnapshotDownloadUrl"], timeout=10) as reply:
        found = json.load(reply)
    real = _load("snapshot-ubuntu.json")
    assert set(found) == set(real)
    assert set(found["patchBaseline"]) == set(real["patchBaseline"])
    assert found["patchBaseline"]["name"] == real["patchBaseline"]["name"]
    assert found["patchBaseline"]["baselineId"] == real["patchBaseline"]["baselineId"]


def test_a_recorded_summary_of_a_node_is_taken(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    item = _load("patch-inventory-from-last-operation.json")
    ssm.put_inventory(InstanceId=node, Items=[item])
    [state] = ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"]
    assert (state["InstalledCount"], state["InstalledOtherCount"], state["Operation"]) == (198, 1077, "Install")


def test_a_published_patch_policy_is_taken(aws: Aws) -> None:
    setup = aws.client("ssm-quicksetup")
    arn = setup.create_configuration_manager(**_load("quicksetup-patch-policy.json"))["ManagerArn"]
    found = setup.get_configuration_manager(ManagerArn=arn)["ConfigurationDefinitions"][0]
    assert json.loads(found["Parameters"]["SelectedPatchBaselines"])["UBUNTU"]["label"]


def test_default_baselines_are_the_real_ones(ssm: Any) -> None:
    for system, arn in _load("default-baselines.json")["us-east-1"].items():
        assert ssm.get_default_patch_baseline(OperatingSystem=system)["BaselineId"] == arn


def test_examples_of_answers_have_no_member_that_the_emulator_would_not_have() -> None:
    served = {name for service, name in operations.SERVED if service == "ssm"}
    read = 0
    for example in _load("aws-cli-ssm-examples.json.gz"):
        operation = "".join(word.capitalize() for word in example["command"].split("-"))
        if operation in served and example.get("json"):
            # A parameter file, which some examples show first, has the members of the request.
            answer = example["json"][-1]
            if not operation.startswith(("Create", "Register", "Update", "Put", "Send")):
                wrong = [text for text in check_answer("ssm", operation, answer) if "Unknown parameter" in text]
                assert (example["title"], wrong) == (example["title"], [])
                read += 1
    assert read > 40
