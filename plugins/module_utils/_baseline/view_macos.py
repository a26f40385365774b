# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""macOS: the package managers are the classifications, and there are no dates (``selection-and-install.md`` 6)."""

from __future__ import annotations

from collections.abc import Hashable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Details, Subject


class MacosView:
    """Security content is what the collector found marked as such."""

    def __init__(self, facts: NodeFacts) -> None:
        self._product = facts.os.product
        self._subjects = Memo(self._make_subjects)

    def sign(self, package: Package) -> Hashable:
        return (package.classification, package.is_security)

    def list_subjects(self, package: Package) -> tuple[Subject, ...]:
        return self._subjects[package.classification, package.is_security]

    def describe(self, package: Package) -> Details:
        return Details(classification=package.classification, security=package.is_security)

    def _make_subjects(self, signature: tuple[str, bool]) -> tuple[Subject, ...]:
        classification, secure = signature
        given = {"PRODUCT": self._product, "CLASSIFICATION": classification}
        attributes = {key: (value,) for key, value in given.items() if value}
        return (Subject(Traits(attributes, security=secure, security_miss="" if secure else "not a security update")),)
