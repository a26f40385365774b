# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS knows about patches: its catalogue, what a baseline makes of it, and the values that filters take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import find_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain

Views = list[dict[str, Any]]


def list_available(ssm: Ssm, options: Mapping[str, Any]) -> Views:
    """Return the patches that baselines may select."""
    filters = to_filters(options["filters"] or {})
    pages = ssm.pages("list available patches", "describe_available_patches", "Patches", Filters=filters)
    return [to_plain(patch) for patch in pages]


def list_effective(ssm: Ssm, options: Mapping[str, Any]) -> Views:
    """Return the patches of a baseline with their approval."""
    identity = find_baseline(ssm, options)
    pages = ssm.pages(
        f"list the patches of patch baseline '{identity['BaselineName']}'",
        "describe_effective_patches_for_patch_baseline",
        "EffectivePatches",
        BaselineId=identity["BaselineId"],
    )
    return [to_plain(patch) for patch in pages]


def list_properties(ssm: Ssm, options: Mapping[str, Any]) -> Views:
    """Return the values that a filter key takes for an operating system."""
    system, name = options["operating_system"], options["property"]
    request = {"PatchSet": options["patch_set"]} if options["patch_set"] else {}
    pages = ssm.pages(
        f"list the values of {name} for {system}",
        "describe_patch_properties",
        "Properties",
        OperatingSystem=system,
        Property=name,
        **request,
    )
    return [to_plain(found) for found in pages]


# what is asked for: the key in the result, and the function
QUERIES = {
    "available": ("patches", list_available),
    "effective": ("effective_patches", list_effective),
    "properties": ("properties", list_properties),
}


def read_patches(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, Views]:
    """Return what a query asks for under its key."""
    key, read = QUERIES[options["query"]]
    return {key: read(ssm, options)}
