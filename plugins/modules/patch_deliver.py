# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_deliver
short_description: Tell AWS Systems Manager what patch operations found, and write their logs to S3
version_added: 0.2.0
description:
  - Writes the results of the play's hosts to Systems Manager, for which C(openpatch.patch_manager.patch_scan) or
    C(openpatch.patch_manager.patch_install) was given O(openpatch.patch_manager.patch_scan#module:patch_report_to_ssm).
    The role C(openpatch.patch_manager.patch_summary) runs it once, after the table.
  - Puts a node's patches as compliance items of type C(Patch), or C(Custom:Patch) where Systems Manager refuses that,
    and then the inventory item C(AWS:PatchSummary), from which C(DescribeInstancePatchStates) answers.
  - Two calls for a node, one if its items are those that were put in the last seven days; four nodes and twenty calls
    a second at most.
  - Results of check mode and of a baseline override are not told, as with Patch Manager, and neither are those of a
    node whose repositories could not be read. Systems Manager keeps what it had.
  - Writes the logs of the hosts whose operations were given a bucket as
    O(openpatch.patch_manager.patch_scan#module:patch_log_destination).
  - What fails is a warning and no failure of the task or of the node. It is tried again whenever this runs for the
    host, for 30 days.
options:
  patch_run_id:
    description: GUID of the run, if the operation had one.
    type: str
  patch_store_url:
    description: SQLAlchemy address of the store. An SQLite file in the user's XDG state directory if not given.
    type: str
notes:
  - Region, profile, role and endpoint are those that each host's operation was given.
  - Needs the permissions C(ssm:PutComplianceItems) and C(ssm:PutInventory), for logs C(s3:PutObject).
requirements:
  - SQLAlchemy >= 2.0 on the controller
  - boto3 on the controller, for logs 1.35.10 or newer
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: none
    description: Returns details on what has changed, or would change, when in diff mode.
author:
  - openpatch contributors (@openpatch)
"""

EXAMPLES = r"""
- name: Scan, and ask that Systems Manager be told
  openpatch.patch_manager.patch_scan:
    patch_report_to_ssm: true
    patch_instance_id: mi-0123456789abcdef0

- name: Tell Systems Manager, and write the logs that wait
  openpatch.patch_manager.patch_deliver:
  run_once: true
"""

RETURN = r"""
msg:
  description: How many results and logs are in which state.
  type: str
  returned: always
  sample: "Systems Manager: 41 delivered, 1 failed"
reports:
  description:
    - The hosts that there was something to tell of, by name.
    - C(state) is C(delivered), C(failed), C(withheld) because the assessment is not complete, or C(asked) in check
      mode.
  type: list
  elements: dict
  returned: always
  sample:
    - host: web1
      instance_id: mi-0123456789abcdef0
      state: delivered
      msg: summary and 612 compliance items of type Patch
logs:
  description:
    - The logs that waited for their bucket. C(state) is C(delivered), C(failed), or C(asked) in check mode.
    - C(destination) is the folder of C(stdout) and C(stderr). Further logs of one node and run have a number there.
  type: list
  elements: dict
  returned: always
  sample:
    - host: web1
      destination: s3://logs/prod/0b0a3c0e-.../mi-0123456789abcdef0/awsrunShellScript/PatchLinux
      state: delivered
      msg: ""
"""
