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
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import (
    assessments,
    facts,
    runs,
    schema,
    snapshots,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.location import find_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import AssessmentRecord, HostEntry
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.runs import Run
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline


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
        """Keep that a host gave no assessment: ``state`` is UNREACHABLE or ERROR; gives its number."""
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

    def run_entries(self, run_id: str, *, patches: bool = False) -> dict[str, HostEntry]:
        """Give what one run found, by host, also what is not the node's compliance."""
        return assessments.find_of_run(self._database, run_id, patches=patches)

    def last_assessment(self, host: str) -> AssessmentRecord | None:
        """Give the current assessment of one host with its patches."""
        entry = next(iter(self.current_assessments([host], patches=True).values()), None)
        return entry.assessment if entry else None
