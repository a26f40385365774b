# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lock that dies with its holder and is waited for with a limit."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import guard
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreUnavailableError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.unit.plugins.plugin_utils._store.processes import run_until_marked
from tests.unit.plugins.plugin_utils._store.samples import GUID, make_baseline


def hold_forever(url: str, marker: Path) -> None:
    def make() -> FrozenBaseline:
        marker.touch()
        time.sleep(60)
        raise AssertionError("was not killed")

    with open_store(url) as store:
        store.freeze_snapshot(GUID, "web", "DEBIAN", make)


def test_killed_holder_leaves_no_lock(store_url: str, tmp_path: Path) -> None:
    with run_until_marked(hold_forever, store_url, tmp_path / "marker"):
        pass
    with open_store(store_url) as store:
        frozen = store.freeze_snapshot(GUID, "web", "DEBIAN", lambda: make_baseline("second"))
    assert frozen == make_baseline("second")


def test_hanging_holder_is_waited_for_with_a_limit(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with run_until_marked(hold_forever, store_url, tmp_path / "marker"), open_store(store_url) as store:
        monkeypatch.setattr(guard, "PATIENCE", 0.2)
        with pytest.raises(
            StoreUnavailableError,
            match=r"Failed to lock snapshot .* of DEBIAN in patch group 'web': another process has held it",
        ):
            store.freeze_snapshot(GUID, "web", "DEBIAN", pytest.fail)


def test_other_subjects_do_not_wait(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_until_marked(hold_forever, store_url, tmp_path / "marker"), open_store(store_url) as store:
        monkeypatch.setattr(guard, "PATIENCE", 0.2)
        frozen = store.freeze_snapshot(GUID, "db", "DEBIAN", lambda: make_baseline("db"))
        assert frozen == make_baseline("db")
