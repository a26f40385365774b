# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first writer freezes, everybody else reads."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError, StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.samples import GUID, NOW, make_baseline


def test_first_writer_freezes_the_snapshot_and_make_is_not_called_again(store: Store, store_url: str) -> None:
    first = freeze(store, lambda: make_baseline("first"))
    assert first == make_baseline("first")
    with open_store(store_url) as later:
        assert freeze(later, pytest.fail, guid=GUID.upper()) == first


@pytest.mark.parametrize("other", [{"group": ""}, {"group": "Web"}, {"system": "UBUNTU"}, {"guid": str(uuid.uuid4())}])
def test_snapshot_is_told_apart_by_id_group_and_operating_system(store: Store, other: dict[str, str]) -> None:
    freeze(store, lambda: make_baseline("first"))
    assert freeze(store, lambda: make_baseline("second"), **other).baseline["name"] == "second"


def test_a_snapshot_tells_what_it_holds_for_a_patch_group(store: Store) -> None:
    assert store.list_frozen(GUID, "web") == ()
    for system in ("DEBIAN", "UBUNTU"):
        freeze(store, lambda: make_baseline("first"), system=system)
    freeze(store, lambda: make_baseline("other"), group="db")
    assert store.list_frozen(GUID.upper(), "web") == (make_baseline("first"), make_baseline("first"))


def test_failing_make_freezes_nothing(store: Store) -> None:
    def fail() -> FrozenBaseline:
        raise LookupError("no baseline")

    with pytest.raises(LookupError, match="no baseline"):
        freeze(store, fail)
    assert freeze(store, lambda: make_baseline("second")).baseline["name"] == "second"


def test_snapshot_id_has_to_be_a_guid(store: Store) -> None:
    with pytest.raises(StoreValueError, match="Failed to use snapshot id 'weekly'"):
        freeze(store, pytest.fail, guid="weekly")


def test_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="has no time zone"):
        freeze(store, lambda: FrozenBaseline({}, "group", "", NOW.replace(tzinfo=None), NOW))


def test_why_a_baseline_could_not_be_made_is_kept_apart_from_snapshots(store: Store) -> None:
    other = str(uuid.uuid4())

    def fail() -> FrozenBaseline:
        store.note_refusal(other, "web", "DEBIAN", "throttled")
        store.note_refusal(other, "web", "DEBIAN", "throttled again")
        raise LookupError

    with pytest.raises(LookupError):
        freeze(store, fail)
    assert store.find_refusal(other, "web", "DEBIAN") == "throttled"
    assert store.find_refusal(other, "db", "DEBIAN") is None
    assert store.find_refusal(GUID, "web", "DEBIAN") is None
    assert store.list_frozen(GUID, "web") == ()


def freeze(
    store: Store, make: Callable[[], FrozenBaseline], *, guid: str = GUID, group: str = "web", system: str = "DEBIAN"
) -> FrozenBaseline:
    return store.freeze_snapshot(guid, group, system, make)
