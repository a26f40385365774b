# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags and patch groups: both shapes of tags, limits, doubles."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import only_error, write_baseline

KEY = "1 to 128 letters, digits, spaces or _ . : / = + - @"
VALUE = "0 to 256 letters, digits, spaces or _ . : / = + - @"
GROUP = "1 to 256 letters, digits, spaces or _ . : / = + - @"


@pytest.mark.parametrize(
    "tags",
    [
        {"Environment": "Production", "Cost Center": 42, "empty": ""},
        [
            {"Key": "Environment", "Value": "Production"},
            {"Key": "Cost Center", "Value": "42"},
            {"Key": "empty", "Value": ""},
        ],
    ],
)
def test_tags_are_a_mapping_or_the_list_of_the_api(tags: object) -> None:
    baseline = parse_baseline(write_baseline(tags=tags)).baseline
    assert baseline.tags == (("Environment", "Production"), ("Cost Center", "42"), ("empty", ""))


@pytest.mark.parametrize(
    ("tags", "error"),
    [
        ({"": "x"}, ("tags['']", "''", KEY)),
        ({"x" * 129: "x"}, (f"tags['{'x' * 60}…']", f"'{'x' * 60}…'", KEY)),
        ({"a,b": "x"}, ("tags['a,b']", "'a,b'", KEY)),
        ({"a": "x" * 257}, ("tags.a", f"'{'x' * 60}…'", VALUE)),
        ({"a": "{{ lookup('pipe', 'id') }}"}, ("tags.a", "\"{{ lookup('pipe', 'id') }}\"", VALUE)),
        ({"a": None}, ("tags.a", "nothing", VALUE)),
        ({"a": True}, ("tags.a", "the boolean true", f"{VALUE} (write it in quotes, YAML reads it as something else)")),
        ({1: "x", "1": "y"}, ("tags['1']", "'1' a second time", "each tag once")),
        ([{"Key": "a", "Value": "x"}] * 2, ("tags[1].Key", "'a' a second time", "each tag once")),
        ([{"Key": "a"}], ("tags[0].Value", "nothing", VALUE)),
        (["a"], ("tags[0]", "'a'", "a mapping with the keys key, value")),
        ("a=b", ("tags", "'a=b'", "a list of 0 to 1000 items")),
        ({str(number): "" for number in range(1001)}, ("tags", "1001 items", "at most 1000 tags")),
        (
            [{"Key": str(number), "Value": ""} for number in range(1001)],
            ("tags", "1001 items", "a list of 0 to 1000 items"),
        ),
    ],
)
def test_a_wrong_tag_is_refused(tags: object, error: tuple[str, str, str]) -> None:
    assert only_error(write_baseline(tags=tags)) == error


@pytest.mark.parametrize(
    "tags",
    [
        {str(number): "" for number in range(1000)},
        [{"Key": str(number), "Value": ""} for number in range(1000)],
        {"x" * 128: "x" * 256},
    ],
)
def test_tags_may_be_at_their_limits(tags: Any) -> None:
    assert len(parse_baseline(write_baseline(tags=tags)).baseline.tags) == len(tags)


def test_patch_groups_are_read() -> None:
    baseline = parse_baseline(write_baseline(patch_groups=["Web Servers", 7, "x" * 256])).baseline
    assert baseline.patch_groups == ("Web Servers", "7", "x" * 256)


@pytest.mark.parametrize(
    ("groups", "error"),
    [
        ("web", ("patch_groups", "'web'", "a list of 0 to 25 items")),
        ([""], ("patch_groups[0]", "''", GROUP)),
        (["x" * 257], ("patch_groups[0]", f"'{'x' * 60}…'", GROUP)),
        (["web", "$(id)"], ("patch_groups[1]", "'$(id)'", GROUP)),
        (["web", "db", "web"], ("patch_groups[2]", "'web' a second time", "each patch group once")),
        ([f"g{number}" for number in range(26)], ("patch_groups", "26 items", "a list of 0 to 25 items")),
    ],
)
def test_a_wrong_patch_group_is_refused(groups: Any, error: tuple[str, str, str]) -> None:
    assert only_error(write_baseline(patch_groups=groups)) == error
