# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole way: baselines kept in AWS, an inventory from AWS, real nodes scanned, and what AWS then says of them."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_snake_case
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import QUIET
from tests.estate.fixtures import estate
from tests.integration.conftest import GiveNode, controller, node
from tests.integration.controller import Controller

__all__ = ["controller", "estate", "node"]

REGION = "us-east-1"
PREFIX = "openpatch.patch_manager."
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1"}
BUCKET = "patch-logs"
# one for a group of Ubuntu, one for a group of Rocky Linux, one for what has no group
BASELINES: list[dict[str, Any]] = [
    {
        "name": "web-ubuntu",
        "operating_system": "UBUNTU",
        "patch_groups": ["web"],
        "approval_rules": [
            {
                "filters": [{"key": "PRIORITY", "values": ["Required"]}],
                "approve_after_days": 0,
                "compliance_level": "CRITICAL",
            }
        ],
    },
    {
        "name": "db-rocky",
        "operating_system": "ROCKY_LINUX",
        "patch_groups": ["db"],
        "approval_rules": [
            {
                "filters": [{"key": "SEVERITY", "values": ["Critical", "Important"]}],
                "approve_after_days": 0,
                "compliance_level": "HIGH",
            }
        ],
    },
    {
        "name": "all-ubuntu",
        "operating_system": "UBUNTU",
        "default_baseline": True,
        "approval_rules": [{"filters": [], "approve_after_days": 0, "enable_non_security": True}],
    },
]


def counters_of(state: dict[str, Any]) -> dict[str, int]:
    """What AWS counts, in the words of our report."""
    return {to_snake_case(name): value for name, value in state.items() if name.endswith("Count")}


@pytest.mark.estate
def test_what_aws_shows_after_a_scan_by_its_baselines_is_what_the_report_shows(
    aws: Aws, ssm: Any, node: GiveNode, controller: Controller
) -> None:
    ubuntu, rocky = node("ubuntu"), node("rocky9")
    controller.environment |= KEYS | QUIET
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    address = str(ubuntu.host_vars["ansible_host"])
    ids = aws.seed(
        nodes=[
            {"Tags": {"Name": "web1", "PatchGroup": "web"}, "IPAddress": address},
            {
                "Tags": {"Name": "db1", "PatchGroup": "db"},
                "OperatingSystem": "ROCKY_LINUX",
                "IPAddress": str(rocky.host_vars["ansible_host"]),
            },
            {"Tags": {"Name": "plain"}, "IPAddress": address},
        ]
    )
    source = {"plugin": f"{PREFIX}patch_groups", "regions": [REGION], "endpoint_url": aws.url, "sources": ["ssm"]}
    names = {"hostnames": ["tag:Name"], "addresses": ["ssm-ip-address"]}
    inventory = controller.write("hosts/aws.patch_groups.yml", json.dumps({**source, **names}))
    ways = {name: value for name, value in ubuntu.host_vars.items() if name != "ansible_host"}
    controller.write("hosts/group_vars/all.yml", json.dumps(ways))
    place = ("-i", str(inventory))
    account: dict[str, Any] = {"patch_aws_endpoint_url": aws.url, "patch_aws_region": REGION}

    controller.write("hosts/patch_baselines/ours.json", json.dumps(BASELINES))
    pushed = controller.play("baselines", *place, patch_baselines_direction="push", **account)
    assert pushed.rc == 0, pushed.output

    run = controller.play(
        "patch",
        *place,
        patch_baseline_source="ssm",
        patch_report_to_ssm=True,
        patch_log_destination=f"s3://{BUCKET}/patching",
        **account,
    )
    assert run.rc == 0, run.output
    hosts = dict(zip(("web1", "db1", "plain"), ids, strict=True))
    scans = run.results("patch_scan")
    assert {name: scans[name]["baseline"] for name in hosts} == {
        "web1": "web-ubuntu",
        "db1": "db-rocky",
        "plain": "all-ubuntu",
    }
    (told,) = run.results("patch_deliver").values()
    assert {entry["host"]: entry["state"] for entry in told["reports"]} == dict.fromkeys(hosts, "delivered")

    report_file = controller.folder / "estate.json"
    reported = controller.play("report", *place, patch_report_path=str(report_file))
    assert reported.rc == 0, reported.output
    report = {entry["host"]: entry for entry in json.loads(report_file.read_text(encoding="utf-8"))["nodes"]}
    states = {
        state["InstanceId"]: state
        for state in ssm.describe_instance_patch_states(InstanceIds=ids)["InstancePatchStates"]
    }
    for name, node_id in hosts.items():
        assert counters_of(states[node_id]) == report[name]["counts"], name
        assert states[node_id]["SnapshotId"] == report[name]["snapshot_id"], name
        assert states[node_id]["BaselineId"].startswith("pb-"), name
    assert counters_of(states[hosts["web1"]])["critical_non_compliant_count"] == 1
    assert counters_of(states[hosts["db1"]])["missing_count"] > 1

    summaries = {
        row["ResourceId"]: row for row in ssm.list_resource_compliance_summaries()["ResourceComplianceSummaryItems"]
    }
    assert {name: summaries[node_id]["OverallSeverity"] for name, node_id in hosts.items()} == {
        "web1": "CRITICAL",
        "db1": "HIGH",
        "plain": "UNSPECIFIED",
    }
    logs = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    step = "awsrunShellScript/PatchLinux"
    expected = {f"patching/{scans['web1']['run_id']}/{node_id}/{step}/stdout" for node_id in ids}
    assert {key for key in logs if key.endswith("/stdout")} == expected


