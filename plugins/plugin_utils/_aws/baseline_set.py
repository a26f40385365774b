# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All patch baselines of an account and region as the engine's values, and in what two baselines differ.

Needs amazon.aws: import it after ``AwsSession.ssm``, which says so in words.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import (
    list_identities,
    read_identified,
    view_baseline,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    normalise_content,
    write_content,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

Json = dict[str, Any]


class HeldBaselines(NamedTuple):
    """What is in AWS, and what looks odd about it."""

    baselines: tuple[Baseline, ...]
    warnings: tuple[str, ...]


def read_baselines(session: AwsSession, *, predefined: bool) -> HeldBaselines:
    """Give all baselines of the account, with ``predefined`` AWS's own too, with their groups, tags and being default.

    Raises AwsError; if one of them cannot be understood, nothing is given at all.
    """
    with session.translate("read the patch baselines"):
        ssm = session.ssm()
        identities = list_identities(ssm, {} if predefined else {"OWNER": ["Self"]})
        found = [read_identified(ssm, identity) for identity in identities]
    baselines: list[Baseline] = []
    warnings: list[str] = []
    errors: list[str] = []
    for each in found:
        if each is None:
            continue  # deleted since it was listed
        try:
            parsed = parse_baseline(view_baseline(each), where=each.id, ignore_unknown_keys=True)
        except BaselineError as error:
            errors.append(str(error))
            continue
        baselines.append(parsed.baseline)
        warnings += [f"{each.id}: {text}" for text in parsed.warnings]
    if errors:
        where = session.describe(session.region)
        lines = "\n".join(errors)
        raise AwsError(
            f"Failed to understand the patch baselines{where}, so nothing is taken over. Correct them there:\n{lines}"
        )
    # in an order that does not depend on AWS, for who names files
    baselines.sort(key=lambda found: (found.name, found.operating_system.value, found.id))
    return HeldBaselines(tuple(baselines), tuple(warnings))


def list_changes(old: Baseline, new: Baseline) -> Json:
    """Give the keys of a file in which two baselines differ, with the new values; ``None`` for what is gone.

    The order of rules, filters, values, patches and sources is no difference. The id is none either.
    """
    before, after = _spread(old), _spread(new)
    values = to_snake(new)
    return {key: values.get(key) for key in after if before[key] != after[key]}


def _spread(baseline: Baseline) -> Json:
    return {
        "name": baseline.name,
        "operating_system": baseline.operating_system.value,
        **normalise_content(write_content(baseline)[0]),
        "patch_groups": sorted(baseline.patch_groups),
        "default_baseline": baseline.default_baseline,
        "tags": dict(baseline.tags),
    }
