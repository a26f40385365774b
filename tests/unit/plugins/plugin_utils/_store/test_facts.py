# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nodes said comes back word by word."""

from __future__ import annotations

import uuid

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import (
    StoreUnavailableError,
    StoreValueError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._store.samples import join, make_assessment


def test_unknown_reboot_need_stays_unknown(store: Store) -> None:
    run_id = join(store)
    facts_id = store.add_facts(run_id, "web1", {"schema": 1, "os": {}})
    store.add_assessment(run_id, "web1", make_assessment(), operation="Scan", current=True, facts_id=facts_id)
    record = store.last_assessment("web1")
    assert record is not None
    assert record.reboot_required is None


def test_record_of_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(StoreUnavailableError, match=r"(?i)foreign key"):
        store.add_facts(str(uuid.uuid4()), "web1", {"os": {}})
    with pytest.raises(StoreValueError, match="has none of this number"):
        store.read_facts(1)


def test_the_newest_facts_of_a_host_are_found(store: Store) -> None:
    run_id = join(store)
    assert store.last_facts("web1") is None
    for host, boot in (("web1", "a"), ("web1", "b"), ("web2", "c")):
        store.add_facts(run_id, host, {"boot_id": boot})
    assert store.last_facts("web1") == {"boot_id": "b"}
