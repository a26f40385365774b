# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_group_info
short_description: Read which patch baselines patch groups have in AWS Systems Manager
version_added: 0.2.0
description:
  - Returns the patch groups that are registered for a baseline. A group that only occurs as a tag is none of them.
options:
  patch_group:
    description: Only this group.
    type: str
  operating_system:
    description: Only registrations for this operating system.
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
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_group
"""

EXAMPLES = r"""
- name: Read all patch groups
  openpatch.patch_manager.ssm_patch_group_info:
  register: groups

- name: Read which baseline the Debian nodes of a group have
  openpatch.patch_manager.ssm_patch_group_info:
    patch_group: shop
    operating_system: DEBIAN
"""

RETURN = r"""
patch_groups:
  description: The groups, by name; empty if there is none.
  type: list
  elements: dict
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

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import OPERATING_SYSTEM, run_info
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_groups import read_groups

SPEC = {"patch_group": {"type": "str"}, "operating_system": OPERATING_SYSTEM}


def main() -> None:
    run_info(read_groups, SPEC)


if __name__ == "__main__":
    main()
