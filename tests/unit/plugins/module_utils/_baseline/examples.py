# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A worked example of the reference as a row: a baseline, a node, and what has to come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import Verdict
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult, NodeFacts
from tests.unit.plugins.module_utils._baseline.nodes import NOW


@dataclass(frozen=True)
class Example:
    """``id`` is the document and the number there, with a letter if one example takes several rows.

    What is left at ``None`` or empty is not looked at; ``states`` and ``installs`` are complete, by id and by title.
    """

    id: str
    baseline: Baseline
    facts: NodeFacts
    now: datetime = NOW
    operation: str = "Scan"
    results: Sequence[InstallResult] = ()
    override: Sequence[OverrideEntry] | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    approved_at: Mapping[str, str | None] = field(default_factory=dict)
    states: Mapping[str, str] | None = None
    installs: Sequence[str] | None = None
    status: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    severity: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


def name_verdict(verdict: Verdict) -> str:
    """One word for a verdict."""
    if verdict.rejected:
        return "rejected"
    if verdict.pending:
        return "pending"
    return "approved" if verdict.approved else "not approved"


def utc(text: str) -> datetime:
    """A moment from ISO text that ends in Z."""
    return datetime.fromisoformat(text)
