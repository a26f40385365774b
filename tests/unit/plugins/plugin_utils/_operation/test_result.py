# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import install_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.result import shape_result
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


def scan(operate: Operate, **facts: Any) -> dict[str, Any]:
    return shape_result(scan_host(operate(ScriptedNode(answer_facts(OLD, NEW, **facts)))), "run-1")


def test_the_result_says_how_the_node_stands_and_by_what_it_was_judged(operate: Operate) -> None:
    shaped = scan(operate, warnings=[{"code": "x", "message": "the clock is wrong"}])
    assert shaped["msg"] == "NON_COMPLIANT: 1 missing (baseline ours)"
    assert (shaped["compliance_status"], shaped["counts"]["missing_count"]) == ("NON_COMPLIANT", 1)
    assert (shaped["baseline"], shaped["operating_system"]) == ("ours", "DEBIAN")
    assert shaped["baseline_reason"] == "default of DEBIAN: the node has no patch group"
    assert shaped["run_id"] == "run-1"
    assert shaped["warnings"] == ["the clock is wrong"]
    assert json.loads(json.dumps(shaped)) == shaped


def test_only_patches_somebody_must_look_at_are_listed(operate: Operate) -> None:
    installed = [
        {"name": "bash", "arch": "amd64", "version": "5", "installed_at": "2026-01-01T00:00:00Z"},
        {"name": "openssl", "arch": "amd64", "version": OLD, "installed_at": "2026-01-01T00:00:00Z"},
    ]
    shaped = scan(operate, installed=installed)
    assert states(shaped["patches"]) == {f"openssl.amd64:{NEW}": "MISSING"}
    assert shaped["counts"]["installed_other_count"] == 1


def test_whether_a_reboot_is_required_is_absent_where_the_node_cannot_know(operate: Operate) -> None:
    assert "reboot_required" not in scan(operate)
    known = {"required": True, "reasons": ["linux-image"]}
    assert scan(operate, reboot_required=known)["reboot_required"] == known


def test_a_package_installed_since_the_last_boot_waits_for_a_reboot(operate: Operate) -> None:
    since = {"name": "openssl", "arch": "amd64", "version": NEW, "installed_at": "2026-11-21T00:00:00Z"}
    shaped = shape_result(scan_host(operate(ScriptedNode(answer_facts(installed=[since])))), "run-1")
    assert shaped["reboot_pending"] is True
    assert scan(operate)["reboot_pending"] is False


def test_scan_install_and_check_mode_give_the_same_keys(operate: Operate) -> None:
    before, after = answer_facts(OLD, NEW), answer_facts(NEW)
    done = (describe_operation("running"), describe_operation("finished", result()), after)
    judged = [
        scan_host(operate(ScriptedNode(before))),
        install_host(operate(ScriptedNode(before, *done))).judged,
        install_host(operate(ScriptedNode(before, {"transaction": []}), check_mode=True)).judged,
    ]
    keys = [set(shape_result(each, "run-1")) for each in judged]
    assert keys[0] == keys[1] == keys[2]
