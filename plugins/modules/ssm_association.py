# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_association
short_description: Keep a State Manager association in AWS Systems Manager
version_added: 0.2.0
description:
  - Creates, changes and deletes an association - a document that AWS runs on nodes, once or by a schedule.
  - What is not given of an association that is there stays as it is, unless O(replace) is set. AWS's own call would
    take
    it away.
  - The schedule is checked before AWS is asked, in check mode too. The order of targets, values, locations and
    calendars
    does not count as a difference; only that of the values of parameters does.
notes:
  - AWS runs an association at once when it is created or changed, unless O(apply_only_at_cron_interval) is set. With
    C(Operation=Install) this patches, and may reboot, in the middle of the day.
  - The API has no idempotency token for associations. AWS lets several have one name; this module then asks for the
    id.
options:
  state:
    description: Whether the association is to be there.
    type: str
    choices: [present, absent]
    default: present
  association_name:
    description:
      - Name of the association, which says which one is meant, unless O(association_id) does.
      - With O(association_id), the association gets this name.
    type: str
  association_id:
    description: Id of the association, where the name does not tell which one is meant.
    type: str
  name:
    description: Name or ARN of the document that runs. A new association needs it.
    type: str
  document_version:
    description: Version of the document; V($DEFAULT) if nothing else is said.
    type: str
  parameters:
    description: Parameters of the document, each a text or a list of texts. They are taken as a whole.
    type: dict
  targets:
    description: What the document runs on, up to five keys, which all have to match.
    type: list
    elements: dict
    suboptions:
      key:
        description: What the nodes are chosen by - C(tag:NAME), C(tag-key), C(InstanceIds), C(resource-groups:Name)
          or C(resource-groups:ResourceTypeFilters). The value V(*\) of C(InstanceIds) is all nodes.
        type: str
        required: true
      values:
        description: The values of which one has to match.
        type: list
        elements: str
        required: true
  target_maps:
    description: What an automation runs on, dictionaries of parameters and lists of values, instead of O(targets).
    type: list
    elements: dict
  target_locations:
    description: Accounts and Regions in which the association runs.
    type: list
    elements: dict
    suboptions:
      accounts:
        description: Accounts, or organizational units.
        type: list
        elements: str
      regions:
        description: Regions.
        type: list
        elements: str
      target_location_max_concurrency:
        description: In how many of them at a time, a number or a percentage.
        type: str
      target_location_max_errors:
        description: How many errors are allowed, a number or a percentage.
        type: str
      execution_role_name:
        description: Role that is taken there.
        type: str
      target_location_alarm_configuration:
        description: A CloudWatch alarm that stops what runs when it goes off.
        type: dict
        suboptions:
          alarms:
            description: The alarm; AWS takes one. An empty list removes it.
            type: list
            elements: dict
            suboptions:
              name:
                description: Name of the alarm.
                type: str
                required: true
          ignore_poll_alarm_failure:
            description: Whether to go on when the state of the alarm cannot be read.
            type: bool
            default: false
      include_child_organization_units:
        description: Whether organizational units below are meant too.
        type: bool
      exclude_accounts:
        description: Accounts, or organizational units, that are left out.
        type: list
        elements: str
      targets:
        description: What it runs on there.
        type: list
        elements: dict
        suboptions:
          key:
            description: What the nodes are chosen by - C(tag:NAME), C(tag-key), C(InstanceIds),
              C(resource-groups:Name) or C(resource-groups:ResourceTypeFilters).
            type: str
            required: true
          values:
            description: The values of which one has to match.
            type: list
            elements: str
            required: true
      targets_max_concurrency:
        description: On how many of them at a time, a number or a percentage.
        type: str
      targets_max_errors:
        description: How many errors are allowed on them, a number or a percentage.
        type: str
  automation_target_parameter_name:
    description: Parameter of an automation that gets the targets.
    type: str
  schedule_expression:
    description:
      - When it runs, in UTC, such as V(cron(0 2 ? * SUN *\)), V(rate(1 day\)) or V(at(2026-07-07T15:55:00\)). An
        empty
        text removes it.
      - Associations take less than maintenance windows - 30 minutes are the shortest interval, and there are no
        months
        and no lists or ranges of weekdays.
    type: str
  schedule_offset:
    description: Days after the date of a cron expression, 1 to 6; needs O(apply_only_at_cron_interval). V(0) removes
      it.
    type: int
  apply_only_at_cron_interval:
    description: Whether it runs only when the schedule says so, and not when it is created or changed. Not for a
      rate.
    type: bool
  duration:
    description: Hours after which what still runs is cancelled, 1 to 24; needs O(apply_only_at_cron_interval). V(0)
      removes
      it.
    type: int
  calendar_names:
    description: Change Calendars that have to be open. An empty list removes them.
    type: list
    elements: str
  max_concurrency:
    description: On how many nodes at a time, a number or a percentage. An empty text removes it.
    type: str
  max_errors:
    description: How many errors are allowed before no more is started, a number or a percentage. An empty text
      removes it.
    type: str
  compliance_severity:
    description: How grave it is when a node does not comply; V(UNSPECIFIED) if nothing else is said.
    type: str
    choices: [CRITICAL, HIGH, MEDIUM, LOW, UNSPECIFIED]
  sync_compliance:
    description: Whether the run itself decides about compliance, which is the default, or whoever puts compliance
      items.
    type: str
    choices: [AUTO, MANUAL]
  output_location:
    description: Where the output goes. An empty dictionary removes it.
    type: dict
    suboptions:
      s3_location:
        description: A bucket.
        type: dict
        suboptions:
          output_s3_region:
            description: Region of the bucket.
            type: str
          output_s3_bucket_name:
            description: Name of the bucket.
            type: str
          output_s3_key_prefix:
            description: Folder in the bucket.
            type: str
  alarm_configuration:
    description: A CloudWatch alarm that stops what runs when it goes off.
    type: dict
    suboptions:
      alarms:
        description: The alarm; AWS takes one. An empty list removes it.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the alarm.
            type: str
            required: true
      ignore_poll_alarm_failure:
        description: Whether to go on when the state of the alarm cannot be read.
        type: bool
        default: false
  association_dispatch_assume_role:
    description: ARN of a role that AWS takes to start the runs. Needs a boto3 that knows it.
    type: str
  apply_now:
    description:
      - Whether the association is to run now. This is a change each time.
      - If it is created or changed, and AWS runs it for that anyway, it is not started a second time.
    type: bool
    default: false
  replace:
    description:
      - Whether what is not given of an existing association becomes the API's default. Otherwise it stays as it is.
        The
        name and the document stay.
      - Tags are not affected, see O(purge_tags).
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
  - module: openpatch.patch_manager.ssm_association_info
  - module: openpatch.patch_manager.ssm_maintenance_window