@pytest.fixture
def deaf_address() -> Iterator[str]:
    """An address at which nobody takes a connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _place in range(3):  # the queue is full then
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


# how AWS refuses an account: faults of the emulator, and what is said of it
REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "denied": ("111111111111", {"deny": ["ssm:*@111111111111"]}, "Allow it to this user or role"),
    "throttled": (
        "222222222222",
        {"throttle": {"every": 1, "operations": ["ssm:*@222222222222"]}},
        "Run again later",
    ),
    "stranger": (
        "333333333333",
        {
            "failures": [
                {"operation": "ssm:*@333333333333", "code": "UnrecognizedClientException", "message": "Invalid token"}
            ]
        },
        "These credentials are wrong or too old",
    ),
}


@pytest.mark.estate
def test_what_aws_refuses_is_said_and_nothing_incomplete_is_told(
    aws: Aws, ssm: Any, node: GiveNode, controller: Controller, deaf_address: str
) -> None:
    ubuntu = node("ubuntu")
    controller.environment |= KEYS
    gone = ssm.create_patch_baseline(Name="gone", OperatingSystem="UBUNTU")["BaselineId"]
    ssm.delete_patch_baseline(BaselineId=gone)
    hosts: dict[str, dict[str, Any]] = {}
    for name, (account, _faults, _said) in REFUSALS.items():
        # one host does not get its baseline, the other cannot tell what was found
        for purpose, kind in (("baseline", "ssm"), ("report", "local")):
            (node_id,) = aws.seed(count=1, account=account)
            hosts[f"{name}-{purpose}"] = {
                "patch_baseline_source": kind,
                "patch_instance_id": node_id,
                "patch_aws_assume_role_arn": f"arn:aws:iam::{account}:role/patching",
            }
    good, deleted, deaf = aws.seed(count=3)
    hosts["good"] = {"patch_instance_id": good}
    hosts["deleted"] = {
        "patch_baseline_source": "ssm",
        "patch_baselines": {"UBUNTU": gone},
        "patch_instance_id": deleted,
    }
    hosts["deaf"] = {"patch_baseline_source": "ssm", "patch_instance_id": deaf, "patch_aws_endpoint_url": deaf_address}
    common = {"patch_aws_endpoint_url": aws.url, "patch_aws_region": REGION, "patch_report_to_ssm": True}
    controller.inventory({name: {**ubuntu.host_vars, **common, **own} for name, own in hosts.items()})
    for _account, faults, _said in REFUSALS.values():
        aws.control(**faults)

    run = controller.play("patch", "--forks", "9")
    assert run.rc == 2, run.output
    assert "Traceback" not in run.output
    unjudged = {*(f"{name}-baseline" for name in REFUSALS), "deleted", "deaf"}
    assert {name for name in hosts if run.outcome(name) == "failed"} == unjudged
    scans = run.results("patch_scan")
    for name, (account, _faults, said) in REFUSALS.items():
        message = scans[f"{name}-baseline"]["msg"]
        assert "role/patching" in message and account in message and said in message, message
    assert gone in scans["deleted"]["msg"]
    assert "patch_aws_endpoint_url" in scans["deaf"]["msg"]

    (told,) = run.results("patch_deliver").values()
    assert {entry["host"]: entry["state"] for entry in told["reports"]} == {
        "good": "delivered",
        **{f"{name}-report": "failed" for name in REFUSALS},
    }
    warnings = re.sub(r"\s+", " ", run.output)
    for name, (account, _faults, said) in REFUSALS.items():
        assert f"Failed to report to Systems Manager in {REGION} as arn:aws:iam::{account}:role/patching" in warnings
        assert said in warnings
        assert f"Hosts: {name}-report. The next run tries again" in warnings
    aws.control(deny=None, throttle=None, failures=None)
    everything = [str(own["patch_instance_id"]) for own in hosts.values()]
    assert [state["InstanceId"] for state in all_states(aws, everything)] == [good]


def all_states(aws: Aws, ids: list[str]) -> list[dict[str, Any]]:
    """The patch states of nodes in whichever account."""
    accounts = [None, *(account for account, _faults, _said in REFUSALS.values())]
    return [
        dict(state)
        for account in accounts
        for state in aws.client(account=account).describe_instance_patch_states(InstanceIds=ids)["InstancePatchStates"]
    ]
