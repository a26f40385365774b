# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm import commands
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.commands import wait_for_end

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
