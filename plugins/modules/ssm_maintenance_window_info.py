# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_maintenance_window_info
short_description: Read maintenance windows of AWS Systems Manager
version_added: 0.2.0
description:
  - Returns maintenance windows with targets, tasks and tags, and if asked when they open next and what ran in them.
options:
  window_id:
    description: Only the window with this id.
    type: str
  name:
    description: Only windows with this name.
    type: str
  enabled:
    description: Only windows that open, or only those that do not.
    type: bool
  targets:
    description: Only windows that concern these nodes, or this resource group.
    type: list
    elements: dict
    suboptions:
      key:
        description: What the nodes are chosen by - C(tag:NAME), C(tag-key), C(InstanceIds), C(resource-groups:Name)
          or C(resource-groups:ResourceTypeFilters).
        type: str
        required: true
      values:
        description: The values of which one has to match.
        type: list
        elements: str
        required: true
  resource_type:
    description: What O(targets) chooses.
    type: str
    choices: [INSTANCE, RESOURCE_GROUP]
    default: INSTANCE
  next_executions:
    description: How many of the coming executions of each window are returned.
    type: int
    default: 0
  executions:
    description: Whether to return what ran in the windows, with tasks and their invocations.
    type: bool
    default: false
  executed_after:
    description: Only executions after this time, in ISO 8601.
    type: str
  executed_before:
    description: Only executions before this time, in ISO 8601.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_maintenance_window
"""

EXAMPLES = r"""
- name: See when the windows of a node open next
  openpatch.patch_manager.ssm_maintenance_window_info:
    targets:
      - key: InstanceIds
        values: [mi-0123456789abcdef0]
    next_executions: 3

- name: See what ran in a window this year
  openpatch.patch_manager.ssm_maintenance_window_info:
    name: sunday-patching
    executions: true
    executed_after: "2026-01-01T00:00:00Z"
