# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs that wait for their place."""

from __future__ import annotations

from datetime import timedelta

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.samples import NOW, join

REQUEST = {"bucket": "logs"}
TEXTS = {"stdout": "x\ud800\x00", "stderr": ""}


def test_a_log_waits_until_it_is_delivered_and_its_texts_are_forgotten_then(store: Store) -> None:
    run_id = join(store)
    number = store.add_log(run_id, "web1", REQUEST, TEXTS)
    (log,) = store.waiting_logs(["web1", "web2"])
    assert (log.id, log.run_id, log.host, log.request) == (number, run_id, "web1", REQUEST)
    assert store.read_logs([number]) == {number: TEXTS}
    store.end_log(number, "no permission")
    assert [log.id for log in store.waiting_logs(["web1"])] == [number]
    store.end_log(number)
    assert store.waiting_logs(["web1"]) == []
    assert store.read_logs([number]) == {}


def test_the_oldest_comes_first_and_other_hosts_logs_are_theirs(store: Store) -> None:
    run_id = join(store)
    numbers = [store.add_log(run_id, host, REQUEST, TEXTS) for host in ("web1", "db1", "web1")]
    assert [log.id for log in store.waiting_logs(["web1"])] == [numbers[0], numbers[2]]


def test_what_has_waited_for_a_month_is_given_up(store_url: str) -> None:
    with open_store(store_url, clock=lambda: NOW) as store:
        store.add_log(join(store), "web1", REQUEST, TEXTS)
    for days, left in ((29, 1), (31, 0)):
        with open_store(store_url, clock=lambda days=days: NOW + timedelta(days=days)) as store:  # type: ignore[misc]
            assert len(store.waiting_logs(["web1"])) == left
