# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import NodeError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import patch_action
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.patch_action import PatchAction
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import SCAN_OPTIONS
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import Decision, Verdict
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import Incident
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import TurnCounts
from tests.unit.plugins.plugin_utils._store.controllers import live

Operation = Callable[[HostOperation], dict[str, Any]]
VARIABLES = {"inventory_hostname": "web1", "ansible_host": "192.0.2.7"}


class Action(PatchAction):
    """An action whose operation the test gives."""

    OPTIONS = SCAN_OPTIONS
    OPERATION = "Scan"
    _load_name = "patch_scan"  # ansible's loader of plugins sets it; older releases have no other
    operation: Operation

    def operate(self, operation: HostOperation) -> dict[str, Any]:
        return self.operation(operation)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store.sqlite3"


def run(
    url: str,
    operation: Operation,
    variables: Mapping[str, Any] | None = None,
    *,
    check_mode: bool = False,
    **args: Any,
) -> dict[str, Any]:
    """Run the action as Ansible does, on a task with these arguments."""
    loader, context = DataLoader(), PlayContext()
    task = Task()
    task.check_mode = check_mode
    task.args = {"patch_store_url": url, **args}
    connection = connection_loader.get("local", context)
    action = Action(task, connection, context, loader, Templar(loader), None)
    action.operation = operation
    return action.run(task_vars=dict(variables or VARIABLES))


def incident(url: str) -> Incident:
    """What the store has to say of the host, in the run of this process."""
    with open_store(url) as store:
        joined = store.join_run(find_run_key(), operation="Scan", attributes={})
        found = store.run_entries(joined.run_id)["web1"].incident
    assert found is not None
    return found


def fail_with(error: Exception) -> Operation:
    def operate(operation: HostOperation) -> dict[str, Any]:
        raise error

    return operate


def test_the_operation_gets_its_settings_and_the_run_of_this_process(url: str) -> None:
    def operate(operation: HostOperation) -> dict[str, Any]:
        return {"run_id": operation.run_id, "group": operation.settings.patch_group}

    result = run(url, operate, patch_group="web")
    with open_store(url) as store:
        joined = store.join_run(find_run_key(), operation="Scan", attributes={})
    assert (result["run_id"], result["group"]) == (joined.run_id, "web")


def test_an_unreachable_host_is_recorded_with_its_group_and_stays_unreachable(url: str) -> None:
    with pytest.raises(AnsibleConnectionFailure, match="no route to host"):
        run(url, fail_with(AnsibleConnectionFailure("no route to host")), patch_group="web")
    found = incident(url)
    assert (found.state, found.message, found.operation) == ("UNREACHABLE", "no route to host", "Scan")
    assert (found.patch_group, found.address) == ("web", "192.0.2.7")


@pytest.mark.parametrize("kind", [BaselineError, NodeError, OperationError, SourceError, StoreValueError])
def test_what_may_go_wrong_is_recorded_and_fails_the_task_in_its_own_words(url: str, kind: type[Exception]) -> None:
    with pytest.raises(AnsibleActionFail, match="Failed to try 'it': no"):
        run(url, fail_with(kind("Failed to try 'it': no")))
    assert (incident(url).state, incident(url).message) == ("ERROR", "Failed to try 'it': no")


def test_an_error_says_its_words_once(url: str) -> None:
    def operate(operation: HostOperation) -> dict[str, Any]:
        try:
            raise SourceError("the file is gone")
        except SourceError as error:
            raise OperationError(f"Failed to try 'it': {error}") from error

    with pytest.raises(AnsibleActionFail) as caught:
        run(url, operate)
    assert caught.value.__cause__ is None, "ansible-core 2.19 adds the words of every cause"
    assert str(caught.value.message) == "Failed to try 'it': the file is gone"


