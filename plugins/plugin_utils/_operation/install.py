# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Install on one host: judge, hand the node the exact list, wait for its answer, judge again, reboot if it is due."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import NodeFacts, parse_results
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchSource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import FactWarning
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import InstallPlan, plan_install
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import (
    RebootOption,
    decide_reboot,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.rounds import Rounds
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.steps import (
    StepsDecision,
    decide_steps,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import (
    HostOperation,
    Judged,
    describe_sources,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host_baseline import HostBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.reboot import (
    Reboot,
    collect_rebooted,
    plan_reboot,
    reboot_host,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.overrides import (
    load_install_override_list,
)

# a node that is away longer than this during an install is not waited for; the install goes on without us
AWAY_SECONDS = 300

# the node ends its install at the same limit as we do, and is given the time to do so and to say what became of it
_LAST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Installed:
    """How the install ended (or in check mode would begin): the judged node and the transaction."""

    judged: Judged
    reboot: Reboot
    transaction: tuple[dict[str, Any], ...] = ()
    held_back: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.reboot.is_due or any(map(is_change, self.transaction))


def is_change(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a transaction brings another version to the node, or in check mode would."""
    moved = entry["version"] != entry.get("from_version")  # else somebody else was quicker
    return moved and entry["status"] in ("installed", "dependency", "planned")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known before an install begins; ``results`` are those of an install that was found at work."""

    raw_facts: Mapping[str, Any]
    facts: NodeFacts
    frozen: HostBaseline
    sources: tuple[PatchSource, ...]
    plan: InstallPlan
    results: tuple[dict[str, Any], ...]
    unheard: tuple[FactWarning, ...]
    notes: tuple[str, ...]
    override_list: tuple[OverrideEntry, ...] | None


def install_host(operation: HostOperation) -> Installed:
    """Install what is approved and missing; in check mode only ask the node what it would do.

    Raises OperationError when the node refuses or does not finish in time.
    """
    check_mode = operation.settings.check_mode
    found = _prepare(operation)
    raw, facts, plan, notes = found.raw_facts, found.facts, found.plan, list(found.notes)
    results = list(found.results)
    transaction = results
    rounds = Rounds(found.frozen.baseline.package_manager)
    if plan.install and check_mode:
        transaction = operation.node(_request("plan", operation, plan, facts, found.sources))["transaction"]
    elif plan.install or (facts.unfinished and not check_mode):
        answer = _install(operation, plan, facts, found.sources)
        rounds.note(plan, facts.boot_id, parse_results(answer["results"]))
        results += answer["results"]
        notes += [str(repair) for repair in answer.get("repairs") or ()]
        raw, facts = operation.collect(refresh=False, sources=found.sources)
    judged = operation.judge(raw, facts, found.frozen, operation="Install", results=results, warnings=found.unheard)
    judged, reboot = _reboot(operation, judged, transaction, found.sources)
    if rounds.repeats and not check_mode:
        judged, reboot, transaction = _go_on(operation, found, rounds, Installed(judged, reboot, tuple(results)), notes)
    held_back = tuple(package.to_dict() for package in plan.held_back)
    return Installed(judged, reboot, tuple(transaction), held_back, tuple(notes))


def _go_on(
    operation: HostOperation, found: Prepared, rounds: Rounds, ended: Installed, notes: list[str]
) -> tuple[Judged, Reboot, list[dict[str, Any]]]:
    """Install what has come on offer meanwhile, round after round, until nothing approved is left to be tried."""
    judged, reboot, results = ended.judged, ended.reboot, list(ended.transaction)
    # every round needs another update or a reboot, and the reboots are counted: this ends with a node that lies too
    for _round in range(operation.settings.patch_max_reboots + 1):
        wanted = _plan(operation, found.frozen, judged.facts, found.override_list)
        plan = rounds.narrow(wanted, judged.facts.boot_id)
        if not plan.install:
            notes += rounds.list_given_up(wanted)
            break
        cutoff = operation.settings.patch_window_cutoff
        if cutoff is not None and datetime.now(timezone.utc) >= cutoff:
            notes.append(f"left for the next run, the window is over: {', '.join(item.name for item in plan.install)}")
            break
        answer = _install(operation, plan, judged.facts, found.sources)
        rounds.note(plan, judged.facts.boot_id, parse_results(answer["results"]))
        results = _merge(results, answer["results"])
        raw, facts = operation.collect(refresh=False, sources=found.sources)
        judged = operation.judge(raw, facts, found.frozen, operation="Install", results=results, warnings=found.unheard)
        judged, latest = _reboot(operation, judged, answer["results"], found.sources, results)
        reboot = replace(latest, performed=reboot.performed or latest.performed)
    return judged, reboot, results


def _merge(results: Sequence[dict[str, Any]], later: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What became of each update in the end, in the order in which they were tried first."""
    merged = {(result["name"], result.get("update_id")): result for result in results}
    merged.update({(result["name"], result.get("update_id")): result for result in later})
    return list(merged.values())


def scan_before_install(operation: HostOperation) -> tuple[Judged, StepsDecision, tuple[str, ...]]:
    """Scan as the first step of an install with hooks: what is missing, whether its other steps follow, and notes."""
    found = _prepare(operation)
    judged = operation.judge(found.raw_facts, found.facts, found.frozen, operation="Scan", warnings=found.unheard)
    operation.record(judged, operation="Scan")
    option = RebootOption(operation.settings.patch_reboot_option)
    to_do = len(found.plan.install) + len(found.facts.unfinished)
    return judged, decide_steps(option, to_do, judged.assessment), found.notes


def _prepare(operation: HostOperation) -> Prepared:
    """Find out what is to be installed; an install that is at work on the node ends first."""
    override_list = _read_override_list(operation)
    found = operation.examine()
    raw, facts = found.raw_facts, found.facts
    unheard = operation.find_unheard(facts)
    notes: list[str] = []
    results: list[dict[str, Any]] = []
    last = facts.last_operation
    if last and last.state == "running" and not operation.settings.check_mode:
        # somebody's install, perhaps ours of a run that was stopped, is still at work: its answer is part of this run
        since = f", running on the node since {format_moment(last.started_at)}" if last.started_at else ""
        notes.append(f"waited for install {last.id}{since}")
        results += wait_for_install(operation, last.id)["results"]
        raw, facts = operation.collect(refresh=False, sources=found.sources)
    # the next install would make the node forget it
    notes += [warning.message for warning in facts.warnings if warning.code == "install_interrupted"]

    plan = _plan(operation, found.frozen, facts, override_list)
    notes += [f"patch_install_override_list: {entry}" for entry in plan.unmatched]
    notes += [f"left out {package.title}: {package.reason}" for package in plan.held_back]
    return Prepared(raw, facts, found.frozen, found.sources, plan, tuple(results), unheard, tuple(notes), override_list)


def _plan(
    operation: HostOperation, frozen: HostBaseline, facts: NodeFacts, override_list: tuple[OverrideEntry, ...] | None
) -> InstallPlan:
    return plan_install(
        frozen.baseline,
        facts,
        frozen.now,
        install_override_list=override_list,
        release_date_field=operation.settings.patch_release_date_field,
    )


def _reboot(
    operation: HostOperation,
    judged: Judged,
    results: Sequence[Mapping[str, Any]],
    sources: Sequence[PatchSource],
    all_results: Sequence[Mapping[str, Any]] | None = None,
) -> tuple[Judged, Reboot]:
    """Record what was judged, reboot if that is due, and then judge and record once more.

    A node that does not come back is on record as it was before: its new patches wait for the reboot. ``results``
    are those since the last reboot, ``all_results`` those of the run if they are more.
    """
    option = RebootOption(operation.settings.patch_reboot_option)
    decision = decide_reboot(option, parse_results(list(results)), judged.assessment)
    reboot = plan_reboot(operation, decision, judged.facts.boot_id)
    warnings = judged.assessment.warnings
    if reboot.left_out:
        warnings = (*warnings, FactWarning("reboot_left_out", f"not rebooted: {reboot.left_out}"))
        judged = replace(judged, assessment=replace(judged.assessment, warnings=warnings))
    operation.record(judged, operation="Install", reboot=reboot.to_dict())
    if not reboot.is_due or operation.settings.check_mode:
        return judged, reboot
    reboot_host(operation, judged.facts.boot_id, decision.reason)
    raw, facts = collect_rebooted(operation, sources)
    reboot = replace(reboot, performed=True, count=reboot.count + 1)
    kept = [warning for warning in warnings if warning not in facts.warnings]
    judged = operation.judge(
        raw, facts, judged.frozen, operation="Install", results=all_results or results, warnings=kept
    )
    operation.record(judged, operation="Install", reboot=reboot.to_dict())
    return judged, reboot


def wait_for_install(operation: HostOperation, operation_id: str) -> dict[str, Any]:
    """Poll an install until it has ended and give its answer.

    A lost connection is waited out: the install runs detached. Raises OperationError when the time is over.
    """
    settings = operation.settings
    deadline = time.monotonic() + settings.patch_step_timeout + _LAST_WORDS
    said = ""
    while True:
        # the node answers as soon as the install has ended, and after this time at the latest
        answer = _ask_until_reached(
            operation, {"command": "poll", "operation_id": operation_id, "wait": settings.patch_poll_interval}
        )
        if answer["state"] != "running":
            return answer
        doing = _describe_progress(answer.get("progress") or {})
        if doing and doing != said:
            operation.show_progress(doing)
            said = doing
        if time.monotonic() >= deadline:
            raise OperationError(
                f"Failed to wait for install {operation_id} on host '{settings.host}': it still runs after"
                f" {settings.patch_step_timeout} seconds. It goes on; run again to collect its answer,"
                " or raise patch_step_timeout"
            )


def _install(
    operation: HostOperation, plan: InstallPlan, facts: NodeFacts, sources: Sequence[PatchSource]
) -> dict[str, Any]:
    settings = operation.settings
    operation_id = str(uuid.uuid4())
    # a start may be repeated: the node gives the operation of this id if there is one
    _ask_until_reached(
        operation,
        {
            **_request("install", operation, plan, facts, sources),
            "operation_id": operation_id,
            "step_timeout": settings.patch_step_timeout,
            "info": {"run_id": operation.run_id},
        },
    )
    count = len(plan.install)
    doing = f"installing {count} package{'' if count == 1 else 's'}" if count else "finishing an interrupted install"
    operation.show_progress(doing)
    answer = wait_for_install(operation, operation_id)
    if answer["state"] == "interrupted":
        operation.say(f"{settings.host}: install {operation_id} was interrupted on the node")
    return answer


def _ask_until_reached(operation: HostOperation, command: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answer to a command of an install; a lost node is waited for, up to ``AWAY_SECONDS``."""
    settings = operation.settings
    deadline = time.monotonic() + min(AWAY_SECONDS, settings.patch_step_timeout)
    while True:
        try:
            return operation.node(command)
        except AnsibleConnectionFailure as error:
            if time.monotonic() > deadline:
                raise AnsibleConnectionFailure(
                    f"Lost host '{settings.host}' during install {command['operation_id']}: {error.message}."
                    " The install goes on if it was started; the next run collects its answer"
                ) from error
        time.sleep(settings.patch_poll_interval)


def _request(
    command: str, operation: HostOperation, plan: InstallPlan, facts: NodeFacts, sources: Sequence[PatchSource]
) -> dict[str, Any]:
    return {
        "command": command,
        "packages": _describe_packages(plan, facts),
        "blocked": list(plan.blocked),
        "blocked_shapes": list(plan.blocked_shapes),
        "pinned": [asdict(package) for package in plan.pinned],
        "lock_timeout": operation.settings.patch_lock_timeout,
        **describe_sources(sources),
    }


def _describe_packages(plan: InstallPlan, facts: NodeFacts) -> list[dict[str, str]]:
    """The exact list. Where a patch is installed by a title of its own, the node told it with the facts.

    An update of Windows is told by its id, which nothing needs to be added to.
    """
    titles = {
        (package.name, package.arch, package.version): {
            "classification": package.classification,
            "title": package.title,
        }
        for package in facts.candidates
        if package.classification
    }
    packages = []
    for package in plan.install:
        wanted = {"name": package.name, "arch": package.arch, "version": package.version}
        if package.update_id:
            packages.append({**wanted, "update_id": package.update_id})
            continue
        title = titles.get((package.name, package.arch, package.version))
        packages.append(wanted if title is None else {**wanted, **title, "from_version": package.from_version})
    return packages


def _read_override_list(operation: HostOperation) -> tuple[OverrideEntry, ...] | None:
    settings = operation.settings
    if not settings.patch_install_override_list:
        return None
    return load_install_override_list(settings.patch_install_override_list, settings.base_dir)


def _describe_progress(progress: Mapping[str, Any]) -> str:
    doing = str(progress.get("doing") or "")
    if progress.get("total"):
        return f"{progress.get('done', 0)} of {progress['total']}: {doing}".rstrip(": ")
    return doing
