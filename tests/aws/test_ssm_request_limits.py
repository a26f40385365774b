# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ShapeResolver

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Answered
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.request_limits import find_faults

STRING, NUMBER = {"type": "string"}, {"type": "integer", "min": 1, "max": 24}
SHAPES: dict[str, Any] = {
    "Request": {
        "type": "structure",
        "required": ["Name"],
        "members": {
            "Name": {"shape": "Name"},
            "Group": {"shape": "Group"},
            "Kind": {"shape": "Kind"},
            "Hours": {"shape": "Hours"},
            "Safe": {"shape": "Safe"},
            "Tags": {"shape": "Tags"},
            "Texts": {"shape": "Texts"},
            "Inner": {"shape": "Request"},
            "When": {"shape": "When"},
            "Role": {"shape": "Role"},
        },
    },
    "Name": {"type": "string", "min": 3, "max": 5, "pattern": "[a-z]*"},
    "Group": {"type": "string", "pattern": r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"},
    "Kind": {"type": "string", "enum": ["A", "B"]},
    "Hours": NUMBER,
    "Safe": {"type": "boolean"},
    "Tags": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Text"}, "max": 2},
    "Texts": {"type": "list", "member": {"shape": "Name"}, "min": 1},
    "Text": STRING,
    "When": {"type": "timestamp"},
    "Role": {"type": "string", "max": 9, "pattern": r"^role/[\w-\/]+$"},  # one of AWS, none of Python
}
SHAPE = ShapeResolver(SHAPES).get_shape_by_name("Request")


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        ({}, "Name is missing"),
        ({"Name": "ab"}, "Name cannot be 'ab', it takes a length from 3"),
        ({"Name": "abcdef"}, "Name cannot be 'abcdef', it takes a length up to 5"),
        ({"Name": "ABC"}, "Name cannot be 'ABC', it has to match [a-z]*"),
        ({"Name": 1}, "Name cannot be 1, it takes a text"),
        ({"Name": "abc", "Group": "a;b"}, r"Group cannot be 'a;b', it has to match ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"),
        ({"Name": "abc", "Kind": "C"}, "Kind cannot be 'C', it takes A, B"),
        ({"Name": "abc", "Hours": 0}, "Hours cannot be 0, it takes from 1"),
        ({"Name": "abc", "Hours": 25}, "Hours cannot be 25, it takes up to 24"),
        ({"Name": "abc", "Hours": True}, "Hours cannot be True, it takes a number"),
        ({"Name": "abc", "Safe": "yes"}, "Safe cannot be 'yes', it takes true or false"),
        ({"Name": "abc", "Tags": {"abc": 1}}, "Tags.abc cannot be 1, it takes a text"),
        ({"Name": "abc", "Tags": {"a": "x"}}, "Tags cannot be 'a', it takes a length from 3"),
        ({"Name": "abc", "Tags": {"abc": "", "abd": "", "abe": ""}}, "it takes a length up to 2"),
        ({"Name": "abc", "Texts": []}, "Texts cannot be [], it takes a length from 1"),
        ({"Name": "abc", "Texts": ["abc", "x"]}, "Texts[1] cannot be 'x', it takes a length from 3"),
        ({"Name": "abc", "Texts": "abc"}, "Texts cannot be 'abc', it takes a list"),
        ({"Name": "abc", "Inner": {}}, "Inner.Name is missing"),
        ({"Name": "abc", "Newer": 1}, "Newer is not known to this boto3, take a newer one"),
    ],
)
def test_what_the_model_does_not_allow_is_said_with_its_place(request_: dict[str, Any], fault: str) -> None:
    (found,) = find_faults(SHAPE, request_, Answered)
    assert found.endswith(fault)


@pytest.mark.parametrize(
    "request_",
    [
        {"Name": "abc", "Group": "W\u00e9b 1_\u6f22", "Kind": "B", "Hours": 24, "Safe": False, "Tags": {}, "When": 1},
        {"Name": "abcde", "Hours": 1, "Tags": {"abc": "", "abd": "x"}, "Texts": ["abc"], "Inner": {"Name": "abc"}},
        {"Name": "abc", "Role": "arn"},
        {"Name": Answered("window", "WindowId"), "Texts": [Answered("window", "WindowId")]},
    ],
)
def test_what_it_allows_and_what_is_not_known_yet_is_taken(request_: dict[str, Any]) -> None:
    assert list(find_faults(SHAPE, request_, Answered)) == []


def test_a_long_value_is_not_told_in_full() -> None:
    (found,) = find_faults(SHAPE, {"Name": "a" * 5000}, Answered)
    assert len(found) < 150
    assert "(5000 in all)" in found
