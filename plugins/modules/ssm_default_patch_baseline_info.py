# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_default_patch_baseline_info
short_description: Read the default patch baselines of AWS Systems Manager
version_added: 0.2.0
description:
  - Returns which baseline is the default of each operating system.
options:
  operating_system:
    description: Only the default of this operating system.
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
  - module: openpatch.patch_manager.ssm_default_patch_baseline
"""

EXAMPLES = r"""
- name: Read the default baseline of Debian
  openpatch.patch_manager.ssm_default_patch_baseline_info:
    operating_system: DEBIAN
  register: defaults
"""

RETURN = r"""
default_patch_baselines:
  description: The defaults, by operating system.
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

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.default_baselines import read_defaults
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import OPERATING_SYSTEM, run_info

SPEC = {"operating_system": OPERATING_SYSTEM}


def main() -> None:
    run_info(read_defaults, SPEC)


if __name__ == "__main__":
    main()
