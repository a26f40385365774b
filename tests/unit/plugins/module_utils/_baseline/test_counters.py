# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counters of nodes and of patch groups."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment, Operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import (
    Counters,
    GroupState,
    count_patches,
    group_state,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ComplianceLevel,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import PatchResult, PatchState
from tests.unit.plugins.module_utils._baseline.nodes import NOW

CRITICAL, HIGH = ComplianceLevel.CRITICAL, ComplianceLevel.HIGH


@pytest.mark.parametrize(
    ("state", "level", "security", "critical_security_other"),
    [
        (PatchState.MISSING, CRITICAL, True, (1, 1, 0)),
        (PatchState.MISSING, CRITICAL, False, (1, 0, 0)),
        (PatchState.FAILED, HIGH, True, (0, 1, 0)),
        (PatchState.INSTALLED_REJECTED, HIGH, False, (0, 0, 1)),
        (PatchState.INSTALLED_PENDING_REBOOT, CRITICAL, True, (1, 1, 0)),
        (PatchState.INSTALLED, CRITICAL, True, (0, 0, 0)),
        (PatchState.INSTALLED_OTHER, CRITICAL, True, (0, 0, 0)),
        (PatchState.NOT_APPLICABLE, CRITICAL, True, (0, 0, 0)),
        (PatchState.AVAILABLE_SECURITY_UPDATE, CRITICAL, True, (0, 0, 0)),
    ],
)
def test_non_compliant_counters(
    state: PatchState, level: ComplianceLevel, security: bool, critical_security_other: tuple[int, int, int]
) -> None:
    counts = count_patches([(PatchResult("t", "i", state, compliance_level=level), security)])
    assert (
        counts.critical_non_compliant_count,
        counts.security_non_compliant_count,
        counts.other_non_compliant_count,
    ) == critical_security_other
    assert counts.to_dict()[f"{state.value.lower()}_count"] == 1


def test_available_security_updates_count_as_security_if_the_baseline_says_so() -> None:
    patch = PatchResult("t", "i", PatchState.AVAILABLE_SECURITY_UPDATE, compliance_level=CRITICAL)
    counts = count_patches([(patch, True)], available_is_non_compliant=True)
    assert counts == Counters(available_security_update_count=1, security_non_compliant_count=1)


def test_what_is_not_listed_is_counted() -> None:
    listed = (PatchResult("t", "i", PatchState.NOT_APPLICABLE), False)
    assert count_patches([listed], not_applicable=5).not_applicable_count == 6


def test_round_trip() -> None:
    counts = Counters(installed_count=3, missing_count=2)
    assert Counters.from_dict(counts.to_dict()) == counts


def test_a_group_counts_nodes_not_patches() -> None:
    def node(**counts: int) -> Assessment:
        return Assessment(Operation.SCAN, NOW, OperatingSystem.DEBIAN, "b", counts=Counters(**counts))

    nodes = [node(missing_count=7, other_non_compliant_count=7), node(missing_count=1), node(installed_count=2)]
    nodes.append(node(available_security_update_count=4))
    assert group_state(nodes) == GroupState(
        instances=4,
        instances_with_missing_patches=2,
        instances_with_other_non_compliant_patches=1,
        instances_with_installed_patches=1,
        instances_with_available_security_updates=1,
    )
    assert group_state([]).to_dict()["instances"] == 0


def test_every_counter_of_a_node_has_its_counter_of_the_group() -> None:
    everywhere = Assessment(
        Operation.SCAN, NOW, OperatingSystem.DEBIAN, "b", counts=Counters(**dict.fromkeys(Counters.__slots__, 9))
    )
    assert set(group_state([everywhere]).to_dict().values()) == {1}
