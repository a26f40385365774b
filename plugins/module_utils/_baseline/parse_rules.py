# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Approval rules: ``PatchRule``.

Sources: ``API_PatchRule``, ``patch-manager-patching-windows-applications``. Where patches have no usable dates a rule
without a date gets delay 0, so that every rule that was read carries exactly one of its two date fields.
"""

from __future__ import annotations

from datetime import date

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    PACKAGE_MANAGERS,
    ApprovalRule,
    OperatingSystem,
    PackageManager,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Fields,
    Item,
    Key,
    Problems,
    name_keys,
    read_fields,
    read_items,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_filters import read_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    read_day,
    read_number,
    read_switch,
    read_word,
)

_GROUP = Key("rules", api="patch_rules")
_KEYS = (
    Key("filters", api="patch_filter_group", node="filter_group"),
    *name_keys("approve_after_days", "approve_until_date", "compliance_level", "enable_non_security"),
)
_DEFAULTS = ApprovalRule()
_MOST_RULES = 10
_LONGEST_DELAY = 360
_WITHOUT_DATES = frozenset({PackageManager.APT, PackageManager.MACOS})
_ONE_DATE = f"approve_after_days (0 to {_LONGEST_DELAY}) or approve_until_date (YYYY-MM-DD), one of the two"


def read_rules(item: Item, os: OperatingSystem | None, problems: Problems) -> tuple[ApprovalRule, ...]:
    """Return approval rules from a list, or from an object that holds one under ``PatchRules``."""
    entries = read_items(item, problems, most=_MOST_RULES, wrapper=_GROUP)
    return tuple(filter(None, (_read_rule(entry, os, problems) for entry in entries)))


def _read_rule(item: Item, os: OperatingSystem | None, problems: Problems) -> ApprovalRule | None:
    fields = read_fields(item, _KEYS, problems)
    if fields is None:
        return None
    filters = read_filters(fields.item("filters"), os, problems)
    _check_applications(filters, fields.item("filters").path, problems)
    days, until = _read_dates(item.path, fields, os, problems)
    non_security = fields.item("enable_non_security")
    rule = ApprovalRule(
        filters=filters,
        approve_after_days=days,
        approve_until_date=until,
        compliance_level=read_word(fields.item("compliance_level"), problems, _DEFAULTS.compliance_level),
        enable_non_security=read_switch(non_security, problems, _DEFAULTS.enable_non_security),
    )
    if rule.enable_non_security and os is OperatingSystem.WINDOWS:
        problems.warn(non_security.path, "ignored, it has no meaning on WINDOWS")
    return rule


def _read_dates(
    path: str, fields: Fields, os: OperatingSystem | None, problems: Problems
) -> tuple[int | None, date | None]:
    delay, cut_off = fields.item("approve_after_days"), fields.item("approve_until_date")
    days, until = read_number(delay, problems, 0, _LONGEST_DELAY), read_day(cut_off, problems)
    without_dates = os and PACKAGE_MANAGERS[os] in _WITHOUT_DATES
    if delay.value is not None and cut_off.value is not None:
        problems.refuse(path, "both dates", _ONE_DATE)
    elif delay.value is None and cut_off.value is None:
        if os and not without_dates:
            problems.refuse(path, "no date", _ONE_DATE)
        return 0, None
    elif without_dates and days != 0:
        given = delay if cut_off.value is None else cut_off
        problems.warn(given.path, "ignored, patches of this operating system have no usable dates: approved at once")
    return days, until


def _check_applications(filters: tuple[PatchFilter, ...], path: str, problems: Problems) -> None:
    values = {found.key: found.values for found in filters}
    if not {"APPLICATION", "*"}.isdisjoint(values.get("PATCH_SET", ())) and "PRODUCT" not in values:
        problems.refuse(path, "a rule for applications without PRODUCT", "PRODUCT too, ['*'] for every product")
