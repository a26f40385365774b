# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_run_patch_baseline
short_description: Scan or patch nodes that only AWS Systems Manager reaches
version_added: 0.2.0
description:
  - Sends one of the patch documents of AWS to nodes by Run Command, waits until they have done it, and returns what
    each of them did. Neither SSH nor WinRM is needed; the SSM Agent of the nodes does the work, by baselines in AWS.
  - The parameters of the document are checked before AWS is asked, their names, values and combinations.
  - A command is never sent twice. A call is repeated only if AWS refused it; one whose answer got lost is looked for
    among the commands; and the same command that is still running is waited for instead of being sent again.
  - The task fails if a node fails, and its message names these nodes.
  - Progress is written to the system log of the controller. To show it in a playbook, send with O(wait=false) and loop
    over this module with O(command_id) and O(wait=false).
  - C(AWS-PatchAsgInstance) and C(AWS-PatchInstanceWithRollback) are runbooks of Automation for EC2 instances. They are
    started once for all nodes and shown like a command, with the steps of the runbook; of the settings they take
    O(document_version), O(max_concurrency), O(max_errors) and O(alarm_configuration).
options:
  document:
    description: The document to run. Those for Windows only that AWS no longer maintains come with a warning.
    type: str
    choices:
      - AWS-RunPatchBaseline
      - AWS-RunPatchBaselineAssociation
      - AWS-RunPatchBaselineWithHooks
      - AWS-ConfigureWindowsUpdate
      - AWS-InstallWindowsUpdates
      - AWS-InstanceRebootWithHooks
      - AWS-ApplyPatchBaseline
      - AWS-FindWindowsUpdates
      - AWS-InstallMissingWindowsUpdates
      - AWS-InstallSpecificWindowsUpdates
      - AWS-PatchAsgInstance
      - AWS-PatchInstanceWithRollback
    default: AWS-RunPatchBaseline
  document_version:
    description: Version of the document, V($DEFAULT), V($LATEST) or a number.
    type: str
  document_hash:
    description: Hash of the document. AWS refuses to run another one.
    type: str
  document_hash_type:
    description: Kind of O(document_hash).
    type: str
    choices: [Sha256, Sha1]
  parameters:
    description:
      - What the document is told, by the names it has for its parameters, such as C(Operation) and C(RebootOption).
      - Where a document takes C(SnapshotId) and none is given, all nodes get the same new one, so that what is approved
        is the same for all of them.
    type: dict
    default: {}
  instance_ids:
    description: Ids of the nodes, up to 50, C(i-...) or C(mi-...).
    type: list
    elements: str
  target_tags:
    description:
      - Tags that the nodes have, each with a value or a list of values of which they have one. Nodes need all of these
        tags.
    type: dict
  target_tag_keys:
    description: Tags that the nodes have, whatever their values.
    type: list
    elements: str
  patch_groups:
    description: Patch groups of which the nodes are in one.
    type: list
    elements: str
  patch_group_tag:
    description:
      - The tag in which the nodes have their patch group. Without this, the one in which they have it now.
      - A command takes one of the two. If there are nodes with either, run a task for each.
    type: str
    choices: [PatchGroup, Patch Group]
  resource_group:
    description: A resource group with the nodes in it.
    type: str
  resource_types:
    description: Types of the resources of O(resource_group) that are meant, such as C(AWS::EC2::Instance).
    type: list
    elements: str
  max_concurrency:
    description: How many nodes do it at the same time, a number or a percentage; 50 if not given.
    type: str
  max_errors:
    description:
      - How many nodes may fail before no more are told to begin, a number or a percentage; 0 if not given. Those at
        work finish.
    type: str
  timeout_seconds:
    description: How long nodes have to begin, 30 to 2592000 seconds; those that have not by then are given up.
    type: int
  comment:
    description: What is shown beside the command, up to 100 characters.
    type: str
  output_s3_bucket_name:
    description: Bucket to which nodes write all of their output. Without it, only the first 24000 characters are kept.
    type: str
  output_s3_key_prefix:
    description: Folder in the bucket.
    type: str
  output_s3_region:
    description: Region of the bucket.
    type: str
  cloud_watch_output:
    description: Whether nodes write their output to CloudWatch Logs.
    type: bool
    default: false
  cloud_watch_log_group_name:
    description: The log group. Without it, AWS makes one for the document.
    type: str
  service_role_arn:
    description: Role with which AWS sends the notifications.
    type: str
  notification:
    description: Messages about the command to a topic; needs O(service_role_arn).
    type: dict
    suboptions:
      arn:
        description: ARN of the topic.
        type: str
        required: true
      events:
        description: What they are about.
        type: list
        elements: str
        choices: [All, InProgress, Success, TimedOut, Cancelled, Failed]
        default: [All]
      type:
        description: Whether there is a message for the whole command, or for each node.
        type: str
        choices: [Command, Invocation]
        default: Command
  alarm_configuration:
    description: An alarm of CloudWatch at which no more nodes are told to begin.
    type: dict
    suboptions:
      alarms:
        description: The alarm, one at most.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the alarm.
            type: str
            required: true
      ignore_poll_alarm_failure:
        description: Whether the command goes on if the state of the alarm cannot be read.
        type: bool
        default: false
  command_id:
    description:
      - A command that was sent before. It is waited for and nothing is sent.
      - For an execution of a runbook, O(document) has to be given too.
    type: str
  pick_up:
    description:
      - Whether a command that is running, and asks for the same on the same nodes, is waited for instead of being sent
        again, so that a playbook that was cut off can be run again.
    type: bool
    default: true
  wait:
    description: Whether to wait for the end.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait. After that the task fails and says which nodes are not done; the command goes on, and
        can be waited for again with O(command_id).
    type: int
    default: 7200
  output:
    description:
      - How much of what nodes wrote is returned. V(full) is what AWS keeps of it, up to 24000 characters of output and
        8000 of errors, for one call for each node; V(short) is up to 2500 characters.
    type: str
    choices: [full, short, none]
    default: full
  fail_on_error:
    description: Whether the task fails if a node fails, or if no node is what the targets say.
    type: bool
    default: true
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_compliance_info
  - module: openpatch.patch_manager.ssm_patch_policy
  - module: openpatch.patch_manager.patch_install
