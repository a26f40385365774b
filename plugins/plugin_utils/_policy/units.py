# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy's operations as units of systemd: a timer each, and the service that it starts.

A unit says in its first line from which folder of policies it was made: no other one is ever replaced or removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.agenda import Agenda, name_extra_vars
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError

SUFFIXES = (".timer", ".service")

_MARKER = "# Made by openpatch.patch_manager.patch_schedule: "
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a unit was made from."""

    folder: str
    policy: str


@dataclass(frozen=True, slots=True)
class Caller:
    """How ``ansible-playbook`` is called: the words before the variables, where, and in which environment."""

    command: Sequence[str]
    folder: str
    environment: Mapping[str, str]
    is_system: bool


def render_units(agenda: Agenda, origin: Origin, caller: Caller) -> dict[str, str]:
    """The units of one operation, by name.

    ``-now.service`` is there for an operation that does not wait for its first date; no timer starts it.
    """
    name = name_unit(agenda)
    what = f"Patch policy {agenda.policy.name}, {agenda.operation}"
    variables = name_extra_vars(agenda.policy, agenda.operation)
    timer = [
        *_head(origin, f"{what}: {agenda.words}"),
        "",
        "[Timer]",
        *agenda.timer.lines,
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    units = {f"{name}.timer": timer, f"{name}.service": _service(what, variables, origin, caller)}
    if not agenda.policy.waits(agenda.operation):
        at_once = {key: value for key, value in variables.items() if key != "patch_slot"}
        units[f"{name}-now.service"] = _service(f"{what}, outside its schedule", at_once, origin, caller)
    return {unit: "\n".join([*lines, ""]) for unit, lines in units.items()}


def name_unit(agenda: Agenda) -> str:
    """The name of an operation's units, without what follows."""
    return f"openpatch-{agenda.policy.name}-{agenda.operation}"


def read_origin(text: str) -> Origin | None:
    """Where a unit was made from; None for one that is not ours."""
    first = text.partition("\n")[0]
    if not first.startswith(_MARKER):
        return None
    try:
        said = json.loads(first[len(_MARKER) :])
        return Origin(str(said["policies"]), str(said["policy"]))
    except (ValueError, KeyError, TypeError):
        return None


def quote_word(text: str) -> str:
    """A word of a command line or of ``Environment=``, with nothing in it that systemd would read as something else."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return '"' + _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", escaped) + '"'


def _head(origin: Origin, description: str) -> list[str]:
    marker = json.dumps({"policies": origin.folder, "policy": origin.policy})
    return [f"{_MARKER}{marker}", "[Unit]", f"Description={description.replace('%', '%%')}"]


def _service(what: str, variables: Mapping[str, str], origin: Origin, caller: Caller) -> list[str]:
    program, *arguments = caller.command
    for path in (program, caller.folder):
        if (
            _CONTROL.search(path)
            or path != path.strip()
            or not path.startswith("/")
            or (path == program and "$" in path)
        ):
            raise PolicyError(f"Failed to write a unit: systemd cannot be given the path {path!r}. Move it")
    words = [*arguments, *(word for name, value in variables.items() for word in ("-e", f"{name}={value}"))]
    network = ["Wants=network-online.target", "After=network-online.target"] if caller.is_system else []
    return [
        *_head(origin, what),
        *network,
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={caller.folder.replace('%', '%%')}",
        *(f"Environment={quote_word(f'{name}={value}')}" for name, value in sorted(caller.environment.items())),
        " ".join([f"ExecStart={quote_word(program)}", *(quote_word(word).replace("$", "$$") for word in words)]),
    ]
