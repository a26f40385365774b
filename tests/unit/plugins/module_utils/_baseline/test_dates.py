# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arithmetic of approval dates; at which second a rule approves, the worked examples show."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import (
    Delay,
    format_moment,
    to_utc,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ApprovalRule

DATED = datetime(2025, 11, 9, 18, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("rule", "moment"),
    [
        (ApprovalRule(approve_after_days=7), DATED + timedelta(hours=7 * 24)),
        (ApprovalRule(approve_after_days=0), DATED),
        (ApprovalRule(), DATED),
        (ApprovalRule(approve_until_date=date(2025, 11, 9)), DATED),
        (ApprovalRule(approve_until_date=date(2025, 11, 8)), None),
    ],
)
def test_moment_of_approval(rule: ApprovalRule, moment: datetime | None) -> None:
    assert Delay(rule).find_moment(DATED) == moment


def test_only_a_real_delay_waits() -> None:
    assert not Delay(ApprovalRule(approve_after_days=0)).waits
    assert Delay(ApprovalRule(approve_after_days=1)).waits
    assert Delay(ApprovalRule(approve_until_date=date(2025, 1, 1))).waits


def test_the_last_day_ends_with_its_last_moment() -> None:
    delay = Delay(ApprovalRule(approve_until_date=date(2025, 11, 16)))
    assert delay.find_moment(datetime(2025, 11, 16, 23, 59, 59, 500_000, tzinfo=timezone.utc))
    assert not delay.find_moment(datetime(2025, 11, 17, tzinfo=timezone.utc))


def test_moments_are_in_utc() -> None:
    assert to_utc(datetime(2025, 1, 1, 12)) == datetime(2025, 1, 1, 12, tzinfo=timezone.utc)  # noqa: DTZ001  the case itself
    west = timezone(timedelta(hours=-8))
    assert format_moment(to_utc(datetime(2025, 11, 16, 16, 30, tzinfo=west))) == "2025-11-17T00:30:00Z"
