# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which version of a package a baseline wants: the newest approved one (``selection-and-install.md`` 3.4, 4.4, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Judge, Verdict
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.catalogue import group_updates
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.groups import Group, group_by_arch
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package


class Target(NamedTuple):
    """What is to be installed and why; ``described_by`` is the version whose notices tell what it is."""

    package: Package
    verdict: Verdict
    described_by: Package


def group_packages(facts: NodeFacts, manager: PackageManager) -> list[Group]:
    """Return everything installed or offered that can be patched, grouped as its system understands it."""
    return group_updates(facts) if manager is PackageManager.WINDOWS else group_by_arch(facts, manager)


def find_target(judge: Judge, candidates: Iterable[Package]) -> Target | None:
    """Return the newest approved version, or of a KB its newest version if any version is approved."""
    if judge.manager is PackageManager.WINDOWS:
        return _find_version(judge, candidates)
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


def _find_version(judge: Judge, versions: Iterable[Package]) -> Target | None:
    # Only the newest version of a KB can be installed; it is wanted if it or an earlier one on offer is approved.
    target: Target | None = None
    for package in versions:
        verdict = judge.verdict(package)
        if verdict.approved:
            target = Target(package, verdict, package)
        elif verdict.rejected:
            target = None
        elif target is not None:
            earlier = judge.verdict(target.described_by)
            reason = f"newest version of a KB of which an earlier one is approved: {earlier.reason}"
            target = target._replace(package=package, verdict=earlier._replace(reason=reason))
    return target


def _succeed(package: Package, predecessor: Target) -> Target:
    # Judged with the notice of the version it replaced, so that the pending fix is not lost.
    gone = predecessor.package
    reason = f"replaces {gone.version}-{gone.release}, no longer in a repository: {predecessor.verdict.reason}"
    return Target(package, predecessor.verdict._replace(reason=reason), gone)
