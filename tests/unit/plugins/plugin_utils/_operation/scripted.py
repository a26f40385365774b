# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that answers from a script, the facts it tells, and the time of a test."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from ansible.errors import AnsibleConnectionFailure

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation

Json = dict[str, Any]

# node code is not typed, so it is not shown to the type checker
operation: Any = importlib.import_module(
    "ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.payload.operation"
)
OLD, NEW = "3.0.15-1", "3.0.17-1"
BASELINE = """\
name: ours
operating_system: DEBIAN
default_baseline: true
approved_patches: [openssl]
approved_patches_enable_non_security: true
"""


class Operate(Protocol):
    """What the fixture of this name is: an operation on host web1 in a run of its own, with some options set."""

    def __call__(self, node: Any, /, *, check_mode: bool = False, **options: Any) -> HostOperation: ...


class ScriptedNode:
    """Gives its answers one after another, raises those that are errors, and remembers what it was asked."""

    def __init__(self, *answers: Json | Exception, then: Json | Exception | None = None) -> None:
        self.asked: list[Json] = []
        self._answers = itertools.chain(answers, () if then is None else itertools.repeat(then))

    @property
    def commands(self) -> list[str]:
        return [command["command"] for command in self.asked]

    def __call__(self, command: Mapping[str, Any], /) -> Json:
        self.asked.append(dict(command))
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


class ScriptedConnection:
    """Counts how often it was closed."""

    def __init__(self) -> None:
        self.transport = "ssh"
        self.resets = 0

    def reset(self) -> None:
        self.resets += 1


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def package(version: str, **more: Any) -> Json:
    return {"name": "openssl", "arch": "amd64", "version": version, "section": "utils", "priority": "optional", **more}


def answer_facts(version: str = OLD, *candidates: str, last: Json | None = None, **more: Any) -> Json:
    """The answer to collect: a Debian 12 with openssl at a version and newer ones in its repository.

    ``last`` is its last operation; the warning of one that did not end is the node program's own.
    """
    facts: Json = {
        "schema": 1,
        "os": {"id": "debian", "version": "12", "operating_system": "DEBIAN", "product": "Debian12"},
        "hostname": "web1.example",
        "booted_at": "2026-11-20T08:00:00Z",
        "package_manager": "apt",
        "repositories": [{"id": "r1", "origin": "Debian", "label": "Debian", "suite": "stable"}],
        "installed": [package(version, repositories=["r1"], installed_at="2026-01-01T00:00:00Z")],
        "candidates": [package(candidate, repositories=["r1"]) for candidate in candidates],
        "warnings": [],
        **more,
    }
    if last:
        facts["last_operation"] = last
        facts["warnings"] = [*facts["warnings"], *operation.warn_of(last)]
    return {"facts": facts}


def describe_operation(state: str, *results: Json, progress: str = "", **more: Any) -> Json:
    """The answer to install and poll."""
    return {
        "id": "op-1",
        "state": state,
        "started_at": "2026-11-23T18:00:00Z",
        "pid": 4711,
        "progress": {"doing": progress, "done": 0, "total": 1},
        "results": list(results),
        **more,
    }


def result(status: str = "installed", reason: str = "", version: str = NEW, from_version: str = OLD) -> Json:
    """One entry of what became of the wanted packages."""
    entry = {"name": "openssl", "arch": "amd64", "version": version, "from_version": from_version}
    return {**entry, "status": status, "reason": reason}


def lost(why: str = "no route to host") -> AnsibleConnectionFailure:
    return AnsibleConnectionFailure(why)


def states(patches: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Title to state."""
    return {patch["title"]: patch["state"] for patch in patches}