def test_what_a_node_says_cannot_act_on_the_terminal(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    def operate(operation: HostOperation) -> dict[str, Any]:
        operation.say("web1: Unpacking \x1b[2Jopenssl")
        return {"warnings": ["held \x1b]0;x\x07\nok: [web1]"]}

    assert run(url, operate)["warnings"] == ["held \\x1b]0;x\\x07\\nok: [web1]"]
    assert "Unpacking \\x1b[2Jopenssl" in capsys.readouterr().out


def test_what_a_node_says_in_an_error_cannot_act_on_the_terminal_and_keeps_its_lines(url: str) -> None:
    with pytest.raises(AnsibleActionFail) as caught:
        run(url, fail_with(NodeError("Failed to try 'it': \x1b[2J\nno")))
    assert str(caught.value.message) == "Failed to try 'it': \\x1b[2J\nno"


def test_what_nobody_foresaw_is_recorded_and_comes_through_as_it_is(url: str) -> None:
    with pytest.raises(ZeroDivisionError):
        run(url, fail_with(ZeroDivisionError("nothing")))
    assert (incident(url).state, incident(url).message) == ("ERROR", "nothing")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"patch_group": ["web", "dbs"]}, ["host 'web1'", "dbs"]),
        ({"patch_release_date_field": "guessed"}, ["patch_release_date_field", "issued"]),
        ({"patch_grop": "web"}, ["patch_grop"]),
        ({"patch_lock_timeout": "soon"}, ["patch_lock_timeout"]),
    ],
)
def test_wrong_arguments_are_recorded_as_well(url: str, args: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(AnsibleActionFail) as caught:
        run(url, fail_with(AssertionError("the operation must not begin")), **args)
    for word in words:
        assert word in str(caught.value)
        assert word in incident(url).message
    assert incident(url).state == "ERROR"


def turn_of(url: str, run_id: str | None = None) -> tuple[str | None, TurnCounts]:
    """The state of the host's turn in the run, and all of them."""
    with open_store(url) as store:
        joined = store.join_run(find_run_key(), operation="Scan", attributes={}, run_id=run_id)
        return store.find_turn(joined.run_id, "web1"), store.count_turns(joined.run_id)


def succeed(operation: HostOperation) -> dict[str, Any]:
    return {"counts": {"failed_count": 3}}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (succeed, "succeeded"),  # a scan: what failed was an earlier install
        (fail_with(OperationError("no")), "failed"),
        (fail_with(ZeroDivisionError("nothing")), "failed"),
        (fail_with(AnsibleConnectionFailure("no route to host")), "unreachable"),
    ],
)
def test_the_turn_ends_as_the_operation_did(url: str, operation: Operation, expected: str) -> None:
    with contextlib.suppress(Exception):
        run(url, operation)
    state, counts = turn_of(url)
    assert (state, counts.errors) == (expected, int(expected == "failed"))


def test_an_install_with_failed_patches_is_an_error_of_the_run(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Action, "OPERATION", "Install")
    run(url, succeed)
    assert turn_of(url)[0] == "failed"


def test_every_host_of_the_play_is_a_target_of_the_run(url: str) -> None:
    run(url, succeed, VARIABLES | {"ansible_play_hosts_all": ["web1", "web2", "web3"]})
    counts = turn_of(url)[1]
    assert (counts.total, counts.waiting, counts.succeeded) == (3, 2, 1)


def test_the_host_is_running_while_the_operation_is_under_way_and_its_progress_is_kept(url: str) -> None:
    def operate(operation: HostOperation) -> dict[str, Any]:
        operation.show_progress("2 of 7: openssl")
        assert turn_of(url)[0] == "running"
        assert [worker.progress for worker in turn_of(url)[1].at_work] == ["2 of 7: openssl"]
        return {}

    run(url, operate)


@pytest.mark.parametrize(
    ("operation", "expected"), [(succeed, "running"), (fail_with(OperationError("no")), "running")]
)
def test_a_held_turn_stays_whatever_happened(url: str, operation: Operation, expected: str) -> None:
    with contextlib.suppress(AnsibleActionFail):
        run(url, operation, patch_hold_turn=True)
    assert turn_of(url)[0] == expected
    run(url, succeed)
    assert turn_of(url)[0] == "succeeded", "the next step of the host is not made to wait, and gives it back"


