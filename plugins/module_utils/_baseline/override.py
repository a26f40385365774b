# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``BaselineOverride``: baselines given for one run (``patch-manager-baselineoverride-parameter``)."""

from __future__ import annotations

import re

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import (
    DECIDING_KEYS,
    LABEL_KEYS,
    RETURNED_KEYS,
    ParsedBaseline,
    read_decisions,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Fields,
    Item,
    Problems,
    describe,
    read_fields,
    read_items,
)

OVERRIDE_NAME = "BaselineOverride"

_IGNORED_KEYS = (*LABEL_KEYS, *RETURNED_KEYS)
_LOCATION = re.compile(r"https://[^/\s].*|s3://[^/]+/(.*/)?[^/]+|(?![A-Za-z][A-Za-z0-9+.\-]*://).+")
_REFUSED_IN_FILE_NAME = re.compile(r"[`'\"$]")


def parse_baseline_override(data: object, os: OperatingSystem, *, where: str = "") -> ParsedBaseline:
    """Return the baseline that a list of overrides holds for an operating system.

    Values in entries of other systems are not checked. Unknown keys are ignored with a warning, names and ids without.
    Raises ``BaselineDocumentError``, also if the list has no entry or several for ``os``.
    """
    problems = Problems()
    entries: list[tuple[Fields, Problems]] = []
    for item in read_items(Item(data, ""), problems):
        own_problems = Problems(ignore_unknown_keys=True)
        fields = read_fields(item, DECIDING_KEYS, own_problems, _IGNORED_KEYS)
        problems.errors += own_problems.errors
        if fields:
            entries.append((fields, own_problems))
    problems.raise_errors("baseline override", where)
    systems = [fields.item("operating_system") for fields, _own in entries]
    matching = [entry for entry, system in zip(entries, systems, strict=True) if system.value == os.value]
    if len(matching) != 1:
        found = ", ".join(f"{describe(system.value)} at {system.path}" for system in systems) or "an empty list"
        problems.refuse("", found, f"exactly one entry for {os.value}")
        problems.raise_errors("baseline override", where)
    fields, own_problems = matching[0]
    baseline = read_decisions(fields, OVERRIDE_NAME, os, own_problems)
    own_problems.raise_errors("baseline override", where)
    return ParsedBaseline(baseline, tuple(own_problems.warnings))


def check_exclusive(install_override_list: object, baseline_override: object) -> None:
    """Raise ``BaselineError`` if both run-time overrides are given; AWS fails such a run before it does anything."""
    if install_override_list and baseline_override:
        raise BaselineError(
            "Failed to combine patch_install_override_list and patch_baseline_override: a run takes one of them. "
            "Leave one of them out."
        )


def check_override_location(text: str) -> None:
    """Raise ``BaselineError`` unless a text is an https or s3 location or a path whose file name AWS would accept.

    The message does not show the text: an address may hold a password.
    """
    if not _LOCATION.fullmatch(text):
        raise BaselineError(
            "neither a path nor an https or s3 location. Give a path, https://<host>/<path> or s3://<bucket>/<key>."
        )
    path = text.partition("?")[0] if text.startswith("https://") else text
    if _REFUSED_IN_FILE_NAME.search(path.rpartition("/")[2]):
        raise BaselineError("backtick, quotes and dollar sign are not allowed in the name of the file. Rename it.")
