# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an Install must keep from coming in as a dependency: rejected patches under ``BLOCK`` (``baselines.md`` 1.5).

The node holds no rule, so it is told how: entries, and the templates of the texts they are compared with. Those reach
packages that are not installed too, which the engine never hears of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.lists import (
    PatchLists,
    may_name_package,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    PackageManager,
    RejectedPatchesAction,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import LABELS, SHAPES
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts

# The shape that names one version of one package: by it, what a notice names is told to the node.
_EXACT = {PackageManager.RPM: -1, PackageManager.ZYPPER: 1}


class Blocked(NamedTuple):
    """Entries with at most one ``*``, and the templates of the texts of a package they are compared with."""

    entries: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()


NOTHING = Blocked()


def list_blocked(baseline: Baseline, facts: NodeFacts) -> Blocked:
    """Return what must not come in; advisories, CVEs, Bugzillas and patches as the packages they name on this node."""
    manager = baseline.package_manager
    if baseline.rejected_patches_action is not RejectedPatchesAction.BLOCK or not baseline.rejected_patches:
        return NOTHING
    if manager is PackageManager.WINDOWS:
        return NOTHING  # updates have no dependencies
    entries = [entry for entry in baseline.rejected_patches if may_name_package(entry, manager)]
    if manager in _EXACT:
        entries += _expand_ids(baseline, facts)
    return Blocked(tuple(dict.fromkeys(entries)), SHAPES[manager])


def _expand_ids(baseline: Baseline, facts: NodeFacts) -> Iterator[str]:
    lists = PatchLists(replace(baseline, approved_patches=()), facts.notices)
    manager = baseline.package_manager
    for package in facts.candidates:
        if package.available and lists.find_by_notices(package) is not None:
            yield LABELS[manager](package)[_EXACT[manager]]
