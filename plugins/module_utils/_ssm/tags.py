# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags of what modules keep: one way to read and to change them, whatever they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Step
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_tag_list, to_tags


@dataclass(frozen=True)
class Tagged:
    """Something that has tags: its type in the API, its id, and what a person calls it."""

    resource_type: str
    resource_id: str
    what: str

    @property
    def _resource(self) -> dict[str, str]:
        return {"ResourceType": self.resource_type, "ResourceId": self.resource_id}

    def read(self, ssm: Ssm) -> dict[str, str]:
        """Return the tags; none if what has them is gone meanwhile."""
        answer = ssm.find(f"read the tags of {self.what}", "list_tags_for_resource", **self._resource)
        return to_tags((answer or {}).get("TagList", ()))

    def steps(self, before: Mapping[str, str], options: Mapping[str, Any]) -> list[Step]:
        """Return the calls that bring the tags to what options want of them."""
        if options["tags"] is None:
            return []
        added, removed = compare_aws_tags(before, options["tags"], options["purge_tags"])
        steps = []
        if removed:
            request = {**self._resource, "TagKeys": sorted(removed)}
            steps.append(Step(f"remove tags of {self.what}", "remove_tags_from_resource", request))
        if added:
            request = {**self._resource, "Tags": to_tag_list(added)}
            steps.append(Step(f"set tags of {self.what}", "add_tags_to_resource", request))
        return steps


def tags_after(before: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags as options want them."""
    if options["tags"] is None:
        return dict(before)
    added, removed = compare_aws_tags(before, options["tags"], options["purge_tags"])
    kept = {key: value for key, value in before.items() if key not in removed}
    return kept | {key: str(value) for key, value in added.items()}
