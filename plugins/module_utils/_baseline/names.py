# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How patches are called: ids and titles of results, and the texts that list entries are compared with."""

from __future__ import annotations

import re
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


# Every text by which a list entry may name a package (baselines.md 4), as templates. The node compares with the same.
SHAPES: Mapping[PackageManager, tuple[str, ...]] = {
    PackageManager.APT: ("{name}",),
    PackageManager.RPM: (
        "{name}",
        "{name}.{arch}",
        "{name}-{version}",
        "{name}-{version}-{release}",
        "{name}-{version}-{release}.{arch}",
        "{version}",
        "{version}-{release}",
        "{epoch}:{version}-{release}",
        "{name}-{epoch}:{version}-{release}",
        "{name}-{epoch}:{version}-{release}.{arch}",
        "{epoch}:{name}-{version}-{release}.{arch}",
        "{name}.{arch}:{epoch}:{version}-{release}",
    ),
    PackageManager.ZYPPER: (
        "{name}",
        "{name}-{version}-{release}.{arch}",
        "{name}-{version}-{release}.{arch}.rpm",
    ),
    PackageManager.MACOS: ("{name}",),
}
_FIELD = re.compile(r"\{(\w+)\}")


def _list_name(package: Package) -> tuple[str, ...]:
    return (package.name,)


def _list_windows_ids(package: Package) -> tuple[str, ...]:
    # The update as offered, never the children of a bundle (baselines.md 1.5).
    return (package.name.upper(), *(bulletin.upper() for bulletin in package.bulletin_ids))


def _fill(shapes: tuple[str, ...]) -> Callable[[Package], tuple[str, ...]]:
    """Return what fills templates in: they are taken apart here, once, not for every package."""
    if shapes == ("{name}",):
        return _list_name
    parts = [(_FIELD.sub("%s", shape), attrgetter(*_FIELD.findall(shape))) for shape in shapes]
    return lambda package: tuple([text % read(package) for text, read in parts])


LABELS: Mapping[PackageManager, Callable[[Package], tuple[str, ...]]] = {
    **{manager: _fill(shapes) for manager, shapes in SHAPES.items()},
    PackageManager.WINDOWS: _list_windows_ids,
}

# Few and cheap texts: each label of a package begins with one of them.
HEADS: Mapping[PackageManager, Callable[[Package], tuple[str, ...]]] = {
    **LABELS,
    PackageManager.RPM: attrgetter("name", "version", "epoch"),
    PackageManager.ZYPPER: _list_name,
}
