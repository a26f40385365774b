# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an Install does: the exact versions to install, what must not come in, what is left alone and why.

Source: ``patch-manager-installing-patches``, ``patch-manager-aws-runpatchbaseline`` (override list).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Judge, compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.blocked import (
    NOTHING,
    Blocked,
    list_blocked,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.groups import Group
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import (
    format_id,
    format_title,
    format_version,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override_choice import OverrideList
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.targets import (
    find_target,
    group_packages,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_notices import ReleaseDateField

# Updated in every run before the rest, whatever the baseline says (patch-manager-linux-rules, apt).
_HELPER = "python3-apt"


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """One package and the version it is to have, as the package manager writes it.

    On Windows ``name`` is a KB id, and ``update_id`` with ``version``, the revision, is what is to be installed.
    """

    name: str
    arch: str
    version: str
    from_version: str
    title: str
    reason: str
    update_id: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return it as JSON holds it; an id is only there if there is one."""
        fields: dict[str, str] = asdict(self)
        if not self.update_id:
            del fields["update_id"]
        return fields


@dataclass(frozen=True, slots=True)
class PinnedPackage:
    """The version an override list allows a package to have; the installer fails what needs another one."""

    name: str
    arch: str
    version: str


@dataclass(frozen=True, slots=True)
class InstallPlan:
    """The transaction.

    ``blocked`` are packages that must not be pulled in as dependencies, as the rejected list names them, also with
    ``*``: each is to be compared with all the texts of a package that the templates in ``blocked_shapes`` make.
    ``held_back`` is what the node holds, or a version it does not let in. ``unmatched`` are entries of the override
    list that name no update of an installed package.
    """

    install: tuple[PlannedPackage, ...] = ()
    blocked: tuple[str, ...] = ()
    blocked_shapes: tuple[str, ...] = ()
    held_back: tuple[PlannedPackage, ...] = ()
    pinned: tuple[PinnedPackage, ...] = ()
    unmatched: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, list[object]]:
        """Return the plan as JSON holds it."""
        return {
            "install": [item.to_dict() for item in self.install],
            "blocked": list(self.blocked),
            "blocked_shapes": list(self.blocked_shapes),
            "held_back": [item.to_dict() for item in self.held_back],
            "pinned": [asdict(item) for item in self.pinned],
            "unmatched": list(self.unmatched),
        }


class _Wanted(NamedTuple):
    installed: Package | None
    package: Package
    reason: str


class _Holds:
    """What the node itself keeps from changing: packages, or single versions of them."""

    def __init__(self, judge: Judge, facts: NodeFacts) -> None:
        self._manager = judge.manager
        # zypper honours its locks itself: what needs a locked package fails its dependency check.
        self._held = frozenset() if judge.manager is PackageManager.ZYPPER else frozenset(facts.held)

    def describe(self, installed: Package | None, package: Package) -> str:
        """Return why the package is left alone, or nothing."""
        if not self._held.isdisjoint({format_id(package), format_id(installed or package)}):
            return "held on the node"
        return "this version is held on the node" if self.keeps_out(package) else ""

    def keeps_out(self, package: Package) -> bool:
        """Tell whether it is this version that must not come, while others may."""
        return bool(self._held) and format_title(self._manager, package) in self._held


def plan_install(
    baseline: Baseline,
    facts: NodeFacts,
    now: datetime,
    *,
    install_override_list: Sequence[OverrideEntry] | None = None,
    release_date_field: ReleaseDateField = "issued",
) -> InstallPlan:
    """Plan an Install: what the baseline approves, or what an override list names.

    On Linux and macOS the list replaces the whole baseline; on Windows it only narrows what the baseline approves.

    :raises BaselineError: the baseline is for another operating system than the node's.
    """
    judge = compile_baseline(baseline, facts, now, release_date_field=release_date_field)
    groups = group_packages(facts, judge.manager)
    holds = _Holds(judge, facts)
    if install_override_list is None:
        return _split(judge, holds, _want_approved(judge, holds, groups), blocked=list_blocked(baseline, facts))
    override = OverrideList(install_override_list, judge.manager)
    if judge.manager is PackageManager.WINDOWS:
        approved = _want_approved(judge, holds, groups)
        wanted = [item for item in approved if override.find(item.package) is not None]
        return _split(judge, holds, wanted, unmatched=override.list_unmatched(item.package for item in wanted))
    return _plan_override(judge, holds, groups, override)


def _plan_override(judge: Judge, holds: _Holds, groups: Iterable[Group], override: OverrideList) -> InstallPlan:
    wanted: list[_Wanted] = []
    pinned: list[PinnedPackage] = []
    for group in groups:
        if group.installed is None:
            continue  # packages that are not installed are not added
        chosen = override.choose(group.candidates)
        if chosen is not None and holds.keeps_out(chosen):
            wanted.append(_Wanted(group.installed, chosen, f"install_override_list{override.explain(chosen)}"))
            chosen = override.choose(_list_free(holds, group))
        if chosen is not None:
            wanted.append(_Wanted(group.installed, chosen, f"install_override_list{override.explain(chosen)}"))
        if override.pins(group.installed):
            kept = chosen or group.installed
            pinned.append(PinnedPackage(kept.name, kept.arch, format_version(judge.manager, kept)))
    unmatched = override.list_unmatched(item.package for item in wanted)
    return _split(judge, holds, wanted, pinned=tuple(pinned), unmatched=unmatched)


def _want_approved(judge: Judge, holds: _Holds, groups: Iterable[Group]) -> Iterator[_Wanted]:
    on_windows = judge.manager is PackageManager.WINDOWS
    for group in groups:
        if group.installed is None and not on_windows:
            continue
        target = find_target(judge, group.candidates)
        if target is not None and group.replaced_by:
            continue
        if target is not None and holds.keeps_out(target.package) and not on_windows:
            yield _Wanted(group.installed, target.package, target.verdict.reason)
            target = find_target(judge, _list_free(holds, group))
            if target is None:
                continue
        if target is not None:
            if target.package.applicable or not on_windows:  # elsewhere a newer version of what is installed applies
                yield _Wanted(group.installed, target.package, target.verdict.reason)
        elif judge.manager is PackageManager.APT and group.candidates and group.candidates[-1].name == _HELPER:
            newest = group.candidates[-1]
            # A rejection is the one thing that is never overruled.
            if not judge.verdict(newest).rejected:
                yield _Wanted(group.installed, newest, f"{_HELPER} is kept up to date whatever the baseline says")


def _list_free(holds: _Holds, group: Group) -> list[Package]:
    return [package for package in group.candidates if not holds.keeps_out(package)]


def _split(
    judge: Judge,
    holds: _Holds,
    wanted: Iterable[_Wanted],
    *,
    blocked: Blocked = NOTHING,
    pinned: tuple[PinnedPackage, ...] = (),
    unmatched: tuple[str, ...] = (),
) -> InstallPlan:
    install: list[PlannedPackage] = []
    held_back: list[PlannedPackage] = []
    for installed, package, reason in wanted:
        hold = holds.describe(installed, package)
        planned = PlannedPackage(
            name=package.name,
            arch=package.arch,
            version=format_version(judge.manager, package),
            from_version=format_version(judge.manager, installed) if installed else "",
            title=format_title(judge.manager, package),
            reason=f"{hold}; {reason}" if hold else reason,
            update_id=package.update_id,
        )
        (held_back if hold else install).append(planned)
    return InstallPlan(
        tuple(install), blocked.entries, blocked.shapes, tuple(held_back), pinned=pinned, unmatched=unmatched
    )
