# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reboot one host and prove it: the node's boot id is another one afterwards."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchSource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import RebootDecision
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import NodeError, NodeRefusedError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation

PAUSES = (1, 2, 3, 5)  # seconds between two looks at a node that reboots; the last one again and again
SETTLING_SECONDS = 60  # how long a node that is back may be lost once more, while it starts its services


@dataclass(frozen=True, slots=True)
class Reboot:
    """What was decided and done about a reboot.

    ``left_out``: why a reboot that was decided cannot be done. ``postponed``: why it is not done here. ``count``: how
    often this run has rebooted the host by now.
    """

    decision: RebootDecision
    left_out: str = ""
    postponed: str = ""
    performed: bool = False
    count: int = 0

    @property
    def is_due(self) -> bool:
        """Whether it is to be done now."""
        return self.decision.reboot and not self.left_out and not self.postponed

    def to_dict(self) -> dict[str, Any]:
        """The key ``reboot`` of a result and of a stored assessment."""
        reason, obstacle = self.decision.reason, self.left_out or self.postponed
        return {
            "decided": self.decision.reboot,
            "performed": self.performed,
            "reason": f"{reason}; not rebooted: {obstacle}" if obstacle else reason,
            "reasons": list(self.decision.reasons),
            "count": self.count,
        }


def plan_reboot(operation: HostOperation, decision: RebootDecision, boot_id: str) -> Reboot:
    """Find out whether a reboot that was decided is to be done now; ``boot_id`` is the boot the node is in."""
    settings = operation.settings
    count = _count_reboots(operation)
    if not decision.reboot:
        return Reboot(decision, count=count)
    postponed = "left to a later step by patch_hold_reboot" if settings.patch_hold_reboot else ""
    return Reboot(decision, _find_obstacle(operation, count, boot_id), postponed, count=count)


def _count_reboots(operation: HostOperation) -> int:
    """How often this run has rebooted the host, by the store: a run may have several operations for it."""
    last = operation.store.last_install(operation.run_id, operation.settings.host)
    before: Mapping[str, Any] = last.summary().get("reboot") or {} if last else {}
    return int(before.get("count", 0))


def _find_obstacle(operation: HostOperation, count: int, boot_id: str) -> str:
    settings = operation.settings
    if operation.connection.transport == "local" or (boot_id and boot_id == _find_own_boot()):
        return "it is the machine that runs Ansible. Reboot it yourself, then scan"
    if not boot_id:
        return "it has no boot id that would prove a reboot. Reboot it yourself, then scan"
    if count >= settings.patch_max_reboots:
        done = f", and this run has rebooted it {count} time{'' if count == 1 else 's'}" if count else ""
        return f"patch_max_reboots is {settings.patch_max_reboots}{done}"
    end, timeout = settings.patch_window_end, settings.patch_reboot_timeout
    if end is not None and end - datetime.now(timezone.utc) < timedelta(seconds=timeout):
        return f"the window ends at {format_moment(end)}, a reboot may take {timeout} s"
    return ""


def _find_own_boot() -> str:
    """The boot id of this machine, written as ``payload/node.py`` does; empty where there is none."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            kernel = stream.read().strip()
        with open("/proc/1/stat", encoding="utf-8", errors="replace") as stream:
            return f"{kernel}-{stream.read().rpartition(')')[2].split()[19]}"
    except (OSError, IndexError):  # no Linux
        return ""


def reboot_host(operation: HostOperation, boot_id: str, reason: str) -> None:
    """Make the node leave the boot of this id, and return when it is in another one.

    Raises OperationError when it does not go down or does not come back in time, and NodeRefusedError when it will not.
    """
    settings = operation.settings
    operation.say(f"{settings.host}: rebooting because {reason}")
    began = time.monotonic()
    is_accepted, trouble = False, ""
    for pause in itertools.chain(PAUSES, itertools.repeat(PAUSES[-1])):
        try:
            found = _look(operation) if is_accepted else _ask_to_leave(operation, boot_id)
            if found not in ("", boot_id):
                operation.say(f"{settings.host}: back after {round(time.monotonic() - began)} s")
                return
            is_accepted, trouble = True, ""
        except NodeRefusedError:
            raise
        except (AnsibleError, NodeError) as error:
            # a node that goes down or comes up fails in many ways: no route, no login, no sudo, half an answer
            trouble = _say_why(error)
        left = began + settings.patch_reboot_timeout - time.monotonic()
        if left <= 0:
            break
        time.sleep(min(pause, left))
    raise OperationError(_explain(operation, trouble))


def _ask_to_leave(operation: HostOperation, boot_id: str) -> str:
    """May be asked again: a node that is not in this boot any more stays up and says in which it is."""
    return str(operation.node({"command": "reboot", "boot_id": boot_id}).get("boot_id") or "")


def _look(operation: HostOperation) -> str:
    # what Ansible keeps open leads to the boot that ends
    operation.connection.reset()
    return operation.identify().boot_id


def _say_why(error: Exception) -> str:
    return str(getattr(error, "message", error)).strip().rstrip(".")


def _explain(operation: HostOperation, trouble: str) -> str:
    settings = operation.settings
    lead = f"Failed to reboot host '{settings.host}': it"
    seconds = f"{settings.patch_reboot_timeout} seconds"
    if trouble:
        return (
            f"{lead} did not come back within {seconds}: {trouble}. Look at its console; when it is up, scan it."
            " If it only needs longer, raise patch_reboot_timeout"
        )
    return (
        f"{lead} did not go down: {seconds} after it was told to, it is still in the same boot. Look on the node for"
        " what blocks the shutdown (systemctl list-jobs, /var/lib/openpatch/patch_manager/reboot.log; on Windows the"
        " System log), reboot it and scan. If it only needs longer, raise patch_reboot_timeout"
    )


def collect_rebooted(operation: HostOperation, sources: Sequence[PatchSource]) -> tuple[dict[str, Any], NodeFacts]:
    """Collect the facts of a node that has just come back; its repositories are not read anew."""
    deadline = time.monotonic() + SETTLING_SECONDS
    while True:
        try:
            operation.connection.reset()
            return operation.collect(refresh=False, sources=sources)
        except AnsibleConnectionFailure:
            if time.monotonic() >= deadline:
                raise
        time.sleep(PAUSES[-1])