"""

EXAMPLES = r"""
- name: See what the nodes of a patch group lack
  openpatch.patch_manager.ssm_run_patch_baseline:
    patch_groups: [web]
    parameters:
      Operation: Scan
  register: scan

- name: Show how many patches each of them lacks
  ansible.builtin.debug:
    msg: "{{ item.instance_id }} lacks {{ item.patch_state.missing_count }}"
  loop: "{{ scan.command.invocations }}"
  loop_control:
    label: "{{ item.instance_id }}"

- name: Patch a tenth of them at a time, and stop when two have failed
  openpatch.patch_manager.ssm_run_patch_baseline:
    target_tags:
      Patch Group: web
    parameters:
      Operation: Install
      RebootOption: NoReboot
    max_concurrency: 10%
    max_errors: "1"
    comment: weekly
    output_s3_bucket_name: patch-logs
    output_s3_key_prefix: weekly

- name: Begin, and do not wait
  openpatch.patch_manager.ssm_run_patch_baseline:
    instance_ids: [mi-0123456789abcdef0]
    parameters:
      Operation: Scan
    wait: false
  register: begun

- name: Wait for it
  openpatch.patch_manager.ssm_run_patch_baseline:
    command_id: "{{ begun.command.command_id }}"
    wait_timeout: 3600
