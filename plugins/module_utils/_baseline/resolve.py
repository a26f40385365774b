# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which baseline serves a node: its patch group's, else its operating system's (``patch-manager-patch-groups``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Item,
    Problems,
    describe,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_labels import (
    MOST_PATCH_GROUPS,
    PATCH_GROUP_NAME,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import read_text
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default

PATCH_GROUP_TAGS = ("Patch Group", "PatchGroup")


class Resolution(NamedTuple):
    """The baseline of a node, where it comes from, and why it is this one."""

    baseline: Baseline
    source: Literal["group", "default", "predefined"]
    reason: str


def resolve_patch_group(values: Mapping[str, object]) -> str | None:
    """Return a node's patch group, given what each place (a tag, a variable) says; nothing and empty text say nothing.

    Raises ``BaselineDocumentError`` for what cannot be a group's name, ``BaselineError`` for two different groups.
    """
    problems = Problems()
    said = {place: value for place, value in values.items() if value is not None and value != ""}
    groups = {place: read_text(Item(value, place), problems, PATCH_GROUP_NAME) for place, value in said.items()}
    problems.raise_errors("patch group")
    by_group: dict[str | None, str] = {}
    for place, group in groups.items():
        by_group.setdefault(group, place)
    if len(by_group) > 1:
        sayings = " and ".join(f"{describe(group)} ({place})" for group, place in by_group.items())
        raise BaselineError(f"Failed to find the patch group, it is {sayings}. A node is in one group: leave one only.")
    return next(iter(by_group), None)


def resolve_baseline(os: OperatingSystem, patch_group: str | None, candidates: Sequence[Baseline]) -> Resolution:
    """Return the baseline for a node of a patch group, or of none.

    ``candidates`` are the custom baselines of any operating system. Raises ``BaselineError`` if two claim the node.
    """
    own = [baseline for baseline in candidates if baseline.operating_system is os]
    why = "the node has no patch group"
    if patch_group:
        registered = [baseline for baseline in own if patch_group in baseline.patch_groups]
        check_registrations(registered)
        if registered:
            return Resolution(registered[0], "group", f"registered for patch group {describe(patch_group)}")
        why = f"patch group {describe(patch_group)} has no baseline for {os.value}"
    defaults = [baseline for baseline in own if baseline.default_baseline]
    check_registrations(defaults)
    if defaults:
        return Resolution(defaults[0], "default", f"default of {os.value}: {why}")
    return Resolution(predefined_default(os), "predefined", f"predefined default of {os.value}: {why}")


def check_registrations(candidates: Sequence[Baseline], places: Sequence[str] = ()) -> None:
    """Raise ``BaselineError`` if baselines contradict each other; it names all contradictions and both sides of each.

    ``places`` says where each candidate comes from, for instance its file.
    """
    owners: dict[str, str] = {}
    conflicts: list[str] = []
    for position, baseline in enumerate(candidates):
        name = describe(baseline.name) + (f" ({places[position]})" if places else "")
        if len(baseline.patch_groups) > MOST_PATCH_GROUPS:
            conflicts.append(f"{name} has {len(baseline.patch_groups)} patch groups, {MOST_PATCH_GROUPS} are allowed")
        for claim in _list_claims(baseline):
            if claim in owners:
                conflicts.append(f"{claim} is claimed by {owners[claim]} and {name}")
            owners.setdefault(claim, name)
    if conflicts:
        lines = "".join(f"\n- {conflict}" for conflict in conflicts)
        raise BaselineError(f"Failed to use the patch baselines together, change one of each pair:{lines}")


def _list_claims(baseline: Baseline) -> Iterator[str]:
    """Yield what only one baseline can be."""
    system = baseline.operating_system.value
    if baseline.id:
        yield f"the id {describe(baseline.id)}"
    if baseline.default_baseline:
        yield f"the default of {system}"
    for group in dict.fromkeys(baseline.patch_groups):
        yield f"patch group {describe(group)} of {system}"
