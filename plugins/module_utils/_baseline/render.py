# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines as documents: our short YAML shape and the request of ``CreatePatchBaseline``.

``parse_baseline`` reads both. What decides about patches is written out even where it is the default: a frozen baseline
must not change with the defaults.
"""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    AvailableSecurityUpdates,
    Baseline,
    OperatingSystem,
    PatchFilter,
)


def to_snake(baseline: Baseline) -> dict[str, object]:
    """Return a baseline as plain data in our words."""
    optional: dict[str, object] = {
        "baseline_id": "" if baseline.id == baseline.name else baseline.id,
        "description": baseline.description,
        "patch_groups": list(baseline.patch_groups),
        "default_baseline": baseline.default_baseline,
        "tags": dict(baseline.tags),
        "sources": [
            {"name": source.name, "products": list(source.products), "configuration": source.configuration}
            for source in baseline.sources
        ],
        "available_security_updates_compliance_status": _available_security_updates(baseline),
    }
    return {
        "name": baseline.name,
        "operating_system": baseline.operating_system.value,
        **{key: value for key, value in optional.items() if value},
        "global_filters": [_filter_to_snake(found) for found in baseline.global_filters],
        "approval_rules": [_rule_to_snake(rule) for rule in baseline.approval_rules],
        "approved_patches": list(baseline.approved_patches),
        "approved_patches_compliance_level": baseline.approved_patches_compliance_level.value,
        "approved_patches_enable_non_security": baseline.approved_patches_enable_non_security,
        "rejected_patches": list(baseline.rejected_patches),
        "rejected_patches_action": baseline.rejected_patches_action.value,
    }


def to_ssm(baseline: Baseline) -> dict[str, object]:
    """Return the request that creates a baseline; id, patch groups and being the default are no part of it."""
    optional: dict[str, object] = {
        "Description": baseline.description,
        "Tags": [{"Key": key, "Value": value} for key, value in baseline.tags],
        "AvailableSecurityUpdatesComplianceStatus": _available_security_updates(baseline),
    }
    return {
        "Name": baseline.name,
        "OperatingSystem": baseline.operating_system.value,
        **{key: value for key, value in optional.items() if value},
        "GlobalFilters": _filters_to_ssm(baseline.global_filters),
        "ApprovalRules": {"PatchRules": [_rule_to_ssm(rule) for rule in baseline.approval_rules]},
        "ApprovedPatches": list(baseline.approved_patches),
        "ApprovedPatchesComplianceLevel": baseline.approved_patches_compliance_level.value,
        "ApprovedPatchesEnableNonSecurity": baseline.approved_patches_enable_non_security,
        "RejectedPatches": list(baseline.rejected_patches),
        "RejectedPatchesAction": baseline.rejected_patches_action.value,
        "Sources": [
            {"Name": source.name, "Products": list(source.products), "Configuration": source.configuration}
            for source in baseline.sources
        ],
    }


def _rule_to_snake(rule: ApprovalRule) -> dict[str, object]:
    return {
        "filters": [_filter_to_snake(found) for found in rule.filters],
        **_date(rule, "approve_after_days", "approve_until_date"),
        "compliance_level": rule.compliance_level.value,
        "enable_non_security": rule.enable_non_security,
    }


def _rule_to_ssm(rule: ApprovalRule) -> dict[str, object]:
    return {
        "PatchFilterGroup": _filters_to_ssm(rule.filters),
        **_date(rule, "ApproveAfterDays", "ApproveUntilDate"),
        "ComplianceLevel": rule.compliance_level.value,
        "EnableNonSecurity": rule.enable_non_security,
    }


def _filter_to_snake(found: PatchFilter) -> dict[str, object]:
    return {"key": found.key, "values": list(found.values)}


def _filters_to_ssm(filters: tuple[PatchFilter, ...]) -> dict[str, object]:
    return {"PatchFilters": [{"Key": found.key, "Values": list(found.values)} for found in filters]}


def _date(rule: ApprovalRule, days: str, until: str) -> dict[str, object]:
    if rule.approve_until_date:
        return {until: rule.approve_until_date.isoformat()}
    return {days: rule.approve_after_days or 0}


def _available_security_updates(baseline: Baseline) -> str:
    status = baseline.available_security_updates_compliance_status
    on_windows = baseline.operating_system is OperatingSystem.WINDOWS
    return status.value if on_windows or status is not AvailableSecurityUpdates.COMPLIANT else ""
