# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import Item, Problems
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.targets import Targets, read_targets


@pytest.mark.parametrize(
    ("value", "targets"),
    [
        (None, Targets()),
        ("all", Targets()),
        ({"groups": ["web", "db"]}, Targets("groups", ("web", "db"))),
        ({"hosts": ["web1"]}, Targets("hosts", ("web1",))),
        ({"hosts": [7]}, Targets("hosts", ("7",))),
        ({"pattern": "web:!db"}, Targets("pattern", ("web:!db",))),
        ({"tags": {"Patch": True}}, Targets("tags", tags=(("Patch", ("true",)),))),
        (
            {"tags": {"A": [1, "b"], "C": "", "D": None}},
            Targets("tags", tags=(("A", ("1", "b")), ("C", ("",)), ("D", ("",)))),
        ),
        ({"groups": ["web"], "hosts": None}, Targets("groups", ("web",))),
    ],
)
def test_targets_are_all_or_one_kind(value: Any, targets: Targets) -> None:
    problems = Problems()
    assert read_targets(Item(value, "targets"), problems) == targets
    assert problems.errors == []


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("everything", "targets", "all, or one of"),
        ([], "targets", "all, or one of"),
        ({}, "targets", "none of them"),
        ({"groups": ["web"], "tags": {"a": "b"}}, "targets", "groups and tags"),
        ({"groups": []}, "targets.groups", "at least one"),
        ({"groups": "web"}, "targets.groups", "a list"),
        ({"groups": [""]}, "targets.groups[0]", "1 to 253"),
        ({"pattern": ["web"]}, "targets.pattern", "a text"),
        ({"tags": {}}, "targets.tags", "at least one"),
        ({"tags": ["a"]}, "targets.tags", "a mapping"),
        ({"tags": {"a": []}}, "targets.tags.a", "at least one"),
        ({"tags": {"a": {"b": "c"}}}, "targets.tags.a", "a value"),
        ({"tags": {"a": "v" * 257}}, "targets.tags.a", "256"),
        ({"tags": {"k" * 129: "v"}}, f"targets.tags.{'k' * 129}", "128"),
    ],
)
def test_anything_else_is_refused(value: Any, path: str, words: str) -> None:
    problems = Problems()
    read_targets(Item(value, "targets"), problems)
    (error,) = problems.errors
    assert error.path == path
    assert words in str(error)


def test_a_misspelled_kind_is_no_wish_for_all_hosts() -> None:
    problems = Problems()
    read_targets(Item({"group": ["web"]}, "targets"), problems)
    assert "did you mean 'groups'" in str(problems.errors[0])


@pytest.mark.parametrize(
    ("tags", "matches"),
    [
        ({"Patch": "true", "Env": "prod"}, True),
        ({"Patch": True, "Env": "test", "Other": "x"}, True),
        ({"Patch": "true"}, False),
        ({"Patch": "false", "Env": "prod"}, False),
        ({"patch": "true", "Env": "prod"}, False),
        ({"Patch": "True", "Env": "prod"}, False),
        ({"Patch": None, "Env": "prod"}, False),
        ({}, False),
    ],
)
def test_every_key_has_to_have_one_of_its_values(tags: dict[object, object], matches: bool) -> None:
    targets = Targets("tags", tags=(("Patch", ("true",)), ("Env", ("prod", "test"))))
    assert targets.match_tags(tags) == matches
