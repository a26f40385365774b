# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of Debian and Ubuntu: section, priority, and the archives that carry a version."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.archives import (
    is_security_archive,
    name_archive,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Details, Subject

_Signature = tuple[tuple[str, ...], str, str]


class AptView:
    """There are no notices and no dates; security content is what a security archive of the release carries."""

    def __init__(self, facts: NodeFacts) -> None:
        enabled = [repository for repository in facts.repositories if repository.enabled]
        self._names = {repository.id: name_archive(repository, facts.os) for repository in enabled}
        self._secure = {repository.id for repository in enabled if is_security_archive(repository, facts.os)}
        self._product = facts.os.product
        self._subjects = Memo(self._make_subjects)

    def sign(self, package: Package) -> Hashable:
        return (package.repositories, package.section, package.priority)

    def list_subjects(self, package: Package) -> tuple[Subject, ...]:
        return self._subjects[package.repositories, package.section, package.priority]

    def describe(self, package: Package) -> Details:
        # Nothing but the archive tells that an update is about security; a severity is not published.
        secure = not self._secure.isdisjoint(package.repositories)
        return Details(classification="Security" if secure else "", security=secure)

    def _make_subjects(self, signature: _Signature) -> tuple[Subject, ...]:
        repositories, section, priority = signature
        given = {"PRODUCT": self._product, "SECTION": section, "PRIORITY": priority}
        attributes = {key: (value,) for key, value in given.items() if value}
        secure = self._list_names(id_ for id_ in repositories if id_ in self._secure)
        names = secure or self._list_names(repositories)
        miss = "" if secure else f"not in a security archive ({f'only {names}' if names else 'in no enabled archive'})"
        traits = Traits(attributes, security=bool(secure), security_miss=miss)
        return (Subject(traits, place=f"in {names}" if names else ""),)

    def _list_names(self, ids: Iterable[str]) -> str:
        return " and ".join(sorted({self._names[id_] for id_ in ids if id_ in self._names}))
