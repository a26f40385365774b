# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the engine writes comes back from the store as the same values, and the store has a column for each counter."""

from __future__ import annotations

from dataclasses import fields
from functools import partial

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_baselines
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._store.samples import GUID, NOW

FACTS = {
    "schema": 1,
    "os": {"id": "debian", "version": "12", "codename": "bookworm", "name": "Debian GNU/Linux 12 (bookworm)",
           "arch": "amd64", "operating_system": "DEBIAN", "product": "Debian12"},
    "hostname": "web1",
    "collected_at": "2026-11-23T17:59:00Z",
    "booted_at": "2026-11-20T08:00:00Z",
    "package_manager": "apt",
    "installed": [
        {"name": "openssl", "arch": "amd64", "version": "3.0.14-1", "section": "utils", "priority": "required",
         "installed_at": "2026-01-01T00:00:00Z"},
        {"name": "tzdata", "arch": "all", "version": "2025a-1", "section": "localization", "priority": "required",
         "installed_at": "2026-11-21T00:00:00Z"},
    ],
    "candidates": [
        {"name": "openssl", "arch": "amd64", "version": "3.0.15-1", "section": "utils", "priority": "required",
         "repositories": ["r1"]},
    ],
    "held": [],
    "repositories": [
        {"id": "r1", "name": "security", "origin": "Debian", "label": "Debian-Security", "suite": "stable-security",
         "codename": "bookworm-security", "component": "main", "enabled": True, "reachable": False, "signed": True},
    ],
    "notices": {},
    "warnings": [{"code": "repository_unreachable", "message": "no route to host"}],
}  # fmt: skip


def test_assessment_comes_back_equal(store: Store) -> None:
    rule = {"filters": [{"key": "PRODUCT", "values": ["*"]}], "enable_non_security": True}
    baseline = parse_baseline({"name": "all", "operating_system": "DEBIAN", "approval_rules": [rule]}).baseline
    assessment = evaluate(baseline, parse_facts(FACTS), NOW.replace(microsecond=0), patch_group="web", snapshot_id=GUID)
    assert assessment.counts.missing_count == 1
    run_id = store.join_run("key", operation="Scan", attributes={}).run_id
    store.add_assessment(run_id, "web1", assessment.to_dict(), operation="Scan", current=True)
    record = store.last_assessment("web1")
    assert record is not None
    assert Assessment.from_dict(record.assessment()) == assessment
    assert record.counts == assessment.counts.to_dict()
    assert (record.compliance_status, record.patch_group, record.operating_system, record.snapshot_id) == (
        "NON_COMPLIANT",
        "web",
        "DEBIAN",
        GUID,
    )


def test_frozen_baseline_comes_back_equal(store: Store) -> None:
    for baseline in predefined_baselines():
        make = partial(FrozenBaseline, to_snake(baseline), "predefined", "", NOW, NOW)
        frozen = store.freeze_snapshot(GUID, baseline.name, baseline.operating_system.value, make)
        assert parse_baseline(frozen.baseline).baseline == baseline


def test_every_counter_of_the_engine_has_its_column() -> None:
    assert [field.name for field in fields(Counters)] == list(schema.COUNTERS)
