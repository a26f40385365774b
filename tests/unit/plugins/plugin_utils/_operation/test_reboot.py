# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of an install: what is rebooted, what is not and why, and what is on record when a node misbehaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import RebootDecision
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeRefusedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import reboot
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import (
    Installed,
    install_host,
    scan_before_install,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.reboot import (
    SETTLING_SECONDS,
    Reboot,
    collect_rebooted,
    reboot_host,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.scripted import (
    NEW,
    OLD,
    Clock,
    Json,
    Operate,
    ScriptedConnection,
    ScriptedNode,
    answer_facts,
    describe_operation,
    lost,
    package,
    result,
)

ONE, TWO = "b00t-1", "b00t-2"
IF_NEEDED: Json = {"patch_reboot_option": "RebootIfNeeded"}
ACCEPTED: Json = {"boot_id": ONE, "command": ["/bin/systemctl", "reboot"]}
SINCE_BOOT = package(NEW, repositories=["r1"], installed_at="2026-11-23T18:00:00Z")
BEFORE = answer_facts(OLD, NEW, boot_id=ONE)
PENDING = answer_facts(NEW, boot_id=ONE, installed=[SINCE_BOOT])
BACK = answer_facts(NEW, boot_id=TWO, booted_at="2026-11-23T19:00:00Z", installed=[SINCE_BOOT])
INSTALL = (BEFORE, describe_operation("running"), describe_operation("finished", result()), PENDING)


def identified(boot_id: str) -> Json:
    return {"facts": {"schema": 1, "os": {}, "boot_id": boot_id}}


REBOOT = (ACCEPTED, identified(ONE), lost(), lost(), identified(TWO))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(reboot, "time", clock)
    return clock


def state(installed: Installed) -> str:
    (patch,) = installed.judged.assessment.patches
    return patch.state.value


def on_record(store: Store) -> tuple[str, str, dict[str, Any]]:
    """Status, state of the one patch and reboot of the host's compliance."""
    record = store.last_assessment("web1")
    assert record is not None
    (patch,) = record.patches()
    return record.compliance_status, patch["state"], record.summary()["reboot"]


def test_an_install_ends_with_a_reboot_after_which_the_node_is_judged_again_by_the_same_baseline(
    operate: Operate, store: Store, clock: Clock, said: list[str], connection: ScriptedConnection
) -> None:
    node = ScriptedNode(*INSTALL, *REBOOT, BACK)
    installed = install_host(operate(node, **IF_NEEDED))
    assert node.commands[4:] == ["reboot", "identify", "identify", "identify", "identify", "collect"]
    assert node.asked[4] == {"command": "reboot", "boot_id": ONE}
    assert node.asked[-1]["refresh"] is False
    assert (installed.changed, state(installed)) == (True, "INSTALLED")
    assert installed.reboot.to_dict() == {
        "decided": True,
        "performed": True,
        "reason": "1 installed now, 1 waiting for a reboot",
        "reasons": [],
        "count": 1,
    }
    assert on_record(store) == ("COMPLIANT", "INSTALLED", installed.reboot.to_dict())
    assert said[-2:] == ["web1: rebooting because 1 installed now, 1 waiting for a reboot", "web1: back after 11 s"]
    assert clock.now == 1 + 2 + 3 + 5, "the pauses grow"
    assert connection.resets == 5, "what Ansible keeps open is closed before each look"


def test_a_patch_that_waits_from_before_reboots_though_nothing_is_installed(operate: Operate, clock: Clock) -> None:
    node = ScriptedNode(PENDING, *REBOOT, BACK)
    installed = install_host(operate(node, **IF_NEEDED))
    assert (installed.changed, state(installed), installed.transaction) == (True, "INSTALLED", ())


def test_what_failed_stays_failed_after_the_reboot_for_what_did_not(operate: Operate, clock: Clock) -> None:
    failed = describe_operation("finished", {**result("failed", "no space"), "name": "bash"}, result())
    both: Json = {"installed": [SINCE_BOOT, {**package(OLD), "name": "bash"}], "boot_id": ONE}
    more: Json = {"candidates": [{**package(NEW, repositories=["r1"]), "name": "bash"}]}
    after = answer_facts(NEW, **both, **more)
    back = answer_facts(NEW, **{**both, "boot_id": TWO}, booted_at="2026-11-23T19:00:00Z", **more)
    node = ScriptedNode(BEFORE, describe_operation("running"), failed, after, *REBOOT, back)
    installed = install_host(operate(node, **IF_NEEDED))
    assert {patch.id: patch.state.value for patch in installed.judged.assessment.patches} == {
        "bash.amd64": "FAILED",
        "openssl.amd64": "INSTALLED",
    }


def test_warnings_from_before_the_reboot_stay_and_are_said_once(operate: Operate, clock: Clock) -> None:
    before, both = [{"code": "a", "message": "one"}], [{"code": "b", "message": "two"}]
    pending = answer_facts(NEW, boot_id=ONE, installed=[SINCE_BOOT], warnings=[*before, *both])
    back = answer_facts(NEW, boot_id=TWO, booted_at="2026-11-23T19:00:00Z", warnings=both)
    installed = install_host(operate(ScriptedNode(pending, *REBOOT, back), **IF_NEEDED))
    assert [warning.message for warning in installed.judged.assessment.warnings] == ["one", "two"]


@pytest.mark.parametrize(
    ("answers", "state_now", "decided"),
    [
        pytest.param((answer_facts(NEW, boot_id=ONE),), "INSTALLED", False, id="row 1"),
        pytest.param(INSTALL, "INSTALLED_PENDING_REBOOT", True, id="row 4"),
        pytest.param((PENDING,), "INSTALLED_PENDING_REBOOT", True, id="row 5"),
    ],
)
@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"patch_reboot_option": "NoReboot"}, "but reboot_option is NoReboot"),
        ({**IF_NEEDED, "patch_hold_reboot": True}, "not rebooted: left to a later step by patch_hold_reboot"),
        ({**IF_NEEDED, "patch_max_reboots": 0}, "not rebooted: patch_max_reboots is 0"),
    ],
)
def test_a_node_that_is_not_rebooted_keeps_its_patches_pending(
    operate: Operate, store: Store, answers: tuple[Json, ...], state_now: str, decided: bool, options: Json, word: str
) -> None:
    node = ScriptedNode(*answers)
    installed = install_host(operate(node, **options))
    assert "reboot" not in node.commands
    assert state(installed) == state_now
    told = installed.reboot.to_dict()
    assert (told["performed"], told["count"]) == (False, 0)
    assert told["decided"] == (decided and options["patch_reboot_option"] == "RebootIfNeeded")
    assert (word in told["reason"]) == decided
    assert installed.changed == (len(answers) > 1)
    assert on_record(store)[1:] == (state_now, told)


