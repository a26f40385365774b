# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations that go to a bucket: each operation leaves its own in the store, and one process of the run writes
them all at the end. So a bucket that does not answer is waited for once, and what fails is written by the next run.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import (
    LogBucket,
    LogObject,
    LogWriter,
    name_folder,
    name_step,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import is_node_id
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsOptions, AwsSession
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log import name_file, render_log
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import Settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.deliveries import (
    ASKED,
    DELIVERED,
    FAILED,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import WaitingLog
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store

_AT_A_TIME = 100  # logs whose texts are in memory


@dataclass(frozen=True, slots=True)
class LogReport:
    """How it went with one log: ``state`` is delivered, failed, or asked in check mode."""

    host: str
    destination: str
    state: str
    msg: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as the task's result has it."""
        return asdict(self)


def leave_log(
    store: Store,
    run_id: str,
    settings: Settings,
    bucket: LogBucket,
    operation: str,
    transport: str,
    result: Mapping[str, Any],
) -> None:
    """Leave what was done for its bucket; why it went wrong, and what a person was warned of, is the standard error."""
    node_id = settings.patch_instance_id or ""
    node = node_id if is_node_id(node_id) else name_file(settings.host)
    step = name_step(str(result.get("operating_system", "")), transport)
    has_failed = result.get("failed") or result.get("unreachable")
    errors = [*([result["msg"]] if has_failed else []), *result.get("warnings", ())]
    request = {
        "aws": asdict(settings.aws),
        "bucket": bucket.name,
        "folder": name_folder(bucket, run_id, node, step),
    }
    texts = {
        "stdout": render_log(settings.host, operation, result),
        "stderr": "".join(f"{make_visible(str(text))}\n" for text in errors),
    }
    store.add_log(run_id, settings.host, request, texts)


def deliver_logs(store: Store, hosts: Sequence[str], *, check_mode: bool) -> list[LogReport]:
    """Write the logs of these hosts that wait; in check mode only which there are."""
    waiting = store.waiting_logs(hosts)
    if check_mode:
        return [LogReport(log.host, _name_place(log), ASKED, "not written in check mode") for log in waiting]
    reports: list[LogReport] = []
    for (aws, bucket), logs in _by_bucket(waiting):
        writer = LogWriter(AwsSession(AwsOptions(**json.loads(aws))), bucket)
        for part in _waves(logs):
            texts = store.read_logs([log.id for log in part])
            there = [log for log in part if log.id in texts]  # another controller may have written it meanwhile
            objects = [LogObject(str(log.request["folder"]), **texts[log.id]) for log in there]
            for log, failure in zip(there, writer.write(objects), strict=True):
                store.end_log(log.id, failure)
                reports.append(LogReport(log.host, _name_place(log), FAILED if failure else DELIVERED, failure))
    return sorted(reports, key=lambda report: (report.host, report.destination))


def _name_place(log: WaitingLog) -> str:
    return f"s3://{log.request['bucket']}/{log.request['folder']}"


def _by_bucket(logs: Iterable[WaitingLog]) -> Iterator[tuple[tuple[str, str], list[WaitingLog]]]:
    """Logs by their buckets, and by who writes."""

    def bucket(log: WaitingLog) -> tuple[str, str]:
        return json.dumps(log.request["aws"], sort_keys=True), str(log.request["bucket"])

    for name, group in itertools.groupby(sorted(logs, key=bucket), key=bucket):
        yield name, list(group)


def _waves(logs: Iterable[WaitingLog]) -> Iterator[list[WaitingLog]]:
    """Logs in parts, the second one of a folder in a later part than the first."""
    left = list(logs)
    while left:
        part: dict[str, WaitingLog] = {}
        later = []
        for log in left:
            folder = str(log.request["folder"])
            if folder in part or len(part) == _AT_A_TIME:
                later.append(log)
            else:
                part[folder] = log
        yield list(part.values())
        left = later