def test_a_lost_node_has_failed_for_the_steps_that_follow_and_is_unreachable_without_them(url: str) -> None:
    lost = fail_with(AnsibleConnectionFailure("no route to host"))
    with pytest.raises(AnsibleActionFail, match="Lost host 'web1': no route to host"):
        run(url, lost, patch_hold_turn=True)
    assert incident(url).state == "UNREACHABLE"
    assert turn_of(url)[0] == "running", "the last step gives it back"
    with pytest.raises(AnsibleConnectionFailure):
        run(url, lost)
    assert turn_of(url)[0] == "unreachable"


@pytest.mark.parametrize(
    ("before", "args", "state", "outcome"),
    [
        ("failed", {"patch_max_errors": "0"}, "TERMINATED", "terminated"),
        ("succeeded", {"patch_window_cutoff": "2026-01-01T00:00:00+00:00"}, "OUTSIDE_WINDOW", "outside_window"),
    ],
)
def test_a_host_that_is_not_started_is_skipped_and_recorded(
    url: str, before: str, args: dict[str, Any], state: str, outcome: str
) -> None:
    with open_store(url) as store:
        run_id = store.join_run(find_run_key(), operation="Scan", attributes={}).run_id
        store.enter_run(run_id, find_run_key(), "web2", ["web1", "web2"])
        store.end_turn(run_id, "web2", before)
    result = run(url, fail_with(AssertionError("the operation must not begin")), **args)
    assert (result["skipped"], result["terminated"], result["changed"]) == (True, True, False)
    assert (result["state"], result["msg"].startswith("not started: ")) == (state, True)
    assert (incident(url).state, incident(url).message) == (state, result["msg"])
    assert turn_of(url)[0] == outcome


def test_who_failed_before_in_the_run_keeps_its_reason_when_it_is_not_started_again(url: str) -> None:
    with pytest.raises(AnsibleActionFail):
        run(url, fail_with(OperationError("the reason")))
    assert run(url, succeed, patch_max_errors="0")["skipped"]
    assert (incident(url).state, incident(url).message) == ("ERROR", "the reason")


