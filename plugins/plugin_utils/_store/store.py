# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store as the other layers see it: runs, snapshots, facts and assessments behind one value.

Each process opens its own, also each fork of Ansible::

    with open_store(url) as store:
        run = store.join_run(key, operation="Scan", attributes={})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import (
    assessments,
    deliveries,
    facts,
    keeper,
    logs,
    runs,
    schema,
    snapshots,
    turns,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.location import find_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import (
    AssessmentRecord,
    Delivery,
    HostEntry,
    WaitingLog,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.runs import Run, RunRecord
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import Decision, Look, TurnCounts


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def open_store(url: str | None = None, *, clock: Callable[[], datetime] = _utc_now) -> Store:
    """Open the store of ``patch_store_url`` (None: the default file); creates it if it is not there.

    Raises StoreUnavailableError or StoreVersionError.
    """
    schema.require_sqlalchemy()
    return Store(Database(find_store(url)), clock)


class Store:
    """An open store. Every method raises StoreUnavailableError when the database fails."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    @property
    def name(self) -> str:
        """What to call the store in messages: a path, or a URL without its password."""
        return self._database.name

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def join_run(
        self, run_key: str, *, operation: str, attributes: Mapping[str, Any], run_id: str | None = None
    ) -> Run:
        """Give the run of ``run_key``, or of ``run_id`` (a GUID) whatever the key; the first caller makes it."""
        return runs.join_run(
            self._database, run_key, operation=operation, attributes=attributes, run_id=run_id, now=self._clock()
        )

    def find_run(self, run_key: str) -> Run | None:
        """Give the run of this key; None if nobody has joined it yet."""
        return runs.find_run(self._database, run_key)

    def freeze_snapshot(
        self, snapshot_id: str, patch_group: str, operating_system: str, make: Callable[[], FrozenBaseline]
    ) -> FrozenBaseline:
        """Give the frozen baseline of a snapshot; ``make`` is called once over all processes, if there is none.

        Raises StoreValueError if ``snapshot_id`` is not a GUID, and whatever ``make`` raises.
        """
        return snapshots.freeze_snapshot(self._database, snapshot_id, patch_group, operating_system, make)

    def note_refusal(self, refusal_id: str, patch_group: str, operating_system: str, reason: str) -> None:
        """Keep, while ``make`` runs, that it cannot make a baseline; ``refusal_id`` is a GUID of no snapshot."""
        snapshots.note_refusal(self._database, refusal_id, patch_group, operating_system, reason, self._clock())

    def find_refusal(self, refusal_id: str, patch_group: str, operating_system: str) -> str | None:
        """Give why an earlier ``make`` could not make it, if that was kept."""
        return snapshots.find_refusal(self._database, refusal_id, patch_group, operating_system)

    def list_frozen(self, snapshot_id: str, patch_group: str) -> tuple[FrozenBaseline, ...]:
        """Give what a snapshot holds so far for a patch group; raises StoreValueError for what is no GUID."""
        return snapshots.list_frozen(self._database, snapshot_id, patch_group)

    def add_facts(self, run_id: str, host: str, document: Mapping[str, Any]) -> int:
        """Keep node facts; gives their number."""
        return facts.add_facts(self._database, run_id, host, document, now=self._clock())

    def read_facts(self, facts_id: int) -> dict[str, Any]:
        """Give node facts back; raises StoreValueError if there are none of this number."""
        return facts.read_facts(self._database, facts_id)

    def last_facts(self, host: str) -> dict[str, Any] | None:
        """Give the newest node facts of a host, or None if it has none."""
        return facts.find_last_facts(self._database, host)

    def add_assessment(
        self,
        run_id: str,
        host: str,
        assessment: Mapping[str, Any],
        *,
        operation: str,
        current: bool,
        facts_id: int | None = None,
        address: str = "",
    ) -> int:
        """Keep ``Assessment.to_dict()``; gives its number.

        ``current`` false: kept, but not the node's compliance (check mode, baseline override). ``address`` is where
        the node was reached.
        """
        return assessments.add_assessment(
            self._database,
            run_id,
            host,
            assessment,
            operation=operation,
            current=current,
            facts_id=facts_id,
            address=address,
            now=self._clock(),
        )

    def add_incident(
        self,
        run_id: str,
        host: str,
        state: str,
        message: str,
        *,
        operation: str = "",
        patch_group: str = "",
        address: str = "",
    ) -> int:
        """Keep that a host gave no assessment; ``state`` is one of ``INCIDENT_STATES``. Gives its number."""
        return assessments.add_incident(
            self._database,
            run_id,
            host,
            state,
            message,
            operation=operation,
            patch_group=patch_group,
            address=address,
            now=self._clock(),
        )

    def current_assessments(self, hosts: Iterable[str] | None = None, *, patches: bool = False) -> dict[str, HostEntry]:
        """Give what counts now, by host: the newest current assessment, and an incident if that came later.

        A host of which nothing is known is absent. ``patches``: read the patch lists as well.
        """
        return assessments.find_current(self._database, hosts, patches=patches)

    def run_entries(
        self, run_id: str, hosts: Iterable[str] | None = None, *, patches: bool = False
    ) -> dict[str, HostEntry]:
        """Give what one run found, by host, also what is not the node's compliance."""
        return assessments.find_of_run(self._database, run_id, hosts, patches=patches)

    def last_assessment(self, host: str) -> AssessmentRecord | None:
        """Give the current assessment of one host with its patches."""
        entry = next(iter(self.current_assessments([host], patches=True).values()), None)
        return entry.assessment if entry else None

    def last_install(self, run_id: str, host: str) -> AssessmentRecord | None:
        """Give what an install in a run found last on a host, whatever else the run found since."""
        return assessments.find_last_install(self._database, run_id, host)

    def read_assessments(self, numbers: Iterable[int]) -> dict[int, AssessmentRecord]:
        """Give assessments by their numbers, with their patches; ask for some hundreds at a time."""
        return assessments.read_assessments(self._database, numbers)

    def ask_delivery(
        self,
        run_id: str,
        host: str,
        assessment_id: int,
        node_id: str,
        request: Mapping[str, Any],
        *,
        state: str = deliveries.ASKED,
        message: str = "",
    ) -> int:
        """Keep that somebody else is to be told of an assessment, under the name ``node_id``; gives its number."""
        return deliveries.ask_delivery(
            self._database,
            run_id,
            host,
            assessment_id,
            node_id,
            request,
            state=state,
            message=message,
            now=self._clock(),
        )

    def due_deliveries(self, run_id: str, hosts: Iterable[str]) -> list[Delivery]:
        """Give each host's newest delivery that is still to be made, and those that this run withheld."""
        return deliveries.find_due(self._database, run_id, hosts, now=self._clock())

    def newest_deliveries(self) -> dict[str, Delivery]:
        """Give each host's newest delivery, whatever its state."""
        return deliveries.find_newest(self._database)

    def told_of(self, hosts: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give what was last delivered of each host, as ``end_delivery`` kept it."""
        return deliveries.find_told(self._database, hosts)

    def end_delivery(self, number: int, state: str, message: str = "", told: Mapping[str, Any] | None = None) -> None:
        """Keep how a delivery went; ``told`` is what was delivered, in short."""
        deliveries.end_delivery(self._database, number, state, message, told, now=self._clock())

    def add_log(self, run_id: str, host: str, request: Mapping[str, Any], texts: Mapping[str, str]) -> int:
        """Keep a log and where it is to go; gives its number."""
        return logs.add_log(self._database, run_id, host, request, texts, now=self._clock())

    def waiting_logs(self, hosts: Iterable[str]) -> list[WaitingLog]:
        """Give the logs of these hosts that are still to go somewhere, the oldest first."""
        return logs.find_waiting(self._database, hosts, now=self._clock())

    def read_logs(self, numbers: Iterable[int]) -> dict[int, dict[str, str]]:
        """Give the texts of logs by their numbers; ask for some hundreds at a time."""
        return logs.read_texts(self._database, numbers)

    def end_log(self, number: int, failure: str = "") -> None:
        """Keep that a log is where it was to go, and forget its texts; or why it is not."""
        logs.end_log(self._database, number, failure, now=self._clock())

    def turn_began(self, run_id: str, host: str) -> datetime | None:
        """Give when a host's turn in a run began; None if it has none."""
        return turns.find_beginning(self._database, run_id, host)

    def list_runs(self) -> list[RunRecord]:
        """Give all runs with their ends, the newest first."""
        return runs.list_runs(self._database)

    def enter_run(
        self,
        run_id: str,
        controller: str,
        host: str,
        hosts: Iterable[str],
        *,
        max_concurrency: str = "",
        max_errors: str = "",
    ) -> None:
        """Make the targets of a controller (``controller.name_controller``) known to the run, ``host`` among them.

        Every host may call it, one writes. The limits are kept as they were written. With the first controller of a
        run that is seen here, runs whose controllers died get their end.
        """
        is_new, is_lapsed = turns.enter_run(
            self._database,
            run_id,
            controller,
            host,
            hosts,
            max_concurrency=max_concurrency,
            max_errors=max_errors,
            now=self._clock(),
        )
        if is_lapsed and keeper.is_needed(self._database):
            keeper.start_keeper(self._database.engine.url, run_id, controller)
        if is_new:
            self.close_abandoned_runs()

    def take_turn(
        self,
        run_id: str,
        host: str,
        controller: str,
        decide: Callable[[Look], Decision],
        *,
        idle_limit: timedelta = timedelta(hours=2),
    ) -> Decision:
        """Ask ``decide`` whether a host of the run may start, and give it its turn if it says so, all at once.

        A host that has its turn keeps it; one that has rested for ``idle_limit`` takes no place from others any more.
        Raises StoreValueError for a host that did not enter the run.
        """
        return turns.take_turn(
            self._database, run_id, host, controller, decide, idle_limit=idle_limit, clock=self._clock
        )

    def rest_turn(self, run_id: str, host: str) -> None:
        """Note that a host keeps its turn for a next step."""
        turns.rest_turn(self._database, run_id, host, now=self._clock())

    def end_turn(self, run_id: str, host: str, outcome: str) -> bool:
        """End a host's turn as one of ``turns.OUTCOMES``; only failed counts as an error. Gives whether it is so now.

        That a host was not started does not replace that it failed or was not reached before.
        """
        return turns.end_turn(self._database, run_id, host, outcome, clock=self._clock)

    def find_turn(self, run_id: str, host: str) -> str | None:
        """Give the state of a host in the run: waiting, running, interrupted or an outcome; None if it is not in it."""
        return turns.find_turn(self._database, run_id, host)

    def note_progress(self, run_id: str, host: str, text: str) -> None:
        """Keep what is being done on a host, for who looks at the run."""
        turns.note_progress(self._database, run_id, host, text)

    def count_turns(self, run_id: str) -> TurnCounts:
        """Give how far a run is, over all its controllers."""
        return turns.count_turns(self._database, run_id)

    def read_limits(self, run_id: str, controller: str) -> tuple[str, str]:
        """Give the limits that a controller entered the run with, as written; empty if there are none."""
        return turns.read_limits(self._database, run_id, controller)

    def end_run(self, run_id: str, state: str, *, controller: str) -> bool:
        """Write that a controller's part of a run ended like this; false if that is written already.

        The run has its end when all its controllers have.
        """
        message = "Failed to hear how it ended: its process on the controller is gone. Look at the node, then scan it"
        return turns.end_controller(self._database, run_id, controller, state, message, now=self._clock())

    def close_abandoned_runs(self) -> int:
        """Write the end of every controller that died without one; gives how many.

        Hosts that were at work then get an incident, unless the store has their word.
        """
        closed = 0
        for run_id, controller in turns.find_abandoned(self._database):
            place = " process ".join(controller.split(":")[:2])
            message = (
                f"Failed to hear how it ended: the controller was interrupted (host {place})."
                " What was under way on the node may have gone on; scan it, or install again"
            )
            closed += turns.end_controller(
                self._database, run_id, controller, runs.INTERRUPTED, message, now=self._clock()
            )
        return closed

    def claim_slot(self, policy: str, operation: str, slot: datetime, run_id: str) -> bool:
        """Whether this run is the one for a policy's operation at that time: true for who comes first, and again."""
        return turns.claim_slot(self._database, policy, operation, slot, run_id, now=self._clock())
