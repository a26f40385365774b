# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single values, above all those that YAML turned into something else than was written."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import Item, Problems
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    limit_label,
    limit_length,
    limit_pattern,
    read_day,
    read_number,
    read_switch,
    read_text,
    read_word,
)

QUOTES = " (write it in quotes, YAML reads it as something else)"
LENGTH = limit_length(1, 5)
LABEL = limit_label(1, 20)
NAME = limit_pattern("[a-z]+", "letters")


class Text(str):
    """A text that remembers something, as configuration loaders make them."""

    __slots__ = ()


def _refused(problems: Problems) -> list[tuple[str, str, str]]:
    return [(error.path, error.found, error.allowed) for error in problems.errors]


@pytest.mark.parametrize(
    ("value", "text"),
    [("bash", "bash"), (1463241 % 100000, "63241"), (-1, "-1"), (Text("bash"), "bash")],
)
def test_a_text_or_a_whole_number_is_text(value: object, text: str) -> None:
    problems = Problems()
    read = read_text(Item(value, "x"), problems, LENGTH)
    assert (read, type(read), problems.errors) == (text, str, [])


@pytest.mark.parametrize(
    ("value", "found", "allowed"),
    [
        ("", "''", LENGTH.allowed),
        ("123456", "'123456'", "a text of 1 to 5 characters"),
        (123456, "'123456'", LENGTH.allowed),
        (None, "nothing", LENGTH.allowed),
        (["a"], "a list", LENGTH.allowed),
        (True, "the boolean true", LENGTH.allowed + QUOTES),
        (1.1, "the number 1.1", LENGTH.allowed + QUOTES),
        (date(2025, 11, 16), "the date 2025-11-16", LENGTH.allowed + QUOTES),
        pytest.param(16**5000, "a very long number", LENGTH.allowed, id="long"),
    ],
)
def test_anything_else_is_no_text(value: object, found: str, allowed: str) -> None:
    problems = Problems()
    assert read_text(Item(value, "x"), problems, LENGTH) is None
    assert _refused(problems) == [("x", found, allowed)]


@pytest.mark.parametrize("text", ["Patch Group", "a_.:/=+-@1", "Gruppe-Süd", "東京", "x" * 20])
def test_a_label_has_letters_digits_spaces_and_some_signs(text: str) -> None:
    assert read_text(Item(text, "x"), Problems(), LABEL) == text


@pytest.mark.parametrize("text", ["", "a,b", "$(reboot)", "`id`", "a\tb", "a\nb", "{{ x }}", "x" * 21])
def test_a_label_has_nothing_else(text: str) -> None:
    problems = Problems()
    assert read_text(Item(text, "x"), problems, LABEL) is None
    assert _refused(problems)[0][2] == "1 to 20 letters, digits, spaces or _ . : / = + - @"


@pytest.mark.parametrize("text", ["bash\n", " bash", "BASH"])
def test_a_pattern_matches_the_whole_text(text: str) -> None:
    assert read_text(Item(text, "x"), Problems(), NAME) is None


@pytest.mark.parametrize("value", [0, 7, 360])
def test_a_number_may_be_at_its_limits(value: int) -> None:
    assert read_number(Item(value, "x"), Problems(), 0, 360) == value


@pytest.mark.parametrize(
    ("value", "found", "allowed"),
    [
        (-1, "the number -1", "a whole number from 0 to 360"),
        (361, "the number 361", "a whole number from 0 to 360"),
        (7.0, "the number 7.0", "a whole number from 0 to 360"),
        (True, "the boolean true", "a whole number from 0 to 360"),
        ("7", "'7'", "a whole number from 0 to 360, without quotes"),
    ],
)
def test_a_number_out_of_range_or_of_another_type_is_refused(value: object, found: str, allowed: str) -> None:
    problems = Problems()
    assert read_number(Item(value, "x"), problems, 0, 360) is None
    assert _refused(problems) == [("x", found, allowed)]


def test_absent_values_are_no_error() -> None:
    problems, nothing = Problems(), Item(None, "x")
    assert read_number(nothing, problems, 0, 360) is None
    assert read_switch(nothing, problems, True) is True
    assert read_day(nothing, problems) is None
    assert read_word(nothing, problems, ComplianceLevel.HIGH) is ComplianceLevel.HIGH
    assert problems.errors == []


@pytest.mark.parametrize("value", [True, False])
def test_a_switch_is_a_boolean(value: bool) -> None:
    assert read_switch(Item(value, "x"), Problems(), not value) is value


@pytest.mark.parametrize(
    ("value", "found", "allowed"),
    [("yes", "'yes'", "true or false, without quotes"), (1, "the number 1", "true or false")],
)
def test_a_switch_is_nothing_else(value: object, found: str, allowed: str) -> None:
    problems = Problems()
    assert read_switch(Item(value, "x"), problems, False) is False
    assert _refused(problems) == [("x", found, allowed)]


@pytest.mark.parametrize("value", ["2025-11-16", date(2025, 11, 16)])
def test_a_day_is_text_or_what_yaml_makes_of_it(value: object) -> None:
    assert read_day(Item(value, "x"), Problems()) == date(2025, 11, 16)


@pytest.mark.parametrize(
    "value",
    [
        "2025-02-30",
        "2025-1-5",
        "20251116",
        "2025-11-16T00:00:00Z",
        "２０２５-11-16",
        20251116,
        datetime(2025, 11, 16, tzinfo=timezone.utc),
    ],
)
def test_a_day_is_nothing_else(value: object) -> None:
    problems = Problems()
    assert read_day(Item(value, "x"), problems) is None
    assert [error[2] for error in _refused(problems)] == ["a day as YYYY-MM-DD"]


@pytest.mark.parametrize("value", ["HIGH", Text("HIGH"), ComplianceLevel.HIGH])
def test_a_word_is_spelled_as_the_api_does(value: object) -> None:
    assert read_word(Item(value, "x"), Problems(), ComplianceLevel.LOW) is ComplianceLevel.HIGH


@pytest.mark.parametrize(
    ("value", "found"),
    [("high", "'high' (did you mean 'HIGH'?)"), ("SEVERE", "'SEVERE'"), (3, "the number 3"), (["HIGH"], "a list")],
)
def test_another_word_is_refused_with_all_there_are(value: object, found: str) -> None:
    problems = Problems()
    assert read_word(Item(value, "x"), problems, ComplianceLevel.LOW) is ComplianceLevel.LOW
    assert _refused(problems) == [("x", found, "CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED")]
