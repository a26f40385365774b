# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read back of a host, and how much of it."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._store.samples import join, make_assessment


def test_assessment_and_facts_come_back_as_they_were_added(store: Store) -> None:
    run_id = join(store)
    facts = {
        "schema": 1,
        "hostname": "web1.example.com",
        "os": {"operating_system": "DEBIAN", "name": "Debian GNU/Linux 12 (bookworm)", "version": "12"},
        "reboot_required": {"required": True, "reasons": ["linux-image-amd64"]},
        "installed": [{"name": "tzdata", "title": "ünïcode \x00 \udcff"}],
    }
    facts_id = store.add_facts(run_id, "web1", facts)
    assessment = make_assessment()
    store.add_assessment(
        run_id, "web1", assessment, operation="Scan", current=True, facts_id=facts_id, address="192.0.2.1"
    )
    record = store.last_assessment("web1")
    assert record is not None
    assert record.assessment() == assessment
    assert store.read_facts(facts_id) == facts
    assert (record.compliance_status, record.counts["missing_count"], record.counts["failed_count"]) == (
        "NON_COMPLIANT",
        1,
        0,
    )
    assert (record.platform_name, record.platform_version, record.hostname, record.address) == (
        "Debian GNU/Linux 12 (bookworm)",
        "12",
        "web1.example.com",
        "192.0.2.1",
    )
    assert (record.patch_group, record.baseline_name, record.run_id, record.facts_id) == (
        "web",
        "debian-web",
        run_id,
        facts_id,
    )
    assert record.reboot_required is True


def test_patches_are_read_only_when_asked_for(store: Store) -> None:
    store.add_assessment(join(store), "web1", make_assessment(), operation="Scan", current=True)
    lean = store.current_assessments()["web1"].assessment
    full = store.current_assessments(patches=True)["web1"].assessment
    assert lean is not None
    assert full is not None
    with pytest.raises(LookupError, match="were not read"):
        lean.patches()
    assert full.patches() == make_assessment()["patches"]
    assert lean.summary() == {key: value for key, value in make_assessment().items() if key != "patches"}
