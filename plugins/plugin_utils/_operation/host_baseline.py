# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The baseline a host is judged by: resolved once for a (patch group, operating system) and frozen in the snapshot.

It comes from files or from Systems Manager. AWS is asked by the host that makes the snapshot, and by no other: where it
refuses, that is kept for a while too, or each host of the run would ask it again and wait for it again.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.resolve import resolve_baseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AwsError,
    AwsOptions,
    AwsSession,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import Settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import (
    load_baselines,
    mention,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import (
    BaselineFileError,
    SourceError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import show_location
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.overrides import (
    load_baseline_override,
    mention_in_override,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.snapshots import FrozenBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store

OVERRIDE = "override"
REFUSAL_HOLDS = 600  # seconds at least, and less than twice that; then somebody asks AWS again


class HostBaseline(NamedTuple):
    """A frozen baseline as the engine wants it, with why this host has it and what its files warned of."""

    baseline: Baseline
    source: str
    reason: str
    now: datetime
    snapshot_id: str
    warnings: tuple[str, ...]


def freeze_baseline(store: Store, settings: Settings, run_id: str, operating_system: OperatingSystem) -> HostBaseline:
    """Give the baseline of the host's snapshot; the first host that asks makes it.

    Raises OperationError that names the host, and the file and place of what is wrong.
    """
    warnings: list[str] = []
    snapshot_id = settings.snapshot_id(run_id)

    def make() -> FrozenBaseline:
        key = (settings.patch_group or "", operating_system.value)
        ids = _name_refusals(run_id, snapshot_id)
        refusals = (store.find_refusal(refusal_id, *key) for refusal_id in ids if settings.ssm)
        if refusal := next(filter(None, refusals), None):
            raise AwsError(refusal)
        try:
            baseline, source, reason, found = _resolve(settings, operating_system)
        except AwsError as error:
            store.note_refusal(ids[0], *key, str(error))
            raise
        warnings.extend(found)
        now = datetime.now(timezone.utc).replace(microsecond=0)
        return FrozenBaseline(to_snake(baseline), source, reason, now=now, created_at=now)

    try:
        frozen = store.freeze_snapshot(snapshot_id, settings.patch_group or "", operating_system.value, make)
        baseline = parse_baseline(frozen.baseline, where=f"snapshot {snapshot_id}").baseline
    except (AwsError, BaselineError, SourceError) as error:
        raise OperationError(f"Failed to find the baseline of host '{settings.host}': {error}") from error
    if settings.patch_baseline_override and frozen.source != OVERRIDE:
        raise OperationError(
            f"Failed to use patch_baseline_override for host '{settings.host}': snapshot {snapshot_id} was made without"
            f" one ({frozen.reason}). Give another patch_snapshot_id, or leave one of the two out"
        )
    return HostBaseline(baseline, frozen.source, frozen.reason, frozen.now, snapshot_id, tuple(warnings))


def may_have_sources(store: Store, settings: Settings, run_id: str) -> bool:
    """Tell, before the host's system is known, whether its baseline may have repositories of its own.

    Where it is not certain, such as with an override at an address, it may. A baseline in Systems Manager is certain
    once it is frozen for the system that the host had when it was last seen.
    """
    frozen = store.list_frozen(settings.snapshot_id(run_id), settings.patch_group or "")
    if any(found.baseline.get("sources") for found in frozen):
        return True
    if settings.ssm and not settings.patch_baseline_override and settings.patch_baselines != "recommended":
        known = ((store.last_facts(settings.host) or {}).get("os") or {}).get("operating_system")
        return known not in {found.baseline["operating_system"] for found in frozen}
    location = settings.patch_baseline_override
    if location:
        return mention_in_override(location, settings.base_dir, "sources")
    if settings.patch_baselines == "recommended":
        return False
    return mention(settings.patch_baseline_dir, "sources")


def check_baselines(named: Mapping[str, str], place: Path | AwsOptions, file: str) -> None:
    """Raise OperationError for the first baseline that a policy's file names and its place does not have."""
    for system, name in named.items():
        try:
            key = f"baselines.{system} of patch policy '{file}'"
            if isinstance(place, AwsOptions):
                _find_in_ssm(place, OperatingSystem[system], name, key)
            else:
                _find_named(place, OperatingSystem[system], name, key)
        except (AwsError, BaselineError, SourceError) as error:
            raise OperationError(f"Failed to find the baselines of patch policy '{file}': {error}") from error


def _resolve(settings: Settings, operating_system: OperatingSystem) -> tuple[Baseline, str, str, tuple[str, ...]]:
    location = settings.patch_baseline_override
    if location:
        parsed = load_baseline_override(location, settings.base_dir, operating_system)
        return parsed.baseline, OVERRIDE, f"patch_baseline_override '{show_location(location)}'", parsed.warnings
    if settings.patch_baselines is not None:
        return _resolve_by_policy(
            settings.patch_baselines, settings.ssm or settings.patch_baseline_dir, operating_system
        )
    if settings.ssm:
        session = _connect(settings.ssm)
        from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_source import find_for_group

        return find_for_group(session, operating_system, settings.patch_group)
    files = load_baselines(settings.patch_baseline_dir, operating_system)
    resolution = resolve_baseline(operating_system, settings.patch_group, files.baselines)
    return resolution.baseline, resolution.source, resolution.reason, files.warnings


def _resolve_by_policy(
    baselines: Literal["recommended"] | Mapping[str, str], place: Path | AwsOptions, operating_system: OperatingSystem
) -> tuple[Baseline, str, str, tuple[str, ...]]:
    """The baseline that patch_baselines gives a system, whatever the patch group: policies ignore these."""
    key = f"patch_baselines.{operating_system.value}"
    name = None if isinstance(baselines, str) else baselines.get(operating_system.value)
    if name is None:
        why = "patch_baselines is recommended" if isinstance(baselines, str) else f"there is no {key}"
        if isinstance(place, AwsOptions):
            session = _connect(place)
            from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_source import (
                find_recommended,
            )

            return find_recommended(session, operating_system, why)
        reason = f"predefined default of {operating_system.value}: {why}"
        return predefined_default(operating_system), "predefined", reason, ()
    if isinstance(place, AwsOptions):
        return _find_in_ssm(place, operating_system, name, key)
    baseline, warnings = _find_named(place, operating_system, name, key)
    return baseline, "policy", f"{key} is '{name}'", warnings


def _find_in_ssm(
    options: AwsOptions, operating_system: OperatingSystem, name: str, key: str
) -> tuple[Baseline, str, str, tuple[str, ...]]:
    session = _connect(options)
    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_source import find_by_name

    return find_by_name(session, operating_system, name, key)


def _connect(options: AwsOptions) -> AwsSession:
    """A session that has what it takes: what works with it is imported only then. Raises AwsError."""
    session = AwsSession(options)
    session.ssm()
    return session


def _name_refusals(run_id: str, snapshot_id: str) -> tuple[str, str]:
    """Under which ids this run keeps that a baseline cannot be had: now, and in the period before."""
    period = int(datetime.now(timezone.utc).timestamp()) // REFUSAL_HOLDS
    now, before = (uuid.uuid5(uuid.UUID(run_id), f"refused {snapshot_id} {period - ago}") for ago in (0, 1))
    return str(now), str(before)


def _find_named(
    folder: Path, operating_system: OperatingSystem, name: str, key: str
) -> tuple[Baseline, tuple[str, ...]]:
    files = load_baselines(folder, operating_system)
    found = [baseline for baseline in files.baselines if baseline.name == name]
    if len(found) != 1:
        names = ", ".join(sorted({baseline.name for baseline in files.baselines})) or "none"
        what = f"there are {len(found)} baselines" if found else "there is no baseline"
        raise BaselineFileError(
            f"Failed to find {key}: {what} '{name}' for {operating_system.value} in '{folder}' (those are: {names})."
            " Correct the name, or the files"
        )
    return found[0], files.warnings
