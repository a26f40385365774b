# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.cron import (
    check_association,
    parse_cron,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "0 2 ? * FOO *",
            "cron field 5 (day-of-week) 'FOO': 'FOO' is no day of week. Allowed: 1-7 or SUN-SAT and , - * ? / L #",
        ),
        ("0 0 2 ? * FOO *", "cron field 6 (day-of-week) 'FOO'"),
        ("60 2 ? * SUN *", "cron field 1 (minutes) '60': 60 is out of range. Allowed: 0-59 and , - * /"),
        ("60 0 2 ? * SUN *", "cron field 1 (seconds) '60': 60 is out of range. Allowed: 0-59"),
        ("*/5 0 2 ? * SUN *", "cron field 1 (seconds) '*/5': '*/5' is no seconds. Allowed: 0-59"),
        ("0 24 ? * SUN *", "cron field 2 (hours) '24': 24 is out of range. Allowed: 0-23 and , - * /"),
        ("0 2 0 * ? *", "cron field 3 (day-of-month) '0': 0 is out of range. Allowed: 1-31 and , - * ? / L W"),
        ("0 2 1 13 ? *", "cron field 4 (month) '13': 13 is out of range. Allowed: 1-12 or JAN-DEC and , - * /"),
        ("0 2 ? * 0 *", "cron field 5 (day-of-week) '0': 0 is out of range"),
        ("0 2 ? * 8 *", "cron field 5 (day-of-week) '8': 8 is out of range"),
        ("0 2 1 * ? 1969", "cron field 6 (year) '1969': 1969 is out of range. Allowed: 1970-2199 and , - * /"),
        ("0 2 1 * ? 2200", "cron field 6 (year) '2200': 2200 is out of range"),
        ("0 2 * * * *", "cron fields 3 (day-of-month) '*' and 5 (day-of-week) '*': exactly one of the two must be '?'"),
        ("0 2 ? * ? *", "exactly one of the two must be '?'"),
        ("? 2 ? * SUN *", "cron field 1 (minutes) '?': '?' is no minutes"),
        ("0 2 1,? * SUN *", "exactly one of the two must be '?'"),
        ("0 2 1,? * ? *", "cron field 3 (day-of-month) '1,?'"),
        ("0 2,* ? * SUN *", "cron field 2 (hours) '2,*': '*' is everything already, it cannot be in a list"),
        ("0 22-2 ? * SUN *", "cron field 2 (hours) '22-2': 22-2 goes backwards. Write it as two ranges"),
        ("0 2 ? * SAT-SUN *", "cron field 5 (day-of-week) 'SAT-SUN': SAT-SUN goes backwards"),
        ("0/0 2 ? * SUN *", "cron field 1 (minutes) '0/0': '0' is no step, it is 1 to 59"),
        ("0/60 2 ? * SUN *", "cron field 1 (minutes) '0/60': '60' is no step"),
        ("0/ 2 ? * SUN *", "cron field 1 (minutes) '0/': '' is no step"),
        ("0/1/2 2 ? * SUN *", "cron field 1 (minutes) '0/1/2': '1/2' is no step"),
        ("1-2-3 2 ? * SUN *", "cron field 1 (minutes) '1-2-3': '2-3' is no minutes"),
        ("-1 2 ? * SUN *", "cron field 1 (minutes) '-1': '' is no minutes"),
        ("0,,1 2 ? * SUN *", "cron field 1 (minutes) '0,,1': '' is no minutes"),
        ("٣ 2 ? * SUN *", "cron field 1 (minutes) '٣': '٣' is no minutes"),
        ("0 2 ? * L *", "cron field 5 (day-of-week) 'L': 'L' needs a day before it, as in 6L, the last Friday"),
        ("0 2 ? * 2-6L *", "cron field 5 (day-of-week) '2-6L': '2-6' is no day of week"),
        ("0 2 ? * SUN#6 *", "cron field 5 (day-of-week) 'SUN#6': '6' is no number of a week, it is 1 to 5"),
        ("0 2 ? * SUN# *", "cron field 5 (day-of-week) 'SUN#': '' is no number of a week"),
        ("0 2 ? * SUN#12 *", "cron field 5 (day-of-week) 'SUN#12': '12' is no number of a week"),
        ("0 2 ? * #1 *", "cron field 5 (day-of-week) '#1': '' is no day of week"),
        ("0 2 W * ? *", "cron field 3 (day-of-month) 'W': '' is no day of month"),
        ("0 2 32W * ? *", "cron field 3 (day-of-month) '32W': 32 is out of range"),
        ("0 2 L-3 * ? *", "cron field 3 (day-of-month) 'L-3': 'L' is no day of month"),
        ("0 2 ? L SUN *", "cron field 4 (month) 'L': 'L' is no month"),
        ("0 2 ? SUN SUN *", "cron field 4 (month) 'SUN': 'SUN' is no month"),
        ("0 2 ? * \x1b[2J *", r"cron field 5 (day-of-week) '\x1b[2J'"),
    ],
)
def test_what_a_field_may_not_have_is_refused_with_its_place_and_what_is_allowed(text: str, cause: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse_cron(text)
    assert cause in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0 2 ? * 1 *", "0 2 ? * SUN *"),
        ("0 2 ? * 7 *", "00 02 ? * sat *"),
        ("0 2 ? * 2-6 *", "0 2 ? * MON-FRI *"),
        ("0 2 ? * 3#3 *", "0 2 ? * TUE#3 *"),
        ("0 2 ? * 6L *", "0 2 ? * FRIl *"),
        ("0 2 ? 1-3 SUN *", "0 2 ? JAN-MAR SUN *"),
        ("0 2 * * ? *", "0 2 ? * * *"),
        ("0 2 * * ? *", "0 0 2 1-31 */1 ? 1970-2199"),
        ("1/10 2 * * ? *", "1,11,21,31,41,51 2 * * ? *"),
        ("0 8-18/5 * * ? *", "0 8,13,18 * * ? *"),
        ("0 2 LW * ? *", "0 2 wl * ? *"),
        ("0 2 1,2,1 * ? *", "0 2 1-2 * ? *"),
    ],
)
def test_expressions_that_mean_the_same_are_the_same(one: str, other: str) -> None:
    first, second = parse_cron(one)[0], parse_cron(other)[0]
    assert (first.hours, first.minutes, first.second, first.rules) == (
        second.hours,
        second.minutes,
        second.second,
        second.rules,
    )