"""

RETURN = r"""
command:
  description: The command as it is now, or in check mode as it would be sent.
  type: dict
  returned: success, and failure of nodes
  contains:
    command_id:
      description: Id of the command; null in check mode.
      type: str
      returned: success
      sample: ef7fdfd8-9b57-4151-a15c-db9a12345678
    document_name:
      description: The document.
      type: str
      returned: success
      sample: AWS-RunPatchBaseline
    document_version:
      description: Version of the document.
      type: str
      returned: success
      sample: $DEFAULT
    comment:
      description: What is shown beside the command.
      type: str
      returned: success
      sample: weekly
    parameters:
      description:
        - What the document is told, by the names it has for its parameters.
        - In check mode without the C(SnapshotId) that a command gets if none is given.
      type: dict
      returned: success
      sample: {Operation: [Scan], SnapshotId: [3b241101-e2bb-4255-8caf-4136c566a962]}
    instance_ids:
      description: The nodes, if they were named by their ids.
      type: list
      elements: str
      returned: success
      sample: [mi-0123456789abcdef0]
    targets:
      description: What the nodes are, if they were not named by their ids.
      type: list
      elements: dict
      returned: success
      sample: [{key: "tag:PatchGroup", values: [web]}]
    max_concurrency:
      description: How many nodes do it at the same time.
      type: str
      returned: success
      sample: "50"
    max_errors:
      description: How many nodes may fail before no more are told to begin.
      type: str
      returned: success
      sample: "0"
    timeout_seconds:
      description: How long nodes have to begin; null in check mode if it is not given.
      type: int
      returned: success
      sample: 3600
    output_s3_region:
      description: Region of the bucket with the output.
      type: str
      returned: success
      sample: us-east-1
    output_s3_bucket_name:
      description: Bucket with the output.
      type: str
      returned: success
      sample: patch-logs
    output_s3_key_prefix:
      description: Folder in the bucket.
      type: str
      returned: success
      sample: weekly
    service_role:
      description: Role with which notifications are sent.
      type: str
      returned: success
      sample: arn:aws:iam::123456789012:role/patch-notifications
    notification_config:
      description: The notifications.
      type: dict
      returned: success
      sample: {notification_arn: "arn:aws:sns:us-east-1:123456789012:patches", notification_events: [All]}
    cloud_watch_output_config:
      description: The output to CloudWatch Logs.
      type: dict
      returned: success
      sample: {cloud_watch_output_enabled: false}
    alarm_configuration:
      description: The alarm at which no more nodes are told to begin; empty if there is none.
      type: dict
      returned: success
      sample: {alarms: [{name: errors}], ignore_poll_alarm_failure: false}
    triggered_alarms:
      description: The alarms that went off.
      type: list
      elements: dict
      returned: success
      sample: [{name: errors, state: ALARM}]
    requested_date_time:
      description: When it was sent; null in check mode.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    expires_after:
      description: When what has not begun or ended is given up; null in check mode.
      type: str
      returned: success
      sample: "2026-01-01T02:00:00Z"
    status:
      description: How the command stands; null in check mode.
      type: str
      returned: success
      sample: Success
    status_details:
      description: The same in more detail.
      type: str
      returned: success
      sample: Success
    target_count:
      description: How many nodes there are.
      type: int
      returned: success
      sample: 1
    completed_count:
      description: How many of them are done; null in check mode.
      type: int
      returned: success
      sample: 1
    error_count:
      description: How many failed, or took too long; null in check mode.
      type: int
      returned: success
      sample: 0
    delivery_timed_out_count:
      description: How many could not be reached in time; null in check mode.
      type: int
      returned: success
      sample: 0
    invocations:
      description: The nodes, by their ids. In check mode those that are meant now, with null for what they would do.
      type: list
      elements: dict
      returned: success
      contains:
        instance_id:
          description: Id of the node.
          type: str
          returned: success
          sample: mi-0123456789abcdef0
        instance_name:
          description: Its name.
          type: str
          returned: success
          sample: web1.example.com
        status:
          description: How it stands.
          type: str
          returned: success
          sample: Failed
        status_details:
          description: The same in more detail, such as C(Undeliverable), or C(Terminated) if it was not told to begin.
          type: str
          returned: success
          sample: Failed
        plugin_name:
          description: The step that tells how it went, the first that did not end well, or else the first that ran.
          type: str
          returned: success
          sample: PatchLinux
        response_code:
          description: The exit code of this step; -1 if it has not begun.
          type: int
          returned: success
          sample: 156
        execution_start_date_time:
          description: When the step began; empty if AWS does not know.
          type: str
          returned: success
          sample: "2026-01-01T00:00:01.123Z"
        execution_end_date_time:
          description: When it ended.
          type: str
          returned: success
          sample: "2026-01-01T00:01:01.123Z"
        standard_output_content:
          description: What it wrote, cut by AWS after 24000 characters, or 2500 with O(output=short).
          type: str
          returned: success
          sample: Patch Summary for mi-0123456789abcdef0
        standard_error_content:
          description: What it wrote as errors, cut by AWS after 8000 characters; only with O(output=full).
          type: str
          returned: success
          sample: ""
        standard_output_url:
          description: Where all of the output is, if it went to a bucket.
          type: str
          returned: success
          sample: ""
        standard_error_url:
          description: Where all of the errors are, if they went to a bucket.
          type: str
          returned: success
          sample: ""
        command_plugins:
          description: All steps, each with C(name), C(status), C(status_details), C(response_code) and C(output).
          type: list
          elements: dict
          returned: success
          sample: [{name: PatchLinux, status: Success, status_details: Success, response_code: 0, output: ""}]
        patch_state:
          description:
            - What the node reported last, as M(openpatch.patch_manager.ssm_patch_compliance_info) returns it; null if
              it is at work, has never reported, or if the document does not report.
          type: dict
          returned: success
          sample: {operation: Install, installed_count: 12, missing_count: 0, failed_count: 0}
