# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of rpm systems: they inherit type, severity, ids and date from the notices (zypper: patches) naming them.

Source: ``patch-manager-linux-rules``, ``selection-and-install.md`` 3 and 5.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Notice, Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Details, Subject

ReleaseDateField = Literal["issued", "updated"]

# Vendors write these where a notice has no severity; only Amazon Linux 2022 and later know None as a value of its own.
_NO_SEVERITY = frozenset({"", "none", "unspecified"})
_NONE_IS_A_SEVERITY = frozenset({OperatingSystem.AMAZON_LINUX_2022, OperatingSystem.AMAZON_LINUX_2023})

_SEVERITY_RANKS = {"critical": 0, "important": 1, "moderate": 2, "medium": 2, "low": 3}
_LOWEST_RANK = 4


class NoticeView:
    """Security content is whatever a notice names, of any type."""

    def __init__(self, facts: NodeFacts, manager: PackageManager, release_date_field: ReleaseDateField) -> None:
        self._notices = facts.notices
        self._product = facts.os.product
        self._none_is_a_severity = facts.os.operating_system in _NONE_IS_A_SEVERITY
        # AWS names no date for SLES; a patch has been out since it was issued.
        self._by_update = release_date_field == "updated" and manager is PackageManager.RPM
        nobody = "no patch contains it" if manager is PackageManager.ZYPPER else "no update notice names it"
        self._unnamed = Traits(self._list_attributes("", ""), security=False, security_miss=nobody)
        self._traits = Memo(self._make_traits)
        self._details = Memo(self._make_details)
        self._complete = Memo(self._is_complete)

    def sign(self, package: Package) -> Hashable:
        # The time of building counts only where a notice, or its date, is missing.
        return package.notices if self._complete[package.notices] else (package.notices, package.built_at)

    def list_subjects(self, package: Package) -> tuple[Subject, ...]:
        built = package.built_at or EPOCH
        if not package.notices:
            return (Subject(self._unnamed, dated=built),)
        return tuple([self._make_subject(notice_id, built) for notice_id in package.notices])

    def describe(self, package: Package) -> Details:
        return self._details[package.notices]

    def _is_complete(self, notices: tuple[str, ...]) -> bool:
        return bool(notices) and None not in [self._find_date(self._find(notice_id)) for notice_id in notices]

    def _find(self, notice_id: str) -> Notice:
        notice = self._notices.get(notice_id)
        return Notice(id=notice_id) if notice is None else notice

    def _find_date(self, notice: Notice) -> datetime | None:
        first, second = (notice.updated, notice.issued) if self._by_update else (notice.issued, notice.updated)
        return first or second

    def _list_attributes(self, kind: str, severity: str) -> dict[str, tuple[str, ...]]:
        given = {"PRODUCT": self._product, "CLASSIFICATION": kind, "SEVERITY": severity}
        return {key: (value,) for key, value in given.items() if value}

    def _make_traits(self, words: tuple[str, str]) -> Traits:
        kind, severity = words
        return Traits(self._list_attributes(kind.capitalize(), self._spell_severity(severity)))

    def _make_subject(self, notice_id: str, built: datetime) -> Subject:
        notice = self._find(notice_id)
        traits = self._traits[notice.type, notice.severity]
        return Subject(traits, f"notice {notice_id}", self._find_date(notice), built)

    def _spell_severity(self, severity: str) -> str:
        word = severity.casefold()
        missing = word in _NO_SEVERITY and not (word == "none" and self._none_is_a_severity)
        return "" if missing else severity.capitalize()

    def _make_details(self, notice_ids: tuple[str, ...]) -> Details:
        notices = [self._find(notice_id) for notice_id in notice_ids]
        if not notices:
            return Details()
        gravest = min(notices, key=self._rank)
        return Details(
            classification=gravest.type.capitalize(),
            severity=self._spell_severity(gravest.severity),
            security=_is_security(gravest),
            cve_ids=tuple(dict.fromkeys(cve_id for notice in notices for cve_id in notice.cve_ids)),
            advisory_ids=notice_ids,
        )

    def _rank(self, notice: Notice) -> tuple[bool, int]:
        return not _is_security(notice), _SEVERITY_RANKS.get(notice.severity.casefold(), _LOWEST_RANK)


def _is_security(notice: Notice) -> bool:
    return notice.type.casefold() == "security"
