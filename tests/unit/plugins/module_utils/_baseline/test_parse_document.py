# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys in their spellings, unknown keys, lists and their wrappers, and how a value is shown in an error."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    describe,
    join_path,
    suggest,
)
from tests.unit.plugins.module_utils._baseline.baseline_documents import (
    list_errors,
    only_error,
    write_baseline,
    write_rule,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("text", "'text'"),
        ("x" * 60, f"'{'x' * 60}'"),
        ("x" * 61, f"'{'x' * 60}…'"),
        ("two\nlines\x1b[31m\u202e", r"'two\nlines\x1b[31m\u202e'"),
        (None, "nothing"),
        (True, "the boolean true"),
        (400, "the number 400"),
        (1.1, "the number 1.1"),
        pytest.param(16**5000, "a very long number", id="long"),
        (datetime.date(2025, 11, 16), "the date 2025-11-16"),
        (datetime.datetime(2025, 11, 16, 8, tzinfo=datetime.timezone.utc), "the date 2025-11-16T08:00:00+00:00"),
        ({"a": 1}, "a mapping"),
        (("a",), "a list"),
        (b"a", "a value of type bytes"),
    ],
)
def test_a_value_is_shown_short_and_printable(value: object, shown: str) -> None:
    assert describe(value) == shown


@pytest.mark.parametrize(
    ("path", "key", "joined"),
    [
        ("", "name", "name"),
        ("sources[0]", "name", "sources[0].name"),
        ("tags", "Patch Group", "tags['Patch Group']"),
        ("", "\x1b[31m", r"['\x1b[31m']"),
        ("tags", 1, "tags[the number 1]"),
        ("tags", "x" * 61, f"tags['{'x' * 60}…']"),
    ],
)
def test_a_path_names_every_key_in_one_line(path: str, key: object, joined: str) -> None:
    assert join_path(path, key) == joined


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("approval_rule", " (did you mean 'approval_rules'?)"),
        ("APPROVAL_RULES", " (did you mean 'approval_rules'?)"),
        ("colour", ""),
    ],
)
def test_the_nearest_word_is_suggested(word: str, hint: str) -> None:
    assert suggest(word, ["name", "approval_rules", "approved_patches"]) == hint


def test_an_unknown_key_is_refused_with_the_nearest_and_all_known_keys() -> None:
    path, found, allowed = only_error(write_baseline(approval_rule=[]))
    assert (path, found) == ("approval_rule", "an unknown key (did you mean 'approval_rules'?)")
    assert allowed.startswith("approval_rules, approved_patches, approved_patches_compliance_level,")
    assert "created_date" not in allowed


@pytest.mark.parametrize(
    ("document", "path", "hint"),
    [
        (write_baseline(default=True), "default", "'default_baseline'"),
        (write_baseline(patch_group=["a"]), "patch_group", "'patch_groups'"),
        (write_rule("DEBIAN", compliancelevel="HIGH"), "approval_rules[0].compliancelevel", "'compliance_level'"),
        (
            write_rule("SUSE", filters=[{"key": "PRODUCT", "value": ["*"]}]),
            "approval_rules[0].filters[0].value",
            "'values'",
        ),
        (
            {"Name": "web", "OperatingSystem": "DEBIAN", "ApprovalRules": {"PatchRules": [], "PatchRulez": []}},
            "ApprovalRules.PatchRulez",
            "'PatchRules'",
        ),
        ({"Name": "web", "OperatingSystem": "SUSE", "ApprovalRule": {}}, "ApprovalRule", "'ApprovalRules'"),
        (write_baseline(sources=[{"names": "x"}]), "sources[0].names", "'name'"),
        (write_baseline(tags=[{"Key": "a", "Value": "b", "Values": "c"}]), "tags[0].Values", "'Value'"),
    ],
)
def test_a_misspelled_key_is_found_everywhere(document: object, path: str, hint: str) -> None:
    assert [found for place, found, _allowed in list_errors(document) if place == path] == [
        f"an unknown key (did you mean {hint}?)"
    ]


def test_a_key_that_is_no_text_is_unknown() -> None:
    document: dict[Any, object] = {**write_baseline(), True: "x", 7: "y"}
    assert [error[:2] for error in list_errors(document)] == [
        ("[the boolean true]", "an unknown key"),
        ("[the number 7]", "an unknown key"),
    ]


def test_unknown_keys_can_be_ignored_with_a_warning() -> None:
    parsed = parse_baseline(write_baseline(new_field=1), ignore_unknown_keys=True)
    assert parsed.warnings == ("new_field: ignored, an unknown key",)


def test_two_spellings_of_one_key_are_refused() -> None:
    assert only_error({**write_baseline(), "Name": "other"}) == (
        "Name",
        "another spelling of the same key",
        "only name",
    )


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"operating_system": "DEBIAN"}, "name"),
        ({"OperatingSystem": "DEBIAN"}, "Name"),
        ({"operatingSystem": "DEBIAN"}, "name"),
        (write_baseline(approval_rules=[{"approve_after_days": 1}]), "approval_rules[0].filters"),
        (
            {"Name": "web", "OperatingSystem": "DEBIAN", "ApprovalRules": {"PatchRules": [{"ApproveAfterDays": 1}]}},
            "ApprovalRules.PatchRules[0].PatchFilterGroup",
        ),
        ({"Name": "web", "OperatingSystem": "DEBIAN", "GlobalFilters": {}}, "GlobalFilters.PatchFilters"),
        (write_baseline(global_filters=[{"values": ["*"]}]), "global_filters[0].key"),
        (write_baseline(sources=[{"products": ["*"], "configuration": "deb x y z"}]), "sources[0].name"),
    ],
)
def test_a_missing_value_is_named_as_its_neighbours_are_spelled(document: object, path: str) -> None:
    place, found, _allowed = only_error(document)
    assert (place, found) == (path, "nothing")


@pytest.mark.parametrize("document", [[], "web", None, 1])
def test_a_baseline_is_a_mapping(document: object) -> None:
    path, found, allowed = only_error(document)
    assert path == ""
    assert found == describe(document)
    assert allowed.startswith("a mapping with the keys approval_rules,")


@pytest.mark.parametrize("rules", ["none", {"a"}, 5, b"rules", {"PatchRules": "none"}])
def test_a_list_is_nothing_else(rules: object) -> None:
    path, found, allowed = only_error(write_baseline(approval_rules=rules))
    inner = isinstance(rules, dict)
    assert path == ("approval_rules.PatchRules" if inner else "approval_rules")
    assert (found, allowed) == (describe("none" if inner else rules), "a list of 0 to 10 items")


def test_items_beyond_the_limit_are_counted_and_not_read() -> None:
    document = write_baseline(approved_patches=["bash"] * 50 + [None] * 1000)
    assert only_error(document) == ("approved_patches", "1050 items", "a list of 0 to 50 items")