def test_a_worker_without_its_ansible_records_no_failure(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with live() as controller:
        monkeypatch.setattr(patch_action, "find_run_key", lambda: controller.name)
        with open_store(url) as store:
            run_id = store.join_run(controller.name, operation="Scan", attributes={}).run_id
            store.enter_run(run_id, "elsewhere:1:boot", "web2", ["web1", "web2"])
            store.take_turn(run_id, "web2", "elsewhere:1:boot", lambda look: Decision(Verdict.START, ""))
        controller.kill()
        with pytest.raises(AnsibleActionFail, match="its ansible-playbook has ended"):
            run(url, fail_with(AssertionError("the operation must not begin")), patch_max_concurrency="1")
    with open_store(url) as store:
        assert (store.find_turn(run_id, "web1"), store.run_entries(run_id)) == ("waiting", {})


def test_a_wrong_limit_fails_the_task_and_counts(url: str) -> None:
    with pytest.raises(AnsibleActionFail, match="host 'web1': patch_max_errors is 'few'; allowed"):
        run(url, fail_with(AssertionError("the operation must not begin")), patch_max_errors="few")
    assert turn_of(url)[0] == "failed"


def test_controllers_share_the_run_of_an_id(url: str) -> None:
    run_id = "01234567-89ab-cdef-0123-456789abcdef"
    run(url, succeed, patch_run_id=run_id)
    assert turn_of(url, run_id)[0] == "succeeded"
    with pytest.raises(AnsibleActionFail, match="run id 'weekly'"):
        run(url, succeed, patch_run_id="weekly")


def test_a_store_that_cannot_be_opened_fails_the_task_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(AnsibleActionFail, match="Failed to"):
        run(f"sqlite:///{tmp_path}/file/store.sqlite3", fail_with(AssertionError("the operation must not begin")))


def test_the_result_is_kept_where_the_log_goes(url: str, tmp_path: Path) -> None:
    result = run(url, lambda operation: {"msg": "done"}, patch_log_destination=str(tmp_path / "logs"))
    (file,) = (tmp_path / "logs").glob("*/web1/scan.json")
    assert '"msg": "done"' in file.read_text(encoding="utf-8")
    assert result["warnings"] == []


@pytest.mark.parametrize(
    ("error", "key"), [(OperationError("disk full"), "failed"), (AnsibleConnectionFailure("no route"), "unreachable")]
)
def test_what_went_wrong_is_kept_there_too(url: str, tmp_path: Path, error: Exception, key: str) -> None:
    with pytest.raises((AnsibleActionFail, AnsibleConnectionFailure)):
        run(url, fail_with(error), patch_log_destination=str(tmp_path / "logs"))
    (file,) = (tmp_path / "logs").glob("*/web1/scan.json")
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert (kept[key], kept["msg"]) == (True, str(getattr(error, "message", error)))


def test_a_log_that_cannot_be_written_is_a_warning_and_no_failure(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run(url, lambda operation: {"msg": "done"}, patch_log_destination=str(tmp_path / "file"))
    (warning,) = result["warnings"]
    assert "patch_log_destination" in warning
    assert result["msg"] == "done"


@pytest.mark.parametrize("node", ["mi-0123456789abcdef0", "vm/7", ""])
def test_a_log_for_a_bucket_waits_in_the_store(url: str, node: str) -> None:
    bucket: dict[str, Any] = {"patch_log_destination": "s3://logs/prod", "patch_aws_region": "eu-west-1"}
    done = {"msg": "done", "operating_system": "UBUNTU", "warnings": ["odd\x1b"], "_ansible_no_log": False}
    run(url, lambda operation: done, **bucket, patch_instance_id=node)
    with pytest.raises(AnsibleActionFail):
        run(url, fail_with(OperationError("disk full")), **bucket, patch_instance_id=node)
    with open_store(url) as store:
        run_id = store.join_run(find_run_key(), operation="Scan", attributes={}).run_id
        logs = store.waiting_logs(["web1"])
        texts = store.read_logs(log.id for log in logs)
    name = node if node.startswith("mi-") else "web1"
    folder = f"prod/{run_id}/{name}/awsrunShellScript/PatchLinux"
    assert [(log.request["bucket"], log.request["folder"]) for log in logs] == [("logs", folder)] * 2
    assert {log.request["aws"]["region"] for log in logs} == {"eu-west-1"}
    assert [json.loads(text["stdout"])["msg"] for text in texts.values()] == ["done", "disk full"]
    assert [text["stderr"] for text in texts.values()] == ["odd\\x1b\n", "disk full\n"]


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"patch_instance_id": "vm-7"}, False),
        ({"patch_instance_id": "vm-7", "patch_report_to_ssm": True}, True),
        ({"patch_instance_id": "mi-0123456789abcdef0", "patch_report_to_ssm": True}, False),
        ({"patch_report_to_ssm": True}, False),
    ],
)
def test_an_id_that_is_not_one_of_systems_manager_is_a_warning_where_it_is_wanted(
    url: str, options: dict[str, Any], warned: bool
) -> None:
    result = run(url, lambda operation: {"msg": "done"}, **options)
    assert [("web1" in text and "'vm-7'" in text and "mi-0" in text) for text in result["warnings"]] == [True] * warned


def test_check_mode_does_nothing_that_is_logged(url: str, tmp_path: Path) -> None:
    run(url, lambda operation: {"msg": "done"}, check_mode=True, patch_log_destination=str(tmp_path / "logs"))
    assert not (tmp_path / "logs").exists()
