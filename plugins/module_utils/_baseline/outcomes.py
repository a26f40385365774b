# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an install made of a package, told from the installer's results of this run or of the node's last one."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import format_version
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    InstallResult,
    LastOperation,
    Package,
)

_Key = tuple[str, str, str]


class Outcomes:
    """Looks up what was tried; a result of this run hides that of an earlier one."""

    def __init__(
        self, manager: PackageManager, results: Iterable[InstallResult], last_operation: LastOperation | None
    ) -> None:
        self._manager = manager
        self._now = {_find_key(result): result for result in results}
        last = last_operation.results if last_operation else ()
        self._last = {_find_key(result): result for result in last if result.status == "failed"}

    def find_tried(self, packages: Iterable[Package]) -> Package | None:
        """Return the version that this run tried in vain, whatever the baseline says of it (an override list)."""
        for package in packages:
            result = self._now.get(_find_key(package))
            if result is not None and result.status == "failed" and self._is_of(result, package):
                return package
        return None

    def explain_failure(self, target: Package) -> str:
        """Return why the target is still not there, empty if nobody tried."""
        key = _find_key(target)
        result = self._now.get(key)
        if result is None:
            result = self._last.get(key)
            return f"failed: {result.reason}" if result is not None and self._is_of(result, target) else ""
        if result.status == "failed":
            return f"failed{'' if self._is_of(result, target) else f' ({result.version})'}: {result.reason}"
        if result.status != "not_tried" and self._is_of(result, target):
            return f"failed: reported as {result.status}, yet the node does not have it"
        return ""

    def explain_delay(self, target: Package) -> str:
        """Return why this run left the target out, empty if it did not."""
        result = self._now.get(_find_key(target))
        return f"not tried: {result.reason}" if result is not None and result.status == "not_tried" else ""

    def _is_of(self, result: InstallResult, package: Package) -> bool:
        return result.version == format_version(self._manager, package)


def _find_key(item: InstallResult | Package) -> _Key:
    return item.name, item.arch, item.update_id  # of one KB there may be several updates
