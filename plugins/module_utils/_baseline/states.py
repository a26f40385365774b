# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of every patch on a node (``patch-manager-compliance-states``; decision rules: ``compliance.md`` 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Judge, compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import (
    Assessment,
    ComplianceStatus,
    Operation,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import count_patches
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.groups import Group
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    ComplianceLevel,
    PackageManager,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import format_id, format_title
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    InstallResult,
    NodeFacts,
    Package,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.outcomes import Outcomes
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchResult, PatchState
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.status import (
    counts_available,
    decide_status,
    find_overall_severity,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.targets import (
    Target,
    find_target,
    group_packages,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_notices import ReleaseDateField

__all__ = ["Assessment", "ComplianceStatus", "Operation", "PatchResult", "PatchState", "evaluate"]


class _Listed(NamedTuple):
    """A result and whether its publisher marks it as security."""

    patch: PatchResult
    security: bool


def evaluate(
    baseline: Baseline,
    facts: NodeFacts,
    now: datetime,
    *,
    operation: Operation | str = Operation.SCAN,
    results: Iterable[InstallResult] = (),
    release_date_field: ReleaseDateField = "issued",
    patch_group: str = "",
    snapshot_id: str = "",
    baseline_source: str = "",
    baseline_reason: str = "",
) -> Assessment:
    """Judge a node; after an Install with facts collected anew and the ``results`` of its installer.

    :raises BaselineError: the baseline is for another operating system than the node's.
    """
    judge = compile_baseline(baseline, facts, now, release_date_field=release_date_field)
    assessor = _Assessor(judge, facts, results)
    listed = sorted(assessor.list_patches(), key=lambda item: (item.patch.id, item.patch.title))
    counts = count_patches(
        listed,
        not_applicable=assessor.not_applicable,
        available_is_non_compliant=counts_available(baseline),
    )
    patches = tuple(item.patch for item in listed)
    status, status_reason = decide_status(baseline, facts, counts)
    reboot = facts.reboot_required
    return Assessment(
        operation=Operation(operation),
        evaluated_at=judge.now,
        operating_system=baseline.operating_system,
        baseline_name=baseline.name,
        baseline_id=baseline.id,
        baseline_source=baseline_source,
        baseline_reason=baseline_reason,
        patch_group=patch_group,
        snapshot_id=snapshot_id,
        release_date_field=release_date_field,
        hostname=facts.hostname,
        product=facts.os.product,
        boot_id=facts.boot_id,
        booted_at=facts.booted_at,
        collected_at=facts.collected_at,
        reboot_required=reboot.required if reboot else None,
        reboot_reasons=reboot.reasons if reboot else (),
        patches=patches,
        counts=counts,
        compliance_status=status,
        status_reason=status_reason,
        overall_severity=find_overall_severity(patches),
        warnings=facts.warnings,
    )


class _Assessor:
    """Finds the state of every group of packages on one node."""

    def __init__(self, judge: Judge, facts: NodeFacts, results: Iterable[InstallResult]) -> None:
        self._judge = judge
        self._facts = facts
        self._held = frozenset(facts.held)
        self._outcomes = Outcomes(judge.manager, results, facts.last_operation)
        self._blocks = judge.baseline.rejected_patches_action is RejectedPatchesAction.BLOCK
        self.not_applicable = 0

    def list_patches(self) -> Iterator[_Listed]:
        """Yield a result per installed package and, on Windows, per update that concerns the node."""
        on_windows = self._judge.manager is PackageManager.WINDOWS
        for group in group_packages(self._facts, self._judge.manager):
            target = find_target(self._judge, group.candidates)
            listed = self._assess_update(group, target) if on_windows else self._assess_package(group, target)
            if listed is not None:
                yield listed

    def _assess_package(self, group: Group, target: Target | None) -> _Listed | None:
        if group.installed is None:
            # Linux does not list what does not apply, it only counts it.
            self.not_applicable += target is not None
            return None
        if target is not None:
            # One result per package: that the newer version is missing outranks whatever the older one is, since a node
            # with an approved update outstanding must not look compliant.
            return self._assess_target(group.installed, target)
        tried = self._outcomes.find_tried(group.candidates)
        if tried is not None:
            reason = f"{self._outcomes.explain_failure(tried)}; {self._judge.verdict(tried).reason}"
            return self._list(tried, PatchState.FAILED, reason)
        return self._assess_installed(group.installed)

    def _assess_update(self, group: Group, target: Target | None) -> _Listed | None:
        if target is not None and target.package.applicable and not group.replaced_by:
            return self._assess_target(group.installed, target)
        if group.installed is not None:
            return self._assess_installed(group.installed)
        if target is not None:
            why = f"superseded by {group.replaced_by}" if group.replaced_by else "does not apply to the node"
            return self._list(target.package, PatchState.NOT_APPLICABLE, f"{why}; {target.verdict.reason}")
        newest = group.candidates[-1]
        verdict = self._judge.verdict(newest)
        if group.replaced_by or not newest.applicable or verdict.rejected:
            return None
        if self._judge.describe(newest).security:
            return self._list(newest, PatchState.AVAILABLE_SECURITY_UPDATE, verdict.reason)
        return None

    def _assess_target(self, installed: Package | None, target: Target) -> _Listed:
        package, verdict, source = target
        state, remark = PatchState.FAILED, self._outcomes.explain_failure(package)
        if not remark:
            state, remark = PatchState.MISSING, self._outcomes.explain_delay(package)
        if not remark and self._held and not self._held.isdisjoint(self._list_holds(installed, package)):
            remark = "held on the node"
        reason = f"{remark}; {verdict.reason}" if remark else verdict.reason
        return self._list(package, state, reason, verdict.compliance_level, source)

    def _list_holds(self, installed: Package | None, package: Package) -> set[str]:
        """Return what a hold on the package, or on this version of it, is called."""
        return {format_id(package), format_id(installed or package), format_title(self._judge.manager, package)}

    def _assess_installed(self, package: Package) -> _Listed:
        verdict = self._judge.verdict(package)
        installed_at, booted_at = package.installed_at, self._facts.booted_at
        if verdict.rejected and self._blocks:
            state, reason = PatchState.INSTALLED_REJECTED, verdict.reason
        elif verdict.rejected:
            state, reason = PatchState.INSTALLED_OTHER, f"{verdict.reason}, allowed as a dependency"
        elif package.reboot_required or (installed_at and booted_at and installed_at >= booted_at):
            state, reason = PatchState.INSTALLED_PENDING_REBOOT, f"installed since the last boot; {verdict.reason}"
        elif verdict.approved:
            state, reason = PatchState.INSTALLED, verdict.reason
        else:
            state, reason = PatchState.INSTALLED_OTHER, verdict.reason
        return self._list(package, state, reason, verdict.compliance_level)

    def _list(
        self,
        package: Package,
        state: PatchState,
        reason: str,
        level: ComplianceLevel = ComplianceLevel.UNSPECIFIED,
        source: Package | None = None,
    ) -> _Listed:
        details = self._judge.describe(source or package)
        outstanding = state in (PatchState.MISSING, PatchState.FAILED)
        patch = PatchResult(
            title=format_title(self._judge.manager, package),
            id=format_id(package),
            state=state,
            classification=details.classification,
            severity=details.severity,
            compliance_level=level,
            installed_time=package.installed_at,
            cve_ids=details.cve_ids if outstanding else (),  # as AWS: what is not there yet would fix them
            advisory_ids=details.advisory_ids,
            reason=reason,
        )
        return _Listed(patch, details.security)
