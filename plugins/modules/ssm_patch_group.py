# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_group
short_description: Register a patch group for a patch baseline in AWS Systems Manager
version_added: 0.2.0
description:
  - Gives a patch group its baseline for the baseline's operating system, or takes it away.
  - A group has one baseline per operating system. Those of other systems stay as they are.
options:
  state:
    description:
      - Whether the group is to be registered for the baseline. Another baseline it has for the same operating system is
        replaced.
      - V(absent) takes away the baseline that is named, or the one for O(operating_system), or all the group has.
    type: str
    choices: [present, absent]
    default: present
  patch_group:
    description: Name of the group, the value of the tag C(Patch Group) or C(PatchGroup) of its nodes.
    type: str
    required: true
  operating_system:
    description: What the baseline is for. Needed only where O(baseline_name) does not tell.
    type: str
    choices:
      - WINDOWS
      - AMAZON_LINUX
      - AMAZON_LINUX_2
      - AMAZON_LINUX_2022
      - AMAZON_LINUX_2023
      - UBUNTU
      - REDHAT_ENTERPRISE_LINUX
      - SUSE
      - CENTOS
      - ORACLE_LINUX
      - DEBIAN
      - MACOS
      - RASPBIAN
      - ROCKY_LINUX
      - ALMA_LINUX
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
  - openpatch.patch_manager._ssm.baseline
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_group_info
  - module: openpatch.patch_manager.ssm_patch_baseline
"""

EXAMPLES = r"""
- name: Make a baseline for the group
  openpatch.patch_manager.ssm_patch_baseline:
    name: shop-debian
    operating_system: DEBIAN

- name: Patch the Debian nodes of the group by it
  openpatch.patch_manager.ssm_patch_group:
    patch_group: shop
    baseline_name: shop-debian

- name: Let the Debian nodes of the group have the default again
  openpatch.patch_manager.ssm_patch_group:
    patch_group: shop
    operating_system: DEBIAN
    state: absent
"""

RETURN = r"""
patch_group:
  description: The group as it is now, or in check mode as it would be; empty if it has no baseline.
  type: dict
  returned: success
  contains:
    patch_group:
      description: Name of the group.
      type: str
      returned: success
      sample: web
    baseline_identities:
      description: The baselines of the group, one per operating system.
      type: list
      elements: dict
      returned: success
      contains:
        baseline_id:
          description: Id of the baseline; of one of AWS its ARN.
          type: str
          returned: success
          sample: pb-0123456789abcdef0
        baseline_name:
          description: Name of the baseline.
          type: str
          returned: success
          sample: web-ubuntu
        operating_system:
          description: What the baseline is for.
          type: str
          returned: success
          sample: UBUNTU
        baseline_description:
          description: What the baseline is about, empty if nothing is said.
          type: str
          returned: success
          sample: Web servers
        default_baseline:
          description: Whether it is the default of its operating system.
          type: bool
          returned: success
          sample: false
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import (
    NAMED_BASELINE,
    STATE,
    run_resource,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_groups import PatchGroup

SPEC = {"state": STATE, "patch_group": {"type": "str", "required": True}, **NAMED_BASELINE}


def main() -> None:
    run_resource(
        PatchGroup,
        "patch_group",
        SPEC,
        mutually_exclusive=[("baseline_id", "baseline_name")],
        required_if=[("state", "present", ("baseline_id", "baseline_name"), True)],
    )


if __name__ == "__main__":
    main()
