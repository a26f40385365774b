# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a package a baseline judges: one interface for all package managers, so that the rules know none of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package


class Subject(NamedTuple):
    """A package as one of its notices describes it, or on its own where there are no notices.

    ``dated`` is the publisher's date; ``fallback`` counts instead, for rules that reach beyond notices.
    """

    traits: Traits
    place: str = ""
    dated: datetime | None = None
    fallback: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class Details:
    """What a result says of a patch in the publisher's words; ``security`` is what the publisher marks as such."""

    classification: str = ""
    severity: str = ""
    security: bool = False
    cve_ids: tuple[str, ...] = ()
    advisory_ids: tuple[str, ...] = ()


class View(Protocol):
    """How a package manager's packages are seen."""

    def sign(self, package: Package) -> Hashable:
        """Return the attributes that count; packages of one signature have the same subjects."""

    def list_subjects(self, package: Package) -> tuple[Subject, ...]:
        """Return what the rules judge; one approved subject approves the package."""

    def describe(self, package: Package) -> Details:
        """Return what results say of the package."""
