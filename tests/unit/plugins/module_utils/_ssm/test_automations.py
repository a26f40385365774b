# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm import automations
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.commands import is_good, is_running


class Children:
    """An API with one execution of a runbook for one node."""

    def __init__(self, status: str) -> None:
        self.child = {
            "AutomationExecutionId": "e-2",
            "AutomationExecutionStatus": status,
            "Target": "i-0123456789abcdef0",
        }

    def pages(self, doing: str, operation: str, items: str, /, **request: Any) -> Iterator[dict[str, Any]]:
        assert request["Filters"] == [{"Key": "ParentExecutionId", "Values": ["e-1"]}]
        yield self.child


@pytest.mark.parametrize(
    ("status", "good", "running"),
    [
        ("Success", True, False),
        ("CompletedWithSuccess", True, False),
        ("CompletedWithFailure", False, False),
        ("TimedOut", False, False),
        ("Cancelled", False, False),
        ("Pending", False, True),
        ("InProgress", False, True),
        ("Waiting", False, True),
    ],
)
def test_how_a_node_ended_is_told_in_the_words_of_commands(status: str, good: bool, running: bool) -> None:
    api: Any = Children(status)
    (view,) = automations.read_invocations(api, "e-1", output="none", reports=False)
    assert (is_good(view), is_running(view), view["status_details"]) == (good, running, status)
