# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patches_info
short_description: Read what AWS Systems Manager knows about patches
version_added: 0.2.0
description:
  - Returns the patches that baselines may select, those of one baseline with their approval, or the values that a
    filter of a baseline takes.
options:
  query:
    description:
      - V(available) lists the patches that baselines may select. AWS has such a catalogue for Windows, Amazon Linux and
        Amazon Linux 2 only; for the last two O(filters) has to give C(PRODUCT).
      - V(effective) lists the patches of the baseline that O(baseline_id) or O(baseline_name) names, with their
        approval. AWS answers this for baselines of Windows only.
      - V(properties) lists the values that the filter O(property) takes for O(operating_system).
    type: str
    choices: [available, effective, properties]
    required: true
  filters:
    description: Which patches V(available) lists; the API's keys, such as C(PRODUCT) or C(CVE_ID), and lists of values.
    type: dict
  property:
    description: The filter whose values are listed.
    type: str
    choices: [PRODUCT, PRODUCT_FAMILY, CLASSIFICATION, MSRC_SEVERITY, PRIORITY, SEVERITY]
  patch_set:
    description: Whether the values are those for operating systems or for Microsoft's applications.
    type: str
    choices: [OS, APPLICATION]
  operating_system:
    description: The operating system of the values, or of the baseline where O(baseline_name) does not tell.
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
  - openpatch.patch_manager._ssm.baseline
author:
  - openpatch contributors (@openpatch)
"""

EXAMPLES = r"""
- name: Find the critical updates of Windows Server 2019
  openpatch.patch_manager.ssm_patches_info:
    query: available
    filters:
      PRODUCT: [WindowsServer2019]
      MSRC_SEVERITY: [Critical]

- name: See what the default baseline of Windows makes of them
  openpatch.patch_manager.ssm_patches_info:
    query: effective
    baseline_name: AWS-DefaultPatchBaseline

- name: Find out which products a baseline for Debian can name
  openpatch.patch_manager.ssm_patches_info:
    query: properties
    operating_system: DEBIAN
    property: PRODUCT
"""

RETURN = r"""
patches:
  description: The available patches, with what AWS knows of each; the keys are the API's in snake_case.
  type: list
  elements: dict
  returned: when O(query=available)
  sample:
    - id: 00000000-0000-0000-0000-000000000001
      kb_number: KB5034768
      product: WindowsServer2019
      classification: SecurityUpdates
      msrc_severity: Critical
      release_date: "2024-02-13T18:00:00Z"
      title: 2024-02 Cumulative Update for Windows Server 2019 (KB5034768)
effective_patches:
  description: The patches of the baseline, each with its approval.
  type: list
  elements: dict
  returned: when O(query=effective)
  contains:
    patch:
      description: The patch, as in RV(patches).
      type: dict
      returned: success
    patch_status:
      description: Whether it is approved, since or from when, and how grave it is when it is missing.
      type: dict
      returned: success
      sample:
        deployment_status: APPROVED
        compliance_level: CRITICAL
        approval_date: "2024-02-20T18:00:00Z"
properties:
  description: The values, each with its name and what else AWS says of it.
  type: list
  elements: dict
  returned: when O(query=properties)
  sample:
    - name: Debian12
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import NAMED_BASELINE, run_info
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patches import QUERIES, read_patches

SPEC = {
    "query": {"type": "str", "choices": list(QUERIES), "required": True},
    "filters": {"type": "dict"},
    "property": {
        "type": "str",
        "choices": ["PRODUCT", "PRODUCT_FAMILY", "CLASSIFICATION", "MSRC_SEVERITY", "PRIORITY", "SEVERITY"],
    },
    "patch_set": {"type": "str", "choices": ["OS", "APPLICATION"]},
    **NAMED_BASELINE,
}


def main() -> None:
    run_info(
        read_patches,
        SPEC,
        mutually_exclusive=[("baseline_id", "baseline_name")],
        required_if=[
            ("query", "effective", ("baseline_id", "baseline_name"), True),
            ("query", "properties", ("operating_system", "property")),
        ],
    )


if __name__ == "__main__":
    main()
