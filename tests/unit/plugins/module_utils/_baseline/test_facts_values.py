# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the place of a misfit is put together and which values are refused; types and sizes: ``test_facts``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import (
    FactsError,
    parse_facts,
    parse_results,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts_values import (
    Misfit,
    describe,
    read_list,
    read_record,
    read_word,
)

KEYS = st.sampled_from(
    "schema os hostname booted_at installed candidates repositories notices warnings last_operation held "
    "name arch version id enabled title type issued code results status required reboot_required".split()
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_no_document_breaks_the_reader(data: object) -> None:
    for parse in (parse_facts, parse_results):
        try:
            parse(data)
        except FactsError as error:
            assert error.path


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS, JSON))
def test_no_facts_break_the_reader(data: dict[str, object]) -> None:
    try:
        parse_facts({**data, "schema": 1})
    except FactsError as error:
        assert error.path


def test_the_place_grows_from_the_inside_to_the_outside() -> None:
    read: Callable[[object], dict[str, object]] = read_record(dict, {"names": read_list(read_list(read_word, 2), 2)})
    assert read({"names": [["a"], []]}) == {"names": (("a",), ())}
    with pytest.raises(Misfit) as caught:
        read({"names": [["a"], ["b", 1]]})
    assert caught.value.place == ["[1]", "[1]", ".names"]


def test_values_are_described_in_the_words_of_json() -> None:
    values: tuple[object, ...] = (None, True, "a", 1, 1.5, {}, [], (), b"")
    found = [describe(value) for value in values]
    assert found == ["null", "a switch", "text", "a number", "a number", "an object", "a list", "a list", "bytes"]
