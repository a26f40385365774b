# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who works on what in a run: its controllers, the turn of each of its hosts, and which run has a policy's slot.

A turn is alive while its controller lives. That is certain of a controller on this machine; one on another machine has
to renew its lease by the clock of the database (see ``keeper``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import schema
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.assessments import make_incident_row
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import is_alive_here
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import make_storable

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database

LEASE_SECONDS = 60.0  # a controller elsewhere that gave no sign of life for so long is dead
RENEWAL_SECONDS = 10.0

WAITING, RUNNING, INTERRUPTED = "waiting", "running", "interrupted"
OUTCOMES = ("succeeded", "failed", "unreachable", "terminated", "outside_window")
_NEVER_STARTED = ("terminated", "outside_window")
_HAS_WORD = ("failed", "unreachable")  # that a later operation was not started says less than this

_ENDED_AS = {"UNREACHABLE": "unreachable", "TERMINATED": "terminated", "OUTSIDE_WINDOW": "outside_window"}


class Verdict(Protocol):
    """What a decision says at the least."""

    @property
    def starts(self) -> bool: ...


Decision = TypeVar("Decision", bound=Verdict)


@dataclass(frozen=True, slots=True)
class Look:
    """What a host that wants its turn sees of its run. ``held``: it has its turn; ``held_elsewhere``: by another
    controller, which lives."""

    total: int
    running: int
    errors: int
    now: datetime
    held: bool
    held_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """A host that is worked on, since when, and what was last said of it."""

    host: str
    controller: str
    since: datetime
    progress: str


@dataclass(frozen=True, slots=True)
class TurnCounts:
    """How far a run is; ``errors`` is what counts towards ``patch_max_errors``, ``at_work`` the ones running."""

    total: int
    waiting: int
    running: int
    succeeded: int
    failed: int
    unreachable: int
    terminated: int
    outside_window: int
    interrupted: int
    errors: int
    at_work: tuple[Worker, ...] = ()


def enter_run(
    database: Database,
    run_id: str,
    controller: str,
    host: str,
    hosts: Iterable[str],
    *,
    max_concurrency: str,
    max_errors: str,
    now: datetime,
) -> tuple[bool, bool]:
    """Make the controller and its targets known, once; a run that it had ended goes on.

    Gives whether it is new to the run, and whether its lease is to be renewed by a keeper that is not there.
    """
    table, turns = schema.controllers, schema.turns
    mine = (table.c.run_id == run_id, table.c.controller == controller)
    with database.read("enter the run") as connection:
        known = connection.execute(
            sa.select(table.c.renewed_at, _clock(connection).label("clock")).where(*mine, table.c.ended_at.is_(None))
        ).one_or_none()
        has_turn = connection.execute(
            sa.select(turns.c.host).where(turns.c.run_id == run_id, turns.c.host == host)
        ).one_or_none()
        if known and has_turn and known.clock - known.renewed_at < LEASE_SECONDS / 2:
            return False, False
    with database.write("enter the run") as connection:
        _lock(connection, run_id)
        row = connection.execute(sa.select(table.c.renewed_at, table.c.ended_at).where(*mine)).one_or_none()
        clock = _read_clock(connection)
        if row is None:
            connection.execute(
                table.insert().values(
                    run_id=run_id,
                    controller=controller,
                    max_concurrency=max_concurrency,
                    max_errors=max_errors,
                    entered_at=now,
                    renewed_at=clock,
                )
            )
        else:
            connection.execute(table.update().where(*mine).values(renewed_at=clock, ended_at=None, state=""))
        there = set(connection.execute(sa.select(turns.c.host).where(turns.c.run_id == run_id)).scalars())
        missing = {make_storable(name) for name in (host, *hosts)} - there
        if missing:
            waiting = {"run_id": run_id, "controller": controller, "state": WAITING}
            connection.execute(turns.insert(), [{**waiting, "host": name} for name in sorted(missing)])
    is_lapsed = row is None or row.ended_at is not None or clock - row.renewed_at >= LEASE_SECONDS / 2
    return row is None, is_lapsed


def take_turn(
    database: Database,
    run_id: str,
    host: str,
    controller: str,
    decide: Callable[[Look], Decision],
    *,
    idle_limit: timedelta,
    clock: Callable[[], datetime],
) -> Decision:
    """Ask ``decide`` about a host of the run; if it may start, it has its turn from then on. Both is one transaction.

    Who has to wait, asks again and only reads. A turn that has rested for ``idle_limit`` takes no place any more.
    Raises StoreValueError for a host that did not enter the run.
    """
    with database.read("take a turn") as connection:
        decision = decide(_look(connection, run_id, host, controller, clock(), idle_limit))
        if not decision.starts:
            return decision
    with database.write("take a turn") as connection:
        _lock(connection, run_id)
        # only now: it may have waited, and a time from before would say that it took the place of who ended meanwhile
        look = _look(connection, run_id, host, controller, clock(), idle_limit)
        decision = decide(look)
        if decision.starts:
            turns = schema.turns
            anew = {"controller": controller, "state": RUNNING, "taken_at": look.now, "ended_at": None, "progress": ""}
            connection.execute(
                turns.update()
                .where(turns.c.run_id == run_id, turns.c.host == host)
                .values({"idle_since": None} | ({} if look.held else anew))
            )
    return decision


def rest_turn(database: Database, run_id: str, host: str, *, now: datetime) -> None:
    """Note that a host keeps its turn for a next step, which may never come: Ansible drops a host that is lost then."""
    turns = schema.turns
    with database.write("keep a turn") as connection:
        connection.execute(turns.update().where(turns.c.run_id == run_id, turns.c.host == host).values(idle_since=now))


def end_turn(database: Database, run_id: str, host: str, outcome: str, *, clock: Callable[[], datetime]) -> bool:
    """End the turn of a host with its outcome; gives whether that is the host's outcome now.

    That it was not started is not, if it failed or was not reached in the same run before. Raises StoreValueError for
    an outcome nobody knows.
    """
    if outcome not in OUTCOMES:
        raise StoreValueError(
            f"Failed to end the turn of host '{host}': outcome {outcome!r} is not one of {', '.join(OUTCOMES)}"
        )
    turns = schema.turns
    update = turns.update().where(turns.c.run_id == run_id, turns.c.host == host)
    if outcome in _NEVER_STARTED:
        update = update.where(turns.c.state.not_in(_HAS_WORD))
    with database.write("end a turn") as connection:
        _lock(connection, run_id)  # so that turns end and begin in the order of their times
        return connection.execute(update.values(_describe_end(outcome, clock()))).rowcount == 1


def note_progress(database: Database, run_id: str, host: str, text: str) -> None:
    """Keep what is being done on a host."""
    turns = schema.turns
    with database.write("note the progress") as connection:
        connection.execute(turns.update().where(turns.c.run_id == run_id, turns.c.host == host).values(progress=text))


def find_turn(database: Database, run_id: str, host: str) -> str | None:
    """Give the state of a host's turn; None if it did not enter the run."""
    turns = schema.turns
    with database.read("read a turn") as connection:
        return connection.execute(
            sa.select(turns.c.state).where(turns.c.run_id == run_id, turns.c.host == host)
        ).scalar_one_or_none()


def find_beginning(database: Database, run_id: str, host: str) -> datetime | None:
    """Give when a host's turn began; None if it has none."""
    turns = schema.turns
    query = sa.select(turns.c.taken_at).where(turns.c.run_id == run_id, turns.c.host == host)
    with database.read("read a turn") as connection:
        began: datetime | None = connection.execute(query).scalar_one_or_none()
    return began


def count_turns(database: Database, run_id: str) -> TurnCounts:
    """Count the hosts of a run by state; those of a controller that died are interrupted."""
    turns = schema.turns
    with database.read("count the turns") as connection:
        groups = _count_groups(connection, run_id)
        dead = _find_dead(connection, run_id, {controller for state, controller in groups if state == RUNNING})
        rows = connection.execute(
            sa.select(turns.c.host, turns.c.controller, turns.c.taken_at, turns.c.progress)
            .where(turns.c.run_id == run_id, turns.c.state == RUNNING)
            .order_by(turns.c.taken_at, turns.c.host)
        ).all()
    by_state = dict.fromkeys((WAITING, RUNNING, INTERRUPTED, *OUTCOMES), 0)
    for (state, controller), (number, _errors) in groups.items():
        by_state[INTERRUPTED if state == RUNNING and controller in dead else state] += number
    return TurnCounts(
        total=sum(by_state.values()),
        errors=sum(errors for _number, errors in groups.values()),
        at_work=tuple(
            Worker(row.host, row.controller, row.taken_at, row.progress) for row in rows if row.controller not in dead
        ),
        **by_state,
    )


def read_limits(database: Database, run_id: str, controller: str) -> tuple[str, str]:
    """Give both limits of a controller as they were written; empty if there are none."""
    table = schema.controllers
    with database.read("read the limits") as connection:
        row = connection.execute(
            sa.select(table.c.max_concurrency, table.c.max_errors).where(
                table.c.run_id == run_id, table.c.controller == controller
            )
        ).one_or_none()
    return ("", "") if row is None else (row.max_concurrency, row.max_errors)


def find_abandoned(database: Database) -> list[tuple[str, str]]:
    """Give run and name of the controllers that died without an end."""
    table = schema.controllers
    query = sa.select(table.c.run_id, table.c.controller).where(table.c.ended_at.is_(None))
    with database.read("find interrupted runs") as connection:
        open_ones = [(row.run_id, row.controller) for row in connection.execute(query)]
        return [
            (run_id, controller) for run_id, controller in open_ones if _find_dead(connection, run_id, {controller})
        ]


def end_controller(
    database: Database, run_id: str, controller: str, state: str, message: str, *, now: datetime
) -> bool:
    """Write the end of a controller's part of a run; false if it is written already.

    A host whose turn it left open gets an incident with ``message``, unless the store has its word since the turn.
    """
    table, turns = schema.controllers, schema.turns
    with database.write("end the run") as connection:
        _lock(connection, run_id)
        ended = connection.execute(
            table.update()
            .where(table.c.run_id == run_id, table.c.controller == controller, table.c.ended_at.is_(None))
            .values(ended_at=now, state=state)
        )
        if not ended.rowcount:
            return False
        left = connection.execute(
            sa.select(turns.c.host, turns.c.taken_at).where(
                turns.c.run_id == run_id, turns.c.controller == controller, turns.c.state == RUNNING
            )
        ).all()
        operation = connection.execute(
            sa.select(schema.runs.c.operation).where(schema.runs.c.run_id == run_id)
        ).scalar_one()
        for host, taken_at in left:
            outcome = _find_word(connection, run_id, host, taken_at)
            if outcome is None:
                outcome = INTERRUPTED
                incident = make_incident_row(run_id, host, "ERROR", message, operation=operation, now=now)
                schema.insert_row(connection, schema.assessments, incident | {"patch_group": ""})
            connection.execute(
                turns.update().where(turns.c.run_id == run_id, turns.c.host == host).values(_describe_end(outcome, now))
            )
    return True


def renew_lease(connection: Connection, run_id: str, controller: str) -> bool:
    """Give a sign of life in an open transaction; false if the controller has ended its part of the run."""
    table = schema.controllers
    renewed = connection.execute(
        table.update()
        .where(table.c.run_id == run_id, table.c.controller == controller, table.c.ended_at.is_(None))
        .values(renewed_at=_clock(connection))
    )
    return renewed.rowcount == 1


def end_lease(connection: Connection, run_id: str, controller: str) -> None:
    """Let everybody know that a controller is gone."""
    table = schema.controllers
    connection.execute(
        table.update().where(table.c.run_id == run_id, table.c.controller == controller).values(renewed_at=0.0)
    )


def claim_slot(database: Database, policy: str, operation: str, slot: datetime, run_id: str, *, now: datetime) -> bool:
    """Whether this run is the one that does a policy's operation of that time: who comes first is."""
    table = schema.slots
    key = (table.c.policy == policy, table.c.operation == operation, table.c.slot == slot)
    subject = f"slot {slot.isoformat()} of policy '{policy}'"
    with database.guard(subject), database.write("claim the slot") as connection:
        holder = connection.execute(sa.select(table.c.run_id).where(*key)).scalar_one_or_none()
        if holder is None:
            row = {"policy": policy, "operation": operation, "slot": slot, "run_id": run_id, "claimed_at": now}
            connection.execute(table.insert().values(**row))
    return holder in (None, run_id)


def name_outcome(state: str, *, is_incident: bool, operation: str, counts: Mapping[str, int]) -> str:
    """The outcome of a turn by what the store keeps of its host: an install with failed patches failed."""
    if is_incident:
        return _ENDED_AS.get(state, "failed")
    return "failed" if operation == "Install" and counts["failed_count"] else "succeeded"


def _describe_end(outcome: str, now: datetime) -> dict[str, object]:
    return {"state": outcome, "ended_at": now, "progress": ""} | ({"errors": 1} if outcome == "failed" else {})


def _look(
    connection: Connection, run_id: str, host: str, controller: str, now: datetime, idle_limit: timedelta
) -> Look:
    turns = schema.turns
    own = connection.execute(
        sa.select(turns.c.state, turns.c.controller).where(turns.c.run_id == run_id, turns.c.host == host)
    ).one_or_none()
    if own is None:
        raise StoreValueError(f"Failed to take a turn for host '{host}': it did not enter run {run_id}")
    groups = _count_groups(connection, run_id)
    at_work = {name for state, name in groups if state == RUNNING}
    dead = _find_dead(connection, run_id, at_work - {make_storable(controller)})
    resting = (turns.c.run_id == run_id, turns.c.state == RUNNING, turns.c.idle_since <= now - idle_limit)
    lapsed = connection.execute(
        sa.select(sa.func.count()).where(*resting, turns.c.controller.not_in(dead), turns.c.host != make_storable(host))
    ).scalar_one()
    is_running = own.state == RUNNING and own.controller not in dead
    is_mine = own.controller == make_storable(controller)
    return Look(
        total=sum(number for number, _errors in groups.values()),
        running=sum(
            number for (state, name), (number, _errors) in groups.items() if state == RUNNING and name not in dead
        )
        - lapsed,
        errors=sum(errors for _number, errors in groups.values()),
        now=now,
        held=is_running and is_mine,
        held_elsewhere=is_running and not is_mine,
    )


def _count_groups(connection: Connection, run_id: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Number of hosts, and errors among them, by state and controller: an index alone answers."""
    turns = schema.turns
    query = (
        sa.select(turns.c.state, turns.c.controller, sa.func.count(), sa.func.sum(turns.c.errors))
        .where(turns.c.run_id == run_id)
        .group_by(turns.c.state, turns.c.controller)
    )
    return {(state, name): (number, int(errors)) for state, name, number, errors in connection.execute(query)}


def _find_dead(connection: Connection, run_id: str, controllers: set[str]) -> set[str]:
    """Those that do not live any more."""
    life = {name: is_alive_here(name) for name in controllers}
    dead = {name for name, is_alive in life.items() if is_alive is False}
    elsewhere = [name for name, is_alive in life.items() if is_alive is None]
    if elsewhere:
        table = schema.controllers
        query = sa.select(table.c.controller).where(
            table.c.run_id == run_id,
            table.c.controller.in_(elsewhere),
            table.c.renewed_at < _clock(connection) - LEASE_SECONDS,
        )
        dead |= set(connection.execute(query).scalars())
    return dead


def _find_word(connection: Connection, run_id: str, host: str, since: datetime) -> str | None:
    """The outcome by the newest thing that the store keeps of a host since a time; None if there is nothing."""
    table = schema.assessments
    row = connection.execute(
        sa.select(table.c.standing, table.c.state, table.c.operation, table.c.failed_count)
        .where(table.c.run_id == run_id, table.c.host == host, table.c.recorded_at >= since)
        .order_by(table.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    is_incident = row.standing == schema.INCIDENT
    counts = {"failed_count": row.failed_count}
    return name_outcome(row.state, is_incident=is_incident, operation=row.operation, counts=counts)


def _lock(connection: Connection, run_id: str) -> None:
    """One at a time per run. In SQLite the transaction is that already; the weaker lock lets assessments be added."""
    runs = schema.runs
    connection.execute(sa.select(runs.c.run_id).where(runs.c.run_id == run_id).with_for_update(key_share=True))


def _clock(connection: Connection) -> sa.ColumnElement[float]:
    """The database's own clock in seconds, that one and no controller's."""
    if connection.dialect.name == "sqlite":
        # the day of 1970 in SQLite's count of days
        return (sa.func.julianday("now") - sa.literal(2440587.5)) * sa.literal(86400.0)
    return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Double)


def _read_clock(connection: Connection) -> float:
    return float(connection.execute(sa.select(_clock(connection))).scalar_one())
