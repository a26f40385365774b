# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.scripted import (
    NEW,
    OLD,
    Operate,
    ScriptedNode,
    answer_facts,
    describe_operation,
    result,
    states,
)


def test_a_scan_asks_the_node_once(operate: Operate) -> None:
    node = ScriptedNode(answer_facts(OLD, NEW))
    judged = scan_host(operate(node, patch_refresh_metadata=False, patch_lock_timeout=7))
    assert node.asked == [{"command": "collect", "refresh": False, "lock_timeout": 7}]
    assert states(patch.to_dict() for patch in judged.assessment.patches) == {f"openssl.amd64:{NEW}": "MISSING"}


def test_a_scan_tells_of_an_install_that_ended_when_the_last_one_saw_it_run(operate: Operate) -> None:
    running, ended = describe_operation("running", result()), describe_operation("finished", result())
    node = ScriptedNode(*(answer_facts(NEW, last=last) for last in (running, ended, ended)))
    told = [[warning.code for warning in scan_host(operate(node)).assessment.warnings] for _scan in range(3)]
    assert told == [["install_running"], ["install_unheard"], []]


def test_a_scan_stores_the_facts_as_the_node_told_them_and_the_assessment(
    operate: Operate, store: Store, run_id: str
) -> None:
    answer = answer_facts(OLD, NEW, unheard_of={"kept": True})
    judged = scan_host(operate(ScriptedNode(answer), patch_group="web"))
    record = store.last_assessment("web1")
    assert record is not None
    assert record.facts_id is not None
    assert store.read_facts(record.facts_id) == answer["facts"]
    assert (record.run_id, record.operation, record.address) == (run_id, "Scan", "192.0.2.7")
    assert (record.patch_group, record.baseline_name) == ("web", "ours")
    assert (record.snapshot_id, record.compliance_status) == (judged.frozen.snapshot_id, "NON_COMPLIANT")


@pytest.mark.parametrize(
    ("check_mode", "options", "current"),
    [
        (False, {}, True),
        (True, {}, False),
        (False, {"patch_baseline_override": "o.json"}, False),
        (True, {"patch_baseline_override": "o.json"}, False),
    ],
)
def test_check_mode_and_an_override_are_kept_but_are_not_the_compliance_of_the_node(
    operate: Operate,
    store: Store,
    run_id: str,
    base_dir: Path,
    check_mode: bool,
    options: dict[str, Any],
    current: bool,
) -> None:
    (base_dir / "o.json").write_text('[{"OperatingSystem": "DEBIAN"}]', encoding="utf-8")
    scan_host(operate(ScriptedNode(answer_facts()), check_mode=check_mode, **options))
    assert (store.last_assessment("web1") is not None) == current
    kept = store.run_entries(run_id)["web1"].assessment
    assert kept is not None
    assert kept.current == current


SOURCE = {"name": "mirror", "configuration": "deb https://mirror.example/debian bookworm main"}
SYSTEM = {"facts": {"schema": 1, "os": {"id": "debian", "operating_system": "DEBIAN", "product": "Debian12"}}}


def write_sources(base_dir: Path, product: str = "Debian12", *, key: str = "Sources") -> None:
    source = {"Name": SOURCE["name"], "Configuration": SOURCE["configuration"], "Products": [product]}
    default = {"OperatingSystem": "DEBIAN", "DefaultBaseline": True}
    approved = {"ApprovedPatches": ["openssl"], "ApprovedPatchesEnableNonSecurity": True}
    document = {"Name": "ours", **default, **approved, key: [source]}
    (base_dir / "patch_baselines" / "ours.yml").unlink(missing_ok=True)
    text = json.dumps(document).replace('"$ources"', r'"\u0053ources"')
    (base_dir / "patch_baselines" / "ours.json").write_text(text, encoding="utf-8")


def test_repositories_of_the_baseline_are_asked_in_place_of_the_nodes_own(operate: Operate, base_dir: Path) -> None:
    write_sources(base_dir)
    node = ScriptedNode(SYSTEM, answer_facts(OLD, NEW))
    scan_host(operate(node, patch_refresh_metadata=False))
    assert node.asked == [
        {"command": "identify"},
        {"command": "collect", "refresh": True, "lock_timeout": 300, "sources": [SOURCE]},
    ]


@pytest.mark.parametrize("refresh", [True, False])
def test_repositories_for_another_product_leave_the_node_its_own(
    operate: Operate, base_dir: Path, refresh: bool
) -> None:
    write_sources(base_dir, "Debian11")
    node = ScriptedNode(SYSTEM, answer_facts(OLD, NEW))
    scan_host(operate(node, patch_refresh_metadata=refresh))
    assert node.asked[1:] == [{"command": "collect", "refresh": refresh, "lock_timeout": 300}]


def test_repositories_of_a_frozen_baseline_are_known_before_the_node_is_asked(operate: Operate, base_dir: Path) -> None:
    snapshot = "11111111-2222-4333-8444-555555555555"
    write_sources(base_dir)
    scan_host(operate(ScriptedNode(SYSTEM, answer_facts()), patch_snapshot_id=snapshot))
    (base_dir / "patch_baselines" / "ours.json").unlink()
    node = ScriptedNode(SYSTEM, answer_facts())
    scan_host(operate(node, patch_snapshot_id=snapshot))
    assert (node.commands, node.asked[1]["sources"]) == (["identify", "collect"], [SOURCE])


def test_repositories_of_an_override_are_asked(operate: Operate, base_dir: Path) -> None:
    source = {"Name": SOURCE["name"], "Configuration": SOURCE["configuration"], "Products": ["*"]}
    override = json.dumps([{"OperatingSystem": "DEBIAN", "Sources": [source]}])
    (base_dir / "o.json").write_text(override, encoding="utf-8")
    node = ScriptedNode(SYSTEM, answer_facts())
    scan_host(operate(node, patch_baseline_override="o.json"))
    assert node.asked[1]["sources"] == [SOURCE]


def test_repositories_nobody_could_foresee_are_asked_nevertheless(operate: Operate, base_dir: Path) -> None:
    write_sources(base_dir, key="$ources")
    node = ScriptedNode(answer_facts(OLD), answer_facts(OLD, NEW))
    judged = scan_host(operate(node))
    assert [command.get("sources") for command in node.asked] == [None, [SOURCE]]
    assert states(patch.to_dict() for patch in judged.assessment.patches) == {f"openssl.amd64:{NEW}": "MISSING"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_facts(installed=[{"name": 7}]), ["installed[0].name"]),
        (answer_facts(schema=2), ["schema"]),
        ({}, ["facts"]),
    ],
)
def test_facts_that_are_none_are_refused_with_host_and_place(
    operate: Operate, store: Store, answer: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(OperationError) as caught:
        scan_host(operate(ScriptedNode(answer)))
    for word in ["Failed to understand the facts of host 'web1'", *words]:
        assert word in str(caught.value)
    assert store.current_assessments() == {}


@pytest.mark.parametrize(
    ("facts_of_os", "named"),
    [({"id": "slackware", "version": "15.0"}, "'slackware' version '15.0'"), ({}, "'unknown' version 'unknown'")],
)
def test_an_operating_system_that_is_not_supported_is_named_with_the_way_out(
    operate: Operate, facts_of_os: dict[str, str], named: str
) -> None:
    with pytest.raises(OperationError) as caught:
        scan_host(operate(ScriptedNode(answer_facts(os=facts_of_os))))
    assert str(caught.value) == (
        f"Failed to judge host 'web1': operating system {named} is not one Patch Manager knows."
        " Leave the host out of patch_targets"
    )
