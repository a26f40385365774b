# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_maintenance_window
short_description: Keep a maintenance window in AWS Systems Manager, with its targets and tasks
version_added: 0.2.0
description:
  - Creates, changes and deletes a maintenance window, what it runs, and on which nodes.
  - A target or task of the options means the one that has its id, else the one that has its name, else the one that
    has
    no name and does the same. So nothing is registered twice. Give each a name.
  - What is not given of a window, a target or a task that is there stays as it is, unless O(replace) is set.
  - The schedule is checked before AWS is asked, in check mode too. The order of targets, tasks, keys and values does
    not
    count as a difference; only that of the values of a document's parameters does.
  - If a later call fails, what was created and changed before is taken back.
options:
  state:
    description: Whether the window is to be there. Its targets and tasks go with it.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - Name of the window, which says which one is meant, unless O(window_id) does. AWS lets several have one name.
      - With O(window_id), the window gets this name.
    type: str
  window_id:
    description: Id of the window, where the name does not tell which one is meant.
    type: str
  description:
    description: What the window is for. An empty text removes it.
    type: str
  enabled:
    description: Whether the window opens at all. A new one does.
    type: bool
  schedule:
    description:
      - When the window opens, such as V(cron(0 2 ? * SUN *\)), V(rate(7 days\)) or V(at(2026-07-07T15:55:00\)).
      - A new window needs it.
    type: str
  schedule_timezone:
    description: IANA name of the time zone of a cron expression. An empty text is UTC.
    type: str
  schedule_offset:
    description: Days after the date of a cron expression, 1 to 6. V(0) removes it.
    type: int
  start_date:
    description: From when the window may open, in ISO 8601 with its UTC offset. An empty text removes it.
    type: str
  end_date:
    description: Until when the window may open, in ISO 8601 with its UTC offset. An empty text removes it.
    type: str
  duration:
    description: How many hours the window is open, 1 to 24. A new window needs it.
    type: int
  cutoff:
    description: How many hours before its end no task is started any more, less than O(duration). A new window needs
      it.
    type: int
  allow_unassociated_targets:
    description: Whether tasks may run on nodes that are not among the targets of the window. A new window does not.
    type: bool
  targets:
    description: The targets of the window. Without this option they stay as they are, see also O(purge_targets).
    type: list
    elements: dict
    suboptions:
      window_target_id:
        description: Id of a target that is there, to give it another name.
        type: str
      name:
        description: Name of the target.
        type: str
      description:
        description: What the target is. An empty text removes it.
        type: str
      owner_information:
        description: A text that events about this target carry. An empty text removes it.
        type: str
      resource_type:
        description: Nodes, which is the default, or a resource group. It cannot be changed.
        type: str
        choices: [INSTANCE, RESOURCE_GROUP]
      targets:
        description: Up to five keys, which all have to match.
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
  purge_targets:
    description: Whether targets that are not in O(targets) are deregistered.
    type: bool
    default: true
  tasks:
    description: The tasks of the window. Without this option they stay as they are, see also O(purge_tasks).
    type: list
    elements: dict
    suboptions:
      window_task_id:
        description: Id of a task that is there, to give it another name.
        type: str
      name:
        description: Name of the task.
        type: str
      description:
        description: What the task is for. An empty text removes it.
        type: str
      task_type:
        description: What runs. It cannot be changed.
        type: str
        choices: [RUN_COMMAND, AUTOMATION, STEP_FUNCTIONS, LAMBDA]
      task_arn:
        description: Name or ARN of the document, ARN of the state machine or of the function. A new task needs it.
        type: str
      targets:
        description: What the task runs on. C(RUN_COMMAND) needs it. An empty list removes it.
        type: list
        elements: dict
        suboptions:
          key:
            description: As for targets, and C(WindowTargetIds), whose values are names or ids of targets of this
              window.
            type: str
            required: true
          values:
            description: The values of which one has to match.
            type: list
            elements: str
            required: true
      priority:
        description: The lowest number runs first, equal ones at the same time; V(0) if nothing else is said.
        type: int
      max_concurrency:
        description: On how many targets at a time, a number or a percentage. A task with targets needs it.
        type: str
      max_errors:
        description: How many errors are allowed before no more is started, a number or a percentage. A task with
          targets
          needs it.
        type: str
      cutoff_behavior:
        description: Whether a task that runs at the cutoff goes on, which is the default, or is cancelled.
        type: str
        choices: [CONTINUE_TASK, CANCEL_TASK]
      service_role_arn:
        description: Role under which AWS runs the task. Without it AWS takes its service-linked role.
        type: str
      task_invocation_parameters:
        description: What the task is given, under the word of its type. It is taken as a whole.
        type: dict
        suboptions:
          run_command:
            description: For C(RUN_COMMAND).
            type: dict
            suboptions:
              comment:
                description: A text that the command carries.
                type: str
              parameters:
                description: Parameters of the document, each a text or a list of texts.
                type: dict
              document_version:
                description: Version of the document.
                type: str
              document_hash:
                description: Hash of the document, which AWS checks.
                type: str
              document_hash_type:
                description: What kind of hash that is.
                type: str
                choices: [Sha256, Sha1]
              timeout_seconds:
                description: Seconds within which the command has to start on a node.
                type: int
              service_role_arn:
                description: Role for notifications.
                type: str
              notification_config:
                description: What is told to an SNS topic.
                type: dict
                suboptions:
                  notification_arn:
                    description: ARN of the topic.
                    type: str
                  notification_events:
                    description: What is told.
                    type: list
                    elements: str
                    choices: [All, InProgress, Success, TimedOut, Cancelled, Failed]
                  notification_type:
                    description: Once for the command, or for each node.
                    type: str
                    choices: [Command, Invocation]
              output_s3_bucket_name:
                description: Bucket for the output.
                type: str
              output_s3_key_prefix:
                description: Folder in the bucket.
                type: str
              cloud_watch_output_config:
                description: Output to CloudWatch Logs.
                type: dict
                suboptions:
                  cloud_watch_log_group_name:
                    description: Log group.
                    type: str
                  cloud_watch_output_enabled:
                    description: Whether output goes there.
                    type: bool
          automation:
            description: For C(AUTOMATION).
            type: dict
            suboptions:
              document_version:
                description: Version of the runbook.
                type: str
              parameters:
                description: Parameters of the runbook, each a text or a list of texts.
                type: dict
          step_functions:
            description: For C(STEP_FUNCTIONS).
            type: dict
            suboptions:
              name:
                description: Name of the execution.
                type: str
              input:
                description: Input of the state machine, JSON or a dictionary.
                type: json
          lambda:
            description: For C(LAMBDA).
            type: dict
            suboptions:
              client_context:
                description: Client context, Base64 of JSON.
                type: str
              qualifier:
                description: Version or alias of the function.
                type: str
              payload:
                description: What the function gets, JSON or a dictionary.
                type: json
      task_parameters:
        description: Parameters in the form that O(tasks[].task_invocation_parameters) replaces; lists of texts.
        type: dict
      logging_info:
        description: Bucket for the output, in the form that O(tasks[].task_invocation_parameters) replaces. An empty
          dictionary removes it.
        type: dict
        suboptions:
          s3_bucket_name:
            description: Name of the bucket.
            type: str
          s3_region:
            description: Region of the bucket.
            type: str
          s3_key_prefix:
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
  purge_tasks:
    description: Whether tasks that are not in O(tasks) are deregistered.
    type: bool
    default: true
  replace:
    description:
      - Whether what is not given of an existing window, and of the targets and tasks that are given, becomes the
        API's
        default. Otherwise it stays as it is. Names, and what has no default, stay.
      - Whole targets and tasks, and tags, are not affected, see O(purge_targets), O(purge_tasks) and O(purge_tags).
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
  - module: openpatch.patch_manager.ssm_maintenance_window_info
  - module: openpatch.patch_manager.ssm_association
