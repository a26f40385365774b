# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import json_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.json_report import write_json_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import build_current_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._report.estate import EXPECTED, NOW


def test_report_of_the_estate(estate: Store, tmp_path: Path, check_golden: Callable[[str, str], None]) -> None:
    path = tmp_path / "report.json"
    report = build_current_report(estate, now=NOW, expected=EXPECTED, patches=True)
    assert write_json_report(report, path) == (path,)
    check_golden("report.json", path.read_text(encoding="utf-8"))


def test_file_is_json_with_every_patch_and_its_reason(estate: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json_report(build_current_report(estate, now=NOW, patches=True), path)
    document = json.loads(path.read_bytes())
    hosts = [node["host"] for node in document["nodes"]]
    assert hosts == sorted(hosts)
    web1 = next(node for node in document["nodes"] if node["host"] == "web1.example.com")
    assert [(patch["id"], patch["state"]) for patch in web1["patches"]] == [
        ("bash.amd64", "MISSING"),
        ("openssl.amd64", "MISSING"),
        ("tzdata.amd64", "INSTALLED"),
    ]
    assert all(patch["reason"] for patch in web1["patches"])
    assert web1["non_compliant_levels"] == {
        "CRITICAL": 1,
        "HIGH": 1,
        "MEDIUM": 0,
        "LOW": 0,
        "INFORMATIONAL": 0,
        "UNSPECIFIED": 0,
    }


def test_every_key_of_a_node_is_documented_and_always_there(estate: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json_report(build_current_report(estate, now=NOW, expected=EXPECTED, patches=True), path)
    document = json.loads(path.read_bytes())
    keys = {tuple(node) for node in document["nodes"]}
    assert len(keys) == 1
    for key in (*keys.pop(), *document):
        assert f'"{key}":' in (json_report.__doc__ or "")


def test_what_an_install_did_about_the_reboot_is_there_as_it_was_stored(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    run_id = store.join_run("key", operation="Install", attributes={}).run_id
    assessment = {"compliance_status": "COMPLIANT", "counts": {}, "patches": []}
    reboot = {"decided": True, "performed": False, "reason": "the window ends", "reasons": [], "count": 0}
    for host, more in (("web1", {"reboot": reboot}), ("web2", {})):
        store.add_assessment(run_id, host, {**assessment, **more}, operation="Install", current=True)
    write_json_report(build_current_report(store, now=NOW, patches=True), path)
    assert [node["reboot"] for node in json.loads(path.read_bytes())["nodes"]] == [reboot, None]


def test_what_aws_did_not_take_is_there_until_something_newer_is_asked_for(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    run_id = store.join_run("key", operation="Scan", attributes={}).run_id
    assessment = {"compliance_status": "COMPLIANT", "counts": {}, "patches": []}

    def scan() -> int:
        return store.add_assessment(run_id, "web1", assessment, operation="Scan", current=True)

    def read() -> object:
        write_json_report(build_current_report(store, now=NOW, patches=True), path)
        return json.loads(path.read_bytes())["nodes"][0]["delivery"]

    number = store.ask_delivery(run_id, "web1", scan(), "mi-1", {})
    assert read() == {"state": "asked", "instance_id": "mi-1", "tried_at": None, "message": ""}
    store.end_delivery(number, "failed", "not allowed (AccessDeniedException)")
    told = {"state": "failed", "instance_id": "mi-1", "message": "not allowed (AccessDeniedException)"}
    assert read() == {**told, "tried_at": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}
    scan()
    assert read() is None, "of this one nobody is to be told"


def test_empty_store_is_an_empty_list(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json_report(build_current_report(store, now=NOW, max_age=None, patches=True), path)
    document = json.loads(path.read_bytes())
    assert (document["nodes"], document["totals"]["nodes"], document["stale_after_days"]) == ([], 0, None)
