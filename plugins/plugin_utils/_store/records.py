# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read back from the store about a host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.packing import unpack_document


@dataclass(frozen=True, slots=True)
class AssessmentRecord:
    """A stored assessment: its columns, and its documents still packed, for most readers need few of them.

    ``current`` is false for what check mode or a baseline override found. ``reboot_required`` is None when the node
    cannot know. ``counts`` has the names of ``schema.COUNTERS``.
    """

    id: int
    run_id: str
    facts_id: int | None
    host: str
    current: bool
    operation: str
    recorded_at: datetime
    address: str
    hostname: str
    patch_group: str
    operating_system: str
    platform_name: str
    platform_version: str
    baseline_id: str
    baseline_name: str
    snapshot_id: str
    compliance_status: str
    reboot_required: bool | None
    counts: Mapping[str, int]
    packed_summary: bytes = field(repr=False)
    packed_patches: bytes | None = field(repr=False)  # None: not asked for

    def summary(self) -> dict[str, Any]:
        """Give the assessment as the engine wrote it, without its patches."""
        summary: dict[str, Any] = unpack_document(self.packed_summary)
        return summary

    def patches(self) -> list[dict[str, Any]]:
        """Give the patches as the engine wrote them; a record read without its patches has none to give."""
        if self.packed_patches is None:
            raise LookupError(f"the patches of host '{self.host}' were not read")
        patches: list[dict[str, Any]] = unpack_document(self.packed_patches)
        return patches

    def assessment(self) -> dict[str, Any]:
        """Give the whole assessment, the same that was added."""
        return {**self.summary(), "patches": self.patches()}


@dataclass(frozen=True, slots=True)
class Incident:
    """A try that gave no assessment: ``state`` is one of ``assessments.INCIDENT_STATES``."""

    id: int
    run_id: str
    host: str
    operation: str
    recorded_at: datetime
    address: str
    patch_group: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class HostEntry:
    """The newest assessment of a host, and the newest incident if it came later. One of both is there."""

    host: str
    assessment: AssessmentRecord | None = None
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An assessment that somebody else is to be told of: ``state`` is one of ``deliveries.STATES``.

    ``tried_at``: when it was last tried to tell it, None if not yet.
    """

    id: int
    run_id: str
    host: str
    assessment_id: int
    node_id: str
    state: str
    message: str
    request: Mapping[str, Any]
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WaitingLog:
    """A log of an operation that is still to go somewhere; ``request`` says where."""

    id: int
    run_id: str
    host: str
    request: Mapping[str, Any]
