# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_compliance_info
short_description: Read the patch states of nodes from AWS Systems Manager
version_added: 0.2.0
description:
  - Returns the patch states of nodes, or of a patch group and its nodes, as their last scan or install left them.
options:
  instance_ids:
    description: Ids of managed nodes.
    type: list
    elements: str
  patch_group:
    description: A patch group, whose nodes are listed and counted.
    type: str
  state_filters:
    description: Which nodes of O(patch_group) are listed, by their counts; up to four filters, which all have to match.
    type: list
    elements: dict
    suboptions:
      key:
        description: The count, as the API spells it, such as C(MissingCount).
        type: str
        required: true
      values:
        description: The number it is compared with.
        type: list
        elements: str
        required: true
      type:
        description: How it is compared.
        type: str
        choices: [Equal, NotEqual, LessThan, GreaterThan]
        default: Equal
  patches:
    description: Whether the patches of each node are read too, which takes a call or more per node.
    type: bool
    default: false
  patch_filters:
    description:
      - Which patches are read; the API's keys C(Classification), C(KBId), C(Severity), C(State), and lists of values.
    type: dict
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_compliance
"""

EXAMPLES = r"""
- name: Read where a patch group stands
  openpatch.patch_manager.ssm_patch_compliance_info:
    patch_group: web
  register: compliance

- name: Read which nodes of it lack something
  openpatch.patch_manager.ssm_patch_compliance_info:
    patch_group: web
    state_filters:
      - key: MissingCount
        type: GreaterThan
        values: ["0"]

- name: Read what a node lacks
  openpatch.patch_manager.ssm_patch_compliance_info:
    instance_ids: [mi-0123456789abcdef0]
    patches: true
    patch_filters:
      State: [Missing]
"""

RETURN = r"""
instance_patch_states:
  description: The states of the nodes that have one; the keys are the API's in snake_case.
  type: list
  elements: dict
  returned: success
  sample:
    - instance_id: mi-0123456789abcdef0
      patch_group: web
      baseline_id: pb-0123456789abcdef0
      operation: Scan
      operation_end_time: "2026-01-01T00:00:00Z"
      missing_count: 3
      installed_count: 17
patch_group_state:
  description: How many nodes of the group are in each state.
  type: dict
  returned: when O(patch_group) is given
  sample:
    instances: 12
    instances_with_missing_patches: 3
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.compliance import read_states
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_info

SPEC = {
    "instance_ids": {"type": "list", "elements": "str"},
    "patch_group": {"type": "str"},
    "state_filters": {
        "type": "list",
        "elements": "dict",
        "options": {
            "key": {"type": "str", "required": True, "no_log": False},
            "values": {"type": "list", "elements": "str", "required": True},
            "type": {"type": "str", "choices": ["Equal", "NotEqual", "LessThan", "GreaterThan"], "default": "Equal"},
        },
    },
    "patches": {"type": "bool", "default": False},
    "patch_filters": {"type": "dict"},
}


def main() -> None:
    one = [("instance_ids", "patch_group")]
    run_info(
        read_states, SPEC, required_one_of=one, mutually_exclusive=one, required_by={"state_filters": "patch_group"}
    )


if __name__ == "__main__":
    main()
