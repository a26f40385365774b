# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_baseline_info
short_description: Read patch baselines of AWS Systems Manager
version_added: 0.2.0
description:
  - Returns patch baselines, your own and those of AWS, with content, patch groups and tags.
  - Each has the words and the shape of baseline files.
options:
  baseline_id:
    description: Only the baseline with this id; for one of AWS its ARN.
    type: str
  name:
    description: Only baselines with this name.
    type: str
  name_prefix:
    description: Only baselines whose names begin with this text.
    type: str
  owner:
    description: Only your own baselines, or only those of AWS.
    type: str
    choices: [Self, AWS]
  operating_system:
    description: Only baselines for this operating system.
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
  - module: openpatch.patch_manager.ssm_patch_baseline
"""

EXAMPLES = r"""
- name: Read all baselines of your own
  openpatch.patch_manager.ssm_patch_baseline_info:
    owner: Self
  register: baselines

- name: Read what AWS has for Ubuntu
  openpatch.patch_manager.ssm_patch_baseline_info:
    owner: AWS
    operating_system: UBUNTU
"""

RETURN = r"""
patch_baselines:
  description: The baselines, by name; empty if there is none.
  type: list
  elements: dict
  returned: success
  contains:
    baseline_id:
      description: Id of the baseline; null in check mode if it would be created.
      type: str
      returned: success
      sample: pb-0123456789abcdef0
    name:
      description: Name of the baseline.
      type: str
      returned: success
      sample: web-ubuntu
    operating_system:
      description: What the baseline is for.
      type: str
      returned: success
      sample: UBUNTU
    description:
      description: What the baseline is about, empty if nothing is said.
      type: str
      returned: success
      sample: Web servers
    global_filters:
      description: What is considered at all.
      type: list
      elements: dict
      returned: success
      sample: [{key: PRODUCT, values: [Ubuntu22.04]}]
    approval_rules:
      description: The rules.
      type: list
      elements: dict
      returned: success
      sample: [{filters: [{key: PRIORITY, values: [Important]}], approve_after_days: 0, compliance_level: HIGH}]
    approved_patches:
      description: Patches approved by name.
      type: list
      elements: str
      returned: success
      sample: ["openssl*"]
    approved_patches_compliance_level:
      description: How grave it is when one of these is missing.
      type: str
      returned: success
      sample: UNSPECIFIED
    approved_patches_enable_non_security:
      description: Whether these may be no security updates.
      type: bool
      returned: success
      sample: false
    rejected_patches:
      description: Patches rejected by name.
      type: list
      elements: str
      returned: success
      sample: ["mysql*"]
    rejected_patches_action:
      description: What a rejected patch means for the updates that need it.
      type: str
      returned: success
      sample: BLOCK
    sources:
      description: Repositories used instead of the node's own.
      type: list
      elements: dict
      returned: success
      sample: [{name: mirror, products: ["*"], configuration: "deb https://mirror.example.com/ubuntu x main"}]
    available_security_updates_compliance_status:
      description: Whether available security updates that are not approved count; null if it is not for Windows.
      type: str
      returned: success
      sample: COMPLIANT
    patch_groups:
      description: Patch groups registered for the baseline.
      type: list
      elements: str
      returned: success
      sample: [web]
    default_baseline:
      description: Whether it is the default of its operating system.
      type: bool
      returned: success
      sample: false
    tags:
      description: Tags of the baseline.
      type: dict
      returned: success
      sample: {team: web}
    created_date:
      description: When it was created; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    modified_date:
      description: When it was changed last; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import read_baselines
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import OPERATING_SYSTEM, run_info

SPEC = {
    "baseline_id": {"type": "str"},
    "name": {"type": "str"},
    "name_prefix": {"type": "str"},
    "owner": {"type": "str", "choices": ["Self", "AWS"]},
    "operating_system": OPERATING_SYSTEM,
}


def main() -> None:
    run_info(read_baselines, SPEC, mutually_exclusive=[("baseline_id", "name", "name_prefix")])


if __name__ == "__main__":
    main()
