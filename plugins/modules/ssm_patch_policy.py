# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_patch_policy
short_description: Keep a patch policy in AWS Quick Setup
version_added: 0.2.0
description:
  - Creates, changes and deletes a patch policy, by which AWS scans and patches nodes of accounts and regions at given
    times, and waits until Quick Setup has deployed it.
  - Options have the names of the parameters of a patch policy. What is not given stays as it is; a new policy gets what
    the console recommends.
  - The order of accounts, regions, units and nodes does not count as a difference, nor does how AWS words a baseline.
  - For an organization, it has to be run in the management account.
  - Needs a boto3 that knows the API of Quick Setup, so one of the end of 2024 or later.
options:
  state:
    description: Whether the policy is to be there.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the policy, which says which one is meant unless O(manager_arn) does.
      - With O(manager_arn), the policy gets this name.
    type: str
  manager_arn:
    description: ARN of the policy, where the name does not tell which one is meant.
    type: str
  description:
    description: What the policy is about. An empty text removes it.
    type: str
  local_deployment_administration_role_arn:
    description: ARN of the role with which Quick Setup deploys. A new policy needs it.
    type: str
  local_deployment_execution_role_name:
    description: Name of the role with which the stacks are made. A new policy needs it.
    type: str
  type_version:
    description: Version of this kind of configuration, such as V(1.0). AWS chooses if it is not given.
    type: str
  patch_policy_name:
    description: Name that the policy has for its nodes; O(name) if a new policy does not get another.
    type: str
  configuration_options_patch_operation:
    description: Whether nodes are only scanned; V(Scan) for a new policy.
    type: str
    choices: [Scan, ScanAndInstall]
  configuration_options_scan_value:
    description: When nodes are scanned, a cron expression of UTC; daily at 01:00 for a new policy.
    type: str
  configuration_options_install_value:
    description: When nodes are patched, a cron expression of UTC; on Sundays at 02:00 if nothing is said.
    type: str
  configuration_options_scan_next_interval:
    description: Whether new targets wait for the schedule to be scanned, instead of at once; V(false) for a new policy.
    type: bool
  configuration_options_install_next_interval:
    description:
      - Whether new targets wait for the schedule to be patched, instead of at once.
      - V(true) for a new policy, as in the console. The API alone would patch at once.
    type: bool
  reboot_option:
    description: Whether nodes reboot after installing; V(RebootIfNeeded) for a new policy.
    type: str
    choices: [RebootIfNeeded, NoReboot]
  patch_baseline_use_default:
    description: Whether all baselines are those of AWS; V(custom) if O(selected_patch_baselines) are given.
    type: str
    choices: [default, custom]
  patch_baseline_region:
    description: Region of the baselines; for a new policy the region in which it is made.
    type: str
  selected_patch_baselines:
    description:
      - The baselines of your own, by operating system, such as V(UBUNTU). Each is an id, an ARN or a name, or a
        dictionary with C(value), C(label), C(description) and C(disabled) as AWS keeps it.
      - Operating systems that are not named get the baselines of AWS.
    type: dict
  output_log_enable_s3:
    description: Whether nodes write their output to a bucket.
    type: bool
  output_s3_bucket_name:
    description: The bucket.
    type: str
  output_s3_key_prefix:
    description: Folder in the bucket.
    type: str
  output_bucket_region:
    description: Region of the bucket.
    type: str
  target_accounts:
    description: Accounts with the nodes; for a new policy the account in which it is made.
    type: list
    elements: str
  target_organizational_units:
    description: Organizational units with the nodes, instead of O(target_accounts).
    type: list
    elements: str
  target_regions:
    description: Regions with the nodes; for a new policy the region in which it is made.
    type: list
    elements: str
  target_type:
    description: How nodes are chosen there; V(*), all, for a new policy.
    type: str
    choices: ['*', InstanceIds, ResourceGroups, Tags]
  target_instances:
    description: Up to 25 EC2 instances, for O(target_type=InstanceIds).
    type: list
    elements: str
  resource_group_name:
    description: A resource group of one account, for O(target_type=ResourceGroups).
    type: str
  target_tag_key:
    description: The tag of the nodes, for O(target_type=Tags).
    type: str
  target_tag_value:
    description: The value of this tag.
    type: str
  rate_control_concurrency:
    description: How many nodes do it at the same time, a number or a percentage; V(10%) for a new policy.
    type: str
  rate_control_error_threshold:
    description: How many may fail before no more are told to begin, a number or a percentage; V(2%) for a new policy.
    type: str
  is_policy_attach_allowed:
    description:
      - Whether Quick Setup adds the policies that nodes need to the roles they have; V(false) for a new policy.
    type: bool
  wait:
    description:
      - Whether to wait until the policy is deployed, or gone, and before a change until an earlier one is deployed.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait each time.
    type: int
    default: 1800
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_policy_info
  - module: openpatch.patch_manager.ssm_patch_baseline
  - module: openpatch.patch_manager.patch_policy
