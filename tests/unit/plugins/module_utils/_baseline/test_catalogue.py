# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is one update, what supersedes what, and what is left to be judged."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.catalogue import group_updates
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from tests.unit.plugins.module_utils._baseline.nodes import (
    BEFORE_BOOT,
    NOW,
    Json,
    days_ago,
    kb,
    make_baseline,
    make_facts,
    rule,
)

WINDOWS = "WINDOWS"
EVERYTHING = make_baseline(WINDOWS, rule(0))


def update(name: str, update_id: str, *supersedes: str, **more: Any) -> Json:
    """An update as the search tells of it."""
    return kb(name, update_id=update_id, superseded_update_ids=list(supersedes), title=f"{name} {update_id}", **more)


def list_groups(
    installed: Iterable[Json], candidates: Iterable[Json], held: Iterable[str] = ()
) -> list[tuple[str, list[str], str]]:
    facts = make_facts(WINDOWS, installed, candidates, held=list(held))
    return [
        (
            group.installed.title if group.installed else "",
            [package.title for package in group.candidates],
            group.replaced_by,
        )
        for group in group_updates(facts)
    ]


A, B, C = update("KB1", "a"), update("KB2", "b", "a"), update("KB3", "c", "b")


@pytest.mark.parametrize(
    ("installed", "candidates", "expected"),
    [
        pytest.param([], [A], [("", ["KB1 a"], "")], id="alone"),
        pytest.param([], [A, B], [("", ["KB2 b"], "")], id="superseded by what is offered too"),
        pytest.param([], [A, B, C], [("", ["KB3 c"], "")], id="over two generations"),
        pytest.param([], [C, A, B], [("", ["KB3 c"], "")], id="in any order"),
        pytest.param(
            [B],
            [A, C],
            [("KB2 b", [], ""), ("", ["KB1 a"], "KB2 b"), ("", ["KB3 c"], "")],
            id="superseded by installed",
        ),
        pytest.param([], [A, C], [("", ["KB1 a"], ""), ("", ["KB3 c"], "")], id="the link between is not known"),
        pytest.param(
            [],
            [A, {**B, "applicable": False}],
            [("", ["KB1 a"], ""), ("", ["KB2 b"], "")],
            id="by one that does not apply",
        ),
        pytest.param(
            [],
            [A, {**B, "applicable": False}, C],
            [("", ["KB2 b"], ""), ("", ["KB3 c"], "")][1:],
            id="through such a one",
        ),
        pytest.param([], [A, {**B, "kb_ids": []}], [("", ["KB1 a"], "")], id="by one without a KB id"),
        pytest.param([{**A, "kb_ids": []}], [], [], id="a driver that is installed is not part of it"),
        pytest.param([A], [B], [("KB1 a", [], ""), ("", ["KB2 b"], "")], id="what is installed stays"),
        pytest.param(
            [],
            [A, {**B, "reboot_required": True}],
            [("KB2 b", [], ""), ("", ["KB1 a"], "KB2 b")],
            id="superseded by what waits for the reboot",
        ),
        pytest.param(
            [update("KB1", "a")],
            [update("KB1", "b", "c"), update("KB2", "c", "a")],
            [("KB1 a", [], ""), ("", ["KB1 b"], "")],
            id="a KB that comes again by way of another one",
        ),
        pytest.param(
            [update("KB1", "a")],
            [update("KB1", "b", "a"), update("KB2", "c", "b")],
            [("KB1 a", [], ""), ("", ["KB2 c"], "")],
            id="a newer version of what is installed",
        ),
        pytest.param([], [update("KB1", "a", "a")], [("", ["KB1 a"], "")], id="of itself"),
        pytest.param([], [update("KB1", "a", "a", "b"), update("KB2", "b")], [("", ["KB1 a"], "")], id="of itself too"),
        pytest.param(
            [],
            [update("KB1", "a", "b"), update("KB2", "b", "a")],
            [("", ["KB1 a"], ""), ("", ["KB2 b"], "")],
            id="of each other: nothing is lost",
        ),
        pytest.param(
            [], [update("KB1", "a", ""), kb("KB2")], [("", ["KB1 a"], ""), ("", ["Update (KB2)"], "")], id="no id"
        ),
    ],
)
def test_what_supersedes_what(
    installed: list[Json], candidates: list[Json], expected: list[tuple[str, list[str], str]]
) -> None:
    assert list_groups(installed, candidates) == expected


def test_what_an_administrator_has_hidden_takes_nothings_place() -> None:
    assert list_groups([], [A, B], held=["KB2"]) == [("", ["KB1 a"], ""), ("", ["KB2 b"], "")]


