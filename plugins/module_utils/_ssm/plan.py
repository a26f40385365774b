# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one workflow of everything that modules keep: read, plan, stop in check mode, apply, read back.

A resource says what is there and which calls lead from there to what is wanted. Before and after of a diff are what
counts of it, in one order, so a prediction and what came of it look the same.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError

View = dict[str, Any]  # a resource as modules return it; empty if it is not there

_MORE_READS = 5  # after a change: the API does not promise to show it at once
_FIRST_WAIT = 0.2  # seconds


@dataclass(frozen=True)
class Answered:
    """A value that a request takes from the answer of an earlier step, such as the id of what that one made.

    ``inside`` is the member that holds it, where it is not one of the answer itself.
    """

    step: str
    member: str
    inside: str = ""


@dataclass(frozen=True)
class Step:
    """One call that changes something, and the call that takes it back if a later one fails.

    By its ``key`` later requests, and its undo, know its answer: see ``Answered``.
    """

    doing: str
    operation: str
    request: Mapping[str, Any]
    undo: Step | None = None
    key: str = ""
    # nothing keeps AWS from doing it twice: whether it was done, if nobody can tell from the answer, or that answer
    was_done: Callable[[Ssm], bool | Answer] | None = None


Wait = Callable[[Ssm], None]


@dataclass(frozen=True)
class Plan:
    """The calls, the resource as they leave it, and what is waited for before the first and after the last of them."""

    expected: View
    steps: tuple[Step, ...] = ()
    ready: Wait | None = None
    done: Wait | None = None


@dataclass(frozen=True)
class Outcome:
    """What a module returns."""

    changed: bool
    view: View
    diff: Mapping[str, View]


State = TypeVar("State")


class Resource(Protocol[State]):
    """One thing that is kept in AWS, and what is wanted of it."""

    def read(self, ssm: Ssm) -> State:
        """Return what is there, with all that a plan needs to know."""

    def plan(self, state: State) -> Plan:
        """Return what is to be done. Raises ``StateError`` if it cannot be."""

    def view(self, state: State) -> View:
        """Return what is there as modules return it."""

    def normalise(self, view: View) -> View:
        """Return what counts of a view, in one order."""


def carry_out(resource: Resource[State], ssm: Ssm, *, check_mode: bool) -> Outcome:
    """Bring a resource to what is wanted; in check mode only say what that would be."""
    state = resource.read(ssm)
    plan = resource.plan(state)
    before, after = resource.view(state), plan.expected
    if check_mode:
        for step in plan.steps:
            ssm.check(step.doing, step.operation, step.request, Answered)
    elif plan.steps:
        if plan.ready:
            plan.ready(ssm)
        apply_steps(ssm, plan.steps)
        if plan.done:
            plan.done(ssm)
        after = _read_back(resource, ssm, plan.expected)
    diff = {"before": resource.normalise(before), "after": resource.normalise(after)}
    return Outcome(changed=bool(plan.steps), view=after, diff=diff)


def apply_steps(ssm: Ssm, steps: Sequence[Step]) -> None:
    """Make the calls in turn. After a failure those that can be are taken back, the last one first."""
    done: list[Step] = []
    answers: dict[str, Answer] = {}
    for step in steps:
        try:
            answer = _make_call(ssm, step, _fill_in(step.request, answers))
        except SsmError as error:
            _undo(ssm, done, answers, error)
            raise
        done.append(step)
        if step.key:
            answers[step.key] = answer


def _make_call(ssm: Ssm, step: Step, request: Mapping[str, Any]) -> Answer:
    if not step.was_done:
        return ssm.call(step.doing, step.operation, **request)
    try:
        return ssm.call_once(step.doing, step.operation, **request)
    except SsmError as error:
        done = error.is_open and step.was_done(ssm)
        if not done:
            raise
        return done if isinstance(done, dict) else {}


def _undo(ssm: Ssm, done: Sequence[Step], answers: Mapping[str, Answer], error: SsmError) -> None:
    for undo in (step.undo for step in reversed(done)):
        if undo:
            try:
                ssm.call(undo.doing, undo.operation, **_fill_in(undo.request, answers))
            except SsmError as second:
                error.add_note(f"{second}")


def _fill_in(value: Any, answers: Mapping[str, Answer]) -> Any:
    if isinstance(value, Answered):
        answer = answers[value.step]
        return (answer[value.inside] if value.inside else answer)[value.member]
    if isinstance(value, Mapping):
        return {key: _fill_in(item, answers) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_fill_in(item, answers) for item in value]
    return value


def _read_back(resource: Resource[State], ssm: Ssm, expected: View) -> View:
    """Return the resource as it is now; read again for a moment while that is not yet what was done."""
    wanted = resource.normalise(expected)
    view = resource.view(resource.read(ssm))
    for attempt in range(_MORE_READS):
        if resource.normalise(view) == wanted:
            break
        time.sleep(_FIRST_WAIT * 2**attempt * random.uniform(0.5, 1))
        view = resource.view(resource.read(ssm))
    return view
