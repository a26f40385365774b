# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many real processes on one store at once, as the forks of Ansible are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from tests.unit.plugins.plugin_utils._store.processes import fork, run_all
from tests.unit.plugins.plugin_utils._store.samples import GUID, NOW, make_assessment

PROCESSES = 30
HOSTS_EACH = 5


def scan_hosts(url: str, number: int, barrier: Any, made: Path) -> None:
    def make() -> FrozenBaseline:
        with made.open("a") as stream:
            stream.write(f"{number}\n")
        time.sleep(0.3)
        return FrozenBaseline({"name": f"made by {number}"}, "group", "", NOW, NOW)

    barrier.wait()
    for index in range(HOSTS_EACH):
        host = f"host-{number}-{index}"
        with open_store(url) as store:
            run = store.join_run("the run", operation="Scan", attributes={})
            frozen = store.freeze_snapshot(GUID, "web", "DEBIAN", make)
            facts_id = store.add_facts(run.run_id, host, {"os": {}, "host": host})
            assessment = make_assessment(baseline_name=frozen.baseline["name"], snapshot_id=GUID)
            store.add_assessment(run.run_id, host, assessment, operation="Scan", current=True, facts_id=facts_id)


def test_nothing_is_lost_and_the_snapshot_is_made_once(store_url: str, tmp_path: Path) -> None:
    made, barrier = tmp_path / "made", fork.Barrier(PROCESSES)
    codes = run_all(scan_hosts, [(store_url, number, barrier, made) for number in range(PROCESSES)])
    assert codes == [0] * PROCESSES
    assert len(made.read_text().splitlines()) == 1
    with open_store(store_url) as store:
        run = store.join_run("the run", operation="", attributes={})
        entries = store.current_assessments()
        assert set(entries) == {f"host-{n}-{i}" for n in range(PROCESSES) for i in range(HOSTS_EACH)}
        records = [entry.assessment for entry in entries.values() if entry.assessment is not None]
        assert {record.run_id for record in records} == {run.run_id}
        assert {record.baseline_name for record in records} == {f"made by {made.read_text().strip()}"}
        assert all(store.read_facts(record.facts_id or 0)["host"] == record.host for record in records)