@pytest.mark.parametrize(
    "text",
    [
        "0/30 * * * ? *",
        "0 */30 * * * ? *",
        "0,30 * ? * * *",
        "0 * * * ? *",
        "0 0/2 * * ? *",
        "15 */4 ? * * *",
        "0 1/8 * * ? *",
        "30 3/12 * * ? *",
        "0 1 * * ? *",
        "0 2 ? * SUN *",
        "0 2 ? * 7 *",
        "0 2 ? * SAT#1 *",
        "0 2 ? * 5#3 *",
        "15 10 ? * 6L *",
        "0 2 L * ? *",
        "0 0 0/4 1/1 * ? *",
    ],
)
def test_an_association_may_have_the_documented_forms(text: str) -> None:
    check_association(*parse_cron(text))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("24 30 9 ? * * *", "cron field 1 (seconds) '24': an association runs at second 0"),
        ("0 2 ? 1-6 SUN *", "cron field 4 (month) '1-6': an association runs in every month"),
        ("0 2 1 * ? *", "cron field 3 (day-of-month) '1': an association runs every day"),
        ("0 2 15W * ? *", "cron field 3 (day-of-month) '15W'"),
        ("0 18 ? * MON-FRI *", "cron field 5 (day-of-week) 'MON-FRI': an association runs on one day of the week"),
        ("0 0 18 ? * MON,TUE *", "cron field 6 (day-of-week) 'MON,TUE'"),
        (
            "0 0/3 * * ? *",
            "cron fields 1 and 2 (minutes, hours) '0' '0/3': an association of every day runs every 30 min",
        ),
        ("0 0/5 * * ? *", "every 30 minutes, or every 1, 2, 4, 8, 12 or 24 hours"),
        ("0 0/2 ? * SUN *", "an association of certain days runs once on each of them"),
        ("0 0/2 L * ? *", "an association of certain days runs once on each of them"),
    ],
)
def test_an_association_may_have_nothing_else(text: str, cause: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        check_association(*parse_cron(text))
    assert cause in str(caught.value)