@pytest.mark.parametrize(
    ("required", "performed"),
    [({"required": True, "reasons": ["flag"]}, True), ({"required": False}, False), (None, False)],
)
def test_when_required_asks_the_node_after_the_install(
    operate: Operate, clock: Clock, required: Json | None, performed: bool
) -> None:
    more = {"reboot_required": required} if required else {}
    after = answer_facts(NEW, boot_id=ONE, installed=[SINCE_BOOT], **more)
    node = ScriptedNode(*INSTALL[:3], after, *REBOOT, BACK)
    told = install_host(operate(node, patch_reboot_option="WhenRequired")).reboot.to_dict()
    assert (told["decided"], told["performed"]) == (performed, performed)
    assert told["reasons"] == (["flag"] if performed else [])


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ((BEFORE, {"transaction": [result("planned")]}), "1 to be installed, 0 waiting for a reboot"),
        ((PENDING,), "0 installed now, 1 waiting for a reboot"),
    ],
)
def test_check_mode_says_that_it_would_reboot_and_does_not(
    operate: Operate, store: Store, answers: tuple[Json, ...], reason: str
) -> None:
    node = ScriptedNode(*answers)
    installed = install_host(operate(node, check_mode=True, **IF_NEEDED))
    assert "reboot" not in node.commands
    told = installed.reboot.to_dict()
    assert (installed.changed, told["decided"], told["performed"], told["reason"]) == (True, True, False, reason)
    assert store.last_assessment("web1") is None


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_machine_that_runs_ansible_is_not_rebooted_and_a_person_is_told_to(
    operate: Operate, store: Store, connection: ScriptedConnection, check_mode: bool
) -> None:
    connection.transport = "local"
    node = ScriptedNode(PENDING)
    installed = install_host(operate(node, check_mode=check_mode, **IF_NEEDED))
    assert node.commands == ["collect"]
    assert not installed.changed
    (warning,) = installed.judged.assessment.warnings
    assert warning.message == "not rebooted: it is the machine that runs Ansible. Reboot it yourself, then scan"
    assert warning.message in installed.reboot.to_dict()["reason"]
    kept = [entry.assessment for entry in store.run_entries(operate(node).run_id).values()]
    assert warning.message in str([record.summary()["warnings"] for record in kept if record])


