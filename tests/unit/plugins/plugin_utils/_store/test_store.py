# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text from anywhere is only ever data."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._store.samples import GUID, make_assessment, make_baseline

HOSTILE_NAMES = [
    "'; DROP TABLE patch_runs; --",
    '"quoted" %s %(x)s :name ? {0} {{ 7 * 7 }}',
    "\x1b[31mred\x1b[0m\r\n",
    "nul\x00nul",
    "bad-byte-\udcff",
    "ノード-😀-\u202egnp.exe",
    "",
    "x" * 5000,
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_text_is_only_ever_data(store: Store, name: str) -> None:
    run_id = store.join_run(name, operation=name, attributes={name: name}).run_id
    store.add_facts(run_id, name, {"hostname": name, "os": {"name": name}})
    store.add_assessment(
        run_id, name, make_assessment(patch_group=name, status_reason=name), operation="Scan", current=True
    )
    store.add_incident(run_id, name, "ERROR", name)
    frozen = make_baseline(name)
    entries = store.current_assessments([name])
    assert len(entries) == 1
    assert store.join_run(name, operation="", attributes={}).run_id == run_id
    assert store.freeze_snapshot(GUID, name, name, lambda: frozen) == frozen
    readable = name.isprintable()
    assert (next(iter(entries)) == name) or not readable
