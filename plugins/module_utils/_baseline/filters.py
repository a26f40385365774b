# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the filters of a rule accept a patch: values OR, filters AND, and what a missing attribute means.

Source: ``patch-manager-predefined-and-custom-patch-baselines``, ``patch-manager-alternative-source-repository``;
``baselines.md`` 3.3 and 5.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.globs import compile_glob
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchFilter
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.products import fold, matches_product

# What only a notice can give. A rule that reaches beyond notices does not compare what does not exist.
_FROM_NOTICES = frozenset({"CLASSIFICATION", "SEVERITY"})

# Notices say Moderate where AWS's lists say Medium.
_SAME_SEVERITY = {"medium": "moderate"}


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What filters compare: the values of each key, a key without value left out.

    Two of them are never equal, so that what was found for one can be remembered. ``security`` is the security content
    of ``selection-and-install.md`` 1; ``security_miss`` says why it is none.
    """

    attributes: Mapping[str, tuple[str, ...]]
    security: bool = True
    security_miss: str = ""


class Fit(NamedTuple):
    """What speaks against a patch and what for it, in words; accepted if nothing is missing."""

    misses: tuple[str, ...]
    matches: tuple[str, ...]


def fit_filters(filters: Iterable[PatchFilter], traits: Traits, *, lenient: bool = False) -> Fit:
    """Compare a patch with all filters of a rule; ``lenient`` is the rule's ``enable_non_security``."""
    misses: list[str] = []
    matches: list[str] = []
    for patch_filter in filters:
        key, values = patch_filter.key, patch_filter.values
        if "*" in values:
            continue
        found = traits.attributes.get(key, ())
        accepted = _find_value(key, values, found)
        if accepted is not None:
            matches.append(f"{key} {accepted}")
        elif not found and _may_lack(key, traits, lenient):
            matches.append(f"{key} not published")
        else:
            misses.append(f"{key} {' + '.join(found) or 'not published'} is not {_join(values)}")
    return Fit(tuple(misses), tuple(matches))


def _find_value(key: str, values: Iterable[str], found: tuple[str, ...]) -> str | None:
    for value in values:
        if any(_accepts(key, value, text) for text in found):
            return value
    return None


def _accepts(key: str, value: str, found: str) -> bool:
    if key == "PRODUCT":
        return matches_product(value, found)
    if "*" in value:
        return compile_glob(fold(value)).fullmatch(fold(found)) is not None
    wanted, given = fold(value), fold(found)
    if key == "SEVERITY":
        wanted, given = _SAME_SEVERITY.get(wanted, wanted), _SAME_SEVERITY.get(given, given)
    return wanted == given


def _may_lack(key: str, traits: Traits, lenient: bool) -> bool:
    if key == "SEVERITY" and "CLASSIFICATION" in traits.attributes:
        return True  # compared by its classification alone (3.3 item 5)
    return lenient and key in _FROM_NOTICES


def _join(values: tuple[str, ...]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
