# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_association_info
short_description: Read State Manager associations of AWS Systems Manager
version_added: 0.2.0
description:
  - Returns associations with all their fields and tags, and if asked their versions and what they did.
options:
  association_id:
    description: Only the association with this id.
    type: str
  association_name:
    description: Only associations with this name.
    type: str
  name:
    description: Only associations of this document.
    type: str
  instance_id:
    description: Only associations of this node.
    type: str
  resource_group_name:
    description: Only associations of this resource group.
    type: str
  status:
    description: Only associations that stand like this.
    type: str
    choices: [Pending, Success, Failed]
  versions:
    description: Whether to return all versions of the associations.
    type: bool
    default: false
  executions:
    description: Whether to return what the associations did, and on which nodes.
    type: bool
    default: false
  executed_after:
    description: Only executions after this time, in ISO 8601.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_association
"""

EXAMPLES = r"""
- name: See on which nodes the nightly scan did not work this year
  openpatch.patch_manager.ssm_association_info:
    association_name: nightly-scan
    executions: true
    executed_after: "2026-01-01T00:00:00Z"

- name: Read all associations that run AWS-RunPatchBaseline
  openpatch.patch_manager.ssm_association_info:
    name: AWS-RunPatchBaseline
"""

RETURN = r"""
associations:
  description: The associations, by name; empty if there is none.
  type: list
  elements: dict
  returned: success
  contains:
    association_id:
      description: Id of the association; null in check mode if it would be created.
      type: str
      returned: success
      sample: 0a1b2c3d-0000-4000-8000-0123456789ab
    association_version:
      description: Version of the association.
      type: str
      returned: success
      sample: "1"
    association_name:
      description: Name of the association, empty if it has none.
      type: str
      returned: success
      sample: nightly-scan
    name:
      description: The document that runs.
      type: str
      returned: success
      sample: AWS-RunPatchBaseline
    document_version:
      description: Version of the document.
      type: str
      returned: success
      sample: $DEFAULT
    parameters:
      description: Parameters of the document.
      type: dict
      returned: success
      sample: {Operation: [Scan]}
    targets:
      description: Keys, which all have to match, and their values.
      type: list
      elements: dict
      returned: success
      sample: [{key: "tag:Patch Group", values: [web]}]
    target_maps:
      description: What an automation runs on, instead of targets.
      type: list
      elements: dict
      returned: success
      sample: [{InstanceId: [i-0123456789abcdef0]}]
    target_locations:
      description: Accounts and Regions in which it runs.
      type: list
      elements: dict
      returned: success
      sample: [{accounts: ['123456789012'], regions: [us-east-1]}]
    automation_target_parameter_name:
      description: Parameter of an automation that gets the targets, empty if there is none.
      type: str
      returned: success
      sample: InstanceId
    schedule_expression:
      description: When it runs, empty if there is no schedule.
      type: str
      returned: success
      sample: cron(0 1 * * ? *)
    schedule_offset:
      description: Days after the date of a cron expression, null if there are none.
      type: int
      returned: success
      sample: 2
    apply_only_at_cron_interval:
      description: Whether it runs only when the schedule says so.
      type: bool
      returned: success
      sample: true
    duration:
      description: Hours after which what still runs is cancelled, null if that is not so.
      type: int
      returned: success
      sample: 4
    calendar_names:
      description: Change Calendars that have to be open.
      type: list
      elements: str
      returned: success
      sample: [working-hours]
    max_concurrency:
      description: On how many nodes at a time, empty if nothing is said.
      type: str
      returned: success
      sample: 10%
    max_errors:
      description: How many errors are allowed, empty if nothing is said.
      type: str
      returned: success
      sample: 5%
    compliance_severity:
      description: How grave it is when a node does not comply.
      type: str
      returned: success
      sample: HIGH
    sync_compliance:
      description: What decides about compliance.
      type: str
      returned: success
      sample: AUTO
    output_location:
      description: Where the output goes, empty if nowhere.
      type: dict
      returned: success
      sample: {s3_location: {output_s3_bucket_name: logs}}
    alarm_configuration:
      description: Alarm that stops it, empty if there is none.
      type: dict
      returned: success
      sample: {alarms: [{name: errors}]}
    association_dispatch_assume_role:
      description: Role that AWS takes to start the runs, empty if there is none.
      type: str
      returned: success
      sample: arn:aws:iam::123456789012:role/dispatch
    tags:
      description: Tags of the association.
      type: dict
      returned: success
      sample: {team: web}
    instance_id:
      description: The node of an association in the old form, otherwise null.
      type: str
      returned: success
      sample: i-0123456789abcdef0
    overview:
      description: How its last runs stand; null in check mode if it would be created.
      type: dict
      returned: success
      sample: {status: Success, detailed_status: Success}
    status:
      description: Status of an association in the old form, otherwise null.
      type: dict
      returned: success
      sample: {name: Success}
    last_execution_date:
      description: When it ran last, null if it did not.
      type: str
      returned: success
      sample: "2026-01-04T01:00:00Z"
    last_successful_execution_date:
      description: When it ran well last, null if it did not.
      type: str
      returned: success
      sample: "2026-01-04T01:00:00Z"
    date:
      description: When it was created; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    last_update_association_date:
      description: When it was changed last; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    association_versions:
      description: The versions, the newest first.
      type: list
      elements: dict
      returned: when O(versions) is set
      contains:
        association_version:
          description: The version.
          type: str
          returned: success
          sample: "1"
        association_name:
          description: Name of the association, empty if it has none.
          type: str
          returned: success
          sample: nightly-scan
        name:
          description: The document that runs.
          type: str
          returned: success
          sample: AWS-RunPatchBaseline
        document_version:
          description: Version of the document.
          type: str
          returned: success
          sample: $DEFAULT
        parameters:
          description: Parameters of the document.
          type: dict
          returned: success
          sample: {Operation: [Scan]}
        targets:
          description: Keys, which all have to match, and their values.
          type: list
          elements: dict
          returned: success
          sample: [{key: "tag:Patch Group", values: [web]}]
        target_maps:
          description: What an automation runs on, instead of targets.
          type: list
          elements: dict
          returned: success
          sample: [{InstanceId: [i-0123456789abcdef0]}]
        target_locations:
          description: Accounts and Regions in which it runs.
          type: list
          elements: dict
          returned: success
          sample: [{accounts: ['123456789012'], regions: [us-east-1]}]
        automation_target_parameter_name:
          description: Parameter of an automation that gets the targets, empty if there is none.
          type: str
          returned: success
          sample: InstanceId
        schedule_expression:
          description: When it runs, empty if there is no schedule.
          type: str
          returned: success
          sample: cron(0 1 * * ? *)
        schedule_offset:
          description: Days after the date of a cron expression, null if there are none.
          type: int
          returned: success
          sample: 2
        apply_only_at_cron_interval:
          description: Whether it runs only when the schedule says so.
          type: bool
          returned: success
          sample: true
        duration:
          description: Hours after which what still runs is cancelled, null if that is not so.
          type: int
          returned: success
          sample: 4
        calendar_names:
          description: Change Calendars that have to be open.
          type: list
          elements: str
          returned: success
          sample: [working-hours]
        max_concurrency:
          description: On how many nodes at a time, empty if nothing is said.
          type: str
          returned: success
          sample: 10%
        max_errors:
          description: How many errors are allowed, empty if nothing is said.
          type: str
          returned: success
          sample: 5%
        compliance_severity:
          description: How grave it is when a node does not comply.
          type: str
          returned: success
          sample: HIGH
        sync_compliance:
          description: What decides about compliance.
          type: str
          returned: success
          sample: AUTO
        output_location:
          description: Where the output goes, empty if nowhere.
          type: dict
          returned: success
          sample: {s3_location: {output_s3_bucket_name: logs}}
        alarm_configuration:
          description: Alarm that stops it, empty if there is none.
          type: dict
          returned: success
          sample: {alarms: [{name: errors}]}
        association_dispatch_assume_role:
          description: Role that AWS takes to start the runs, empty if there is none.
          type: str
          returned: success
          sample: arn:aws:iam::123456789012:role/dispatch
        created_date:
          description: When it was made.
          type: str
          returned: success
          sample: "2026-01-01T00:00:00Z"
    association_executions:
      description: What it did, the latest first.
      type: list
      elements: dict
      returned: when O(executions) is set
      contains:
        association_id:
          description: Id of the association.
          type: str
          returned: success
          sample: 0a1b2c3d-0000-4000-8000-0123456789ab
        association_version:
          description: Version that ran.
          type: str
          returned: success
          sample: "1"
        execution_id:
          description: Id of the execution.
          type: str
          returned: success
          sample: 0a1b2c3d-0000-4000-8000-0123456789ab
        status:
          description: How it stands or ended.
          type: str
          returned: success
          sample: Success
        detailed_status:
          description: The same in detail.
          type: str
          returned: success
          sample: Success
        created_time:
          description: When it began.
          type: str
          returned: success
          sample: "2026-01-04T01:00:00Z"
        last_execution_date:
          description: When it ran, if AWS says so.
          type: str
          returned: success
          sample: "2026-01-04T01:00:00Z"
        resource_count_by_status:
          description: On how many nodes it ended how, as AWS writes it.
          type: str
          returned: success
          sample: "{Success=1}"
        targets:
          description: The nodes.
          type: list
          elements: dict
          returned: success
          contains:
            association_id:
              description: Id of the association.
              type: str
              returned: success
              sample: 0a1b2c3d-0000-4000-8000-0123456789ab
            association_version:
              description: Version that ran.
              type: str
              returned: success
              sample: "1"
            execution_id:
              description: Id of the execution.
              type: str
              returned: success
              sample: 0a1b2c3d-0000-4000-8000-0123456789ab
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
            status:
              description: How it stands or ended there.
              type: str
              returned: success
              sample: Success
            detailed_status:
              description: The same in detail.
              type: str
              returned: success
              sample: Success
            last_execution_date:
              description: When it ran there.
              type: str
              returned: success
              sample: "2026-01-04T01:00:00Z"
            output_source:
              description: What it ran as, if AWS says so.
              type: dict
              returned: success
              sample: {output_source_type: RunCommand}
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.association_executions import (
    read_associations,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_info

SPEC = {
    "association_id": {"type": "str"},
    "association_name": {"type": "str"},
    "name": {"type": "str"},
    "instance_id": {"type": "str"},
    "resource_group_name": {"type": "str"},
    "status": {"type": "str", "choices": ["Pending", "Success", "Failed"]},
    "versions": {"type": "bool", "default": False},
    "executions": {"type": "bool", "default": False},
    "executed_after": {"type": "str"},
}


def main() -> None:
    others = ("association_name", "name", "instance_id", "resource_group_name", "status")
    run_info(read_associations, SPEC, mutually_exclusive=[("association_id", key) for key in others])


if __name__ == "__main__":
    main()
