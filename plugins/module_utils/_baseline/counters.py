# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counters per node (``API_InstancePatchState``) and per patch group (``API_DescribePatchGroupState``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchResult,
    PatchState,
)


@dataclass(frozen=True, slots=True)
class Counters:
    """How many patches of a node are in which state; the fields of the API in snake_case."""

    installed_count: int = 0
    installed_other_count: int = 0
    installed_pending_reboot_count: int = 0
    installed_rejected_count: int = 0
    missing_count: int = 0
    failed_count: int = 0
    not_applicable_count: int = 0
    unreported_not_applicable_count: int = 0
    available_security_update_count: int = 0
    critical_non_compliant_count: int = 0
    security_non_compliant_count: int = 0
    other_non_compliant_count: int = 0

    def to_dict(self) -> dict[str, int]:
        """Return the counters as JSON holds them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Counters:
        """Return what ``to_dict`` was made from."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class GroupState:
    """How many nodes of a patch group have at least one patch in a state."""

    instances: int = 0
    instances_with_installed_patches: int = 0
    instances_with_installed_other_patches: int = 0
    instances_with_installed_pending_reboot_patches: int = 0
    instances_with_installed_rejected_patches: int = 0
    instances_with_missing_patches: int = 0
    instances_with_failed_patches: int = 0
    instances_with_not_applicable_patches: int = 0
    instances_with_unreported_not_applicable_patches: int = 0
    instances_with_critical_non_compliant_patches: int = 0
    instances_with_security_non_compliant_patches: int = 0
    instances_with_other_non_compliant_patches: int = 0
    instances_with_available_security_updates: int = 0

    def to_dict(self) -> dict[str, int]:
        """Return the counters as JSON holds them."""
        return asdict(self)


class Counted(Protocol):
    """What has counters: an assessment."""

    @property
    def counts(self) -> Counters: ...


def count_patches(
    patches: Iterable[tuple[PatchResult, bool]], *, not_applicable: int = 0, available_is_non_compliant: bool = False
) -> Counters:
    """Count the patches of a node, each with whether its publisher marks it as security.

    ``not_applicable`` are those that are not listed. Critical is what the baseline calls so, security what the
    publisher calls so; one patch can be both.
    """
    states: Counter[PatchState] = Counter()
    critical = security = other = 0
    for patch, marked in patches:
        states[patch.state] += 1
        if patch.state is PatchState.AVAILABLE_SECURITY_UPDATE:
            security += available_is_non_compliant  # never critical
        elif patch.state in NON_COMPLIANT_STATES:
            grave = patch.compliance_level is ComplianceLevel.CRITICAL
            critical += grave
            security += marked
            other += not (grave or marked)
    return Counters(
        installed_count=states[PatchState.INSTALLED],
        installed_other_count=states[PatchState.INSTALLED_OTHER],
        installed_pending_reboot_count=states[PatchState.INSTALLED_PENDING_REBOOT],
        installed_rejected_count=states[PatchState.INSTALLED_REJECTED],
        missing_count=states[PatchState.MISSING],
        failed_count=states[PatchState.FAILED],
        not_applicable_count=states[PatchState.NOT_APPLICABLE] + not_applicable,
        available_security_update_count=states[PatchState.AVAILABLE_SECURITY_UPDATE],
        critical_non_compliant_count=critical,
        security_non_compliant_count=security,
        other_non_compliant_count=other,
    )


def group_state(assessments: Iterable[Counted]) -> GroupState:
    """Count the nodes of a patch group."""
    nodes = 0
    with_any: Counter[str] = Counter()
    for assessment in assessments:
        nodes += 1
        with_any.update(name for name, count in assessment.counts.to_dict().items() if count)
    return GroupState(
        instances=nodes,
        instances_with_available_security_updates=with_any["available_security_update_count"],
        **{
            f"instances_with_{name.removesuffix('_count')}_patches": with_any[name]
            for name in Counters.__slots__
            if name != "available_security_update_count"
        },
    )
