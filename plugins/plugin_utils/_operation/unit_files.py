# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The units of a folder of policies in a folder of systemd: what is there, what is to change, and the change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.units import (
    SUFFIXES,
    Origin,
    read_origin,
)

MODE = 0o644


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that is not as it is to be; None stands for a file that is not there."""

    name: str
    before: str | None
    after: str | None


def plan_changes(folder: Path, wanted: Mapping[str, str], origin_folder: str, policy: str | None) -> tuple[Change, ...]:
    """Compare the units of our policies with what they are to be; with ``policy``, those of this one only.

    Raises OperationError for a wanted name that a unit from elsewhere has.
    """
    with _failing_to("read the units in", folder):
        present = {path.name: path.read_text(encoding="utf-8", errors="surrogateescape") for path in _list(folder)}
    ours = {
        name
        for name, text in present.items()
        if (origin := read_origin(text)) and _belongs(origin, origin_folder, policy)
    }
    for name in sorted(set(wanted) & set(present) - ours):
        raise OperationError(
            f"Failed to write unit '{folder / name}': it was not made from '{origin_folder}'. Rename the policy,"
            " or remove that unit"
        )
    names = sorted(set(wanted) | ours)
    changes = (Change(name, present.get(name), wanted.get(name)) for name in names)
    return tuple(change for change in changes if change.before != change.after)


def apply_changes(folder: Path, changes: tuple[Change, ...]) -> None:
    """Write and remove units, each whole or not at all. Raises OperationError."""
    with _failing_to("write the units in", folder):
        if any(change.after is not None for change in changes):
            folder.mkdir(parents=True, exist_ok=True)
        for change in changes:
            if change.after is None:
                (folder / change.name).unlink(missing_ok=True)
            else:
                _write(folder / change.name, change.after)


def _belongs(origin: Origin, folder: str, policy: str | None) -> bool:
    return origin.folder == folder and policy in (None, origin.policy)


def _list(folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    return [path for path in found if path.suffix in SUFFIXES and path.is_file()]


def _write(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(descriptor, MODE)
            os.fsync(descriptor)
        Path(temporary).replace(path)
    finally:
        with suppress(OSError):  # it is not there any more when it has taken its place
            Path(temporary).unlink()


@contextmanager
def _failing_to(what: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OperationError(
            f"Failed to {what} '{folder}': {error.strerror or error}. Set patch_schedule_dir to a folder that is yours"
        ) from error
