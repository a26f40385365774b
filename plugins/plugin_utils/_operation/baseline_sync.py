# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines between files and AWS, in one direction at a time: files are pushed, or AWS is pulled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsSession
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.baseline_folder import (
    FileChange,
    plan_folder,
    write_changes,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import list_entries
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_text import render_yaml

LABELS = ("tags", "patch_groups", "default_baseline")  # what a file may leave to AWS


@dataclass(frozen=True, slots=True)
class Synced:
    """What was done, or would be: a row per baseline, and texts before and after for a diff."""

    baselines: tuple[Mapping[str, Any], ...]
    diff: tuple[Mapping[str, str], ...]
    only_in_files: tuple[str, ...]
    only_in_aws: tuple[str, ...]
    warnings: tuple[str, ...]


def push_baselines(folder: Path, session: AwsSession, *, check_mode: bool) -> Synced:
    """Make baselines, patch groups and defaults in AWS what the files of a folder say.

    Raises AwsError, BaselineError, OperationError and SourceError; before anything is changed, if possible.
    """
    session.ssm()
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_push import (
        Wanted,
        apply_push,
        confirm_push,
        plan_push,
    )

    if not folder.is_dir():
        raise OperationError(f"Failed to push the baselines of '{folder}': there is no such folder. Create it, or pull")
    entries, warnings = list_entries(folder)
    wanted = [
        Wanted(entry.baseline, frozenset(filter(entry.says, LABELS)), f"{entry.place}{entry.prefix}")
        for entry in entries
    ]
    plan = plan_push(session, wanted)
    ids = {each.place: each.baseline_id for each in plan.pushed}
    if plan.changed and not check_mode:
        apply_push(session, plan)
        after = confirm_push(session, wanted)
        ids = {each.place: each.baseline_id for each in after.pushed}
        if after.changed:
            warnings = (*warnings, "AWS does not show all that was changed yet; a next run tells whether it does")
    where = session.describe(session.region).strip()
    rows = [
        {
            "name": each.name,
            "operating_system": each.operating_system,
            "baseline_id": ids[each.place],
            "file": str(entry.file),
            "changed": each.changed,
        }
        for each, entry in zip(plan.pushed, entries, strict=True)
    ]
    diff = [
        _describe(
            f"{each.baseline_id or each.name} {where}",
            render_yaml(each.before) if each.before else "",
            render_yaml(each.after),
        )
        for each in plan.pushed
        if each.changed
    ]
    return Synced(tuple(rows), tuple(diff), (), plan.only_in_aws, warnings)


def pull_baselines(folder: Path, session: AwsSession, *, predefined: bool, check_mode: bool) -> Synced:
    """Make the files of a folder what AWS has.

    Raises AwsError, OperationError and SourceError; before anything is changed, if possible.
    """
    session.ssm()
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_set import (
        list_changes,
        read_baselines,
    )

    entries, warnings = list_entries(folder)
    held = read_baselines(session, predefined=predefined)
    plan = plan_folder(folder, entries, held.baselines, list_changes)
    if not check_mode:
        write_changes(plan.changes)
    rows = [
        {
            "name": each.baseline.name,
            "operating_system": each.baseline.operating_system.value,
            "baseline_id": each.baseline.id,
            "file": str(each.path),
            "changed": each.changed,
        }
        for each in plan.taken_over
    ]
    lost = [_tell_lost(change) for change in plan.changes if change.lost_comments]
    diff = [_describe(str(change.path), change.before or "", change.after) for change in plan.changes]
    return Synced(tuple(rows), tuple(diff), plan.only_in_files, (), (*warnings, *held.warnings, *lost))


def _tell_lost(change: FileChange) -> str:
    count = change.lost_comments
    return (
        f"{change.path}: comments in {count} line{'' if count == 1 else 's'} get lost, because what they stand beside"
        " changes or the file is written anew; --diff shows them"
    )


def _describe(header: str, before: str, after: str) -> dict[str, str]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}
