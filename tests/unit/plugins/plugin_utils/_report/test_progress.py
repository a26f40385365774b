# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import progress
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible, measure_width
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.progress import Counts, Working

COUNTS = Counts(total=60, done=12, running=5, waiting=41, failed=2)
WEB1 = Working("web1", "3 of 7: unpacking libc6", 0.0)
HOSTILE = "\x1b[2J\r\nweb2 \u202edone\x9b"


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (
            120,
            "12 of 60 done · 5 running · 41 waiting · 2 failed · about 3 min left   web1: 3 of 7: unpacking libc6",
        ),
        (90, "12 of 60 done · 5 running · 41 waiting · 2 failed · about 3 min left   web1: 3 of 7: unpa…"),
        (80, "12 of 60 done · 5 running · 41 waiting · 2 failed · about 3 min left"),
        (60, "12 of 60 done · 5 running · 41 waiting · 2 failed"),
        (40, "12 of 60 done   web1: 3 of 7: unpacking…"),
        (20, "12 of 60 done"),
        (10, "12 of …one"),
        (1, "1"),
    ],
)
def test_what_matters_least_goes_first_when_the_room_is_small(width: int, line: str) -> None:
    assert progress.render_line(COUNTS, "about 3 min left", WEB1, width=width) == line


counts = st.builds(Counts, *[st.integers(min_value=0, max_value=10**6)] * 9)
texts = st.text(st.characters(exclude_categories=()), max_size=80)


@given(
    counts,
    texts,
    st.builds(Working, texts, texts, st.just(0.0)),
    st.integers(1, 200),
    st.sampled_from(["utf-8", "ascii"]),
)
def test_the_line_is_one_line_of_the_width_whatever_a_host_says(
    found: Counts, left: str, working: Working, width: int, encoding: str
) -> None:
    line = progress.render_line(found, make_visible(left, encoding), working, width=width, encoding=encoding)
    assert make_visible(line, encoding) == line
    assert measure_width(line) <= width


def test_a_terminal_without_unicode_has_other_marks() -> None:
    line = progress.render_line(COUNTS, "", WEB1, width=79, encoding="ascii")
    assert line == "12 of 60 done | 5 running | 41 waiting | 2 failed   web1: 3 of 7: unpacking..."


def test_a_sentence_says_the_same_in_plain_letters() -> None:
    assert progress.render_sentence(COUNTS, "about 3 min left", WEB1) == (
        "12 of 60 done, 5 running, 41 waiting, 2 failed, about 3 min left; web1: 3 of 7: unpacking libc6"
    )


def test_each_way_to_end_is_counted_apart() -> None:
    found = Counts(10, failed=1, unreachable=2, terminated=3, outside_window=4, interrupted=5)
    assert progress.list_counts(found) == [
        "0 of 10 done",
        "1 failed",
        "2 unreachable",
        "3 terminated",
        "4 outside the window",
        "5 interrupted",
    ]


@pytest.mark.parametrize(
    ("durations", "running", "waiting", "seconds"),
    [
        ([], 2, 10, None),
        ([10, 10], 2, 10, None),  # two short ones say nothing
        ([40], 2, 10, 240),
        ([10, 10, 10], 2, 0, 10),
        ([10, 20, 30], 2, 10, 120),  # ten after two that have begun now, two at a time
        ([10, 20, 30], 0, 3, 60),  # none has begun, so one at a time at the least
        ([10, 20, 30], 0, 0, None),
    ],
)
def test_the_rest_takes_as_long_as_what_is_done(
    durations: list[float], running: int, waiting: int, seconds: float | None
) -> None:
    found = Counts(total=100, running=running, waiting=waiting)
    working = [Working(f"web{number}", "", 1000.0) for number in range(running)]
    assert progress.estimate_left(durations, found, working, 1000.0) == seconds


def test_what_a_host_has_behind_it_is_not_left() -> None:
    working = [Working("early", "", 0.0), Working("late", "", 80.0)]
    found = Counts(total=5, running=2, done=3)
    assert progress.estimate_left([100.0] * 3, found, working, 90.0) == 90.0
    assert progress.estimate_left([100.0] * 3, found, working, 500.0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "under 1 min left"),
        (59, "under 1 min left"),
        (100, "about 2 min left"),
        (5000, "about 83 min left"),
        (9000, "about 2 h left"),
    ],
)
def test_an_estimate_is_rounded_to_what_it_is_worth(seconds: float | None, words: str) -> None:
    assert progress.describe_left(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7260, "2 h 1 min")]
)
def test_a_duration_is_written_for_people(seconds: float, words: str) -> None:
    assert progress.describe_duration(seconds) == words


def test_several_hosts_take_turns_and_who_works_longest_is_first() -> None:
    working = [Working("b", "", 2.0), Working("c", "", 1.0), Working("a", "", 2.0)]
    shown = [progress.choose_working(working, now) for now in (0.0, 1.9, 2.0, 4.0, 6.0)]
    assert [host.host for host in shown if host] == ["c", "c", "a", "b", "c"]
    assert progress.choose_working([], 0.0) is None


@pytest.mark.parametrize(
    ("result", "line"),
    [
        ({}, "web1 done"),
        ({"compliance_status": "COMPLIANT", "counts": {"missing_count": 0}}, "web1 done: COMPLIANT"),
        (
            {
                "compliance_status": "NON_COMPLIANT",
                "counts": {"failed_count": 2, "missing_count": 1, "installed_pending_reboot_count": 3},
                "transaction": [{"status": "installed"}, {"status": "failed"}, "nonsense"],
            },
            "web1 done: NON_COMPLIANT, 1 installed, 1 missing, 2 failed, 3 pending reboot",
        ),
        ({"compliance_status": HOSTILE}, r"web1 done: \x1b[2J\r\nweb2 \u202edone\x9b"),
    ],
)
def test_a_host_ends_with_what_became_of_it(result: dict[str, Any], line: str) -> None:
    assert progress.describe_result("web1", result) == line


@pytest.mark.parametrize(
    ("result", "line"),
    [
        ({"msg": "no route"}, "web1 failed: no route"),
        ({"msg": "Task failed: Action failed: no route"}, "web1 failed: no route"),
        ({"msg": HOSTILE}, r"web1 failed: \x1b[2J web2 \u202edone\x9b"),
        ({}, "web1 failed"),
    ],
)
def test_a_failure_is_one_line_whatever_the_node_says(result: dict[str, Any], line: str) -> None:
    assert progress.describe_failure("web1", "failed", result) == line


def test_what_happened_is_said_once() -> None:
    result = {"msg": "not started: no node is started after 02:00 UTC"}
    line = "web1 not started: no node is started after 02:00 UTC"
    assert progress.describe_failure("web1", "not started", result) == line


def test_the_end_adds_the_hosts_up() -> None:
    assert progress.render_end(57, 2, 1, 200.4) == "57 ok, 2 failed, 1 unreachable in 3 min 20 s"
