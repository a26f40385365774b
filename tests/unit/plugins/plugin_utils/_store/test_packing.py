# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Round trips between values and columns."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import (
    make_storable,
    pack_document,
    parse_time,
    render_time,
    unpack_document,
)

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_document_comes_back_as_it_was(document: object) -> None:
    assert unpack_document(pack_document(document)) == document


def test_equal_documents_are_packed_equally() -> None:
    assert pack_document({"a": 1, "b": 2}) == pack_document({"b": 2, "a": 1})


def test_long_document_is_compressed_not_cut() -> None:
    document = {"installed": [{"name": f"package-{number}", "version": "1.0"} for number in range(5000)]}
    assert len(pack_document(document)) < len(json.dumps(document)) / 5
    assert unpack_document(pack_document(document)) == document


@given(st.datetimes(timezones=st.just(timezone.utc)), st.datetimes(timezones=st.just(timezone.utc)))
def test_times_come_back_and_sort_as_text(first: datetime, second: datetime) -> None:
    if min(first, second).year < 1000:
        return
    assert parse_time(render_time(first)) == first
    assert (render_time(first) < render_time(second)) == (first < second)


def test_time_of_another_zone_is_kept_as_utc() -> None:
    moment = datetime(2026, 11, 23, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert render_time(moment) == "2026-11-22T20:00:00.000000Z"


@pytest.mark.parametrize(
    ("text", "storable"),
    [
        ("web1", "web1"),
        ("ノード😀", "ノード😀"),
        ("a\x00b", "a\\x00b"),
        ("a\udcffb", "a\\udcffb"),
        ("\x1b[1m", "\x1b[1m"),
    ],
)
def test_only_what_databases_refuse_is_escaped(text: str, storable: str) -> None:
    assert make_storable(text) == storable
