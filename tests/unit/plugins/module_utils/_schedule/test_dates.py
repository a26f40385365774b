# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
from itertools import takewhile

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.dates import (
    ALL_MONTHS,
    ALL_WEEKDAYS,
    ALL_YEARS,
    DateRule,
    dates_back_from,
    dates_from,
    merge_rules,
    move_rules,
)

FIRST, LAST = dt.date(2027, 1, 1), dt.date(2028, 12, 31)
DAY = dt.timedelta(days=1)


def subsets(numbers: frozenset[int]) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(sorted(numbers)), min_size=1)


# Only in February do the same days mean others in leap years.
rules = st.builds(
    DateRule,
    days=st.one_of(st.frozensets(st.integers(1, 31)), st.frozensets(st.integers(-7, -1))),
    weekdays=st.one_of(st.just(ALL_WEEKDAYS), subsets(ALL_WEEKDAYS)),
    months=st.one_of(st.just(ALL_MONTHS), subsets(ALL_MONTHS)),
    years=st.sampled_from([ALL_YEARS, frozenset({2027}), frozenset(range(2026, 2030))]),
    leap=st.sampled_from([None, None, True, False]),
)
unions = st.lists(rules, max_size=4).map(tuple)


def dates(union: tuple[DateRule, ...], first: dt.date, last: dt.date) -> list[dt.date]:
    return list(takewhile(lambda date: date <= last, dates_from(union, first)))


@settings(deadline=None, max_examples=50)
@given(unions)
def test_few_rules_have_the_dates_of_many(union: tuple[DateRule, ...]) -> None:
    merged = merge_rules(union)
    assert dates(merged, FIRST, LAST) == dates(union, FIRST, LAST)


@settings(deadline=None, max_examples=50)
@given(unions, st.integers(0, 6))
def test_moved_rules_have_the_dates_some_days_later(union: tuple[DateRule, ...], offset: int) -> None:
    moved = dates(move_rules(union, offset), FIRST, LAST)
    assert moved == [date + offset * DAY for date in dates(union, FIRST - offset * DAY, LAST - offset * DAY)]


@settings(deadline=None, max_examples=50)
@given(unions, st.dates(FIRST, LAST))
def test_dates_backwards_are_the_dates_forwards(union: tuple[DateRule, ...], last: dt.date) -> None:
    backwards = list(takewhile(lambda date: date >= FIRST, dates_back_from(union, last)))
    assert backwards == dates(union, FIRST, last)[::-1]


def test_rules_that_differ_by_month_or_day_become_one() -> None:
    parts = [DateRule(days=frozenset({day}), months=frozenset({month})) for day in (1, 2) for month in (3, 4)]
    assert merge_rules(parts) == (DateRule(days=frozenset({1, 2}), months=frozenset({3, 4})),)


def test_leap_years_and_the_others_are_all_years() -> None:
    parts = [DateRule(days=frozenset({1}), leap=leap) for leap in (True, False)]
    assert merge_rules(parts) == (DateRule(days=frozenset({1})),)
