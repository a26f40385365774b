# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One approval rule: filters, security content and date together (``baselines.md`` 3 and 5)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import DATED, Delay, format_moment
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.filters import Traits, fit_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    ComplianceLevel,
    PackageManager,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import Subject

_WITH_NOTICES = frozenset({PackageManager.RPM, PackageManager.ZYPPER})
_OS_PATCHES = PatchFilter("PATCH_SET", ("OS",))


class Answer(enum.IntEnum):
    """What a rule says of a patch; of several answers the first in this order counts."""

    APPROVED = 0
    PENDING = 1
    MISSED = 2


# A member found through its class costs as much as a whole comparison; these are looked at for every patch.
APPROVED, PENDING, MISSED = Answer


class Ruling(NamedTuple):
    """A rule's answer: since or until when, how many conditions are not met, and what to say of it.

    The reason is put together only for the ruling that decides, ``explain`` does it.
    """

    answer: Answer
    level: ComplianceLevel
    text: str
    misses: int = 0
    moment: datetime | None = None
    place: str = ""

    def explain(self) -> str:
        """Return the reason in words."""
        if self.answer is MISSED:
            return self.text
        said = f"{self.text}, {self.place}" if self.place else self.text
        if self.moment is None:
            return said
        if self.answer is PENDING:
            return f"pending until {format_moment(self.moment)} by {said}"
        return f"{said}, approved since {format_moment(self.moment)}"


class _Fit(NamedTuple):
    """The part of the answer that does not depend on the date: missed, or the reason's beginning."""

    missed: Ruling | None
    text: str


class Rule:
    """A rule made ready: what does not depend on the date is worked out once per set of traits."""

    def __init__(self, index: int, rule: ApprovalRule, manager: PackageManager) -> None:
        self._name = f"approval_rules[{index}]"
        self._level = rule.compliance_level
        # Windows ignores the switch (baselines.md 3.5).
        self._wide = rule.enable_non_security and manager is not PackageManager.WINDOWS
        self._lenient = self._wide and manager in _WITH_NOTICES
        self._delay = Delay(rule) if manager in DATED else None
        self._filters = rule.filters
        if manager is PackageManager.WINDOWS and all(item.key != _OS_PATCHES.key for item in rule.filters):
            self._filters = (_OS_PATCHES, *rule.filters)
        self._fits = Memo(self._fit)

    def judge(self, subject: Subject, now: datetime) -> Ruling:
        """Return the ruling on a subject that the global filters let through."""
        missed, text = self._fits[subject.traits]
        if missed is not None:
            return missed
        delay = self._delay
        dated = subject.dated or (subject.fallback if self._lenient else None)
        if delay is None or (dated is None and not delay.waits):
            return Ruling(APPROVED, self._level, text, place=subject.place)
        if dated is None:
            return self._miss(f"{delay.text} needs a date, {subject.place} has none")
        moment = delay.find_moment(dated)
        if moment is None:
            return self._miss(f"dated {format_moment(dated)}, after {delay.text}")
        answer = APPROVED if delay.is_fixed or now >= moment else PENDING
        return Ruling(answer, self._level, text, 0, moment, subject.place)

    def _fit(self, traits: Traits) -> _Fit:
        misses, matches = fit_filters(self._filters, traits, lenient=self._lenient)
        if not traits.security and not self._wide:
            misses = (*misses, traits.security_miss)
        if misses:
            return _Fit(self._miss(*misses), "")
        return _Fit(None, f"{self._name}: {', '.join(matches) or 'every patch'}")

    def _miss(self, *misses: str) -> Ruling:
        return Ruling(MISSED, self._level, f"{self._name}: {'; '.join(misses)}", len(misses))
