# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch baselines from SSM's JSON and from our YAML, with one parser.

Source: ``API_CreatePatchBaseline``, ``API_GetPatchBaseline``. What comes in is plain data that somebody else loaded.
Everything that is wrong with it is collected and raised at once.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    PACKAGE_MANAGERS,
    AvailableSecurityUpdates,
    Baseline,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Fields,
    Item,
    Key,
    Problems,
    describe,
    name_keys,
    read_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_entries import read_entries
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_filters import read_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_labels import (
    read_patch_groups,
    read_tags,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_rules import read_rules
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_sources import read_sources
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    limit_length,
    limit_pattern,
    read_switch,
    read_text,
    read_word,
)

# The part that decides about patches; a run-time override has nothing else.
DECIDING_KEYS = name_keys(
    "operating_system",
    "global_filters",
    "approval_rules",
    "approved_patches",
    "approved_patches_compliance_level",
    "approved_patches_enable_non_security",
    "rejected_patches",
    "rejected_patches_action",
    "sources",
    "available_security_updates_compliance_status",
)
LABEL_KEYS = name_keys("name", "baseline_id", "description", "tags", "patch_groups", "default_baseline")
# What the API, its clients and the files on a node add, without a meaning for a baseline.
RETURNED_KEYS = (
    Key("created_date", node="created_time"),
    Key("modified_date", node="modified_time"),
    *name_keys("account_id", "client_token", "replace", "response_metadata"),
)

_DEFAULTS = Baseline(name="", operating_system=OperatingSystem.WINDOWS)
_NAME = limit_pattern(r"[a-zA-Z0-9_\-.]{3,128}", "3 to 128 of the characters a-z A-Z 0-9 _ - .")
_ID = limit_pattern(r"[a-zA-Z0-9_\-:/]{20,128}", "20 to 128 of the characters a-z A-Z 0-9 _ - : /")
_DESCRIPTION = limit_length(0, 1024)  # the API takes no empty one; in a file it is the same as none


class ParsedBaseline(NamedTuple):
    """A baseline, and what its writer should know about it."""

    baseline: Baseline
    warnings: tuple[str, ...]


def parse_baseline(data: object, *, where: str = "", ignore_unknown_keys: bool = False) -> ParsedBaseline:
    """Return the baseline a document describes.

    ``where`` names the document in the error. Unknown keys are errors; with ``ignore_unknown_keys``, for answers of
    an API newer than this code, they are warnings. Raises ``BaselineDocumentError``.
    """
    problems = Problems(ignore_unknown_keys)
    fields = read_fields(Item(data, ""), (*LABEL_KEYS, *DECIDING_KEYS), problems, RETURNED_KEYS)
    baseline = _read_baseline(fields, problems) if fields else _DEFAULTS
    problems.raise_errors("patch baseline", where or baseline.name)
    return ParsedBaseline(baseline, tuple(problems.warnings))


def read_decisions(fields: Fields, name: str, os: OperatingSystem | None, problems: Problems) -> Baseline:
    """Return a baseline of a name with what decides about patches; without ``os``, checked as far as possible."""
    manager = PACKAGE_MANAGERS[os] if os else None
    global_filters = fields.item("global_filters")
    rules = fields.item("approval_rules")
    status = fields.item("available_security_updates_compliance_status")
    list_switch = fields.item("approved_patches_enable_non_security")
    baseline = Baseline(
        name=name,
        id=name,
        operating_system=os or _DEFAULTS.operating_system,
        global_filters=() if global_filters.value is None else read_filters(global_filters, os, problems),
        approval_rules=() if rules.value is None else read_rules(rules, os, problems),
        approved_patches=read_entries(fields.item("approved_patches"), manager, problems),
        approved_patches_compliance_level=read_word(
            fields.item("approved_patches_compliance_level"), problems, _DEFAULTS.approved_patches_compliance_level
        ),
        approved_patches_enable_non_security=read_switch(
            list_switch, problems, _DEFAULTS.approved_patches_enable_non_security
        ),
        rejected_patches=read_entries(fields.item("rejected_patches"), manager, problems),
        rejected_patches_action=read_word(
            fields.item("rejected_patches_action"), problems, _DEFAULTS.rejected_patches_action
        ),
        sources=read_sources(fields.item("sources"), manager, problems),
        available_security_updates_compliance_status=read_word(
            status, problems, _DEFAULTS.available_security_updates_compliance_status
        ),
    )
    if os is OperatingSystem.WINDOWS and baseline.approved_patches_enable_non_security:
        problems.warn(list_switch.path, "ignored, it has no meaning on WINDOWS")
    if os is not OperatingSystem.WINDOWS and status.value == AvailableSecurityUpdates.NON_COMPLIANT.value:
        problems.warn(status.path, "ignored, it has a meaning on WINDOWS only")
    for entry in sorted(set(baseline.approved_patches) & set(baseline.rejected_patches)):
        problems.warn(fields.item("approved_patches").path, f"{describe(entry)} is rejected too, and rejection wins")
    return baseline


def _read_baseline(fields: Fields, problems: Problems) -> Baseline:
    name = read_text(fields.item("name"), problems, _NAME) or ""
    baseline = read_decisions(fields, name, _read_operating_system(fields.item("operating_system"), problems), problems)
    identity, description = fields.item("baseline_id"), fields.item("description")
    return dataclasses.replace(
        baseline,
        id=name if identity.value is None else read_text(identity, problems, _ID) or "",
        description="" if description.value is None else read_text(description, problems, _DESCRIPTION) or "",
        tags=read_tags(fields.item("tags"), problems),
        patch_groups=read_patch_groups(fields.item("patch_groups"), problems),
        default_baseline=read_switch(fields.item("default_baseline"), problems, _DEFAULTS.default_baseline),
    )


def _read_operating_system(item: Item, problems: Problems) -> OperatingSystem | None:
    default = _DEFAULTS.operating_system
    if item.value is None:
        problems.warn(item.path, f"not given, {default.value} is meant then")
        return default
    found = read_word(item, problems, default)
    return found if item.value == found.value else None
