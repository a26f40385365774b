# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many jobs are done, and when no more of them are."""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.crew import HANDS, Crew
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError

OWN = frozenset({"InvalidInstanceId"})


def test_what_came_of_each_job_is_given_in_order() -> None:
    def job(number: int) -> int:
        time.sleep(0.02 * (number == 0))
        return number * 2

    assert Crew(OWN).do(job, range(10)) == [number * 2 for number in range(10)]


@pytest.mark.parametrize(("code", "most"), [("AccessDeniedException", 2 + HANDS), ("InvalidInstanceId", 50)])
def test_only_what_is_wrong_with_who_asks_ends_the_work(code: str, most: int) -> None:
    tried: list[int] = []

    def job(number: int) -> None:
        tried.append(number)
        raise AwsError(f"Failed: {number}", code)

    done = Crew(OWN).do(job, range(50))
    assert all(isinstance(each, AwsError) for each in done)
    assert 3 <= len(tried) <= most
    assert len(tried) == 50 or most < 50
    assert str(done[-1]) == (f"Failed: {49}" if most == 50 else str(done[len(tried)]))


def test_failures_now_and_then_end_nothing() -> None:
    def job(number: int) -> int:
        if number % 3:
            raise AwsError("Failed", "ThrottlingException")
        return number

    crew = Crew(OWN)
    done = [crew.do(job, [number])[0] for number in range(30)]
    assert [each for each in done if isinstance(each, int)] == list(range(0, 30, 3))


def test_what_is_no_error_of_aws_is_raised() -> None:
    def job(number: int) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        Crew(OWN).do(job, [1])


def test_so_many_calls_a_second_by_all_hands_together() -> None:
    crew = Crew(OWN, calls_a_second=50)
    hands: set[int] = set()

    def job(number: int) -> None:
        hands.add(threading.get_ident())
        crew.wait()

    began = time.monotonic()
    crew.do(job, range(11))
    assert time.monotonic() - began >= 0.2
    assert 1 < len(hands) <= HANDS