"""

EXAMPLES = r"""
- name: Make a baseline for the policy
  openpatch.patch_manager.ssm_patch_baseline:
    name: policy-ubuntu
    operating_system: UBUNTU

- name: Scan daily, and patch on the first Saturday of each month
  openpatch.patch_manager.ssm_patch_policy:
    name: monthly
    local_deployment_administration_role_arn: >-
      arn:aws:iam::123456789012:role/AWS-QuickSetup-StackSet-Local-AdministrationRole
    local_deployment_execution_role_name: AWS-QuickSetup-StackSet-Local-ExecutionRole
    configuration_options_patch_operation: ScanAndInstall
    configuration_options_install_value: cron(0 2 ? * SAT#1 *)
    selected_patch_baselines:
      UBUNTU: policy-ubuntu
    target_regions: [us-east-1, us-east-2]
    target_type: Tags
    target_tag_key: Patch
    target_tag_value: 'true'
    tags:
      team: web

- name: Change one thing and leave the rest as it is
  openpatch.patch_manager.ssm_patch_policy:
    name: monthly
    reboot_option: NoReboot

- name: Delete it
  openpatch.patch_manager.ssm_patch_policy:
    name: monthly
    state: absent
"""

RETURN = r"""
patch_policy:
  description: The policy as it is now, or in check mode as it would be; empty if it is not there.
  type: dict
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
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import STATE, TAGS, run_resource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_policies import SERVICE, PatchPolicy

TEXT = {"type": "str"}
TEXTS = {"type": "list", "elements": "str"}
FLAG = {"type": "bool"}
SPEC = {
    "state": STATE,
    "name": TEXT,
    "manager_arn": TEXT,
    "description": TEXT,
    "local_deployment_administration_role_arn": TEXT,
    "local_deployment_execution_role_name": TEXT,
    "type_version": TEXT,
    "patch_policy_name": TEXT,
    "configuration_options_patch_operation": {"type": "str", "choices": ["Scan", "ScanAndInstall"]},
    "configuration_options_scan_value": TEXT,
    "configuration_options_install_value": TEXT,
    "configuration_options_scan_next_interval": FLAG,
    "configuration_options_install_next_interval": FLAG,
    "reboot_option": {"type": "str", "choices": ["RebootIfNeeded", "NoReboot"]},
    "patch_baseline_use_default": {"type": "str", "choices": ["default", "custom"]},
    "patch_baseline_region": TEXT,
    "selected_patch_baselines": {"type": "dict"},
    "output_log_enable_s3": FLAG,
    "output_s3_bucket_name": TEXT,
    "output_s3_key_prefix": {"type": "str", "no_log": False},
    "output_bucket_region": TEXT,
    "target_accounts": TEXTS,
    "target_organizational_units": TEXTS,
    "target_regions": TEXTS,
    "target_type": {"type": "str", "choices": ["*", "InstanceIds", "ResourceGroups", "Tags"]},
    "target_instances": TEXTS,
    "resource_group_name": TEXT,
    "target_tag_key": {"type": "str", "no_log": False},
    "target_tag_value": TEXT,
    "rate_control_concurrency": TEXT,
    "rate_control_error_threshold": TEXT,
    "is_policy_attach_allowed": FLAG,
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 1800},
    **TAGS,
}


def main() -> None:
    run_resource(
        PatchPolicy,
        "patch_policy",
        SPEC,
        service=SERVICE,
        required_one_of=[("name", "manager_arn")],
        mutually_exclusive=[("target_accounts", "target_organizational_units")],
    )


if __name__ == "__main__":
    main()
