# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How patches are called: ids and titles of results, and the texts that list entries are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package


def format_id(package: Package) -> str:
    """Return the patch id: ``name.arch``, on Windows the KB id, on macOS the name."""
    return f"{package.name}.{package.arch}" if package.arch else package.name


def format_version(manager: PackageManager, package: Package) -> str:
    """Return the version as the package manager writes it, on rpm systems ``epoch:version-release``."""
    if manager in (PackageManager.RPM, PackageManager.ZYPPER):
        return f"{package.epoch}:{package.version}-{package.release}"
    return package.version


def format_title(manager: PackageManager, package: Package) -> str:
    """Return the title: ``name.arch:version``, on Windows the update's own, on macOS ``name.version``."""
    if manager is PackageManager.WINDOWS:
        return package.title or package.name
    if manager is PackageManager.MACOS:
        return f"{package.name}.{package.version}" if package.version else package.name
    return f"{format_id(package)}:{format_version(manager, package)}"


def _list_name(package: Package) -> tuple[str, ...]:
    return (package.name,)


def _list_windows_ids(package: Package) -> tuple[str, ...]:
    # The update as offered, never the children of a bundle (baselines.md 1.5).
    return (package.name.upper(), *(bulletin.upper() for bulletin in package.bulletin_ids))


def _list_zypper_names(package: Package) -> tuple[str, ...]:
    file = f"{package.name}-{package.version}-{package.release}.{package.arch}"
    return (package.name, file, f"{file}.rpm")


def _list_rpm_shapes(package: Package) -> tuple[str, ...]:
    name, arch, epoch, version = package.name, package.arch, package.epoch, package.version
    full = f"{version}-{package.release}"
    return (
        name,
        f"{name}.{arch}",
        f"{name}-{version}",
        f"{name}-{full}",
        f"{name}-{full}.{arch}",
        version,
        full,
        f"{epoch}:{full}",
        f"{name}-{epoch}:{full}",
        f"{name}-{epoch}:{full}.{arch}",
        f"{epoch}:{name}-{full}.{arch}",
        f"{name}.{arch}:{epoch}:{full}",
    )


# Every text by which a list entry may name a package (baselines.md 4).
LABELS: Mapping[PackageManager, Callable[[Package], tuple[str, ...]]] = {
    PackageManager.APT: _list_name,
    PackageManager.RPM: _list_rpm_shapes,
    PackageManager.ZYPPER: _list_zypper_names,
    PackageManager.MACOS: _list_name,
    PackageManager.WINDOWS: _list_windows_ids,
}

# Few and cheap texts: each label of a package begins with one of them.
HEADS: Mapping[PackageManager, Callable[[Package], tuple[str, ...]]] = {
    **LABELS,
    PackageManager.RPM: attrgetter("name", "version", "epoch"),
    PackageManager.ZYPPER: _list_name,
}
