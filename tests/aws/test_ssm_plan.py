# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import same_id
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Answered, Step, apply_steps


def refused(code: str, status: int = 400) -> SsmError:
    answer: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return SsmError(message="Failed to do it", exception=exceptions.ClientError(answer, "DoIt"))


class Calls:
    """An API that remembers what it was called for, and fails where it is told to."""

    def __init__(self, **failures: SsmError) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.failures = failures

    def call(self, doing: str, operation: str, **request: Any) -> dict[str, Any]:
        self.made.append((operation, request))
        if operation in self.failures:
            raise self.failures[operation]
        return {"Id": f"id-of-{operation}"}

    call_once = call


def run(calls: Calls, *steps: Step) -> None:
    api: Any = calls
    apply_steps(api, steps)


def test_what_was_done_is_taken_back_the_last_first() -> None:
    calls = Calls(three=refused("AccessDeniedException"), undo_one=refused("InternalServerError", 500))
    steps = [
        Step(name, name, {}, Step(f"undo {name}", f"undo_{name}", {"Id": Answered(name, "Id")}), name)
        for name in ("one", "two")
    ]
    with pytest.raises(SsmError) as failed:
        run(calls, *steps, Step("three", "three", {"Ids": [Answered("two", "Id")]}))
    assert calls.made == [
        ("one", {}),
        ("two", {}),
        ("three", {"Ids": ["id-of-two"]}),
        ("undo_two", {"Id": "id-of-two"}),
        ("undo_one", {"Id": "id-of-one"}),
    ]
    assert failed.value.code == "AccessDeniedException"
    assert len(failed.value.__notes__) == 1  # that one of them could not be


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (refused("InternalServerError", 500), True),
        (refused("AssociationAlreadyExists"), False),
        (refused("ServiceUnavailable", 503), False),
        (refused("ThrottlingException", 503), False),
        (SsmError(message="m", exception=exceptions.ReadTimeoutError(endpoint_url="u")), True),
        (SsmError(message="m", exception=exceptions.ConnectionClosedError(endpoint_url="u")), True),
        (SsmError(message="m", exception=exceptions.EndpointConnectionError(endpoint_url="u")), False),
        (SsmError(message="m", exception=exceptions.ConnectTimeoutError(endpoint_url="u")), False),
        (SsmError(message="m", exception=exceptions.NoCredentialsError()), False),
        (SsmError(message="m"), False),
    ],
)
def test_what_may_have_been_done_is_looked_for_and_nothing_else(error: SsmError, asked: bool) -> None:
    looks: list[Any] = []

    def was_done(ssm: Any) -> bool:
        looks.append(ssm)
        return True

    step = Step("make it", "make", {}, was_done=was_done)
    if asked:
        run(Calls(make=error), step)
    else:
        with pytest.raises(SsmError):
            run(Calls(make=error), step)
    assert bool(looks) is error.is_open is asked


def test_ids_of_one_baseline_are_one_with_or_without_their_arn() -> None:
    arn = "arn:aws:ssm:us-east-1:075727635805:patchbaseline/pb-0c7e89f711c3095f4"
    assert same_id(arn, "pb-0c7e89f711c3095f4")
    assert same_id("pb-0c7e89f711c3095f4", arn)
    assert not same_id(arn, "pb-0c7e89f711c3095f5")
