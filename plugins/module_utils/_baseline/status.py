# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The status of a node: compliant means that nothing was found *and* that one could have found it."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import RANKS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.archives import is_security_archive
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import ComplianceStatus
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    AvailableSecurityUpdates,
    Baseline,
    ComplianceLevel,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchResult,
)

_WITH_REPOSITORIES = frozenset({PackageManager.APT, PackageManager.RPM, PackageManager.ZYPPER})


def decide_status(baseline: Baseline, facts: NodeFacts, counts: Counters) -> tuple[ComplianceStatus, str]:
    """Return the node's status and its reason in words."""
    faults = _list_faults(baseline, counts)
    gaps = _list_gaps(baseline, facts)
    if faults:
        return ComplianceStatus.NON_COMPLIANT, "; ".join((", ".join(faults), *gaps))
    if gaps:
        return ComplianceStatus.METADATA_MISSING, "; ".join(gaps)
    return ComplianceStatus.COMPLIANT, "every approved patch that applies is installed"


def find_overall_severity(patches: Iterable[PatchResult]) -> ComplianceLevel:
    """Return the gravest level of the non-compliant patches."""
    levels = [patch.compliance_level for patch in patches if patch.state in NON_COMPLIANT_STATES]
    return min(levels, key=RANKS.__getitem__, default=ComplianceLevel.UNSPECIFIED)


def counts_available(baseline: Baseline) -> bool:
    """Tell whether security updates that are available but not approved make a node non-compliant (Windows)."""
    return baseline.available_security_updates_compliance_status is AvailableSecurityUpdates.NON_COMPLIANT


def _list_faults(baseline: Baseline, counts: Counters) -> list[str]:
    found = [
        (counts.missing_count, "missing"),
        (counts.failed_count, "failed"),
        (counts.installed_rejected_count, "installed though rejected"),
        (counts.installed_pending_reboot_count, "waiting for a reboot"),
    ]
    if counts_available(baseline):
        found.append((counts.available_security_update_count, "available security updates"))
    return [f"{count} {text}" for count, text in found if count]


def _list_gaps(baseline: Baseline, facts: NodeFacts) -> list[str]:
    """Return why the facts cannot prove that nothing is missing."""
    enabled = [repository for repository in facts.repositories if repository.enabled]
    if not enabled:
        return ["no repository is enabled"] if baseline.package_manager in _WITH_REPOSITORIES else []
    gaps = []
    for fault, names in (
        ("unreachable", [item.name or item.id for item in enabled if item.reachable is False]),
        ("unsigned", [item.name or item.id for item in enabled if item.signed is False]),
    ):
        if names:
            gaps.append(f"{fault}: {', '.join(names)}")
    if _wants_security_only(baseline) and not any(is_security_archive(item, facts.os) for item in enabled):
        gaps.append("no security archive of the release is enabled, and the baseline approves nothing else")
    return gaps


def _wants_security_only(baseline: Baseline) -> bool:
    if baseline.package_manager is not PackageManager.APT:
        return False
    switches = [rule.enable_non_security for rule in baseline.approval_rules]
    if baseline.approved_patches:
        switches.append(baseline.approved_patches_enable_non_security)
    return bool(switches) and not any(switches)
