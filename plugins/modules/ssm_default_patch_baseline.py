# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_default_patch_baseline
short_description: Set the default patch baseline of an operating system in AWS Systems Manager
version_added: 0.2.0
description:
  - Makes a baseline the default of its operating system, which judges all nodes that no patch group gives another.
  - An operating system always has a default.
options:
  state:
    description:
      - V(present) makes the named baseline the default.
      - V(absent) makes the one of AWS the default of O(operating_system) again.
    type: str
    choices: [present, absent]
    default: present
  operating_system:
    description: What the baseline is for. Needed with O(state=absent), and where O(baseline_name) does not tell.
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
  - module: openpatch.patch_manager.ssm_default_patch_baseline_info
  - module: openpatch.patch_manager.ssm_patch_baseline
"""

EXAMPLES = r"""
- name: Make a baseline
  openpatch.patch_manager.ssm_patch_baseline:
    name: all-debian
    operating_system: DEBIAN

- name: Make it the default
  openpatch.patch_manager.ssm_default_patch_baseline:
    baseline_name: all-debian

- name: Go back to the default of AWS
  openpatch.patch_manager.ssm_default_patch_baseline:
    operating_system: DEBIAN
    state: absent
"""

RETURN = r"""
default_patch_baseline:
  description: The default of the operating system as it is now, or in check mode as it would be.
  type: dict
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

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.default_baselines import (
    DefaultPatchBaseline,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import (
    NAMED_BASELINE,
    STATE,
    run_resource,
)

SPEC = {"state": STATE, **NAMED_BASELINE}


def main() -> None:
    run_resource(
        DefaultPatchBaseline,
        "default_patch_baseline",
        SPEC,
        mutually_exclusive=[("baseline_id", "baseline_name")],
        required_if=[
            ("state", "present", ("baseline_id", "baseline_name"), True),
            ("state", "absent", ("operating_system",)),
        ],
    )


if __name__ == "__main__":
    main()