failed_nodes:
  description: Ids of the nodes that are done and did not succeed, whatever the reason.
  type: list
  elements: str
  returned: success, and failure of nodes
  sample: [mi-0123456789abcdef0]
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import ALARMS_SPEC
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_runs import run_patch_operation

DOCUMENTS = [
    "AWS-RunPatchBaseline",
    "AWS-RunPatchBaselineAssociation",
    "AWS-RunPatchBaselineWithHooks",
    "AWS-ConfigureWindowsUpdate",
    "AWS-InstallWindowsUpdates",
    "AWS-InstanceRebootWithHooks",
    "AWS-ApplyPatchBaseline",
    "AWS-FindWindowsUpdates",
    "AWS-InstallMissingWindowsUpdates",
    "AWS-InstallSpecificWindowsUpdates",
    "AWS-PatchAsgInstance",
    "AWS-PatchInstanceWithRollback",
]
EVENTS = ["All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed"]
TEXT = {"type": "str"}
TEXTS = {"type": "list", "elements": "str"}
NOTIFICATION = {
    "type": "dict",
    "options": {
        "arn": {"type": "str", "required": True},
        "events": {"type": "list", "elements": "str", "choices": EVENTS, "default": ["All"]},
        "type": {"type": "str", "choices": ["Command", "Invocation"], "default": "Command"},
    },
}
SPEC = {
    "document": {"type": "str", "choices": DOCUMENTS, "default": "AWS-RunPatchBaseline"},
    "document_version": TEXT,
    "document_hash": TEXT,
    "document_hash_type": {"type": "str", "choices": ["Sha256", "Sha1"]},
    "parameters": {"type": "dict", "default": {}},
    "instance_ids": TEXTS,
    "target_tags": {"type": "dict"},
    "target_tag_keys": {"type": "list", "elements": "str", "no_log": False},
    "patch_groups": TEXTS,
    "patch_group_tag": {"type": "str", "choices": ["PatchGroup", "Patch Group"]},
    "resource_group": TEXT,
    "resource_types": TEXTS,
    "max_concurrency": TEXT,
    "max_errors": TEXT,
    "timeout_seconds": {"type": "int"},
    "comment": TEXT,
    "output_s3_bucket_name": TEXT,
    "output_s3_key_prefix": {"type": "str", "no_log": False},
    "output_s3_region": TEXT,
    "cloud_watch_output": {"type": "bool", "default": False},
    "cloud_watch_log_group_name": TEXT,
    "service_role_arn": TEXT,
    "notification": NOTIFICATION,
    "alarm_configuration": ALARMS_SPEC,
    "command_id": TEXT,
    "pick_up": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 7200},
    "output": {"type": "str", "choices": ["full", "short", "none"], "default": "full"},
    "fail_on_error": {"type": "bool", "default": True},
}
NODES = ("instance_ids", "target_tags", "target_tag_keys", "patch_groups", "resource_group")


def main() -> None:
    run_operation(
        run_patch_operation,
        SPEC,
        required_one_of=[(*NODES, "command_id")],
        mutually_exclusive=[*(("instance_ids", name) for name in NODES[1:]), *(("command_id", name) for name in NODES)],
        required_by={
            "resource_types": "resource_group",
            "patch_group_tag": "patch_groups",
            "output_s3_key_prefix": "output_s3_bucket_name",
            "output_s3_region": "output_s3_bucket_name",
            "notification": "service_role_arn",
            "document_hash": "document_hash_type",
            "document_hash_type": "document_hash",
        },
    )


if __name__ == "__main__":
    main()
