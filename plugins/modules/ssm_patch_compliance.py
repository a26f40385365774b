# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_compliance
short_description: Put compliance items of a node into AWS Systems Manager
version_added: 0.2.0
description:
  - Replaces all compliance items of one type on one node by those given, if they differ. What run found them is told
    with them, and does not count as a difference.
  - The items of type C(Patch) belong to AWS; use a type of your own, C(Custom:...).
options:
  resource_id:
    description: Id of the managed node.
    type: str
    required: true
  resource_type:
    description: What the id is of.
    type: str
    default: ManagedInstance
  compliance_type:
    description: Type of the items, such as C(Custom:Patch).
    type: str
    required: true
  execution_id:
    description: Id of the run that found the items.
    type: str
  execution_type:
    description: What kind of run that was.
    type: str
  execution_time:
    description: When that run was, in ISO 8601 with a UTC offset; now if not given.
    type: str
  item_content_hash:
    description:
      - A hash of the items, with which AWS recognises items that it has. They are compared here in any case.
    type: str
  upload_type:
    description:
      - Whether the items given are all of the type. With V(PARTIAL), which AWS takes for the type C(Association) only,
        items with other ids stay as they are.
    type: str
    choices: [COMPLETE, PARTIAL]
    default: COMPLETE
  items:
    description: All items of the type. An empty list removes them.
    type: list
    elements: dict
    required: true
    suboptions:
      id:
        description: Id of the item, such as the name of a patch.
        type: str
        required: true
      title:
        description: Title of the item.
        type: str
      severity:
        description: How grave it is.
        type: str
        choices: [CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL, UNSPECIFIED]
        default: UNSPECIFIED
      status:
        description: Whether the node complies.
        type: str
        choices: [COMPLIANT, NON_COMPLIANT]
        required: true
      details:
        description: What else is to be said, as a dictionary of texts. Numbers and truth values are written as JSON.
        type: dict
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_compliance_info
"""

EXAMPLES = r"""
- name: Say that a patch is missing
  openpatch.patch_manager.ssm_patch_compliance:
    resource_id: mi-0123456789abcdef0
    compliance_type: Custom:Patch
    items:
      - id: openssl.amd64
        title: openssl.amd64:3.0.17-1~deb12u2
        severity: CRITICAL
        status: NON_COMPLIANT
        details:
          PatchState: MISSING
"""

RETURN = r"""
patch_compliance:
  description: The items of the type on the node as they are now, or in check mode as they would be.
  type: dict
  returned: success
  contains:
    resource_id:
      description: Id of the node.
      type: str
      returned: success
      sample: mi-0123456789abcdef0
    resource_type:
      description: What the id is of.
      type: str
      returned: success
      sample: ManagedInstance
    compliance_type:
      description: Type of the items.
      type: str
      returned: success
      sample: Custom:Patch
    compliance_items:
      description: The items.
      type: list
      elements: dict
      returned: success
      sample:
        - id: openssl.amd64
          title: openssl.amd64:3.0.17-1~deb12u2
          severity: CRITICAL
          status: NON_COMPLIANT
          details: {PatchState: MISSING}
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.compliance import ComplianceItems
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_resource

ITEMS = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": {
        "id": {"type": "str", "required": True},
        "title": {"type": "str"},
        "severity": {
            "type": "str",
            "choices": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNSPECIFIED"],
            "default": "UNSPECIFIED",
        },
        "status": {"type": "str", "choices": ["COMPLIANT", "NON_COMPLIANT"], "required": True},
        "details": {"type": "dict"},
    },
}
SPEC = {
    "resource_id": {"type": "str", "required": True},
    "resource_type": {"type": "str", "default": "ManagedInstance"},
    "compliance_type": {"type": "str", "required": True},
    "execution_id": {"type": "str"},
    "execution_type": {"type": "str"},
    "execution_time": {"type": "str"},
    "item_content_hash": {"type": "str"},
    "upload_type": {"type": "str", "choices": ["COMPLETE", "PARTIAL"], "default": "COMPLETE"},
    "items": ITEMS,
}


def main() -> None:
    run_resource(ComplianceItems, "patch_compliance", SPEC)


if __name__ == "__main__":
    main()
