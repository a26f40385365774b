# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_baseline
short_description: Keep a patch baseline in AWS Systems Manager
version_added: 0.2.0
description:
  - Creates, changes and deletes a patch baseline of your own.
  - Its content has the words and the shape of baseline files, so a file's content can be given as it is, and what
    M(openpatch.patch_manager.ssm_patch_baseline_info) returns can be written to a file.
  - The content is checked by the same rules as baseline files before AWS is asked to take it.
  - The order of rules, filters, values, patches and sources does not count as a difference.
options:
  state:
    description: Whether the baseline is to be there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the baseline. Together with O(operating_system) it says which one is meant, unless O(baseline_id) does.
      - With O(baseline_id), the baseline gets this name.
    type: str
  baseline_id:
    description: Id of the baseline, where the name does not tell which one is meant.
    type: str
  operating_system:
    description:
      - What the baseline is for; V(WINDOWS) if neither this nor O(baseline_id) is given, as in the API.
      - It cannot be changed.
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
  description:
    description: What the baseline is about. An empty text removes it.
    type: str
  global_filters:
    description: What is considered at all; up to four filters, which all have to match.
    type: list
    elements: dict
    suboptions:
      key:
        description: What the filter looks at, such as V(PRODUCT), V(CLASSIFICATION), V(SEVERITY) or V(PRIORITY).
        type: str
        required: true
      values:
        description: Values of which one has to match; V(*) is anything.
        type: list
        elements: str
        required: true
  approval_rules:
    description: Up to ten rules, each of which approves patches on its own.
    type: list
    elements: dict
    suboptions:
      filters:
        description: Up to four filters, which all have to match.
        type: list
        elements: dict
        suboptions:
          key:
            description: What the filter looks at.
            type: str
            required: true
          values:
            description: Values of which one has to match; V(*) is anything.
            type: list
            elements: str
            required: true
      approve_after_days:
        description: How many days after its date a patch is approved, 0 to 360.
        type: int
      approve_until_date:
        description: Last day (YYYY-MM-DD) of patches that are approved, instead of a delay.
        type: str
      compliance_level:
        description: How grave it is when a patch approved by this rule is missing.
        type: str
        choices: [CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED]
        default: UNSPECIFIED
      enable_non_security:
        description: Whether the rule reaches updates that are no security updates; Linux only.
        type: bool
        default: false
  approved_patches:
    description: Patches that are approved by name.
    type: list
    elements: str
  approved_patches_compliance_level:
    description: How grave it is when one of O(approved_patches) is missing.
    type: str
    choices: [CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED]
  approved_patches_enable_non_security:
    description: Whether O(approved_patches) may name updates that are no security updates; Linux only.
    type: bool
  rejected_patches:
    description: Patches that are rejected by name.
    type: list
    elements: str
  rejected_patches_action:
    description: What a rejected patch means for the updates that need it.
    type: str
    choices: [ALLOW_AS_DEPENDENCY, BLOCK]
  sources:
    description: Repositories that are used instead of the node's own; Linux only.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the repository.
        type: str
        required: true
      products:
        description: Products the repository is for; V(*) is any.
        type: list
        elements: str
        required: true
      configuration:
        description: The repository in the package manager's own notation.
        type: str
        required: true
  available_security_updates_compliance_status:
    description:
      - Whether a security update that is available and not approved makes a node non-compliant; Windows only.
      - Needs a boto3 that knows it.
    type: str
    choices: [COMPLIANT, NON_COMPLIANT]
  replace:
    description:
      - Whether what is not given of an existing baseline becomes the API's default. Otherwise it stays as it is.
      - Tags are not affected, see O(purge_tags).
    type: bool
    default: false
  force:
    description:
      - Whether a baseline that is in use may be deleted. Its patch groups are deregistered first, and if it is a
        default, the baseline of AWS becomes it again.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_baseline_info
  - module: openpatch.patch_manager.ssm_patch_group
  - module: openpatch.patch_manager.ssm_default_patch_baseline
"""

EXAMPLES = r"""
- name: Approve security updates of Ubuntu at once
  openpatch.patch_manager.ssm_patch_baseline:
    name: web-ubuntu
    operating_system: UBUNTU
    description: Web servers
    approval_rules:
      - filters:
          - key: PRIORITY
            values: [Required, Important, Standard]
        approve_after_days: 0
        compliance_level: HIGH
    rejected_patches: [mysql-server]
    rejected_patches_action: BLOCK
    tags:
      team: web

- name: Change one thing and leave the rest as it is
  openpatch.patch_manager.ssm_patch_baseline:
    name: web-ubuntu
    operating_system: UBUNTU
    rejected_patches: []

- name: Delete it, even if patch groups use it
  openpatch.patch_manager.ssm_patch_baseline:
    name: web-ubuntu
    operating_system: UBUNTU
    state: absent
    force: true
"""

RETURN = r"""
patch_baseline:
  description: The baseline as it is now, or in check mode as it would be; empty if it is not there.
  type: dict
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

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import PatchBaseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import (
    OPERATING_SYSTEM,
    STATE,
    TAGS,
    run_resource,
)

LEVELS = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNSPECIFIED"]
FILTERS = {
    "type": "list",
    "elements": "dict",
    "options": {
        "key": {"type": "str", "required": True, "no_log": False},
        "values": {"type": "list", "elements": "str", "required": True},
    },
}
RULES = {
    "type": "list",
    "elements": "dict",
    "options": {
        "filters": FILTERS,
        "approve_after_days": {"type": "int"},
        "approve_until_date": {"type": "str"},
        "compliance_level": {"type": "str", "choices": LEVELS, "default": "UNSPECIFIED"},
        "enable_non_security": {"type": "bool", "default": False},
    },
}
SOURCES = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str", "required": True},
        "products": {"type": "list", "elements": "str", "required": True},
        "configuration": {"type": "str", "required": True},
    },
}
PATCHES = {"type": "list", "elements": "str"}
SPEC = {
    "state": STATE,
    "name": {"type": "str"},
    "baseline_id": {"type": "str"},
    "operating_system": OPERATING_SYSTEM,
    "description": {"type": "str"},
    "global_filters": FILTERS,
    "approval_rules": RULES,
    "approved_patches": PATCHES,
    "approved_patches_compliance_level": {"type": "str", "choices": LEVELS},
    "approved_patches_enable_non_security": {"type": "bool"},
    "rejected_patches": PATCHES,
    "rejected_patches_action": {"type": "str", "choices": ["ALLOW_AS_DEPENDENCY", "BLOCK"]},
    "sources": SOURCES,
    "available_security_updates_compliance_status": {"type": "str", "choices": ["COMPLIANT", "NON_COMPLIANT"]},
    "replace": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    **TAGS,
}


def main() -> None:
    run_resource(PatchBaseline, "patch_baseline", SPEC, required_one_of=[("name", "baseline_id")])


if __name__ == "__main__":
    main()