"""

EXAMPLES = r"""
- name: Patch the web servers on Sundays
  openpatch.patch_manager.ssm_maintenance_window:
    name: sunday-patching
    schedule: cron(0 2 ? * SUN *)
    schedule_timezone: Europe/Zurich
    duration: 4
    cutoff: 1
    targets:
      - name: web
        targets:
          - key: tag:Patch Group
            values: [web]
    tasks:
      - name: install
        task_type: RUN_COMMAND
        task_arn: AWS-RunPatchBaseline
        targets:
          - key: WindowTargetIds
            values: [web]
        max_concurrency: 10%
        max_errors: 5%
        cutoff_behavior: CANCEL_TASK
        task_invocation_parameters:
          run_command:
            timeout_seconds: 600
            parameters:
              Operation: Install
              RebootOption: RebootIfNeeded
    tags:
      team: web

- name: Add a function that tells of it, and leave the other task as it is
  openpatch.patch_manager.ssm_maintenance_window:
    name: sunday-patching
    purge_tasks: false
    tasks:
      - name: tell
        task_type: LAMBDA
        task_arn: arn:aws:lambda:us-east-1:123456789012:function:tell
        priority: 9
        task_invocation_parameters:
          lambda:
            payload:
              window: "{{ '{{' }}WINDOW_ID{{ '}}' }}"

