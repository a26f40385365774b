# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_policy_info
short_description: Read patch policies of AWS Quick Setup
version_added: 0.2.0
description:
  - Returns patch policies with all of their parameters, how they stand, and where they are deployed.
  - Needs a boto3 that knows the API of Quick Setup, so one of the end of 2024 or later.
options:
  name:
    description: Only policies with this name.
    type: str
  manager_arn:
    description: Only the policy with this ARN.
    type: str
  configurations:
    description: Whether to read also how each account and region stands.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_policy
"""

EXAMPLES = r"""
- name: Read all patch policies, with each account and region
  openpatch.patch_manager.ssm_patch_policy_info:
    configurations: true
  register: policies
"""

RETURN = r"""
patch_policies:
  description: The policies, by name; empty if there is none.
  type: list
  elements: dict
  returned: success
  contains:
    manager_arn:
      description: ARN of the policy; null in check mode if it would be created.
      type: str
      returned: success
      sample: arn:aws:ssm-quicksetup:us-east-1:123456789012:configuration-manager/3b241101-e2bb-4255-8caf-4136c566a962
    name:
      description: Name of the policy.
      type: str
      returned: success
      sample: weekly
    description:
      description: What the policy is about, empty if nothing is said.
      type: str
      returned: success
      sample: Web servers
    local_deployment_administration_role_arn:
      description: Role with which Quick Setup deploys.
      type: str
      returned: success
      sample: arn:aws:iam::123456789012:role/AWS-QuickSetup-StackSet-Local-AdministrationRole
    local_deployment_execution_role_name:
      description: Role with which the stacks are made.
      type: str
      returned: success
      sample: AWS-QuickSetup-StackSet-Local-ExecutionRole
    type_version:
      description: Version of this kind of configuration; null in check mode if it would be created.
      type: str
      returned: success
      sample: "1.0"
    patch_policy_name:
      description: Name that the policy has for its nodes.
      type: str
      returned: success
      sample: weekly
    patch_baseline_use_default:
      description: Whether all baselines are those of AWS.
      type: str
      returned: success
      sample: custom
    patch_baseline_region:
      description: Region of the baselines.
      type: str
      returned: success
      sample: us-east-1
    configuration_options_patch_operation:
      description: Whether it only scans.
      type: str
      returned: success
      sample: ScanAndInstall
    configuration_options_scan_value:
      description: When it scans.
      type: str
      returned: success
      sample: cron(0 1 * * ? *)
    configuration_options_install_value:
      description: When it installs, empty if it does not.
      type: str
      returned: success
      sample: cron(0 2 ? * SUN *)
    reboot_option:
      description: Whether nodes reboot after installing.
      type: str
      returned: success
      sample: RebootIfNeeded
    output_bucket_region:
      description: Region of the bucket with the output.
      type: str
      returned: success
      sample: us-east-1
    output_s3_bucket_name:
      description: Bucket with the output, empty if there is none.
      type: str
      returned: success
      sample: patch-logs
    output_s3_key_prefix:
      description: Folder in the bucket.
      type: str
      returned: success
      sample: weekly
    target_type:
      description: How nodes are chosen.
      type: str
      returned: success
      sample: Tags
    target_tag_key:
      description: The tag of the nodes.
      type: str
      returned: success
      sample: Patch
    target_tag_value:
      description: The value of this tag.
      type: str
      returned: success
      sample: 'true'
    resource_group_name:
      description: The resource group with the nodes.
      type: str
      returned: success
      sample: ""
    rate_control_concurrency:
      description: How many nodes do it at the same time.
      type: str
      returned: success
      sample: 10%
    rate_control_error_threshold:
      description: How many nodes may fail before no more are told to begin.
      type: str
      returned: success
      sample: 2%
    configuration_options_scan_next_interval:
      description: Whether new targets wait for the schedule to be scanned.
      type: bool
      returned: success
      sample: false
    configuration_options_install_next_interval:
      description: Whether new targets wait for the schedule to be patched.
      type: bool
      returned: success
      sample: true
    is_policy_attach_allowed:
      description: Whether Quick Setup adds policies to the roles of nodes.
      type: bool
      returned: success
      sample: false
    output_log_enable_s3:
      description: Whether the output goes to a bucket.
      type: bool
      returned: success
      sample: true
    has_deleted_baseline:
      description: Whether AWS has found that one of the baselines is deleted.
      type: bool
      returned: success
      sample: false
    target_instances:
      description: The nodes, if they are named.
      type: list
      elements: str
      returned: success
      sample: []
    target_accounts:
      description: The accounts.
      type: list
      elements: str
      returned: success
      sample: ["123456789012"]
    target_organizational_units:
      description: The organizational units.
      type: list
      elements: str
      returned: success
      sample: []
    target_regions:
      description: The regions.
      type: list
      elements: str
      returned: success
      sample: [us-east-1]
    selected_patch_baselines:
      description: The baseline of each operating system, as AWS keeps it.
      type: dict
      returned: success
      sample: {UBUNTU: {value: pb-0123456789abcdef0, label: web-ubuntu, description: Web servers, disabled: false}}
    status_summaries:
      description:
        How it stands, each with C(status_type), C(status), C(status_message), C(status_details) and C(last_updated_at);
        null in check mode if it would be created.
      type: list
      elements: dict
      returned: success
      sample: [{status_type: Deployment, status: SUCCEEDED}]
    created_at:
      description: When it was created; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    last_modified_at:
      description: When it was changed last; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    tags:
      description: Tags of the policy.
      type: dict
      returned: success
      sample: {team: web}
    configurations:
      description: The accounts and regions in which it is deployed.
      type: list
      elements: dict
      returned: if O(configurations=true)
      contains:
        id:
          description: Id of the deployment.
          type: str
          returned: success
          sample: 3b241101-e2bb-4255-8caf-4136c566a962
        account:
          description: The account.
          type: str
          returned: success
          sample: "123456789012"
        region:
          description: The region.
          type: str
          returned: success
          sample: us-east-1
        status_summaries:
          description: How it stands there.
          type: list
          elements: dict
          returned: success
          sample: [{status_type: Deployment, status: SUCCEEDED}]
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_info
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_policies import SERVICE, read_policies

SPEC = {
    "name": {"type": "str"},
    "manager_arn": {"type": "str"},
    "configurations": {"type": "bool", "default": False},
}


def main() -> None:
    run_info(read_policies, SPEC, service=SERVICE, mutually_exclusive=[("name", "manager_arn")])


if __name__ == "__main__":
    main()
