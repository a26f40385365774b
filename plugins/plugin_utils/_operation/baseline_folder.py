# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines of AWS as files of a folder: which file is whose, what is to change in it, and the change."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.atomic_file import replace_file
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.errors import ReportWriteError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import (
    BaselineEntry,
    check_together,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_text import (
    Edit,
    edit_text,
    render_yaml,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import read_text

Json = dict[str, Any]
# gives the keys in which two baselines differ, with the values of the second one
Compare = Callable[[Baseline, Baseline], Json]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that is not as it is to be; without ``before`` it is new."""

    path: Path
    before: str | None
    after: str
    lost_comments: int = 0


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What becomes of one baseline of AWS: the file it is in, and whether that changes."""

    baseline: Baseline
    path: Path
    changed: bool


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """What is to be written, where each baseline is, and which baselines of files AWS does not have."""

    changes: tuple[FileChange, ...]
    taken_over: tuple[TakenOver, ...]
    only_in_files: tuple[str, ...]


def plan_folder(
    folder: Path, entries: Sequence[BaselineEntry], baselines: Sequence[Baseline], compare: Compare
) -> FolderPlan:
    """Say which files change so that they hold these baselines. Other baselines of the folder stay as they are.

    Raises OperationError where it is not certain which file is meant, and SourceError if the files would contradict
    each other afterwards.
    """
    matches = _match(entries, baselines)
    edits: dict[Path, list[Edit]] = {}
    taken_over: list[TakenOver] = []
    new: list[FileChange] = []
    placed = [(entry.baseline, entry.place) for entry in entries if entry not in matches.values()]
    for baseline in baselines:
        entry = matches.get(baseline.id)
        if entry is None:
            path = _choose_name(folder, baseline, {change.path for change in new})
            new.append(FileChange(path, None, render_yaml(to_snake(baseline))))
            taken_over.append(TakenOver(baseline, path, True))
            placed.append((baseline, str(path)))
            continue
        edit = _edit(entry, baseline, compare)
        if edit.changes:
            edits.setdefault(entry.file, []).append(edit)
        taken_over.append(TakenOver(baseline, entry.file, bool(edit.changes)))
        placed.append((_keep_id(entry, baseline), entry.place))
    check_together(placed, folder)
    return FolderPlan(
        changes=(*(_change_file(file, found) for file, found in sorted(edits.items())), *new),
        taken_over=tuple(taken_over),
        only_in_files=tuple(
            f"{entry.baseline.name} ({entry.place})" for entry in entries if entry not in matches.values()
        ),
    )


def write_changes(changes: Sequence[FileChange]) -> None:
    """Write the files, each whole or not at all. Raises OperationError."""
    for change in changes:
        try:
            change.path.parent.mkdir(parents=True, exist_ok=True)
            if change.before is None and change.path.exists():
                raise FileExistsError(None, "somebody else has just made it")
            owner = change.path.stat() if change.before is not None else None
            with replace_file(change.path) as stream:
                stream.write(change.after)
            if owner and owner.st_uid != os.geteuid():  # root writes what a person goes on with
                with suppress(PermissionError):
                    os.chown(change.path, owner.st_uid, owner.st_gid)
        except (OSError, ReportWriteError) as error:
            cause = error.__cause__ if isinstance(error, ReportWriteError) else error
            reason = getattr(cause, "strerror", None) or cause
            raise OperationError(
                f"Failed to write baseline file '{change.path}': {reason}. Set patch_baseline_dir to a folder that can"
                " be written to"
            ) from error


def _match(entries: Sequence[BaselineEntry], baselines: Sequence[Baseline]) -> Mapping[str, BaselineEntry]:
    """The entry of each baseline by its id in AWS: by the id in the file, else by name and operating system."""
    by_id = {_short(entry.baseline.id): entry for entry in entries if entry.baseline.id != entry.baseline.name}
    matches = {baseline.id: by_id[_short(baseline.id)] for baseline in baselines if _short(baseline.id) in by_id}
    free = {_name(entry.baseline): entry for entry in entries if entry not in matches.values()}
    rest = [baseline for baseline in baselines if baseline.id not in matches]
    names = [_name(baseline) for baseline in rest]
    for baseline in rest:
        entry = free.get(_name(baseline))
        if entry and names.count(_name(baseline)) > 1:
            raise OperationError(
                f"Failed to pull patch baseline '{baseline.name}': several have this name in AWS, and '{entry.place}'"
                f" does not say which it is. Set baseline_id there, to {baseline.id} for instance"
            )
        if entry:
            matches[baseline.id] = entry
    return matches


def _short(baseline_id: str) -> str:
    """AWS's own have an ARN, of which some files hold the end only."""
    return baseline_id.rpartition("/")[2]


def _name(baseline: Baseline) -> tuple[str, str]:
    return baseline.name, baseline.operating_system.value


def _keep_id(entry: BaselineEntry, baseline: Baseline) -> Baseline:
    """The baseline as the file is to say it: a file that names no id goes on without."""
    return baseline if entry.says("baseline_id") else dataclasses.replace(baseline, id=baseline.name)


def _edit(entry: BaselineEntry, baseline: Baseline, compare: Compare) -> Edit:
    changes = compare(entry.baseline, baseline)
    if entry.says("baseline_id") and _short(entry.baseline.id) != _short(baseline.id):
        changes["baseline_id"] = baseline.id
    return Edit(entry.document, entry.prefix, changes, to_snake(_keep_id(entry, baseline)))


def _change_file(file: Path, edits: Sequence[Edit]) -> FileChange:
    before = read_text(file, "baseline file")
    after = edit_text(before, str(file), edits)
    return FileChange(file, before, after.text, after.lost_comments)


def _choose_name(folder: Path, baseline: Baseline, taken: set[Path]) -> Path:
    """A name that no file has, whatever is in it, and that is read: one that begins with a dot is not."""

    def suggest() -> Iterator[str]:
        name = f"_{baseline.name}" if baseline.name.startswith((".", "-")) else baseline.name
        yield name
        yield f"{name}-{baseline.operating_system.value.lower()}"
        yield f"{name}-{_short(baseline.id)}"

    names = list(suggest())
    for path in (folder / f"{name}.yml" for name in names):
        if path not in taken and not path.exists() and not path.is_symlink():
            return path
    raise OperationError(
        f"Failed to find a name for patch baseline '{baseline.name}' in '{folder}': {names[-1]}.yml is taken, and holds"
        " another one. Rename that file"
    )
