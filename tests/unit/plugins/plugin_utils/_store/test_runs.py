# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run for all forks of one ansible-playbook."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.processes import fork, run_all
from tests.unit.plugins.plugin_utils._store.samples import GUID


def test_second_caller_of_a_run_key_gets_the_first_ones_run(store: Store, store_url: str) -> None:
    first = store.join_run("host:1:2", operation="Scan", attributes={"forks": 5})
    with open_store(store_url) as other:
        assert other.join_run("host:1:2", operation="Install", attributes={}) == first
        assert other.join_run("host:1:3", operation="Install", attributes={}).run_id != first.run_id
    assert (first.operation, first.attributes) == ("Scan", {"forks": 5})
    assert first.started_at.tzinfo is not None
    assert str(uuid.UUID(first.run_id)) == first.run_id


def test_a_run_is_found_once_it_has_begun(store: Store) -> None:
    assert store.find_run("host:1:2") is None
    assert store.find_run(store.join_run("host:1:2", operation="Scan", attributes={}).run_id) is None
    assert store.find_run("host:1:2") == store.join_run("host:1:2", operation="Scan", attributes={})


def test_explicit_run_id_joins_whatever_the_key(store: Store) -> None:
    first = store.join_run("slice-1", operation="Scan", attributes={}, run_id=GUID)
    assert first.run_id == GUID.lower()
    assert store.join_run("slice-2", operation="Scan", attributes={}, run_id=GUID.lower()) == first
    with pytest.raises(StoreValueError, match="run id 'weekly': it is not a GUID"):
        store.join_run("slice-3", operation="Scan", attributes={}, run_id="weekly")


def join_and_tell(url: str, number: int, barrier: Any, folder: Path) -> None:
    with open_store(url) as store:
        barrier.wait()
        run = store.join_run("the run", operation=f"by {number}", attributes={})
        (folder / str(number)).write_text(f"{run.run_id} {run.operation}")


def test_forks_that_start_together_share_one_run(store: Store, store_url: str, tmp_path: Path) -> None:
    count = 20
    barrier, folder = fork.Barrier(count), tmp_path / "told"
    folder.mkdir()
    assert run_all(join_and_tell, [(store_url, number, barrier, folder) for number in range(count)]) == [0] * count
    told = [path.read_text() for path in folder.iterdir()]
    assert len(told) == count
    assert len(set(told)) == 1