@pytest.mark.parametrize(
    ("installed", "candidates", "expected"),
    [
        pytest.param(
            [],
            [update("KB1", "de"), update("KB1", "ja")],
            [("", ["KB1 de"], ""), ("", ["KB1 ja"], "")],
            id="two language packs are two updates",
        ),
        pytest.param(
            [update("KB1", "de")],
            [update("KB1", "ja")],
            [("KB1 de", [], ""), ("", ["KB1 ja"], "")],
            id="one of them is there",
        ),
        pytest.param(
            [],
            [update("KB1", "b", "a", released_at=days_ago(5)), update("KB1", "a", released_at=days_ago(1))],
            [("", ["KB1 a", "KB1 b"], "")],
            id="what is superseded is older, whatever its date",
        ),
        pytest.param(
            [],
            [update("KB1", "a", version="201"), update("KB1", "a", version="99")],
            [("", ["KB1 a", "KB1 a"], "")],
            id="two revisions of one update",
        ),
        pytest.param(
            [update("KB1", "a")], [update("KB1", "b", "a")], [("KB1 a", ["KB1 b"], "")], id="a newer version of it"
        ),
        pytest.param(
            [update("KB1", "b", "a")],
            [update("KB1", "a")],
            [("KB1 b", ["KB1 a"], "KB1 b")],
            id="an older version of it",
        ),
        pytest.param(
            [kb("KB1", title="from history")],
            [update("KB1", "de"), update("KB1", "ja")],
            [("from history", ["KB1 de"], ""), ("", ["KB1 ja"], "")],
            id="history knows no ids",
        ),
        pytest.param(
            [],
            [update("KB1", "a"), update("KB1", "b"), update("KB1", "c", "a", "b")],
            [("", ["KB1 a", "KB1 b", "KB1 c"], "")],
            id="one that takes the place of two",
        ),
        pytest.param(
            [],
            [
                *(update("KB1", name) for name in "abc"),
                *(
                    update("KB1", "d", "b", "c"),
                    update("KB1", "e", "a", "b"),
                    update("KB1", "f", "c"),
                    update("KB1", "g", "b"),
                ),
            ],
            [("", [f"KB1 {name}" for name in "abcdefg"], "")],
            id="lines that turn out to be one, step by step",
        ),
        pytest.param(
            [update("KB1", "a"), update("KB1", "b"), kb("KB1", title="from history")],
            [],
            [("from history", [], ""), ("KB1 b", [], "")],
            id="only one line hears of what has no id",
        ),
        *(
            pytest.param(
                [update("KB1", "a", installed_at=days_ago(a)), update("KB1", "b", installed_at=days_ago(b))],
                [update("KB1", "c", "a", "b")],
                [(last, ["KB1 c"], "")],
                id=f"of two lines that turn out to be one what came last is installed, {last}",
            )
            for a, b, last in ((8, 9, "KB1 a"), (9, 8, "KB1 b"))
        ),
    ],
)
def test_lines_of_a_kb(
    installed: list[Json], candidates: list[Json], expected: list[tuple[str, list[str], str]]
) -> None:
    assert list_groups(installed, candidates) == expected


@pytest.mark.parametrize("versions", [*itertools.permutations(("9", "10", "x"))], ids="-".join)
def test_revisions_are_numbers(versions: tuple[str, ...]) -> None:
    facts = make_facts(WINDOWS, [], [update("KB1", "a", version=version) for version in versions])
    (group,) = group_updates(facts)
    assert [package.version for package in group.candidates] == ["x", "9", "10"]


def judge(installed: Iterable[Json], candidates: Iterable[Json], **facts: object) -> dict[str, str]:
    """State and reason by title."""
    assessment = evaluate(EVERYTHING, make_facts(WINDOWS, installed, candidates, **facts), NOW)
    return {patch.title: f"{patch.state.value}: {patch.reason}" for patch in assessment.patches}


def test_superseded_by_what_is_installed_does_not_apply() -> None:
    assert judge([B], [A]) == {
        "KB2 b": "INSTALLED: approval_rules[0]: PATCH_SET OS, approved since 1970-01-01T00:00:00Z",
        "KB1 a": "NOT_APPLICABLE: superseded by KB2 b; approval_rules[0]: PATCH_SET OS, approved since"
        " 1970-01-01T00:00:00Z",
    }


def test_what_is_superseded_is_no_available_security_update_either() -> None:
    later = make_baseline(WINDOWS, rule(7))
    young = {"released_at": days_ago(1)}
    for installed, candidates, expected in (
        ([], [A | young, B | young], {"KB2 b": "AVAILABLE_SECURITY_UPDATE"}),
        ([B], [A | young], {"KB2 b": "INSTALLED"}),
    ):
        patches = evaluate(later, make_facts(WINDOWS, installed, candidates), NOW).patches
        assert {patch.title: patch.state.value for patch in patches} == expected


def test_an_update_that_is_installed_and_on_offer_waits_for_the_reboot() -> None:
    states = judge([], [A | {"reboot_required": True}, update("KB9", "z", installed_at=BEFORE_BOOT)])
    assert states["KB1 a"].startswith("INSTALLED_PENDING_REBOOT: installed since the last boot; approval_rules[0]")
    assert states["KB9 z"].startswith("MISSING")


MANY = 10_000
IDS = [f"u{number}" for number in range(MANY)]


@pytest.mark.parametrize(
    ("updates", "lines"),
    [
        ([(name, ()) for name in IDS], MANY),
        ([(name, ("u0",)) for name in IDS], 1),
        ([(name, ("u0",)) for name in IDS[1:]] + [("u0", ())] * MANY, 1),
        ([(one, (other,)) for one, other in itertools.pairwise(IDS)], 1),
        ([(one, (other,)) for other, one in itertools.pairwise(IDS)], 1),
    ],
    ids=["apart", "of one", "to one", "down", "up"],
)
def test_many_updates_of_one_kb_cost_no_more_for_each(updates: list[tuple[str, tuple[str, ...]]], lines: int) -> None:
    packages = tuple(
        Package("KB1", kb_ids=("KB1",), update_id=name, superseded_update_ids=old) for name, old in updates
    )
    began = time.process_time()
    groups = group_updates(NodeFacts(candidates=packages))
    assert time.process_time() - began < 3  # with a look at all the others for each it took far longer
    assert len(groups) == lines
