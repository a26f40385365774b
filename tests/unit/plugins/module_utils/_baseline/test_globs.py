# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Only the star is special, and no pattern is slow."""

from __future__ import annotations

import fnmatch
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.globs import compile_glob


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("dbus", "dbus", True),
        ("dbus", "dbus-x11", False),
        ("dbus*", "dbus", True),
        ("*dbus", "libdbus", True),
        ("a*b*c", "a--b--c", True),
        ("a*b*c", "a--c--b", False),
        ("a**c", "abc", True),
        ("g++", "g++", True),
        ("a.c", "abc", False),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        ("*", "", True),
        ("a*", "a\nb", True),
        ("KB1*", "kb12", False),
    ],
)
def test_match(glob: str, text: str, matches: bool) -> None:
    assert bool(compile_glob(glob).fullmatch(text)) is matches


def test_case_can_be_ignored() -> None:
    assert compile_glob("KB1*", ignore_case=True).fullmatch("kb12")


@settings(max_examples=100, deadline=None)
@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_same_as_the_standard_library(glob: str, text: str) -> None:
    assert bool(compile_glob(glob).fullmatch(text)) is fnmatch.fnmatchcase(text, glob)


def test_a_hostile_name_costs_nothing() -> None:
    begin = time.process_time()
    assert not compile_glob("*a" * 30 + "*b").fullmatch("a" * 1_000)
    assert time.process_time() - begin < 0.5