def test_the_machine_that_runs_ansible_is_known_also_when_it_is_reached_in_another_way(operate: Operate) -> None:
    own = reboot._find_own_boot()
    assert re.fullmatch(r"[0-9a-f-]{36}-\d+", own), "as the node program has it"
    node = ScriptedNode(answer_facts(NEW, boot_id=own, installed=[SINCE_BOOT]))
    installed = install_host(operate(node, **IF_NEEDED))
    assert "the machine that runs Ansible" in installed.reboot.left_out


def test_a_node_without_a_boot_id_is_not_rebooted(operate: Operate) -> None:
    installed = install_host(operate(ScriptedNode(answer_facts(NEW, installed=[SINCE_BOOT])), **IF_NEEDED))
    assert "no boot id" in installed.reboot.left_out


@pytest.mark.parametrize(("seconds_left", "timeout", "reboots"), [(590, 600, False), (700, 600, True), (60, 50, True)])
def test_a_reboot_that_may_end_after_the_window_is_left_out(
    operate: Operate, clock: Clock, seconds_left: int, timeout: int, reboots: bool
) -> None:
    end = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=seconds_left)
    options: Json = {"patch_window_end": end.isoformat(), "patch_reboot_timeout": timeout}
    installed = install_host(operate(ScriptedNode(PENDING, *REBOOT, BACK), **IF_NEEDED, **options))
    assert installed.reboot.performed == reboots
    left_out = f"the window ends at {end:%Y-%m-%dT%H:%M:%SZ}, a reboot may take {timeout} s"
    assert installed.reboot.left_out == ("" if reboots else left_out)


def test_reboots_are_counted_over_the_operations_of_a_run_and_capped(
    operate: Operate, clock: Clock, store: Store
) -> None:
    counts = []
    for _operation in range(3):
        scan_before_install(operate(ScriptedNode(PENDING), **IF_NEEDED))
        node = ScriptedNode(PENDING, *REBOOT, BACK)
        installed = install_host(operate(node, **IF_NEEDED, patch_max_reboots=2))
        counts.append((installed.reboot.performed, installed.reboot.count))
    assert counts == [(True, 1), (True, 2), (False, 2)]
    assert installed.reboot.left_out == "patch_max_reboots is 2, and this run has rebooted it 2 times"
    elsewhere = store.join_run("another key", operation="Install", attributes={}).run_id
    assert elsewhere != operate(node).run_id
    assert store.run_entries(elsewhere, ["web1"]) == {}