"""

EXAMPLES = r"""
- name: Scan the web servers every night
  openpatch.patch_manager.ssm_association:
    association_name: nightly-scan
    name: AWS-RunPatchBaseline
    parameters:
      Operation: Scan
    targets:
      - key: tag:Patch Group
        values: [web]
    schedule_expression: cron(0 1 * * ? *)
    apply_only_at_cron_interval: true
    max_concurrency: 10%
    max_errors: 5%
    compliance_severity: HIGH

- name: Scan now, whatever the schedule says
  openpatch.patch_manager.ssm_association:
    association_name: nightly-scan
    apply_now: true

- name: Delete it
  openpatch.patch_manager.ssm_association:
    association_name: nightly-scan
    state: absent
"""

RETURN = r"""
association:
  description: The association as it is now, or in check mode as it would be; empty if it is not there.
  type: dict
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
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.associations import Association
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import ALARMS_SPEC, TARGETS_SPEC
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import STATE, TAGS, run_resource

TEXT = {"type": "str"}
TEXTS = {"type": "list", "elements": "str"}
FLAG = {"type": "bool", "default": False}
LOCATIONS = {
    "accounts": TEXTS,
    "regions": TEXTS,
    "target_location_max_concurrency": TEXT,
    "target_location_max_errors": TEXT,
    "execution_role_name": TEXT,
    "target_location_alarm_configuration": ALARMS_SPEC,
    "include_child_organization_units": {"type": "bool"},
    "exclude_accounts": TEXTS,
    "targets": TARGETS_SPEC,
    "targets_max_concurrency": TEXT,
    "targets_max_errors": TEXT,
}
OUTPUT = {
    "output_s3_region": TEXT,
    "output_s3_bucket_name": TEXT,
    "output_s3_key_prefix": {"type": "str", "no_log": False},
}
SPEC = {
    "state": STATE,
    "association_name": TEXT,
    "association_id": TEXT,
    "name": TEXT,
    "document_version": TEXT,
    "parameters": {"type": "dict"},
    "targets": TARGETS_SPEC,
    "target_maps": {"type": "list", "elements": "dict"},
    "target_locations": {"type": "list", "elements": "dict", "options": LOCATIONS},
    "automation_target_parameter_name": TEXT,
    "schedule_expression": TEXT,
    "schedule_offset": {"type": "int"},
    "apply_only_at_cron_interval": {"type": "bool"},
    "duration": {"type": "int"},
    "calendar_names": TEXTS,
    "max_concurrency": TEXT,
    "max_errors": TEXT,
    "compliance_severity": {"type": "str", "choices": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNSPECIFIED"]},
    "sync_compliance": {"type": "str", "choices": ["AUTO", "MANUAL"]},
    "output_location": {"type": "dict", "options": {"s3_location": {"type": "dict", "options": OUTPUT}}},
    "alarm_configuration": ALARMS_SPEC,
    "association_dispatch_assume_role": TEXT,
    "apply_now": FLAG,
    "replace": FLAG,
    **TAGS,
}


def main() -> None:
    run_resource(Association, "association", SPEC, required_one_of=[("association_name", "association_id")])


if __name__ == "__main__":
    main()
