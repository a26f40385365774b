# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``patch_max_concurrency`` and ``patch_max_errors`` as Run Command has them (operations.md 14.2, 14.3).

Amazon does not say how a percentage that gives a fraction is rounded. Here it is rounded down, so that no more nodes
are at risk than were asked for; only a concurrency is at least 1, because nothing could run otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import LimitError

AUTO = "auto"

_LONGEST = 7
_CONCURRENCY = re.compile(r"[1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%")
_ERRORS = re.compile(r"[1-9][0-9]*|0|[1-9][0-9]%|[0-9]%|100%")

# "Patch now" for an install (operations.md 10): up to so many nodes, at a time, errors permitted
_PATCH_NOW = ((24, "1", 1), (100, "5%", 5), (1000, "8%", 10))
_PATCH_NOW_ABOVE = ("10%", 10)
_PATCH_NOW_SCAN = ("1000", 1000)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits as numbers, for a number of targets; None: no limit."""

    at_once: int | None = None
    errors: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits as they were written, checked; None: not given. What they come to depends on the number of targets."""

    max_concurrency: str | None = None
    max_errors: str | None = None

    def resolve(self, targets: int, operation: str) -> Bounds:
        """What the limits come to; ``operation`` is Scan or Install, which ``auto`` tells apart."""
        concurrency: str | None
        errors: int | None
        if self.max_concurrency == AUTO:
            concurrency, errors = _choose_automatically(targets, operation)
        else:
            concurrency, errors = self.max_concurrency, None
        at_once = None if concurrency is None else max(1, _take_share(concurrency, targets))
        if self.max_errors is not None:
            errors = _take_share(self.max_errors, targets)
        return Bounds(at_once, errors)


def parse_limits(max_concurrency: str | None, max_errors: str | None) -> Limits:
    """Check both limits; None or an empty text is none.

    Raises LimitError naming the option and what is allowed.
    """
    if max_concurrency and max_concurrency != AUTO and not _matches(_CONCURRENCY, max_concurrency):
        raise LimitError(
            f"patch_max_concurrency is {max_concurrency!r};"
            f" allowed: a number from 1 to 9999999, a percentage from 1% to 100%, or {AUTO}"
        )
    if max_errors and not _matches(_ERRORS, max_errors):
        raise LimitError(
            f"patch_max_errors is {max_errors!r}; allowed: a number from 0 to 9999999, or a percentage from 0% to 100%"
        )
    return Limits(max_concurrency or None, max_errors or None)


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= _LONGEST and pattern.fullmatch(text) is not None


def _take_share(text: str, targets: int) -> int:
    return targets * int(text[:-1]) // 100 if text.endswith("%") else int(text)


def _choose_automatically(targets: int, operation: str) -> tuple[str, int]:
    if operation == "Scan":
        return _PATCH_NOW_SCAN
    for most, concurrency, errors in _PATCH_NOW:
        if targets <= most:
            return concurrency, errors
    return _PATCH_NOW_ABOVE