"""

RETURN = r"""
maintenance_windows:
  description: The windows, by name; empty if there is none.
  type: list
  elements: dict
  returned: success
  contains:
    window_id:
      description: Id of the window; null in check mode if it would be created.
      type: str
      returned: success
      sample: mw-0123456789abcdef0
    name:
      description: Name of the window.
      type: str
      returned: success
      sample: sunday-patching
    description:
      description: What the window is for, empty if nothing is said.
      type: str
      returned: success
      sample: Patching
    enabled:
      description: Whether it opens.
      type: bool
      returned: success
      sample: true
    schedule:
      description: When it opens.
      type: str
      returned: success
      sample: cron(0 2 ? * SUN *)
    schedule_timezone:
      description: Time zone of the schedule, empty for UTC.
      type: str
      returned: success
      sample: Europe/Zurich
    schedule_offset:
      description: Days after the date of a cron expression, null if there are none.
      type: int
      returned: success
      sample: 2
    start_date:
      description: From when it may open, empty if nothing is said.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    end_date:
      description: Until when it may open, empty if nothing is said.
      type: str
      returned: success
      sample: "2027-01-01T00:00:00Z"
    duration:
      description: Hours it is open.
      type: int
      returned: success
      sample: 4
    cutoff:
      description: Hours before its end in which nothing is started.
      type: int
      returned: success
      sample: 1
    allow_unassociated_targets:
      description: Whether tasks may run on nodes that are not among its targets.
      type: bool
      returned: success
      sample: false
    targets:
      description: Its targets, by name.
      type: list
      elements: dict
      returned: success
      contains:
        window_target_id:
          description: Id of the target; null in check mode if it would be registered.
          type: str
          returned: success
          sample: 0a1b2c3d-0000-4000-8000-0123456789ab
        name:
          description: Name of the target, empty if it has none.
          type: str
          returned: success
          sample: web
        description:
          description: What it is, empty if nothing is said.
          type: str
          returned: success
          sample: Web servers
        owner_information:
          description: Text for events, empty if there is none.
          type: str
          returned: success
          sample: team web
        resource_type:
          description: Nodes or a resource group.
          type: str
          returned: success
          sample: INSTANCE
        targets:
          description: Keys, which all have to match, and their values.
          type: list
          elements: dict
          returned: success
          sample: [{key: "tag:Patch Group", values: [web]}]
    tasks:
      description: Its tasks, by priority and name.
      type: list
      elements: dict
      returned: success
      contains:
        window_task_id:
          description: Id of the task; null in check mode if it would be registered.
          type: str
          returned: success
          sample: 0a1b2c3d-0000-4000-8000-0123456789ab
        name:
          description: Name of the task, empty if it has none.
          type: str
          returned: success
          sample: install
        description:
          description: What it is for, empty if nothing is said.
          type: str
          returned: success
          sample: Install patches
        task_type:
          description: What runs.
          type: str
          returned: success
          sample: RUN_COMMAND
        task_arn:
          description: Document, state machine or function.
          type: str
          returned: success
          sample: AWS-RunPatchBaseline
        targets:
          description: What it runs on; targets of the window by their ids, in check mode by name if they would be
            registered.
          type: list
          elements: dict
          returned: success
          sample: [{key: WindowTargetIds, values: [0a1b2c3d-0000-4000-8000-0123456789ab]}]
        priority:
          description: The lowest runs first.
          type: int
          returned: success
          sample: 0
        max_concurrency:
          description: On how many targets at a time; 1 without targets.
          type: str
          returned: success
          sample: 10%
        max_errors:
          description: How many errors are allowed; 1 without targets.
          type: str
          returned: success
          sample: 5%
        cutoff_behavior:
          description: Whether it goes on at the cutoff.
          type: str
          returned: success
          sample: CONTINUE_TASK
        service_role_arn:
          description: Role under which it runs, empty if AWS does not tell.
          type: str
          returned: success
          sample: arn:aws:iam::123456789012:role/windows
        task_invocation_parameters:
          description: What it is given, under the word of its type.
          type: dict
          returned: success
          sample: {run_command: {parameters: {Operation: [Install]}}}
        task_parameters:
          description: Parameters in the older form.
          type: dict
          returned: success
          sample: {commands: [date]}
        logging_info:
          description: Bucket for the output in the older form, empty if there is none.
          type: dict
          returned: success
          sample: {s3_bucket_name: logs, s3_region: us-east-1}
        alarm_configuration:
          description: Alarm that stops it, empty if there is none.
          type: dict
          returned: success
          sample: {alarms: [{name: errors}]}
    tags:
      description: Tags of the window.
      type: dict
      returned: success
      sample: {team: web}
    next_execution_time:
      description: When it opens next; null if it does not, or in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-04T01:00:00Z"
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
    scheduled_window_executions:
      description: The coming executions, the next first.
      type: list
      elements: dict
      returned: when O(next_executions) is above 0
      contains:
        window_id:
          description: Id of the window.
          type: str
          returned: success
          sample: mw-0123456789abcdef0
        name:
          description: Name of the window.
          type: str
          returned: success
          sample: sunday-patching
        execution_time:
          description: When it opens.
          type: str
          returned: success
          sample: "2026-01-04T01:00:00Z"
    window_executions:
      description: What ran, the latest first; also C(status_details), if AWS says more.
      type: list
      elements: dict
      returned: when O(executions) is set
      contains:
        window_id:
          description: Id of the window.
          type: str
          returned: success
          sample: mw-0123456789abcdef0
        window_execution_id:
          description: Id of the execution.
          type: str
          returned: success
          sample: 0a1b2c3d-0000-4000-8000-0123456789ab
        status:
          description: How it stands or ended.
          type: str
          returned: success
          sample: SUCCESS
        start_time:
          description: When it began.
          type: str
          returned: success
          sample: "2026-01-04T01:00:00Z"
        end_time:
          description: When it ended, if it has.
          type: str
          returned: success
          sample: "2026-01-04T01:10:00Z"
        tasks:
          description: The tasks of the execution.
          type: list
          elements: dict
          returned: success
          contains:
            window_execution_id:
              description: Id of the execution.
              type: str
              returned: success
              sample: 0a1b2c3d-0000-4000-8000-0123456789ab
            task_execution_id:
              description: Id of the task in this execution.
              type: str
              returned: success
              sample: 0a1b2c3d-0000-4000-8000-0123456789ab
            task_arn:
              description: Document, state machine or function.
              type: str
              returned: success
              sample: AWS-RunPatchBaseline
            task_type:
              description: What ran.
              type: str
              returned: success
              sample: RUN_COMMAND
            status:
              description: How it stands or ended.
              type: str
              returned: success
              sample: SUCCESS
            start_time:
              description: When it began.
              type: str
              returned: success
              sample: "2026-01-04T01:00:00Z"
            end_time:
              description: When it ended, if it has.
              type: str
              returned: success
              sample: "2026-01-04T01:10:00Z"
            invocations:
              description: What was started, one for each target of the window.
              type: list
              elements: dict
              returned: success
              contains:
                window_execution_id:
                  description: Id of the execution.
                  type: str
                  returned: success
                  sample: 0a1b2c3d-0000-4000-8000-0123456789ab
                task_execution_id:
                  description: Id of the task in this execution.
                  type: str
                  returned: success
                  sample: 0a1b2c3d-0000-4000-8000-0123456789ab
                invocation_id:
                  description: Id of the invocation.
                  type: str
                  returned: success
                  sample: 0a1b2c3d-0000-4000-8000-0123456789ab
                execution_id:
                  description: Id of the command or automation.
                  type: str
                  returned: success
                  sample: 0a1b2c3d-0000-4000-8000-0123456789ab
                task_type:
                  description: What ran.
                  type: str
                  returned: success
                  sample: RUN_COMMAND
                parameters:
                  description: What it was given, JSON.
                  type: str
                  returned: success
                  sample: '{}'
                owner_information:
                  description: Text of the target, if it has one.
                  type: str
                  returned: success
                  sample: team web
                window_target_id:
                  description: Id of the target.
                  type: str
                  returned: success
                  sample: 0a1b2c3d-0000-4000-8000-0123456789ab
                status:
                  description: How it stands or ended.
                  type: str
                  returned: success
                  sample: SUCCESS
                start_time:
                  description: When it began.
                  type: str
                  returned: success
                  sample: "2026-01-04T01:00:00Z"
                end_time:
                  description: When it ended, if it has.
                  type: str
                  returned: success
                  sample: "2026-01-04T01:10:00Z"
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import TARGETS_SPEC
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_info
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_executions import read_windows

SPEC = {
    "window_id": {"type": "str"},
    "name": {"type": "str"},
    "enabled": {"type": "bool"},
    "targets": TARGETS_SPEC,
    "resource_type": {"type": "str", "choices": ["INSTANCE", "RESOURCE_GROUP"], "default": "INSTANCE"},
    "next_executions": {"type": "int", "default": 0},
    "executions": {"type": "bool", "default": False},
    "executed_after": {"type": "str"},
    "executed_before": {"type": "str"},
}


def main() -> None:
    exclusive = [("window_id", key) for key in ("name", "enabled", "targets")]
    run_info(read_windows, SPEC, mutually_exclusive=exclusive)


if __name__ == "__main__":
    main()
