# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What belongs together on a node: one package of one architecture, installed and offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package

# Packages for any machine: an update may change between these and the node's own architecture.
_ANY_ARCH = frozenset({"all", "noarch"})


class Group(NamedTuple):
    """One package of one architecture, or one line of a KB: what is installed of it and what is offered, ascending.

    ``replaced_by`` is the installed update that does already what the offered ones would do.
    """

    installed: Package | None
    candidates: Sequence[Package]
    replaced_by: str = ""


def group_by_arch(facts: NodeFacts, manager: PackageManager) -> list[Group]:
    """Return everything installed or offered on Linux or macOS, one group per name and architecture.

    Of several installed versions (kernels) the one that came last stands for the package.
    """
    installed: dict[tuple[str, str], Package] = {}
    candidates: dict[tuple[str, str], list[Package]] = {}
    own = facts.os.arch
    for package in facts.installed:
        key = _name_group(package, own, manager)
        installed[key] = choose_last(installed.get(key), package)
    for package in facts.candidates:
        if _is_installable(package, manager):
            key = _name_group(package, own, manager)
            candidates.setdefault(key, []).append(package)
    return [Group(installed.get(key), candidates.get(key, ())) for key in dict.fromkeys((*installed, *candidates))]


def choose_last(one: Package | None, other: Package) -> Package:
    """Return what was installed last of two installed versions."""
    if one is None or (other.installed_at or EPOCH) >= (one.installed_at or EPOCH):
        return other
    return one


def _name_group(package: Package, own_arch: str, manager: PackageManager) -> tuple[str, str]:
    if manager is PackageManager.MACOS:
        return package.name, ""  # a title has no architecture there, and not every source tells it
    return package.name, own_arch if package.arch in _ANY_ARCH else package.arch


def _is_installable(package: Package, manager: PackageManager) -> bool:
    # The installer of macOS cannot look for updates.
    return manager is not PackageManager.MACOS or package.classification != "installer"
