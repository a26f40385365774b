# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the actions that work on a node share: settings, store, run, the host's turn in it, a record of every host that
could not be judged."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import EngineError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import NodeError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.transport import open_node
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import (
    OperationError,
    OrphanedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log import write_log
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log_delivery import leave_log
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.run_key import find_run_key
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import (
    Settings,
    read_settings,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results import find_unknown_id
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.turn import (
    NOT_STARTED,
    Turn,
    check_strategy,
    read_limits,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.gate import Decision
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import find_path
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import name_outcome

display = Display()

EXPECTED_ERRORS = (EngineError, NodeError, OperationError, SourceError, StoreError)


def validate_arguments(action: ActionBase, spec: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The task's arguments, checked and completed; raises AnsibleActionFail."""
    _result, arguments = action.validate_argument_spec(argument_spec=spec)
    return dict(arguments)


def _say(text: str) -> None:
    """Show a person how far it is; part of it is the node's own words."""
    display.display(make_visible(text))


def make_lines_visible(text: str) -> str:
    """Escape what acts on a terminal, but for the ends of lines."""
    return "\n".join(map(make_visible, text.split("\n")))


def _keep_log(
    settings: Settings | None, turn: Turn, operation: str, transport: str, result: Mapping[str, Any]
) -> tuple[str, ...]:
    """Keep what was done where patch_log_destination says; gives a warning if that fails, the node did not."""
    if settings is None or not settings.patch_log_destination or settings.check_mode:
        return ()
    destination = settings.patch_log_destination
    try:
        if settings.log_bucket is not None:
            leave_log(turn.store, turn.run_id, settings, settings.log_bucket, operation, transport, result)
        else:
            folder = find_path(destination, "patch_log_destination", settings.base_dir)
            write_log(folder, turn.run_id, settings.host, operation, result)
    except (OSError, ValueError, SourceError, StoreError) as error:
        cause = getattr(error, "strerror", None) or error
        return (f"Failed to write to patch_log_destination '{destination}': {cause}. Correct the path or its rights",)
    return ()


class PatchAction(ActionBase):
    """Base of ``patch_scan`` and ``patch_install``."""

    OPTIONS: ClassVar[dict[str, dict[str, Any]]]
    OPERATION: ClassVar[str]

    def operate(self, operation: HostOperation) -> dict[str, Any]:
        """Do the operation and give the task's result."""
        raise NotImplementedError

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        host = str(variables["inventory_hostname"])
        controller = find_run_key()
        try:
            with open_store(self._task.args.get("patch_store_url")) as store:
                run = store.join_run(
                    controller,
                    operation=self.OPERATION,
                    attributes={"check_mode": self._task.check_mode},
                    run_id=str(self._task.args.get("patch_run_id") or "") or None,
                )
                turn = Turn(store, run.run_id, host, controller, self.OPERATION, _say)
                turn.enter(
                    [str(name) for name in variables.get("ansible_play_hosts_all", ())],
                    str(self._task.args.get("patch_max_concurrency") or ""),
                    str(self._task.args.get("patch_max_errors", "")),
                )
                return result | self._operate_on(turn, variables)
        except EXPECTED_ERRORS as error:
            # what the node said may be part of it; no cause, because ansible-core 2.19 adds its words once more
            raise AnsibleActionFail(make_lines_visible(str(error))) from None

    def _operate_on(self, turn: Turn, variables: dict[str, Any]) -> dict[str, Any]:
        """Operate; whatever goes wrong is recorded first, so that no host of a run is without a word in the store."""
        record = functools.partial(
            turn.store.add_incident,
            turn.run_id,
            turn.host,
            operation=self.OPERATION,
            address=str(variables.get("ansible_host") or ""),
        )
        transport = str(getattr(self._connection, "transport", ""))
        keep = functools.partial(_keep_log, None, turn, self.OPERATION.lower(), transport)
        is_held = False
        try:
            settings = read_settings(
                validate_arguments(self, self.OPTIONS), variables, check_mode=self._task.check_mode
            )
            record = functools.partial(record, patch_group=settings.patch_group or "")
            keep = functools.partial(_keep_log, settings, turn, self.OPERATION.lower(), transport)
            limits = read_limits(settings)
            check_strategy(self._task, settings)
            decision = turn.wait(limits, settings.patch_window_cutoff, timedelta(seconds=settings.patch_step_timeout))
            if not decision.starts:
                return self._leave_out(turn, decision, record)
            is_held = settings.patch_hold_turn
            node = open_node(self, variables, settings.windows_options)
            result = self.operate(HostOperation(node, turn.store, turn.run_id, settings, _say, self._connection))
            unknown_id = find_unknown_id(settings)
            warnings = [*result.get("warnings", ()), *([unknown_id] if unknown_id else []), *keep(result)]
            if is_held:
                turn.rest()
            else:
                turn.end(self._name_outcome(result, settings))
            # Ansible prints these as they are
            return result | {"warnings": [make_visible(warning) for warning in warnings]}
        except OrphanedError:
            raise  # the node did nothing, and the next run writes the end of this one
        except AnsibleConnectionFailure as error:
            record("UNREACHABLE", error.message)
            keep({"unreachable": True, "msg": error.message})
            if is_held:
                turn.rest()
                # Ansible runs no further task on a node that is unreachable, so for steps that follow it has failed
                raise OperationError(f"Lost host '{turn.host}': {error.message}") from error
            turn.end("unreachable")
            raise
        except Exception as error:
            record("ERROR", str(error))
            keep({"failed": True, "msg": str(error)})
            if is_held:
                turn.rest()
            else:
                turn.end("failed")
            raise

    def _leave_out(self, turn: Turn, decision: Decision, record: Callable[[str, str], int]) -> dict[str, Any]:
        """The result of a host that the run does not start."""
        state, outcome = NOT_STARTED[decision.verdict]
        if turn.end(outcome):
            record(state, decision.reason)
        _say(f"{turn.host}: {decision.reason}")
        return {"changed": False, "skipped": True, "terminated": True, "state": state, "msg": decision.reason}

    def _name_outcome(self, result: Mapping[str, Any], settings: Settings) -> str:
        if settings.check_mode:  # what failed was an earlier install then
            return "succeeded"
        counts = {"failed_count": 0, **result.get("counts", {})}
        return name_outcome("", is_incident=False, operation=self.OPERATION, counts=counts)
