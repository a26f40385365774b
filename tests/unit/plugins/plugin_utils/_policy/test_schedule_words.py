# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import Schedule, parse_schedule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.schedule_words import describe
from tests.unit.plugins.module_utils._schedule.expressions import schedules

START = dt.datetime(2026, 7, 22, 10, tzinfo=dt.timezone.utc)
END = dt.datetime(2027, 7, 22, 10, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("cron(0 2 ? * SUN *)", {"timezone": "Europe/Zurich"}, "every Sunday at 02:00 Europe/Zurich"),
        ("cron(0 1 * * ? *)", {}, "every day at 01:00 UTC"),
        ("cron(0 2 ? * SAT#1 *)", {}, "the first Saturday of each month at 02:00 UTC"),
        ("cron(30 23 ? * TUE#3 *)", {"offset": 2}, "2 days after the third Tuesday of each month at 23:30 UTC"),
        ("cron(30 23 ? * TUE#3 *)", {"offset": 1}, "1 day after the third Tuesday of each month at 23:30 UTC"),
        ("cron(15 10 ? * 6L *)", {}, "the last Friday of each month at 10:15 UTC"),
        ("cron(0 2 L * ? *)", {}, "the last day of each month at 02:00 UTC"),
        ("cron(0 2 LW * ? *)", {}, "the last weekday (Monday to Friday) of each month at 02:00 UTC"),
        (
            "cron(0 2 15W,L * ? *)",
            {},
            "the weekday (Monday to Friday) nearest to day 15 and the last day of each month at 02:00 UTC",
        ),
        ("cron(0 2 01,3-5 6 ? *)", {}, "day 1 and day 3 to 5 of June at 02:00 UTC"),
        ("cron(0 2 */2 1/3 ? *)", {}, "every 2nd day of every 3rd month from January at 02:00 UTC"),
        ("cron(0 2 10/11 * ? *)", {}, "every 11th day from 10 of each month at 02:00 UTC"),
        ("cron(15 10 ? * MON-FRI *)", {}, "every Monday to Friday at 10:15 UTC"),
        ("cron(15 10 ? 1,2,3 2,WED *)", {}, "every Monday and Wednesday in January, February and March at 10:15 UTC"),
        ("cron(24 30 09 ? * * *)", {}, "every day at 09:30:24 UTC"),
        ("cron(0 */30 * * * ? *)", {}, "every 30 minutes UTC, every day"),
        ("cron(15 1/2 ? * SUN *)", {}, "every 2 hours from 01:15 UTC, every Sunday"),
        ("cron(0 2,3,5 * * ? *)", {}, "every day at 02:00, 03:00 and 05:00 UTC"),
        ("cron(0 2-10,13 * * ? *)", {}, "every day at 02:00, 03:00, 04:00, 05:00, 06:00 and 5 more times UTC"),
        ("cron(0 2 1 1 ? 2027,2030-2031)", {}, "day 1 of January in 2027 and 2030 to 2031 at 02:00 UTC"),
        ("cron(0 2 1 1 ? 2027/2)", {}, "day 1 of January in every 2nd year from 2027 at 02:00 UTC"),
        (
            "cron(0 2 * * ? *)",
            {"start": START, "end": END},
            "every day at 02:00 UTC, from 2026-07-22 10:00 UTC, until 2027-07-22 10:00 UTC",
        ),
        ("rate(1 day)", {}, "every day, counted from 1970-01-01 00:00 UTC"),
        ("rate(14 days)", {"start": START}, "every 14 days, counted from 2026-07-22 10:00 UTC"),
        (
            "rate(36 hours)",
            {"end": END},
            "every 36 hours, counted from 1970-01-01 00:00 UTC, until 2027-07-22 10:00 UTC",
        ),
        ("rate(90 minutes)", {}, "every 90 minutes, counted from 1970-01-01 00:00 UTC"),
        ("at(2020-07-07T15:55:00)", {"timezone": "Europe/Zurich"}, "once, on 2020-07-07 at 15:55:00 UTC"),
    ],
)
def test_a_schedule_is_said_in_words(text: str, options: dict[str, Any], words: str) -> None:
    assert describe(parse_schedule(text, **options)) == words


@settings(deadline=None, max_examples=50)
@given(schedules())
def test_every_schedule_has_words(schedule: Schedule) -> None:
    words = describe(schedule)
    assert str(schedule.timezone) in words
    assert "  " not in words
