# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import install
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import scan_host
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.install import (
    AWAY_SECONDS,
    install_host,
    is_change,
    wait_for_install,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.scripted import (
    BASELINE,
    NEW,
    OLD,
    Clock,
    Json,
    Operate,
    ScriptedNode,
    answer_facts,
    describe_operation,
    lost,
    result,
    states,
)

BEFORE, AFTER = answer_facts(OLD, NEW), answer_facts(NEW)
STARTED = describe_operation("running")
WORKING = describe_operation("running", progress="Unpacking openssl")
FINISHED = describe_operation("finished", result())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(install, "time", clock)
    return clock


def test_an_install_asks_for_facts_installs_polls_and_asks_for_facts_again(operate: Operate, store: Store) -> None:
    node = ScriptedNode(BEFORE, STARTED, WORKING, FINISHED, AFTER)
    installed = install_host(operate(node))
    assert node.commands == ["collect", "install", "poll", "poll", "collect"]
    assert [command["refresh"] for command in node.asked if command["command"] == "collect"] == [True, False]
    assert installed.changed
    assert installed.transaction == (result(),)
    record = store.last_assessment("web1")
    assert record is not None
    assert (record.operation, record.compliance_status) == ("Install", "COMPLIANT")


def test_the_node_is_handed_the_exact_list_and_polled_for_the_same_operation(operate: Operate, run_id: str) -> None:
    node = ScriptedNode(BEFORE, STARTED, FINISHED, AFTER)
    install_host(operate(node, patch_lock_timeout=9, patch_step_timeout=77, patch_poll_interval=3))
    identity = node.asked[1]["operation_id"]
    assert identity
    assert node.asked[1] == {
        "command": "install",
        "packages": [{"name": "openssl", "arch": "amd64", "version": NEW}],
        "blocked": [],
        "blocked_shapes": [],
        "pinned": [],
        "lock_timeout": 9,
        "operation_id": identity,
        "step_timeout": 77,
        "info": {"run_id": run_id},
    }
    assert node.asked[2] == {"command": "poll", "operation_id": identity, "wait": 3}


SOURCE = {"name": "mirror", "configuration": "deb https://mirror.example/debian bookworm main"}


def test_what_is_installed_by_a_label_has_it_from_the_facts(operate: Operate, base_dir: Path) -> None:
    mac = {"id": "macos", "version": "13.7.3", "operating_system": "MACOS", "product": "Ventura13.7.3"}
    entry = {"name": "Safari", "classification": "softwareupdate", "is_security": True}
    offered = {**entry, "version": "18.3.1", "title": "Safari18.3.1VenturaAuto-18.3.1"}
    facts = answer_facts()
    facts["facts"].update(
        os=mac,
        package_manager="macos",
        installed=[{**entry, "version": "18.2"}],
        candidates=[offered],
        repositories=[{"id": "softwareupdate"}],
    )
    node = ScriptedNode(facts, {"transaction": []})
    install_host(operate(node, check_mode=True, patch_baselines="recommended"))
    assert node.asked[1]["packages"] == [
        {
            "name": "Safari",
            "arch": "",
            "version": "18.3.1",
            "from_version": "18.2",
            "classification": "softwareupdate",
            "title": "Safari18.3.1VenturaAuto-18.3.1",
        }
    ]


@pytest.mark.parametrize(
    ("check_mode", "answers", "commands"),
    [
        (False, (BEFORE, STARTED, FINISHED, AFTER), ["collect", "install", "poll", "collect"]),
        (True, (BEFORE, {"transaction": [result("planned")]}), ["collect", "plan"]),
        (
            False,
            (answer_facts(OLD, NEW, last=WORKING), FINISHED, BEFORE, STARTED, FINISHED, AFTER),
            ["collect", "poll", "collect", "install", "poll", "collect"],
        ),
    ],
)
def test_repositories_of_the_baseline_are_used_from_the_first_question_to_the_last(
    operate: Operate, base_dir: Path, check_mode: bool, answers: tuple[Json, ...], commands: list[str]
) -> None:
    sources = "sources:\n- {name: mirror, products: ['*'], configuration: " + SOURCE["configuration"] + "}\n"
    (base_dir / "patch_baselines" / "ours.yml").write_text(BASELINE + sources, encoding="utf-8")
    node = ScriptedNode(BEFORE, *answers)
    install_host(operate(node, check_mode=check_mode))
    assert node.commands == ["identify", *commands]
    for command in node.asked:
        expected = None if command["command"] in ("identify", "poll") else [SOURCE]
        assert command.get("sources") == expected, command
        assert command.get("refresh", True), "the node kept nothing of them"


def test_a_person_sees_each_step_once(operate: Operate, said: list[str]) -> None:
    install_host(operate(ScriptedNode(BEFORE, STARTED, WORKING, WORKING, FINISHED, AFTER)))
    assert said == ["web1: installing 1 package", "web1: 0 of 1: Unpacking openssl"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_where_there_is_nothing_to_install_the_node_is_asked_for_facts_only(operate: Operate, check_mode: bool) -> None:
    node = ScriptedNode(answer_facts(NEW))
    installed = install_host(operate(node, check_mode=check_mode))
    assert node.commands == ["collect"]
    assert not installed.changed
    assert installed.judged.assessment.compliance_status.value == "COMPLIANT"


def test_what_failed_is_failed_in_the_assessment_with_its_reason(operate: Operate) -> None:
    failed = describe_operation("finished", result("failed", "its script ended with status 1"))
    installed = install_host(operate(ScriptedNode(BEFORE, STARTED, failed, BEFORE)))
    assert not installed.changed
    (patch,) = installed.judged.assessment.patches
    assert patch.state.value == "FAILED"
    assert "its script ended with status 1" in patch.reason


@pytest.mark.parametrize(
    ("entry", "changes"),
    [
        (result("installed"), True),
        (result("dependency", from_version=""), True),
        (result("planned"), True),
        (result("installed", "was already there", from_version=NEW), False),
        (result("failed"), False),
        (result("not_tried"), False),
    ],
)
def test_a_change_is_another_version_on_the_node(entry: Json, changes: bool) -> None:
    assert is_change(entry) == changes


def test_a_running_install_is_waited_for_and_its_results_are_part_of_the_run(operate: Operate) -> None:
    node = ScriptedNode(answer_facts(OLD, NEW, last=WORKING), WORKING, FINISHED, AFTER)
    installed = install_host(operate(node))
    assert node.commands == ["collect", "poll", "poll", "collect"]
    assert {command["operation_id"] for command in node.asked[1:3]} == {"op-1"}
    assert installed.changed
    assert installed.transaction == (result(),)
    assert installed.notes == ("waited for install op-1, running on the node since 2026-11-23T18:00:00Z",)


def test_what_a_running_install_left_is_installed_after_it(operate: Operate) -> None:
    failed = describe_operation("finished", result("failed", "no space"))
    node = ScriptedNode(answer_facts(OLD, NEW, last=WORKING), failed, BEFORE, STARTED, FINISHED, AFTER)
    installed = install_host(operate(node))
    assert node.commands == ["collect", "poll", "collect", "install", "poll", "collect"]
    assert [entry["status"] for entry in installed.transaction] == ["failed", "installed"]
    assert installed.judged.assessment.compliance_status.value == "COMPLIANT"


def test_an_interrupted_install_is_told_of_though_the_next_one_makes_the_node_forget_it(operate: Operate) -> None:
    interrupted = describe_operation("interrupted", result(), result("not_tried"))
    node = ScriptedNode(answer_facts(OLD, NEW, last=interrupted), STARTED, FINISHED, AFTER)
    (note,) = install_host(operate(node)).notes
    assert "op-1" in note
    assert "interrupted after 1 of 2 packages" in note


def test_an_install_that_ended_with_nobody_waiting_is_told_of_once(operate: Operate) -> None:
    ended = describe_operation("finished", result(), result("failed"), finished_at="2026-11-23T18:05:00Z")
    node = ScriptedNode(answer_facts(NEW, last=ended), answer_facts(NEW, last=ended))
    first, second = (install_host(operate(node)).judged.assessment.warnings for _run in range(2))
    assert [warning.message for warning in first] == [
        "install op-1, started at 2026-11-23T18:00:00Z, ended at 2026-11-23T18:05:00Z with nobody waiting:"
        " 1 of 2 packages done"
    ]
    assert second == ()


def test_an_install_that_was_waited_for_is_not_told_of_by_the_next_run(operate: Operate) -> None:
    after = answer_facts(NEW, last=FINISHED)
    node = ScriptedNode(BEFORE, STARTED, FINISHED, after, after)
    assert install_host(operate(node)).judged.assessment.warnings == ()
    assert scan_host(operate(node)).assessment.warnings == ()


def test_an_install_that_is_interrupted_while_it_is_waited_for_is_told_of(operate: Operate) -> None:
    interrupted = describe_operation("interrupted", result("not_tried"))
    node = ScriptedNode(
        answer_facts(OLD, NEW, last=WORKING),
        interrupted,
        answer_facts(OLD, NEW, last=interrupted),
        STARTED,
        FINISHED,
        AFTER,
    )
    notes = install_host(operate(node)).notes
    assert [word for note in notes for word in ("waited", "interrupted after 0 of 1") if word in note] == [
        "waited",
        "interrupted after 0 of 1",
    ]


def test_an_install_of_this_run_that_is_interrupted_ends_with_what_the_node_says(
    operate: Operate, said: list[str]
) -> None:
    interrupted = describe_operation("interrupted", result("not_tried", "interrupted"))
    node = ScriptedNode(BEFORE, STARTED, interrupted, answer_facts(OLD, NEW, last=interrupted))
    installed = install_host(operate(node))
    assert states(patch.to_dict() for patch in installed.judged.assessment.patches) == {
        f"openssl.amd64:{NEW}": "MISSING"
    }
    assert "interrupted" in said[-1]
    assert [warning.code for warning in installed.judged.assessment.warnings] == ["install_interrupted"]


def test_a_short_loss_of_the_node_is_waited_out_wherever_it_happens(operate: Operate, clock: Clock) -> None:
    node = ScriptedNode(BEFORE, lost(), STARTED, lost(), lost(), WORKING, lost(), FINISHED, AFTER)
    assert install_host(operate(node)).changed
    starts = [command for command in node.asked if command["command"] == "install"]
    assert starts[0] == starts[1], "a repeated start has the same id, so that it cannot install twice"
    assert clock.now == 4 * 5


@pytest.mark.parametrize("before", [(BEFORE,), (BEFORE, STARTED), (BEFORE, STARTED, WORKING)])
def test_a_node_that_stays_away_during_an_install_is_given_up_and_the_error_says_that_the_install_goes_on(
    operate: Operate, clock: Clock, before: tuple[Json, ...]
) -> None:
    node = ScriptedNode(*before, then=lost("no route to host"))
    with pytest.raises(AnsibleConnectionFailure) as caught:
        install_host(operate(node))
    for word in ["'web1'", node.asked[1]["operation_id"], "no route to host", "install goes on", "next run"]:
        assert word in caught.value.message
    assert AWAY_SECONDS <= clock.now <= AWAY_SECONDS + 10


def test_a_node_is_not_waited_for_longer_than_a_step_may_take(operate: Operate, clock: Clock) -> None:
    with pytest.raises(AnsibleConnectionFailure):
        install_host(operate(ScriptedNode(BEFORE, STARTED, then=lost()), patch_step_timeout=30))
    assert 30 <= clock.now <= 40


def test_a_node_lost_before_anything_was_started_is_lost_at_once(operate: Operate, clock: Clock) -> None:
    node = ScriptedNode(then=lost())
    with pytest.raises(AnsibleConnectionFailure, match="no route to host"):
        install_host(operate(node))
    assert (node.commands, clock.now) == (["collect"], 0)


def test_an_install_that_takes_too_long_is_left_to_itself_and_the_error_says_what_to_do(
    operate: Operate, clock: Clock
) -> None:
    def work_for_ever(command: Mapping[str, Any], /) -> Json:
        clock.sleep(command["wait"])
        return WORKING

    with pytest.raises(OperationError) as caught:
        wait_for_install(operate(work_for_ever, patch_step_timeout=90), "op-1")
    for word in ["install op-1 on host 'web1'", "90 seconds", "goes on", "patch_step_timeout"]:
        assert word in str(caught.value)
    assert clock.now == 150


def test_an_install_that_the_node_ends_at_its_limit_is_heard_to_the_end(operate: Operate, clock: Clock) -> None:
    def stop_at_the_limit(command: Mapping[str, Any], /) -> Json:
        clock.sleep(command["wait"])
        return {**WORKING, "state": "finished"} if clock.now > 90 else WORKING

    answer = wait_for_install(operate(stop_at_the_limit, patch_step_timeout=90), "op-1")
    assert answer["state"] == "finished"


def test_check_mode_asks_what_would_be_done_and_records_what_is_not_the_compliance_of_the_node(
    operate: Operate, store: Store, run_id: str
) -> None:
    node = ScriptedNode(BEFORE, {"transaction": [result("planned")]})
    installed = install_host(operate(node, check_mode=True))
    assert node.commands == ["collect", "plan"]
    assert installed.changed
    assert installed.transaction == (result("planned"),)
    assert store.last_assessment("web1") is None
    kept = store.run_entries(run_id)["web1"].assessment
    assert kept is not None
    assert (kept.operation, kept.compliance_status) == ("Install", "NON_COMPLIANT")


def test_check_mode_does_not_wait_for_a_running_install(operate: Operate) -> None:
    node = ScriptedNode(answer_facts(OLD, NEW, last=WORKING), {"transaction": [result("planned")]})
    installed = install_host(operate(node, check_mode=True))
    assert node.commands == ["collect", "plan"]
    assert "still running" in installed.judged.assessment.warnings[0].message


def test_an_install_by_an_override_is_not_the_compliance_of_the_node(
    operate: Operate, store: Store, run_id: str, base_dir: Path
) -> None:
    override = '[{"OperatingSystem": "DEBIAN", "ApprovedPatches": ["openssl"], "RejectedPatches": ["bash"]}]'
    (base_dir / "o.json").write_text(override, encoding="utf-8")
    node = ScriptedNode(BEFORE, STARTED, FINISHED, AFTER)
    install_host(operate(node, patch_baseline_override="o.json"))
    assert store.last_assessment("web1") is None
    assert "web1" in store.run_entries(run_id)


def test_an_install_tells_what_the_baseline_files_warn_of_though_it_judges_twice(
    operate: Operate, base_dir: Path
) -> None:
    broken = "name: broken\noperating_system: UBUNTU\napproval_rules: 7\n"
    (base_dir / "patch_baselines" / "ubuntu.yml").write_text(broken, encoding="utf-8")
    installed = install_host(operate(ScriptedNode(BEFORE, STARTED, FINISHED, AFTER)))
    assert "ubuntu.yml:3" in "".join(installed.judged.frozen.warnings)


def test_a_package_the_node_holds_is_left_alone_and_shown(operate: Operate) -> None:
    node = ScriptedNode(answer_facts(OLD, NEW, held=["openssl.amd64"]))
    installed = install_host(operate(node))
    (held,) = installed.held_back
    assert (held["name"], held["version"]) == ("openssl", NEW)
    assert "held" in held["reason"]
    (note,) = installed.notes
    assert note.startswith(f"left out openssl.amd64:{NEW}: held on the node")


def test_an_override_list_narrows_the_install_and_an_entry_that_names_nothing_is_told_of(
    operate: Operate, base_dir: Path
) -> None:
    (base_dir / "list.yml").write_text("patches: [{id: openssl.amd64}, {id: nothing.amd64}]", encoding="utf-8")
    node = ScriptedNode(BEFORE, STARTED, FINISHED, AFTER)
    installed = install_host(operate(node, patch_install_override_list="list.yml"))
    assert [package["name"] for package in node.asked[1]["packages"]] == ["openssl"]
    (note,) = installed.notes
    assert note.startswith("patch_install_override_list: ")
    assert "nothing" in note


def test_an_unreadable_override_list_stops_the_host_before_the_node_is_asked(operate: Operate) -> None:
    node = ScriptedNode()
    with pytest.raises(SourceError, match="patch_install_override_list"):
        install_host(operate(node, patch_install_override_list="none.yml"))
    assert node.commands == []
