# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alternative repositories: ``PatchSource`` (``patch-manager-alternative-source-repository``)."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager, PatchSource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    name_keys,
    read_fields,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    TextRule,
    limit_length,
    limit_pattern,
    read_text,
)

_KEYS = name_keys("name", "products", "configuration")
_MOST_SOURCES = 20
_MOST_PRODUCTS = 20
_NAME = limit_pattern(r"[a-zA-Z0-9_\-.]{3,50}", "3 to 50 of the characters a-z A-Z 0-9 _ - .")
_PRODUCT = limit_length(1, 128)
_ANY_CONFIGURATION = limit_length(1, 1024)
_REPOSITORY_FILE = limit_pattern(
    r"(?=[^\x00]{1,1024}\Z)\s*\[[^\[\]\r\n]+\][^\x00]*",
    "1 to 1024 characters, what a .repo file holds: a [section] line, then its options",
)
_CONFIGURATIONS: Mapping[PackageManager, TextRule] = {
    PackageManager.APT: limit_pattern(
        r"(?=[^\x00]{1,1024}\Z)deb[ \t][^\r\n]+\n?",
        "1 to 1024 characters on a single line: deb <uri> <suite> <component>",
    ),
    PackageManager.RPM: _REPOSITORY_FILE,
    PackageManager.ZYPPER: _REPOSITORY_FILE,
}


def read_sources(item: Item, manager: PackageManager | None, problems: Problems) -> tuple[PatchSource, ...]:
    """Return alternative repositories; they have a meaning on Linux only."""
    if item.value is None:
        return ()
    entries = read_items(item, problems, most=_MOST_SOURCES)
    if entries and manager and manager not in _CONFIGURATIONS:
        problems.warn(item.path, "ignored, only Linux nodes use alternative repositories")
    return tuple(filter(None, (_read_source(entry, manager, problems) for entry in entries)))


def _read_source(item: Item, manager: PackageManager | None, problems: Problems) -> PatchSource | None:
    fields = read_fields(item, _KEYS, problems)
    if fields is None:
        return None
    products = read_items(fields.item("products"), problems, least=1, most=_MOST_PRODUCTS)
    rule = _CONFIGURATIONS.get(manager, _ANY_CONFIGURATION) if manager else _ANY_CONFIGURATION
    return PatchSource(
        name=read_text(fields.item("name"), problems, _NAME) or "",
        products=tuple(filter(None, (read_text(product, problems, _PRODUCT) for product in products))),
        configuration=read_text(fields.item("configuration"), problems, rule) or "",
    )
