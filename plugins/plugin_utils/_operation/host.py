# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host: collect its facts, judge them by its baseline, record both. Scan, check mode and install all do that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import FactsError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import (
    NodeFacts,
    parse_facts,
    parse_results,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PackageManager,
    PatchSource,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import FactWarning
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.products import find_sources
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import Assessment, evaluate
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host_baseline import (
    HostBaseline,
    freeze_baseline,
    may_have_sources,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import Settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.ssm_results import ask_report
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store


class Node(Protocol):
    """The way to the node: runs one command of the node program there and gives its answer."""

    def __call__(self, command: Mapping[str, Any], /) -> dict[str, Any]: ...


class Connection(Protocol):
    """What Ansible keeps open to a node: ``transport`` is the name of its plugin."""

    transport: str

    def reset(self) -> None:
        """Close it; the next command opens it anew."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the node said, as it said it and parsed, and the engine's word on it."""

    raw_facts: Mapping[str, Any]
    facts: NodeFacts
    frozen: HostBaseline
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Examined:
    """What the node said, the baseline it has, and the repositories that it is to use in place of its own."""

    raw_facts: Mapping[str, Any]
    facts: NodeFacts
    frozen: HostBaseline
    sources: tuple[PatchSource, ...]


@dataclass(frozen=True, slots=True)
class HostOperation:
    """The operation on one host in one run; ``say`` shows a person how far it is."""

    node: Node
    store: Store
    run_id: str
    settings: Settings
    say: Callable[[str], None]
    connection: Connection

    def examine(self) -> Examined:
        """Find the node's facts and its baseline: one remote execution, unless the baseline has repositories.

        Which baseline it is depends on the node's system. Where it may have repositories of its own, the node is asked
        for its system first, because then its own repositories are not to be consulted, not even for the facts.
        """
        refresh = self.settings.patch_refresh_metadata
        if may_have_sources(self.store, self.settings, self.run_id):
            system = self.identify()
            frozen = self.freeze(system)
            sources = find_sources(frozen.baseline, system.os.product)
            raw, facts = self.collect(refresh=refresh, sources=sources)
            return Examined(raw, facts, frozen, sources)
        raw, facts = self.collect(refresh=refresh)
        frozen = self.freeze(facts)
        sources = find_sources(frozen.baseline, facts.os.product)
        if sources:  # they were written in a way that nobody could foresee
            raw, facts = self.collect(refresh=refresh, sources=sources)
        return Examined(raw, facts, frozen, sources)

    def identify(self) -> NodeFacts:
        """Ask the node what system it is and which boot it is in: a remote execution that reads a few files."""
        return self._ask({"command": "identify"})[1]

    def collect(self, *, refresh: bool, sources: Sequence[PatchSource] = ()) -> tuple[dict[str, Any], NodeFacts]:
        """Ask the node for its facts: one remote execution. It keeps nothing of ``sources``, so fetches them always."""
        return self._ask(
            {
                "command": "collect",
                "refresh": refresh or bool(sources),
                "lock_timeout": self.settings.patch_lock_timeout,
                **describe_sources(sources),
            }
        )

    def _ask(self, command: Mapping[str, Any]) -> tuple[dict[str, Any], NodeFacts]:
        raw: Any = self.node(command).get("facts")
        if isinstance(raw, dict) and raw.get("package_manager") == PackageManager.WINDOWS.value:
            self._recall_operation(raw)
        try:
            return raw, parse_facts(raw)
        except FactsError as error:
            raise OperationError(f"Failed to understand the facts of host '{self.settings.host}': {error}") from error

    def _recall_operation(self, raw: dict[str, Any]) -> None:
        """Add what the store knows of the last install: on Windows nothing of it stays on the node."""
        if "last_operation" not in raw:
            before = (self.store.last_facts(self.settings.host) or {}).get("last_operation")
            if isinstance(before, Mapping) and before.get("state") != "running":
                raw["last_operation"] = dict(before)

    def freeze(self, facts: NodeFacts) -> HostBaseline:
        """Give the host's baseline, once per operation: only who makes the snapshot hears the warnings of its files."""
        return freeze_baseline(self.store, self.settings, self.run_id, self._supported(facts))

    def judge(
        self,
        raw: Mapping[str, Any],
        facts: NodeFacts,
        frozen: HostBaseline,
        *,
        operation: str,
        results: Sequence[Mapping[str, Any]] = (),
        warnings: Sequence[FactWarning] = (),
    ) -> Judged:
        """Evaluate facts by the host's frozen baseline; ``warnings`` are added to those of the node."""
        assessment = evaluate(
            frozen.baseline,
            facts,
            frozen.now,
            operation=operation,
            results=parse_results(list(results)),
            release_date_field=self.settings.patch_release_date_field,
            patch_group=self.settings.patch_group or "",
            snapshot_id=frozen.snapshot_id,
            baseline_source=frozen.source,
            baseline_reason=frozen.reason,
        )
        return Judged(raw, facts, frozen, replace(assessment, warnings=(*warnings, *assessment.warnings)))

    def show_progress(self, doing: str) -> None:
        """Show a person what is being done on the node, and keep it for who looks at the run."""
        self.say(f"{self.settings.host}: {doing}")
        with contextlib.suppress(StoreError):  # what matters is what the node does
            self.store.note_progress(self.run_id, self.settings.host, doing)

    def find_unheard(self, facts: NodeFacts) -> tuple[FactWarning, ...]:
        """Warn of an install that ended when nobody was there to hear: its controller was stopped, or gave up."""
        last = facts.last_operation
        if last is None or last.state != "finished":
            return ()
        before = (self.store.last_facts(self.settings.host) or {}).get("last_operation") or {}
        if (before.get("id"), before.get("state")) == (last.id, last.state):
            return ()
        began = f", started at {format_moment(last.started_at)}," if last.started_at else ""
        ended = f" at {format_moment(last.finished_at)}" if last.finished_at else ""
        done = sum(result.status in ("installed", "dependency") for result in last.results)
        message = (
            f"install {last.id}{began} ended{ended} with nobody waiting: {done} of {len(last.results)} packages done"
        )
        return (FactWarning("install_unheard", message),)

    def record(self, judged: Judged, *, operation: str, reboot: Mapping[str, Any] | None = None) -> None:
        """Store facts and assessment, and what became of the reboot after an install.

        What check mode or a baseline override found is kept, but is not the node's compliance: AWS does not overwrite
        it either (``patch-manager-baselineoverride-parameter``).
        """
        facts_id = self.store.add_facts(self.run_id, self.settings.host, dict(judged.raw_facts))
        current = not self.settings.check_mode and not self.settings.patch_baseline_override
        number = self.store.add_assessment(
            self.run_id,
            self.settings.host,
            judged.assessment.to_dict() if reboot is None else {**judged.assessment.to_dict(), "reboot": dict(reboot)},
            facts_id=facts_id,
            operation=operation,
            current=current,
            address=self.settings.address,
        )
        if current:
            status, reason = judged.assessment.compliance_status.value, judged.assessment.status_reason
            ask_report(self.store, self.run_id, self.settings, number, status, reason)

    def _supported(self, facts: NodeFacts) -> OperatingSystem:
        system = facts.os.operating_system
        if system is None:
            raise OperationError(
                f"Failed to judge host '{self.settings.host}': operating system '{facts.os.id or 'unknown'}'"
                f" version '{facts.os.version or 'unknown'}' is not one Patch Manager knows."
                " Leave the host out of patch_targets"
            )
        return system


def describe_sources(sources: Sequence[PatchSource]) -> dict[str, Any]:
    """What a command holds of repositories: nothing if there are none."""
    described = [{"name": source.name, "configuration": source.configuration} for source in sources]
    return {"sources": described} if described else {}


def scan_host(operation: HostOperation) -> Judged:
    """Scan: collect, judge, record; nothing on the node changes but its package lists."""
    found = operation.examine()
    unheard = operation.find_unheard(found.facts)
    judged = operation.judge(found.raw_facts, found.facts, found.frozen, operation="Scan", warnings=unheard)
    operation.record(judged, operation="Scan")
    return judged
