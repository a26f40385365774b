# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keeper renews the lease of its controller, and goes with it or with its part of the run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import keeper, schema, turns
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.controllers import live
from tests.unit.plugins.plugin_utils._store.samples import join


def find_keepers() -> set[int]:
    """Processes forked from this one that are nobody's children here: they lead sessions of their own."""
    own = Path("/proc/self/cmdline").read_bytes()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            is_fork = (folder / "cmdline").read_bytes() == own and int(folder.name) != os.getpid()
        except OSError:
            continue
        if is_fork and fields[0] != "Z" and int(fields[1]) != os.getpid():
            found.add(int(folder.name))
    return found


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def read_renewal(store: Store) -> float:
    with store._database.read("test") as connection:
        return float(connection.execute(schema.controllers.select()).one().renewed_at)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seconds are shorter; keepers are forked from this process, so they see that too. No keeper is left."""
    monkeypatch.setattr(keeper, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(turns, "RENEWAL_SECONDS", 0.1)
    monkeypatch.setattr(keeper, "is_needed", lambda database: True)
    before = find_keepers()
    yield
    assert wait_until(lambda: find_keepers() <= before)


def test_a_lease_is_renewed_while_the_controller_lives_and_void_as_soon_as_it_died(store_url: str) -> None:
    with live() as controller, open_store(store_url) as store:
        before = find_keepers()
        store.enter_run(join(store), controller.name, "web1", [])
        entered = read_renewal(store)
        assert wait_until(lambda: read_renewal(store) > entered)
        (pid,) = find_keepers() - before
        assert {str(Path(f"/proc/{pid}/fd/{number}").readlink()) for number in (0, 1, 2)} == {"/dev/null"}
        controller.kill()
        assert wait_until(lambda: read_renewal(store) == 0)


def test_there_is_one_keeper_for_all_hosts_of_a_controller(store_url: str) -> None:
    with live() as controller, open_store(store_url) as store:
        before = find_keepers()
        run_id = join(store)
        for host in ("web1", "web2", "web3"):
            store.enter_run(run_id, controller.name, host, ["web1", "web2", "web3"])
        assert len(find_keepers() - before) == 1


def test_a_keeper_goes_when_the_run_ends_and_comes_again_with_the_next_part_of_it(store_url: str) -> None:
    with live() as controller, open_store(store_url) as store:
        before = find_keepers()
        run_id = join(store)
        store.enter_run(run_id, controller.name, "web1", [])
        store.end_run(run_id, "Success", controller=controller.name)
        assert wait_until(lambda: find_keepers() <= before)
        store.enter_run(run_id, controller.name, "web1", [])
        assert len(find_keepers() - before) == 1


def test_a_keeper_that_was_killed_is_replaced_by_the_next_host(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with live() as controller, open_store(store_url) as store:
        before = find_keepers()
        run_id = join(store)
        store.enter_run(run_id, controller.name, "web1", ["web2"])
        (pid,) = find_keepers() - before
        os.kill(pid, 9)
        assert wait_until(lambda: find_keepers() <= before)
        monkeypatch.setattr(turns, "LEASE_SECONDS", 0.2)
        time.sleep(0.2)
        store.enter_run(run_id, controller.name, "web2", ["web2"])
        assert len(find_keepers() - before) == 1


def test_nothing_of_the_caller_stays_open(store_url: str) -> None:
    """A keeper that held the pipe would keep who reads it from seeing its end."""
    with live() as controller, open_store(store_url) as store:
        reader, writer = os.pipe()
        store.enter_run(join(store), controller.name, "web1", [])
        os.close(writer)
        os.set_blocking(reader, False)
        assert wait_until(lambda: find_keepers() != set())
        assert wait_until(lambda: read_end(reader))
        os.close(reader)


def read_end(reader: int) -> bool:
    try:
        return os.read(reader, 1) == b""
    except BlockingIOError:
        return False
