# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which version of a package a baseline wants: the newest approved one (``selection-and-install.md`` 3.4, 4.4, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Judge, Verdict
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package

# Packages for any machine: an update may change between these and the node's own architecture.
_ANY_ARCH = frozenset({"all", "noarch"})


class Group(NamedTuple):
    """One package of one architecture, or one KB: what is installed of it and what is offered, ascending."""

    installed: Package | None
    candidates: Sequence[Package]


class Target(NamedTuple):
    """What is to be installed and why; ``described_by`` is the version whose notices tell what it is."""

    package: Package
    verdict: Verdict
    described_by: Package


def group_packages(facts: NodeFacts, manager: PackageManager) -> list[Group]:
    """Return everything installed or offered, one group per name and architecture.

    Of several installed versions (kernels) the one that came last stands for the package.
    """
    installed: dict[tuple[str, str], Package] = {}
    candidates: dict[tuple[str, str], list[Package]] = {}
    own = facts.os.arch
    for package in facts.installed:
        key = _name_group(package, own, manager)
        other = installed.get(key)
        if other is None or (package.installed_at or EPOCH) >= (other.installed_at or EPOCH):
            installed[key] = package
    for package in facts.candidates:
        if _is_installable(package, manager):
            key = _name_group(package, own, manager)
            candidates.setdefault(key, []).append(package)
    if manager is PackageManager.WINDOWS:
        for revisions in candidates.values():
            revisions.sort(key=lambda package: package.released_at or EPOCH)
    return [Group(installed.get(key), candidates.get(key, ())) for key in dict.fromkeys((*installed, *candidates))]


def _name_group(package: Package, own_arch: str, manager: PackageManager) -> tuple[str, str]:
    if manager in (PackageManager.WINDOWS, PackageManager.MACOS):
        return package.name, ""  # neither id nor title has an architecture there, and not every source tells it
    return package.name, own_arch if package.arch in _ANY_ARCH else package.arch


def find_target(judge: Judge, candidates: Iterable[Package]) -> Target | None:
    """Return the newest approved version, or of a KB its newest revision if any revision is approved."""
    if judge.manager is PackageManager.WINDOWS:
        return _find_revision(judge, candidates)
    target: Target | None = None
    predecessor: Target | None = None
    for package in candidates:
        verdict = judge.verdict(package)
        if not package.available:
            if verdict.approved and judge.successors_inherit:
                predecessor = Target(package, verdict, package)
            continue
        if verdict.approved:
            target = Target(package, verdict, package)
        elif predecessor is not None and not verdict.rejected:
            target = _succeed(package, predecessor)
        if not verdict.rejected:
            predecessor = None
    return target


def _find_revision(judge: Judge, revisions: Iterable[Package]) -> Target | None:
    # Only the newest revision of a KB can be installed; it is wanted if it or an earlier one on offer is approved.
    target: Target | None = None
    for package in revisions:
        verdict = judge.verdict(package)
        if verdict.approved:
            target = Target(package, verdict, package)
        elif target is not None:
            target = target._replace(package=package)
    return target


def _succeed(package: Package, predecessor: Target) -> Target:
    # Judged with the notice of the version it replaced, so that the pending fix is not lost.
    gone = predecessor.package
    reason = f"replaces {gone.version}-{gone.release}, no longer in a repository: {predecessor.verdict.reason}"
    return Target(package, predecessor.verdict._replace(reason=reason), gone)


def _is_installable(package: Package, manager: PackageManager) -> bool:
    if manager is PackageManager.WINDOWS:
        return bool(package.kb_ids)  # updates without a KB id are never part of a patch operation
    # The installer of macOS cannot look for updates.
    return manager is not PackageManager.MACOS or package.classification != "installer"
