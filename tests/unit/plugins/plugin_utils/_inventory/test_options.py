# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import OptionError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.options import (
    LIVING,
    Account,
    Query,
    read_groupings,
    read_query,
)

LIVING_FILTER = ("instance-state-name", LIVING)
DEFAULTS = {"sources": ["ec2", "ssm"]}


def read(**options: Any) -> Query:
    return read_query({**DEFAULTS, **options}.get)


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, Query()),
        ({"regions": ["a", "b", "a", ""]}, Query(accounts=(Account(regions=("a", "b")),))),
        ({"assume_role_arn": "arn:x"}, Query(role="arn:x")),
        (
            {"regions": ["a"], "accounts": [{"profile": "p"}, {"assume_role_arn": "r", "regions": ["b"]}]},
            Query(accounts=(Account("p", None, ("a",)), Account(None, "r", ("b",)))),
        ),
        ({"sources": ["ssm"]}, Query(sources=("ssm",))),
        (
            {"filters": {"tag:A": [1, True, "x"], "vpc-id": "v"}},
            Query(ec2_filters=(("tag:A", ("1", "true", "x")), ("vpc-id", ("v",)), LIVING_FILTER)),
        ),
        ({"filters": {"instance-state-code": 80}}, Query(ec2_filters=(("instance-state-code", ("80",)),))),
        (
            {"ssm_filters": {"tag:A": "x", "tag-key": ["B"]}},
            Query(ssm_filters=(("tag:A", ("x",)), ("tag-key", ("B",)))),
        ),
    ],
)
def test_options_become_a_query(options: dict[str, Any], query: Query) -> None:
    assert read(**options) == query


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"regions": "us-east-1"}, "'regions': it is 'us-east-1'; allowed: a list"),
        ({"regions": [1]}, "'regions[0]': it is 1"),
        ({"accounts": ["x"]}, "'accounts[0]': it is 'x'; allowed: a dictionary with some of profile"),
        ({"accounts": [{"role": "x"}]}, "'accounts[0]': 'role' is not known"),
        ({"accounts": [{"regions": ["x"]}]}, "'accounts[0]': it has neither profile nor assume_role_arn"),
        ({"accounts": [{"profile": ["x"]}]}, "'accounts[0].profile': it is ['x']"),
        ({"sources": []}, "'sources': it is empty; allowed: some of ec2, ssm"),
        ({"sources": ["s3"]}, "'sources': 's3' is not known"),
        ({"filters": ["x"]}, "'filters': it is ['x']; allowed: a dictionary"),
        ({"filters": {"a": []}}, "'filters.a': allowed: a value, or a list of 1 to 100 values"),
        ({"filters": {"a": {"b": "c"}}}, "'filters.a'"),
        ({"ssm_filters": {"a": None}}, "'ssm_filters.a'"),
        ({"filters": {"a": "b"}, "sources": ["ssm"]}, "'filters': sources does not have ec2"),
        ({"ssm_filters": {"a": "b"}, "sources": ["ec2"]}, "'ssm_filters': sources does not have ssm"),
        ({"ssm_filters": {"PingStatus": "Online", "tag:A": "b"}}, "does not combine tag:A with PingStatus"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=re.escape(words)):
        read(**options)


def test_groupings_are_those_that_the_sources_tell() -> None:
    assert read_groupings(["region", "ping_status", "platform"], ("ec2",)) == ("region",)
    assert read_groupings(["region", "ping_status"], ("ec2", "ssm")) == ("region", "ping_status")
    assert read_groupings([], ("ssm",)) == ()
    with pytest.raises(OptionError, match="'colour' is not known"):
        read_groupings(["colour"], ("ssm",))


def test_another_question_has_another_fingerprint() -> None:
    queries = [read(), read(regions=["a"]), read(filters={"a": "b"}), read(sources=["ssm"]), read(assume_role_arn="r")]
    prints = [query.fingerprint(profile=None) for query in queries] + [read().fingerprint(profile="p")]
    assert len(set(prints)) == len(prints)
    assert read().fingerprint(profile=None) == prints[0]
