# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a baseline approves a package: rejected list, approved list, global filters and rules, in this order.

Source: ``patch-manager-linux-rules``; order and formula: ``baselines.md`` 4.6, ``selection-and-install.md`` 1.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH, to_utc
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits, fit_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.lists import PatchLists
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    ComplianceLevel,
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.rules import (
    APPROVED,
    MISSED,
    PENDING,
    Rule,
    Ruling,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Details, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_apt import AptView
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_macos import MacosView
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_notices import (
    NoticeView,
    ReleaseDateField,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_windows import WindowsView

_UNSPECIFIED = ComplianceLevel.UNSPECIFIED
RANKS = {level: rank for rank, level in enumerate(ComplianceLevel)}

# Their repositories drop what a notice names as soon as something newer is there (patch-manager-installing-patches).
_SUCCESSORS_INHERIT = frozenset({OperatingSystem.ALMA_LINUX, OperatingSystem.ROCKY_LINUX})


class Verdict(NamedTuple):
    """The baseline's word on one package and why.

    ``approved_at`` is when it was approved, or with ``pending`` will be; ``None`` if no date decides.
    """

    approved: bool
    rejected: bool
    compliance_level: ComplianceLevel
    reason: str
    approved_at: datetime | None = None
    pending: bool = False


class Judge:
    """A baseline made ready for one node at one moment."""

    def __init__(
        self, baseline: Baseline, facts: NodeFacts, now: datetime, *, release_date_field: ReleaseDateField = "issued"
    ) -> None:
        self.baseline = baseline
        self.manager = baseline.package_manager
        self.now = to_utc(now)
        self.successors_inherit = baseline.operating_system in _SUCCESSORS_INHERIT
        self._view = _make_view(self.manager, facts, release_date_field)
        self._lists = PatchLists(baseline, facts.notices)
        self._rules = [Rule(index, rule, self.manager) for index, rule in enumerate(baseline.approval_rules)]
        self._globals = Memo(self._miss_globally)
        self._ruled: dict[Hashable, Verdict] = {}

    def verdict(self, package: Package) -> Verdict:
        """Return whether this version of the package is approved, for installed versions as for candidates."""
        signature = self._view.sign(package)
        ruled = self._ruled.get(signature)
        if ruled is None:
            ruled = self._ruled[signature] = self._rule(package)
        position = self._lists.find(package)
        if position is None:
            return ruled
        rejections = len(self.baseline.rejected_patches)
        if position < rejections:
            return self._reject(position, ruled)
        return self._approve_listed(position - rejections, package, ruled)

    def describe(self, package: Package) -> Details:
        """Return the publisher's words on the package."""
        return self._view.describe(package)

    def _reject(self, position: int, verdict: Verdict) -> Verdict:
        # The level says how grave the rules would have found it; a rejection has none of its own.
        reason = f"rejected_patches[{position}] '{self.baseline.rejected_patches[position]}'"
        return Verdict(False, True, verdict.compliance_level, reason)

    def _approve_listed(self, position: int, package: Package, ruled: Verdict) -> Verdict:
        entry = f"approved_patches[{position}] '{self.baseline.approved_patches[position]}'"
        missed = self._miss_security(package)
        if not missed or self.baseline.approved_patches_enable_non_security:
            return Verdict(True, False, self.baseline.approved_patches_compliance_level, entry)
        if ruled.approved:
            return ruled
        return ruled._replace(reason=f"{entry} needs approved_patches_enable_non_security: {missed}; {ruled.reason}")

    def _miss_security(self, package: Package) -> str:
        traits = [subject.traits for subject in self._view.list_subjects(package)]
        return "" if any(item.security for item in traits) else traits[0].security_miss

    def _miss_globally(self, traits: Traits) -> Ruling | None:
        misses = fit_filters(self.baseline.global_filters, traits).misses
        if not misses:
            return None
        text = f"global_filters: {'; '.join(misses)}"
        return Ruling(MISSED, _UNSPECIFIED, text, len(misses))

    def _rule(self, package: Package) -> Verdict:
        rulings: list[Ruling] = []
        for subject in self._view.list_subjects(package):
            missed = self._globals[subject.traits]
            if missed is not None:
                rulings.append(missed)
            else:
                rulings += [rule.judge(subject, self.now) for rule in self._rules]
        return _decide(rulings)


def compile_baseline(
    baseline: Baseline, facts: NodeFacts, now: datetime, *, release_date_field: ReleaseDateField = "issued"
) -> Judge:
    """Make a baseline ready for a node; ``now`` without a zone is UTC.

    :raises BaselineError: the baseline is for another operating system than the node's.
    """
    found = facts.os.operating_system
    if found is not baseline.operating_system:
        node = found.value if found else f"not supported ({facts.os.name or facts.os.id or 'unknown'})"
        raise BaselineError(
            f"Failed to apply baseline '{baseline.name}' to node '{facts.hostname}': it is for "
            f"{baseline.operating_system.value}, the node's operating system is {node}"
        )
    return Judge(baseline, facts, now, release_date_field=release_date_field)


def _make_view(manager: PackageManager, facts: NodeFacts, release_date_field: ReleaseDateField) -> View:
    if manager is PackageManager.APT:
        return AptView(facts)
    if manager is PackageManager.WINDOWS:
        return WindowsView()
    if manager is PackageManager.MACOS:
        return MacosView(facts)
    return NoticeView(facts, manager, release_date_field)


def _decide(rulings: list[Ruling]) -> Verdict:
    """Return the verdict of all rules on all notices: any approval approves, the gravest level counts."""
    if not rulings:
        return Verdict(False, False, _UNSPECIFIED, "the baseline has no rule that could accept it")
    best = rulings[0]
    for ruling in rulings[1:]:
        if _outranks(ruling, best):
            best = ruling
    if best.answer is APPROVED:
        return Verdict(True, False, best.level, best.explain(), best.moment)
    if best.answer is PENDING:
        return Verdict(False, False, _UNSPECIFIED, best.explain(), best.moment, pending=True)
    return Verdict(False, False, _UNSPECIFIED, f"no rule accepts it: {best.explain()}")


def _outranks(one: Ruling, other: Ruling) -> bool:
    if one.answer is not other.answer:
        return one.answer < other.answer
    if one.misses != other.misses:
        return one.misses < other.misses  # the nearest miss says most
    if one.answer is APPROVED and one.level is not other.level:
        return RANKS[one.level] < RANKS[other.level]
    return (one.moment or EPOCH) < (other.moment or EPOCH)
