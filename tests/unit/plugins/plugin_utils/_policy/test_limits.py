# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits as AWS writes them, and what they come to (operations.md 10, 14.2, 14.3, examples 15 and 18)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import LimitError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import Bounds, parse_limits


@pytest.mark.parametrize("text", ["1", "50", "9999999", "1%", "10%", "99%", "100%", "auto"])
def test_a_concurrency_of_aws_is_accepted(text: str) -> None:
    assert parse_limits(text, None).max_concurrency == text


@pytest.mark.parametrize(
    "text", ["0", "01", "-1", "1.5", "0%", "101%", "10 %", " 5", "5\n", "10000000", "all", "Auto", "٣"]
)
def test_any_other_concurrency_is_refused_naming_the_option_and_what_is_allowed(text: str) -> None:
    with pytest.raises(LimitError, match=r"patch_max_concurrency is .* allowed: a number from 1 .*, or auto") as caught:
        parse_limits(text, None)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["0", "3", "9999999", "0%", "5%", "10%", "100%"])
def test_a_number_of_errors_of_aws_is_accepted(text: str) -> None:
    assert parse_limits(None, text).max_errors == text


@pytest.mark.parametrize("text", ["00", "-1", "auto", "1.5", "101%", "05%", "5%%", "0\n", "10000000", "٣"])
def test_any_other_number_of_errors_is_refused_naming_the_option_and_what_is_allowed(text: str) -> None:
    with pytest.raises(
        LimitError, match=r"patch_max_errors is .* allowed: a number from 0 .* percentage from 0%"
    ) as caught:
        parse_limits(None, text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("concurrency", "errors", "targets", "expected"),
    [
        (None, None, 50, (None, None)),
        ("", "", 50, (None, None)),
        ("10", "3", 5, (10, 3)),
        ("10", "10%", 50, (10, 5)),  # example 15: the sixth error stops
        ("1%", "1%", 99, (1, 0)),  # nothing could run with 0 at once; with 0 errors it can
        ("33%", "33%", 10, (3, 3)),
        ("100%", "100%", 7, (7, 7)),
        ("50%", "0%", 1, (1, 0)),
        ("10%", "10%", 0, (1, 0)),
    ],
)
def test_a_percentage_is_rounded_down_and_a_concurrency_is_at_least_one(
    concurrency: str | None, errors: str | None, targets: int, expected: tuple[int | None, int | None]
) -> None:
    assert parse_limits(concurrency, errors).resolve(targets, "Install") == Bounds(*expected)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (1, (1, 1)),
        (24, (1, 1)),
        (25, (1, 5)),
        (100, (5, 5)),
        (101, (8, 10)),
        (500, (40, 10)),
        (1000, (80, 10)),
        (1001, (100, 10)),
        (2000, (200, 10)),
    ],
)
def test_auto_is_the_table_of_patch_now(targets: int, expected: tuple[int, int]) -> None:
    assert parse_limits("auto", None).resolve(targets, "Install") == Bounds(*expected)
    assert parse_limits("auto", None).resolve(targets, "Scan") == Bounds(1000, 1000)


def test_a_number_of_errors_that_is_given_counts_beside_auto() -> None:
    assert parse_limits("auto", "0").resolve(500, "Install") == Bounds(40, 0)


@given(percent=st.integers(1, 100), targets=st.integers(1, 20_000))
def test_a_percentage_never_puts_more_nodes_at_risk_than_asked_for(percent: int, targets: int) -> None:
    bounds = parse_limits(f"{percent}%", f"{percent}%").resolve(targets, "Install")
    assert bounds.at_once is not None and bounds.errors is not None
    assert bounds.errors <= targets * percent / 100 < bounds.errors + 1
    assert bounds.at_once == max(1, bounds.errors)
