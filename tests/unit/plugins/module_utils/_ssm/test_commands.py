# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm import commands
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.commands import wait_for_end
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError

Answer = dict[str, Any]


def command(status: str, done: int = 0, errors: int = 0) -> Answer:
    counts = {"TargetCount": 3, "CompletedCount": done, "ErrorCount": errors}
    return {"CommandId": "c-1", "DocumentName": "AWS-RunPatchBaseline", "Status": status, **counts}


class Reads:
    """Answers one after the other, and the last one for ever."""

    def __init__(self, *answers: Answer | None) -> None:
        self.answers = list(answers)
        self.count = 0

    def __call__(self, ssm: Any, command_id: str, *, patient: bool = False) -> Answer | None:
        self.count += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_FIRST_POLL", 0.001)
    monkeypatch.setattr(commands, "_LONGEST_POLL", 0.001)


def wait(reads: Reads, timeout: float = 10) -> tuple[Answer, list[str]]:
    told: list[str] = []
    ssm: Any = None
    return wait_for_end(ssm, reads, command("Pending"), timeout, told.append), told


def test_progress_is_told_once_for_each_change() -> None:
    reads = Reads(*[command("InProgress", 1)] * 3, command("InProgress", 2, 1), command("Failed", 3, 1))
    ended, told = wait(reads)
    assert ended["Status"] == "Failed"
    assert told == [
        "AWS-RunPatchBaseline c-1: InProgress, 1 of 3 nodes are done, 0 with errors",
        "AWS-RunPatchBaseline c-1: InProgress, 2 of 3 nodes are done, 1 with errors",
        "AWS-RunPatchBaseline c-1: Failed, 3 of 3 nodes are done, 1 with errors",
    ]


def test_a_command_that_is_not_to_be_seen_yet_is_the_one_that_was_sent() -> None:
    ended, _told = wait(Reads(None, None, command("Success", 3)))
    assert ended["Status"] == "Success"
    assert wait(Reads(None), timeout=0)[0]["Status"] == "Pending"


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Delayed", "Cancelling", "Waiting"])
def test_the_time_is_over_whatever_is_going_on(status: str) -> None:
    reads = Reads(command(status))
    assert wait(reads, timeout=0.02)[0]["Status"] == status
    assert reads.count > 1


@pytest.mark.parametrize("status", ["Success", "Failed", "TimedOut", "Cancelled"])
def test_an_end_is_not_waited_for_again(status: str) -> None:
    reads = Reads(command(status))
    assert wait(reads)[0]["Status"] == status
    assert reads.count == 1


class Commands:
    """An API that has these commands, the newest first."""

    def __init__(self, *commands: Answer) -> None:
        self.commands = list(commands)

    def pages(self, doing: str, operation: str, items: str, /, **request: Any) -> list[Answer]:
        assert (operation, items) == ("list_commands", "Commands")
        return self.commands


def sent(command_id: str, snapshot: str, **more: Any) -> Answer:
    return {
        **command("InProgress"),
        "CommandId": command_id,
        "Parameters": {"Operation": ["Scan"], "SnapshotId": [snapshot]},
        "Targets": [{"Key": "tag:Stage", "Values": ["b", "a"]}],
        **more,
    }


REQUEST: Answer = {
    "DocumentName": "AWS-RunPatchBaseline",
    "Parameters": {"Operation": ["Scan"], "SnapshotId": ["s-1"]},
    "Targets": [{"Key": "tag:Stage", "Values": ["a", "b"]}],
}


def running(*found: Answer, with_snapshot: bool = True) -> str:
    api: Any = Commands(*found)
    command = commands.find_running(api, REQUEST, with_snapshot=with_snapshot)
    return str(command["CommandId"]) if command else ""


def test_the_newest_command_that_asks_for_the_same_is_found() -> None:
    same = sent("c-2", "s-1"), sent("c-1", "s-1")
    assert running(*same) == "c-2"
    assert running(sent("c-3", "s-3"), *same) == "c-2"
    assert running(sent("c-3", "s-3"), *same, with_snapshot=False) == "c-3"
    assert running(sent("c-2", "s-1", Targets=[{"Key": "tag:Stage", "Values": ["a"]}])) == ""
    assert running(sent("c-2", "s-1", Targets=[], InstanceIds=["mi-1"])) == ""


def test_nodes_that_targets_were_found_to_mean_do_not_tell_commands_apart() -> None:
    assert running(sent("c-2", "s-1", InstanceIds=["mi-1", "mi-2"])) == "c-2"


def test_of_commands_that_may_be_the_lost_one_the_newest_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)

    class Lost(Commands):
        def call_once(self, doing: str, operation: str, **request: Any) -> Answer:
            error = SsmError(message=doing, exception=TimeoutError("lost"))
            raise error

    api: Any = Lost(sent("c-2", "s-1"), sent("c-1", "s-1"))
    assert commands.send_command(api, REQUEST)["CommandId"] == "c-2"