def test_a_node_that_does_not_go_down_is_an_error_that_says_so_and_stays_on_record_as_it_was(
    operate: Operate, clock: Clock, store: Store
) -> None:
    node = ScriptedNode(*INSTALL, ACCEPTED, lost(), then=identified(ONE))
    with pytest.raises(OperationError) as caught:
        install_host(operate(node, **IF_NEEDED, patch_reboot_timeout=60))
    for word in ["host 'web1'", "did not go down", "60 seconds", "blocks the shutdown", "patch_reboot_timeout"]:
        assert word in str(caught.value)
    assert clock.now == 60
    status, state_now, told = on_record(store)
    assert (status, state_now) == ("NON_COMPLIANT", "INSTALLED_PENDING_REBOOT")
    assert (told["decided"], told["performed"], told["count"]) == (True, False, 0)


def test_a_node_that_does_not_come_back_is_an_error_of_another_kind(
    operate: Operate, clock: Clock, store: Store
) -> None:
    node = ScriptedNode(*INSTALL, ACCEPTED, identified(ONE), then=lost("no route to host."))
    with pytest.raises(OperationError) as caught:
        install_host(operate(node, **IF_NEEDED, patch_reboot_timeout=60))
    for word in ["host 'web1'", "did not come back within 60 seconds: no route to host. Look at its console"]:
        assert word in str(caught.value)
    assert clock.now == 60
    assert on_record(store)[1] == "INSTALLED_PENDING_REBOOT"


@pytest.mark.parametrize(
    "trouble",
    [lost(), AnsibleError("Timeout (12s) waiting for privilege escalation prompt"), BadAnswerError("no answer")],
)
def test_whatever_a_node_says_while_it_goes_down_is_waited_out(
    operate: Operate, clock: Clock, trouble: Exception
) -> None:
    node = ScriptedNode(ACCEPTED, trouble, identified(""), trouble, identified(TWO))
    reboot_host(operate(node), ONE, "of a test")
    assert node.commands == ["reboot", *["identify"] * 4]


def test_an_order_whose_answer_was_lost_is_repeated_for_the_same_boot_and_never_reboots_twice(
    operate: Operate, clock: Clock
) -> None:
    node = ScriptedNode(lost(), lost(), {"boot_id": TWO, "command": []})
    reboot_host(operate(node), ONE, "of a test")
    assert node.asked == [{"command": "reboot", "boot_id": ONE}] * 3


def test_a_node_that_refuses_to_reboot_says_why_at_once(operate: Operate, clock: Clock, store: Store) -> None:
    node = ScriptedNode(*INSTALL, NodeRefusedError("Failed to reboot: no", "operation_running", {}))
    with pytest.raises(NodeRefusedError, match="Failed to reboot: no"):
        install_host(operate(node, **IF_NEEDED))
    assert clock.now == 0
    assert on_record(store)[1] == "INSTALLED_PENDING_REBOOT"


def test_a_node_that_is_lost_again_right_after_it_came_back_is_waited_for(
    operate: Operate, clock: Clock, connection: ScriptedConnection
) -> None:
    raw, _facts = collect_rebooted(operate(ScriptedNode(lost(), lost(), BACK)), ())
    assert (raw, clock.now, connection.resets) == (BACK["facts"], 10, 3)
    with pytest.raises(AnsibleConnectionFailure, match="no route"):
        collect_rebooted(operate(ScriptedNode(then=lost())), ())
    assert clock.now == 10 + SETTLING_SECONDS


def test_the_limit_holds_where_a_look_itself_takes_long(operate: Operate, clock: Clock) -> None:
    def hang(command: Mapping[str, Any], /) -> Json:
        clock.sleep(25)
        raise lost()

    with pytest.raises(OperationError, match="did not come back"):
        reboot_host(operate(hang, patch_reboot_timeout=60), ONE, "of a test")
    assert clock.now <= 60 + 25


def test_what_is_left_out_or_postponed_is_not_due() -> None:
    decision = RebootDecision(True, "why")
    assert Reboot(decision).is_due
    for other in (Reboot(RebootDecision(False, "why not")), Reboot(decision, "a"), Reboot(decision, "", "b")):
        assert not other.is_due
