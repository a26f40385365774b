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
from sqlalchemy.engine import URL

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import keeper, schema, turns
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.controllers import live
from tests.unit.plugins.plugin_utils._store.samples import join


class Keepers:
    """The keepers that a test started: each writes its number down when it begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write_down(self) -> None:
        (self._folder / str(os.getpid())).touch()

    def alive(self) -> list[int]:
        return [pid for pid in self.started() if is_process(pid)]

    def started(self) -> list[int]:
        return sorted(int(path.name) for path in self._folder.iterdir())

    def only(self) -> int:
        """The number of the only one that lives."""
        assert wait_until(lambda: self.alive() != [])
        time.sleep(0.3)  # another one would have begun by now
        (pid,) = self.alive()
        return pid


def is_process(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


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
def keepers(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keepers]:
    """Seconds are shorter; keepers are forked from this process, so they see that too. No keeper is left."""
    found = Keepers(tmp_path_factory.mktemp("keepers"))
    keep = keeper._keep

    def begin(url: URL, run_id: str, controller: str) -> None:
        found.write_down()
        keep(url, run_id, controller)

    monkeypatch.setattr(keeper, "_keep", begin)
    monkeypatch.setattr(keeper, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(turns, "RENEWAL_SECONDS", 0.1)
    monkeypatch.setattr(keeper, "is_needed", lambda database: True)
    yield found
    assert wait_until(lambda: found.alive() == [])


def test_a_lease_is_renewed_while_the_controller_lives_and_void_as_soon_as_it_died(
    store_url: str, keepers: Keepers
) -> None:
    with live() as controller, open_store(store_url) as store:
        store.enter_run(join(store), controller.name, "web1", [])
        entered = read_renewal(store)
        assert wait_until(lambda: read_renewal(store) > entered)
        pid = keepers.only()
        assert {str(Path(f"/proc/{pid}/fd/{number}").readlink()) for number in (0, 1, 2)} == {"/dev/null"}
        controller.kill()
        assert wait_until(lambda: read_renewal(store) == 0)


def test_there_is_one_keeper_for_all_hosts_of_a_controller(store_url: str, keepers: Keepers) -> None:
    with live() as controller, open_store(store_url) as store:
        run_id = join(store)
        for host in ("web1", "web2", "web3"):
            store.enter_run(run_id, controller.name, host, ["web1", "web2", "web3"])
        keepers.only()
        assert len(keepers.started()) == 1


def test_a_keeper_goes_when_the_run_ends_and_comes_again_with_the_next_part_of_it(
    store_url: str, keepers: Keepers
) -> None:
    with live() as controller, open_store(store_url) as store:
        run_id = join(store)
        store.enter_run(run_id, controller.name, "web1", [])
        first = keepers.only()
        store.end_run(run_id, "Success", controller=controller.name)
        assert wait_until(lambda: keepers.alive() == [])
        store.enter_run(run_id, controller.name, "web1", [])
        assert keepers.only() != first


def test_a_keeper_that_was_killed_is_replaced_by_the_next_host(
    store_url: str, keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live() as controller, open_store(store_url) as store:
        run_id = join(store)
        store.enter_run(run_id, controller.name, "web1", ["web2"])
        first = keepers.only()
        os.kill(first, 9)
        assert wait_until(lambda: keepers.alive() == [])
        monkeypatch.setattr(turns, "LEASE_SECONDS", 0.2)
        time.sleep(0.2)
        store.enter_run(run_id, controller.name, "web2", ["web2"])
        assert keepers.only() != first


def test_nothing_of_the_caller_stays_open(store_url: str, keepers: Keepers) -> None:
    """A keeper that held the pipe would keep who reads it from seeing its end."""
    with live() as controller, open_store(store_url) as store:
        reader, writer = os.pipe()
        store.enter_run(join(store), controller.name, "web1", [])
        os.close(writer)
        os.set_blocking(reader, False)
        keepers.only()
        assert wait_until(lambda: read_end(reader))
        os.close(reader)


def read_end(reader: int) -> bool:
    try:
        return os.read(reader, 1) == b""
    except BlockingIOError:
        return False
