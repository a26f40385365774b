# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Systems Manager as the place of baselines: which one serves a patch group, an operating system, or has a name.

Needs amazon.aws: import it after ``AwsSession.ssm``, which says so in words. Patch groups are listed instead of asked
for by GetPatchBaselineForPatchGroup, because for a group without registration its answer is not documented.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import (
    find_baseline,
    find_predefined,
    is_owned_by_aws,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_groups import list_groups
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

_ID = re.compile(r"pb-[0-9A-Za-z]{17}|arn:.*")  # a name may begin with pb- too


class FoundBaseline(NamedTuple):
    """A baseline, where it comes from in the engine's words, why it is this one, and what looks odd about it."""

    baseline: Baseline
    source: str
    reason: str
    warnings: tuple[str, ...]


def find_for_group(session: AwsSession, system: OperatingSystem, patch_group: str | None) -> FoundBaseline:
    """Give the baseline of a patch group, else the default of the operating system.

    Raises AwsError, and BaselineError for a baseline that is none.
    """
    why = "the node has no patch group"
    if patch_group:
        with session.translate(f"find the baseline of patch group '{patch_group}' for {system.value}"):
            groups = list_groups(session.ssm(), patch_group, system.value)
        identities = [found for group in groups if group["patch_group"] == patch_group for found in group["identities"]]
        if identities:
            return _read(session, identities[0]["BaselineId"], "group", f"registered for patch group '{patch_group}'")
        why = f"patch group '{patch_group}' has no baseline for {system.value}"
    with session.translate(f"find the default baseline of {system.value}"):
        answer = session.ssm().call(
            f"find the default baseline of {system.value}",
            "get_default_patch_baseline",
            OperatingSystem=system.value,
        )
    return _read(session, answer["BaselineId"], "default", f"default of {system.value}: {why}")


def find_by_name(session: AwsSession, system: OperatingSystem, name: str, key: str) -> FoundBaseline:
    """Give the baseline of an operating system by its name or id, which stands under ``key``.

    Raises AwsError if there is not exactly one, and BaselineError for a baseline that is none.
    """
    is_id = _ID.fullmatch(name) is not None
    options = {
        "baseline_id": name if is_id else None,
        "baseline_name": None if is_id else name,
        "operating_system": system.value,
    }
    try:
        with session.translate(f"find patch baseline '{name}'"):
            identity = find_baseline(session.ssm(), options)
    except AwsError as error:
        if error.code:
            raise
        where = session.describe(session.region)
        raise AwsError(f"Failed to find {key}{where}: {error} Correct the name there, or give an id") from error
    return _read(session, identity["BaselineId"], "policy", f"{key} is '{name}'")


def find_recommended(session: AwsSession, system: OperatingSystem, why: str) -> FoundBaseline:
    """Give AWS's own default of an operating system. Raises AwsError."""
    with session.translate(f"find the predefined baseline of {system.value}"):
        identity = find_predefined(session.ssm(), system.value)
    return _read(session, identity["BaselineId"], "predefined", f"predefined default of {system.value}: {why}")


def _read(session: AwsSession, baseline_id: str, source: str, reason: str) -> FoundBaseline:
    with session.translate(f"read patch baseline '{baseline_id}'"):
        answer: dict[str, Any] | None = session.ssm().find(
            f"read patch baseline '{baseline_id}'", "get_patch_baseline", BaselineId=baseline_id
        )
    place = f"{baseline_id} in {session.region} of account {session.account_id()}"
    if answer is None:
        raise AwsError(
            f"Failed to read patch baseline {place}: it has been deleted, but is the one that is {reason}."
            " Register or name another one"
        )
    parsed = parse_baseline(answer, where=place, ignore_unknown_keys=True)
    if source == "default" and is_owned_by_aws(baseline_id):
        source, reason = "predefined", f"predefined {reason}"
    return FoundBaseline(
        parsed.baseline, source, f"{reason} ({place})", tuple(f"{place}: {text}" for text in parsed.warnings)
    )
