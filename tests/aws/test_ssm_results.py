# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations found, told to Systems Manager: from a store, over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.courier import Courier, Parcel
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import (
    Execution,
    describe_node,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsOptions, AwsSession
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results import (
    HostReport,
    report_due,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.aws.conftest import Aws

REGION = "us-east-1"
SNAPSHOT = "00000000-0000-4000-8000-000000000002"
PATCHES = (
    ("openssl.amd64", "MISSING", "CRITICAL"),
    ("bash.amd64", "INSTALLED", "LOW"),
    ("vim.amd64", "INSTALLED_OTHER", "UNSPECIFIED"),
)


def assess(*patches: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """An assessment as the engine writes it."""
    listed = [
        {
            "title": f"{name}:1.0",
            "id": name,
            "state": state,
            "classification": "Security",
            "severity": "Important",
            "compliance_level": level,
            "installed_time": "" if state == "MISSING" else "2026-11-01T00:00:00+00:00",
            "cve_ids": ["CVE-2026-1"],
        }
        for name, state, level in patches or PATCHES
    ]
    counts = dict.fromkeys(Counters().to_dict(), 0)
    for patch in listed:
        counts[f"{str(patch['state']).lower()}_count"] += 1
    return {
        "operation": "Scan",
        "operating_system": "UBUNTU",
        "baseline_id": "",
        "baseline_name": "web-servers",
        "patch_group": "web",
        "snapshot_id": SNAPSHOT,
        "compliance_status": "NON_COMPLIANT" if counts["missing_count"] else "COMPLIANT",
        "overall_severity": "CRITICAL",
        "collected_at": "",
        "counts": counts | {"critical_non_compliant_count": counts["missing_count"]},
        "patches": listed,
        **more,
    }


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 1, 0, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Controller:
    """A store, and runs whose operations ask for reports."""

    store: Store
    url: str
    options: dict[str, str]
    runs: int = 0

    def begin(self) -> str:
        self.runs += 1
        return self.store.join_run(f"run {self.runs}", operation="Scan", attributes={}).run_id

    def ask(self, run_id: str, host: str, node_id: str, found: dict[str, Any], **options: str) -> None:
        number = self.store.add_assessment(run_id, host, found, operation=found["operation"], current=True)
        aws: dict[str, str | None] = {
            "region": REGION,
            "profile": None,
            "assume_role_arn": None,
            "endpoint_url": self.url,
            **self.options,
            **options,
        }
        request = {"aws": aws, "execution_type": "Command", "reboot_option": "NoReboot"}
        self.store.ask_delivery(run_id, host, number, node_id, request)

    def report(self, run_id: str, *hosts: str, check_mode: bool = False) -> list[HostReport]:
        return report_due(self.store, run_id, hosts or ["web1"], check_mode=check_mode)

    def tell(self, node_id: str, found: dict[str, Any] | None = None, host: str = "web1") -> HostReport:
        """An operation on one host with all that follows."""
        run_id = self.begin()
        self.ask(run_id, host, node_id, found or assess())
        (report,) = self.report(run_id, host)
        return report


@pytest.fixture
def controller(aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Controller]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3", clock=Clock()) as store:
        yield Controller(store, aws.url, {})


def state_of(ssm: Any, node_id: str) -> dict[str, Any]:
    (state,) = ssm.describe_instance_patch_states(InstanceIds=[node_id])["InstancePatchStates"]
    return dict(state)


def items_of(ssm: Any, node_id: str, kind: str = "Patch") -> dict[str, dict[str, Any]]:
    wanted = [{"Key": "ComplianceType", "Values": [kind], "Type": "EQUAL"}]
    answer = ssm.list_compliance_items(ResourceIds=[node_id], ResourceTypes=["ManagedInstance"], Filters=wanted)
    return {item["Id"]: item for item in answer["ComplianceItems"]}


def calls_of(aws: Aws, *operations: str) -> list[int]:
    calls = aws.status()["calls"]
    return [calls.get(f"ssm:{operation}", 0) for operation in operations or ("PutComplianceItems", "PutInventory")]


def test_the_patch_state_and_the_items_are_what_was_found(aws: Aws, ssm: Any, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    report = controller.tell(node)
    assert (report.state, report.changed) == ("delivered", True)
    assert report.msg == "summary and 3 compliance items of type Patch"
    state = state_of(ssm, node)
    counts = {name: value for name, value in state.items() if name.endswith("Count") and value}
    assert counts == {
        "InstalledCount": 1,
        "InstalledOtherCount": 1,
        "MissingCount": 1,
        "CriticalNonCompliantCount": 1,
    }
    assert (state["PatchGroup"], state["BaselineId"]) == ("web", "openpatch:baseline:web-servers")
    assert (state["SnapshotId"], state["Operation"], state["RebootOption"]) == (SNAPSHOT, "Scan", "NoReboot")
    assert state["OperationStartTime"] <= state["OperationEndTime"]
    items = items_of(ssm, node)
    assert {name: (item["Status"], item["Severity"]) for name, item in items.items()} == {
        "openssl.amd64": ("NON_COMPLIANT", "CRITICAL"),
        "bash.amd64": ("COMPLIANT", "LOW"),
        "vim.amd64": ("COMPLIANT", "UNSPECIFIED"),
    }
    assert items["openssl.amd64"]["Details"]["CVEIds"] == "CVE-2026-1"
    assert items["openssl.amd64"]["ExecutionSummary"]["ExecutionType"] == "Command"


def test_what_was_found_again_is_no_change_and_its_items_are_not_sent_again(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    reports, told_at = [], []
    for _time in range(2):
        reports.append(controller.tell(node))
        told_at.append(controller.store.told_of(["web1"])["web1"]["items_told_at"])
    assert [report.changed for report in reports] == [True, False]
    assert told_at[0] == told_at[1], "the items are as old as they were: after a week they are sent again"
    assert reports[1].msg == "summary; its 3 compliance items of type Patch are there"
    assert calls_of(aws) == [1, 2]


def test_what_has_changed_replaces_what_was_there(aws: Aws, ssm: Any, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    controller.tell(node)
    report = controller.tell(node, assess(("openssl.amd64", "INSTALLED", "CRITICAL"), operation="Install"))
    assert report.changed
    assert {name: item["Status"] for name, item in items_of(ssm, node).items()} == {"openssl.amd64": "COMPLIANT"}
    state = state_of(ssm, node)
    assert (state["MissingCount"], state["InstalledCount"], state["Operation"]) == (0, 1, "Install")
    last = state["LastNoRebootInstallOperationTime"]
    assert last == state["OperationEndTime"]
    controller.tell(node)
    assert state_of(ssm, node)["LastNoRebootInstallOperationTime"] == last, "a scan forgets no install"


def test_the_items_are_sent_again_when_they_may_have_gone_or_are_wanted_elsewhere(
    aws: Aws, ssm: Any, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = aws.seed(count=2)
    controller.tell(first)
    controller.tell(second)
    assert len(items_of(ssm, second)) == 3, "the host is another node now"
    elsewhere = controller.begin()
    controller.ask(elsewhere, "web1", second, assess(), region="eu-west-1")
    (report,) = controller.report(elsewhere)
    assert "InvalidResourceId" in report.msg, "the items are not there yet, so they are sent first"
    module = "ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results"
    monkeypatch.setattr(f"{module}._TOLD_FOR", timedelta(0))
    controller.tell(second)
    assert calls_of(aws) == [4, 3]


def test_another_node_of_the_same_name_has_a_past_of_its_own(aws: Aws, ssm: Any, controller: Controller) -> None:
    first, second = aws.seed(count=2)
    controller.tell(first, assess(operation="Install"))
    assert state_of(ssm, first).get("LastNoRebootInstallOperationTime")
    controller.tell(second)
    assert not state_of(ssm, second).get("LastNoRebootInstallOperationTime")


@pytest.mark.parametrize(("began", "start"), [(-600, 600), (600, 0)])
def test_an_operation_begins_with_its_turn_but_not_with_a_later_one(
    aws: Aws, ssm: Any, controller: Controller, monkeypatch: pytest.MonkeyPatch, began: int, start: int
) -> None:
    (node,) = aws.seed(count=1)
    turn = Clock().now + timedelta(seconds=began)
    monkeypatch.setattr(controller.store, "turn_began", lambda _run_id, _host: turn)
    controller.tell(node)
    state = state_of(ssm, node)
    lasted = state["OperationEndTime"] - state["OperationStartTime"]
    assert round(lasted.total_seconds(), -1) == start


def test_what_is_delivered_is_not_delivered_twice(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    controller.tell(node)
    assert controller.report(controller.begin()) == []
    assert calls_of(aws) == [1, 1]


def test_check_mode_asks_nothing_and_says_what_would_be_told(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    run_id = controller.begin()
    controller.ask(run_id, "web1", node, assess())
    (shown,) = controller.report(run_id, check_mode=True)
    assert (shown.state, shown.changed) == ("asked", True)
    assert calls_of(aws) == [0, 0]
    (done,) = controller.report(run_id)
    assert (done.state, done.changed) == ("delivered", True)


def test_a_type_that_is_refused_becomes_a_type_of_ones_own_once_for_all_nodes(
    aws: Aws, ssm: Any, controller: Controller
) -> None:
    nodes = aws.seed(count=6)
    refusal = {"operation": "PutComplianceItems", "code": "ValidationException", "message": "reserved", "times": 1}
    aws.control(failures=[refusal])
    assert controller.tell(nodes[0]).msg.endswith("of type Custom:Patch")
    assert len(items_of(ssm, nodes[0], "Custom:Patch")) == 3
    assert items_of(ssm, nodes[0]) == {}
    assert state_of(ssm, nodes[0])["MissingCount"] == 1
    assert not controller.tell(nodes[0]).changed
    assert calls_of(aws) == [2, 2]


def test_other_refusals_are_told_in_their_own_words(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    aws.control(failures=[{"operation": "PutComplianceItems", "code": "ValidationException", "message": "no good"}])
    report = controller.tell(node)
    assert report.state == "failed"
    assert "no good (ValidationException)" in report.msg
    assert calls_of(aws) == [2, 0]


def test_what_is_refused_as_both_types_is_told_as_of_the_first(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    refusal = {"operation": "PutComplianceItems", "times": 1}
    aws.control(
        failures=[
            {**refusal, "code": "ValidationException", "message": "no good"},
            {**refusal, "code": "ComplianceTypeCountLimitExceededException", "message": "too many types"},
        ]
    )
    assert "no good (ValidationException)" in controller.tell(node).msg


def test_a_node_that_is_not_there_does_not_stop_the_others(aws: Aws, ssm: Any, controller: Controller) -> None:
    nodes = [*aws.seed(count=1), *(f"mi-{number:017x}" for number in range(5)), *aws.seed(count=1)]
    run_id = controller.begin()
    hosts = [f"web{number}" for number in range(7)]
    for host, node in zip(hosts, nodes, strict=True):
        controller.ask(run_id, host, node, assess())
    reports = controller.report(run_id, *hosts)
    assert [report.state for report in reports] == ["delivered", *["failed"] * 5, "delivered"]
    assert "InvalidResourceId" in reports[1].msg
    assert "Correct patch_instance_id, or activate the node" in reports[1].msg
    assert state_of(ssm, nodes[6])["MissingCount"] == 1


@pytest.mark.parametrize("status", ["COMPLIANT", "NON_COMPLIANT"])
def test_an_available_update_of_windows_has_the_status_that_its_frozen_baseline_gives(
    aws: Aws, ssm: Any, controller: Controller, status: str
) -> None:
    now = datetime.now(timezone.utc)
    baseline = {
        "name": "web",
        "operating_system": "WINDOWS",
        "available_security_updates_compliance_status": status,
    }
    frozen = FrozenBaseline(baseline, "group", "", now, now)
    controller.store.freeze_snapshot(SNAPSHOT, "web", "WINDOWS", lambda: frozen)
    (node,) = aws.seed(nodes=[{"OperatingSystem": "WINDOWS"}])
    controller.tell(node, assess(("KB1", "AVAILABLE_SECURITY_UPDATE", "HIGH"), operating_system="WINDOWS"))
    assert items_of(ssm, node)["KB1"]["Status"] == status
    assert items_of(ssm, node)["KB1"]["Details"]["PatchState"] == "AvailableSecurityUpdate"


def test_a_node_with_two_hosts_is_told_of_neither(aws: Aws, ssm: Any, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    run_id = controller.begin()
    for host in ("web1", "web2"):
        controller.ask(run_id, host, node, assess())
    controller.report(run_id, "web1", "web2", check_mode=True)
    assert [entry.state for entry in controller.store.due_deliveries(run_id, ["web1", "web2"])] == ["asked", "asked"]
    reports = controller.report(run_id, "web1", "web2")
    assert {(report.state, report.msg) for report in reports} == {
        (
            "failed",
            f"Failed to report to Systems Manager: several hosts have the instance id {node} (web1, web2)."
            " Give each its own patch_instance_id",
        )
    }
    assert ssm.describe_instance_patch_states(InstanceIds=[node])["InstancePatchStates"] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"deny": ["ssm:PutComplianceItems"]}, "Allow it to this user or role"),
        ({"deny": ["ssm:PutInventory"]}, "Allow it to this user or role"),
        ({"throttle": {"every": 1}}, "Run again later"),
        (
            {
                "failures": [
                    {"operation": "*", "code": "UnrecognizedClientException", "message": "The token is invalid"}
                ]
            },
            "These credentials are wrong or too old",
        ),
    ],
)
def test_who_is_refused_stops_asking_and_the_next_run_tells_it(
    aws: Aws, ssm: Any, controller: Controller, fault: dict[str, Any], said: str
) -> None:
    nodes = aws.seed(count=14)
    hosts = [f"web{number}" for number in range(14)]
    run_id = controller.begin()
    for host, node in zip(hosts, nodes, strict=True):
        controller.ask(run_id, host, node, assess())
    aws.control(**fault)
    reports = controller.report(run_id, *hosts)
    assert {report.state for report in reports} == {"failed"}
    assert all(report.msg.startswith("Failed to report to Systems Manager in us-east-1 at http") for report in reports)
    assert all(said in report.msg and "Traceback" not in report.msg for report in reports)
    assert sum(calls_of(aws)) < 16, "14 nodes, and those that were under way"
    aws.control(**dict.fromkeys(fault))
    assert ssm.describe_instance_patch_states(InstanceIds=nodes)["InstancePatchStates"] == [], (
        "no summary without items"
    )
    again = controller.report(controller.begin(), *hosts)
    assert {(report.state, report.changed) for report in again} == {("delivered", True)}
    assert len(ssm.describe_instance_patch_states(InstanceIds=nodes)["InstancePatchStates"]) == 14


def test_what_is_throttled_now_and_then_is_delivered(
    aws: Aws, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    nodes = aws.seed(count=8)
    run_id = controller.begin()
    for number, node in enumerate(nodes):
        controller.ask(run_id, f"web{number}", node, assess())
    aws.control(throttle={"every": 4})
    reports = controller.report(run_id, *(f"web{number}" for number in range(8)))
    assert {report.state for report in reports} == {"delivered"}
    assert aws.status()["refused"]


def test_regions_and_roles_are_asked_for_their_own_nodes(aws: Aws, controller: Controller) -> None:
    other = "111122223333"
    role = f"arn:aws:iam::{other}:role/patching"
    (here,) = aws.seed(count=1)
    (there,) = aws.seed(count=1, region="eu-west-1", account=other)
    run_id = controller.begin()
    controller.ask(run_id, "web1", here, assess())
    controller.ask(run_id, "web2", there, assess(), region="eu-west-1", assume_role_arn=role)
    reports = controller.report(run_id, "web1", "web2")
    assert [report.state for report in reports] == ["delivered", "delivered"]
    assert state_of(aws.client(region="eu-west-1", account=other), there)["MissingCount"] == 1


def test_without_a_region_nothing_is_asked_and_it_is_said_why(aws: Aws, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    controller.options = {"region": ""}
    report = controller.tell(node)
    assert (report.state, "patch_aws_region" in report.msg) == ("failed", True)
    assert calls_of(aws) == [0, 0]


def deliver(aws: Aws, nodes: list[str], *, calls_a_second: float = 1000, read_timeout: float = 30) -> tuple[Any, float]:
    """Deliver without a store; gives the receipts and how long it took."""
    now = datetime(2026, 11, 26, tzinfo=timezone.utc)
    execution = Execution("run", "Command", now, now)
    parcels = [Parcel(describe_node(node, assess(), execution)) for node in nodes]
    session = AwsSession(AwsOptions(region=REGION, endpoint_url=aws.url), read_timeout=read_timeout)
    courier = Courier(session, calls_a_second=calls_a_second)
    courier.deliver([])  # loads boto3
    began = time.monotonic()
    return courier.deliver(parcels), time.monotonic() - began


def test_an_endpoint_that_hangs_is_left_after_a_few_nodes(aws: Aws, controller: Controller) -> None:
    nodes = aws.seed(count=40)
    aws.control(hang={"operations": ["PutComplianceItems"]})
    receipts, seconds = deliver(aws, nodes, read_timeout=0.3)
    aws.control(hang=None)
    assert all("Read timeout" in receipt.failure for receipt in receipts)
    assert seconds < 5, "40 nodes, 0.3 seconds each"


def test_calls_are_no_faster_than_their_pace(aws: Aws, controller: Controller) -> None:
    _receipts, seconds = deliver(aws, aws.seed(count=10), calls_a_second=20)
    assert seconds > 0.9, "20 calls, 20 a second"


def test_as_many_items_as_fit_are_taken(aws: Aws, ssm: Any, controller: Controller) -> None:
    (node,) = aws.seed(count=1)
    found = assess(*((f"package-{number}", "INSTALLED_OTHER", "UNSPECIFIED") for number in range(10_050)))
    report = controller.tell(node, found)
    assert report.state == "delivered"
    assert "there is no room for" in report.msg
    assert state_of(ssm, node)["InstalledOtherCount"] == 10_050
