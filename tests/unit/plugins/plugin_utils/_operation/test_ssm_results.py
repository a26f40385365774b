# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations ask to be told, and what is never told. How it is told is in tests/aws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import install_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results import report_due
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import Delivery
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings
from tests.unit.plugins.plugin_utils._operation.scripted import NEW, OLD, Operate, ScriptedNode, answer_facts

NODE = "mi-0123456789abcdef0"
WANTED: dict[str, Any] = {"patch_report_to_ssm": True, "patch_instance_id": NODE}
UNREADABLE: dict[str, Any] = {"repositories": [{"id": "main", "name": "main", "enabled": True, "reachable": False}]}


def due(store: Store, run_id: str) -> list[Delivery]:
    return store.due_deliveries(run_id, ["web1"])


def test_a_scan_asks_that_its_assessment_be_told_where_and_as_whom_it_is_said(
    operate: Operate, store: Store, run_id: str
) -> None:
    role = "arn:aws:iam::111122223333:role/patching"
    said: dict[str, Any] = {
        "patch_aws_region": "eu-west-1",
        "patch_aws_profile": "prod",
        "patch_aws_assume_role_arn": role,
    }
    scan_host(operate(ScriptedNode(answer_facts(OLD, NEW)), **WANTED, **said))
    (entry,) = due(store, run_id)
    assert (entry.state, entry.node_id) == ("asked", NODE)
    assert entry.request == {
        "aws": {"region": "eu-west-1", "profile": "prod", "assume_role_arn": role, "endpoint_url": None},
        "execution_type": "Command",
        "reboot_option": "NoReboot",
    }
    last = store.last_assessment("web1")
    assert last is not None
    assert entry.assessment_id == last.id


def test_a_node_may_be_in_another_region_than_its_baseline(operate: Operate, store: Store, run_id: str) -> None:
    regions: dict[str, Any] = {"patch_aws_region": "eu-west-1", "patch_instance_region": "us-east-1"}
    scan_host(operate(ScriptedNode(answer_facts(OLD, NEW)), **WANTED, **regions))
    (entry,) = due(store, run_id)
    assert entry.request["aws"]["region"] == "us-east-1"


@pytest.mark.parametrize(
    ("option", "told"),
    [("NoReboot", "NoReboot"), ("RebootIfNeeded", "RebootIfNeeded"), ("WhenRequired", "RebootIfNeeded")],
)
def test_an_install_says_its_reboot_option_in_aws_words(
    operate: Operate, store: Store, run_id: str, option: str, told: str
) -> None:
    install_host(operate(ScriptedNode(then=answer_facts(NEW)), **WANTED, patch_reboot_option=option))
    (entry,) = due(store, run_id)
    assert entry.request["reboot_option"] == told


@pytest.mark.parametrize(
    ("check_mode", "options"),
    [
        (False, {"patch_instance_id": NODE}),
        (False, {"patch_report_to_ssm": True}),
        (False, {"patch_report_to_ssm": True, "patch_instance_id": "vm-7"}),
        (True, WANTED),
        (False, {**WANTED, "patch_baseline_override": "o.json"}),
    ],
)
def test_what_is_not_wanted_or_not_the_nodes_compliance_is_not_asked_for(
    operate: Operate, store: Store, run_id: str, base_dir: Path, check_mode: bool, options: dict[str, Any]
) -> None:
    (base_dir / "o.json").write_text('[{"OperatingSystem": "DEBIAN"}]', encoding="utf-8")
    scan_host(operate(ScriptedNode(answer_facts(OLD, NEW)), check_mode=check_mode, **options))
    assert due(store, run_id) == []


def test_an_assessment_without_all_repositories_is_withheld_and_says_so(
    operate: Operate, store: Store, run_id: str
) -> None:
    scan_host(operate(ScriptedNode(answer_facts(NEW, **UNREADABLE)), **WANTED))
    (report,) = report_due(store, run_id, ["web1"], check_mode=False)
    assert (report.state, report.changed) == ("withheld", False)
    assert report.msg == "not told, because the assessment is not complete: unreachable: main"


def test_a_run_by_a_policy_is_called_so(tmp_path: Path) -> None:
    assert make_settings(tmp_path).execution_type == "Command"
    assert make_settings(tmp_path, task_vars={"patch_policy": "weekly"}).execution_type == "PatchPolicy"