- name: Let it not open for the time being
  openpatch.patch_manager.ssm_maintenance_window:
    name: sunday-patching
    enabled: false

- name: Delete it
  openpatch.patch_manager.ssm_maintenance_window:
    name: sunday-patching
    state: absent
"""

RETURN = r"""
maintenance_window:
  description: The window as it is now, or in check mode as it would be; empty if it is not there.
  type: dict
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
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import ALARMS_SPEC, TARGETS_SPEC
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import STATE, TAGS, run_resource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.windows import MaintenanceWindow

TEXT = {"type": "str"}
NUMBER = {"type": "int"}
TARGETS = {
    "window_target_id": TEXT,
    "name": TEXT,
    "description": TEXT,
    "owner_information": TEXT,
    "resource_type": {"type": "str", "choices": ["INSTANCE", "RESOURCE_GROUP"]},
    "targets": TARGETS_SPEC,
}
RUN_COMMAND = {
    "comment": TEXT,
    "parameters": {"type": "dict"},
    "document_version": TEXT,
    "document_hash": TEXT,
    "document_hash_type": {"type": "str", "choices": ["Sha256", "Sha1"]},
    "timeout_seconds": NUMBER,
    "service_role_arn": TEXT,
    "notification_config": {
        "type": "dict",
        "options": {
            "notification_arn": TEXT,
            "notification_events": {
                "type": "list",
                "elements": "str",
                "choices": ["All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"],
            },
            "notification_type": {"type": "str", "choices": ["Command", "Invocation"]},
        },
    },
    "output_s3_bucket_name": TEXT,
    "output_s3_key_prefix": {"type": "str", "no_log": False},
    "cloud_watch_output_config": {
        "type": "dict",
        "options": {"cloud_watch_log_group_name": TEXT, "cloud_watch_output_enabled": {"type": "bool"}},
    },
}
INVOCATION = {
    "run_command": {"type": "dict", "options": RUN_COMMAND},
    "automation": {"type": "dict", "options": {"document_version": TEXT, "parameters": {"type": "dict"}}},
    "step_functions": {"type": "dict", "options": {"name": TEXT, "input": {"type": "json"}}},
    "lambda": {"type": "dict", "options": {"client_context": TEXT, "qualifier": TEXT, "payload": {"type": "json"}}},
}
TASKS = {
    "window_task_id": TEXT,
    "name": TEXT,
    "description": TEXT,
    "task_type": {"type": "str", "choices": ["RUN_COMMAND", "AUTOMATION", "STEP_FUNCTIONS", "LAMBDA"]},
    "task_arn": TEXT,
    "targets": TARGETS_SPEC,
    "priority": NUMBER,
    "max_concurrency": TEXT,
    "max_errors": TEXT,
    "cutoff_behavior": {"type": "str", "choices": ["CONTINUE_TASK", "CANCEL_TASK"]},
    "service_role_arn": TEXT,
    "task_invocation_parameters": {"type": "dict", "options": INVOCATION},
    "task_parameters": {"type": "dict"},
    "logging_info": {
        "type": "dict",
        "options": {
            "s3_bucket_name": TEXT,
            "s3_region": TEXT,
            "s3_key_prefix": {"type": "str", "no_log": False},
        },
    },
    "alarm_configuration": ALARMS_SPEC,
}
SPEC = {
    "state": STATE,
    "name": TEXT,
    "window_id": TEXT,
    "description": TEXT,
    "enabled": {"type": "bool"},
    "schedule": TEXT,
    "schedule_timezone": TEXT,
    "schedule_offset": NUMBER,
    "start_date": TEXT,
    "end_date": TEXT,
    "duration": NUMBER,
    "cutoff": NUMBER,
    "allow_unassociated_targets": {"type": "bool"},
    "targets": {"type": "list", "elements": "dict", "options": TARGETS},
    "purge_targets": {"type": "bool", "default": True},
    "tasks": {"type": "list", "elements": "dict", "options": TASKS},
    "purge_tasks": {"type": "bool", "default": True},
    "replace": {"type": "bool", "default": False},
    **TAGS,
}


def main() -> None:
    run_resource(MaintenanceWindow, "maintenance_window", SPEC, required_one_of=[("name", "window_id")])


if __name__ == "__main__":
    main()
