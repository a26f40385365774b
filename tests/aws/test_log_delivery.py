# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations in a bucket: from a store, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import (
    LogBucket,
    LogObject,
    LogWriter,
    name_folder,
    name_step,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsOptions, AwsSession
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log_delivery import (
    LogReport,
    deliver_logs,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.aws.conftest import Aws

NODE = "mi-0123456789abcdef0"


@dataclass
class Controller:
    """A store in which operations leave their logs."""

    store: Store
    options: AwsOptions
    run_id: str

    @property
    def place(self) -> str:
        return f"{self.run_id}/{NODE}/awsrunShellScript/PatchLinux"

    def leave(self, stdout: str = "{}\n", stderr: str = "", *, bucket: str = "logs", node: str = NODE) -> None:
        folder = name_folder(LogBucket(bucket, "prod"), self.run_id, node, name_step("UBUNTU", "ssh"))
        request = {"aws": asdict(self.options), "bucket": bucket, "folder": folder}
        self.store.add_log(self.run_id, "web1", request, {"stdout": stdout, "stderr": stderr})

    def deliver(self, *, check_mode: bool = False) -> list[LogReport]:
        return deliver_logs(self.store, ["web1"], check_mode=check_mode)


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
    aws.client("s3").create_bucket(Bucket="logs")
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        run_id = store.join_run("key", operation="Scan", attributes={}).run_id
        yield Controller(store, AwsOptions(region="us-east-1", endpoint_url=aws.url), run_id)


def objects_of(aws: Aws) -> dict[str, str]:
    s3 = aws.client("s3")
    return {
        entry["Key"]: s3.get_object(Bucket="logs", Key=entry["Key"])["Body"].read().decode()
        for entry in s3.list_objects_v2(Bucket="logs").get("Contents", [])
    }


def test_a_log_is_where_run_command_would_put_it_and_is_written_once(aws: Aws, controller: Controller) -> None:
    controller.leave("out\n", "ä\ud800\n")
    place = f"prod/{controller.place}"
    assert controller.deliver() == [LogReport("web1", f"s3://logs/{place}", "delivered", "")]
    assert objects_of(aws) == {f"{place}/stdout": "out\n", f"{place}/stderr": "ä\\ud800\n"}
    assert controller.deliver() == []


def test_what_went_well_has_no_standard_error_and_nothing_is_replaced(aws: Aws, controller: Controller) -> None:
    for number in range(3):
        controller.leave(f"{number}\n")
    controller.deliver()
    controller.leave("3\n")
    controller.deliver()
    names = ("", "-2", "-3", "-4")
    assert objects_of(aws) == {
        f"prod/{controller.place}{name}/stdout": f"{number}\n" for number, name in enumerate(names)
    }


def test_what_another_controller_has_written_meanwhile_is_not_written_again(
    aws: Aws, controller: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller.leave("theirs\n")
    controller.leave("ours\n", node="web2")
    first, second = controller.store.waiting_logs(["web1"])
    monkeypatch.setattr(controller.store, "waiting_logs", lambda _hosts: [first, second])
    controller.store.end_log(first.id)
    assert [report.destination.split("/")[5] for report in controller.deliver()] == ["web2"]
    assert list(objects_of(aws).values()) == ["ours\n"]


def test_check_mode_writes_nothing_and_says_what_waits(aws: Aws, controller: Controller) -> None:
    controller.leave()
    (report,) = controller.deliver(check_mode=True)
    assert (report.state, report.destination) == ("asked", f"s3://logs/prod/{controller.place}")
    assert objects_of(aws) == {}


def test_a_bucket_that_is_not_there_does_not_stop_the_others_and_is_tried_again(
    aws: Aws, controller: Controller
) -> None:
    for bucket in ("others", "logs"):
        controller.leave(bucket=bucket)
    found = {report.destination.split("/")[2]: report for report in controller.deliver()}
    assert (found["others"].state, found["logs"].state) == ("failed", "delivered")
    assert found["others"].msg.startswith("Failed to write to bucket 'others' in us-east-1")
    assert "The specified bucket does not exist" in found["others"].msg
    aws.client("s3").create_bucket(Bucket="others")
    assert [report.state for report in controller.deliver()] == ["delivered"]


def test_who_may_not_write_stops_trying(aws: Aws, controller: Controller) -> None:
    for number in range(20):
        controller.leave(node=f"web{number}")
    aws.control(deny=["s3:*"], reset_counts=True)
    reports = controller.deliver()
    assert {report.state for report in reports} == {"failed"}
    assert all("Allow it to this user or role" in report.msg for report in reports)
    assert aws.status()["refused"]["s3:PUT"] < 9, "20 logs"
    aws.control(deny=None)
    assert {report.state for report in controller.deliver()} == {"delivered"}


def test_a_bucket_that_hangs_is_left_after_a_few_logs(aws: Aws, controller: Controller) -> None:
    aws.control(hang={"operations": ["s3:*"]})
    writer = LogWriter(AwsSession(controller.options, read_timeout=0.3), "logs", calls_a_second=1000)
    failures: list[Any] = writer.write([LogObject(str(number), "", "") for number in range(40)])
    aws.control(hang=None)
    assert all("Read timeout" in failure for failure in failures)
