# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an Install begins anew: Windows takes as many rounds as it needs (``selection-and-install.md`` 7.3).

There an update may only come on offer when another one is in, a servicing stack first of all. Elsewhere one transaction
and one reboot are all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import InstallPlan, PlannedPackage

_IN_ROUNDS = frozenset({PackageManager.WINDOWS})
# An update that failed may have waited for the reboot in between. One that failed after it too fails for good.
_MOST_TRIES = 2
# An update may have to wait for the reboot that another one wants.
_NOT_TRIED = "not_tried"

_Key = tuple[str, str, str]


class Rounds:
    """What one run has tried on one node, so that no update can keep it busy for ever."""

    def __init__(self, manager: PackageManager) -> None:
        self.repeats = manager in _IN_ROUNDS
        self._tries: Counter[_Key] = Counter()
        self._boots: dict[_Key, str] = {}

    def note(self, plan: InstallPlan, boot_id: str, results: Iterable[InstallResult]) -> None:
        """Take down what became of a plan in one boot; what could not be tried there is no try."""
        keys = [_name(package) for package in plan.install]
        self._boots.update(dict.fromkeys(keys, boot_id))
        self._tries.update(set(keys) - {_name(result) for result in results if result.status == _NOT_TRIED})

    def narrow(self, plan: InstallPlan, boot_id: str) -> InstallPlan:
        """Return what of a new plan is still to be tried: nothing twice in one boot."""
        wanted = tuple(package for package in plan.install if self._may_try(_name(package), boot_id))
        return replace(plan, install=wanted if self.repeats else ())

    def list_given_up(self, plan: InstallPlan) -> tuple[str, ...]:
        """Name what was tried as often as a run may and is wanted still."""
        tried = [(package.title, self._tries[_name(package)]) for package in plan.install]
        return tuple(
            f"gave up on {title}: tried {count} times in this run, and the node still offers it"
            for title, count in tried
            if count >= _MOST_TRIES
        )

    def _may_try(self, key: _Key, boot_id: str) -> bool:
        return self._tries[key] < _MOST_TRIES and self._boots.get(key) != boot_id


def _name(package: PlannedPackage | InstallResult) -> _Key:
    return package.name, package.update_id, package.version
