# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_baselines_sync
short_description: Push baseline files to AWS, or pull the baselines of AWS into files
version_added: 0.2.0
description:
  - Brings patch baselines with their rules, filters, lists, repositories, descriptions, tags, patch groups and defaults
    from files to AWS Systems Manager, or the other way. Nothing gets lost on the way, and what is the same already is
    not touched. Nothing is ever deleted, neither a baseline in AWS nor a file.
  - A file and a baseline in AWS are the same one if the file's C(baseline_id) says so, else by name and operating
    system.
  - A push makes the content of a baseline what the file says. Tags, patch groups and being the default it changes only
    if the file speaks of them (C(tags), C(patch_groups), C(default_baseline)). Everything is read and compared before
    anything is changed.
  - A pull writes a new file for what no file has, and otherwise changes the lines that differ; other keys and their
    comments stay. JSON and what is in braces are written anew. If any file of the folder is not understood, nothing
    is written.
options:
  patch_baselines_direction:
    description: V(push) changes AWS, V(pull) changes files.
    type: str
    choices: [push, pull]
    required: true
  patch_baselines_predefined:
    description: Whether a pull takes AWS's own baselines as well.
    type: bool
    default: false
  patch_baseline_dir:
    description:
      - Folder of baseline files, absolute or relative to the inventory. V(patch_baselines) beside the inventory if not
        given. A pull creates it.
    type: str
extends_documentation_fragment:
  - openpatch.patch_manager._aws
requirements:
  - boto3 and the collection amazon.aws on the controller
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: full
    description: Returns details on what has changed, or would change, when in diff mode.
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_patch_baseline
"""

EXAMPLES = r"""
- name: Keep in AWS what the files say
  openpatch.patch_manager.patch_baselines_sync:
    patch_baselines_direction: push
    patch_aws_region: eu-central-1
  run_once: true

- name: Take over what was made in the console, of another account
  openpatch.patch_manager.patch_baselines_sync:
    patch_baselines_direction: pull
    patch_aws_region: eu-central-1
    patch_aws_assume_role_arn: arn:aws:iam::111122223333:role/patching
  run_once: true
"""

RETURN = r"""
baselines:
  description: The baselines that were compared.
  type: list
  elements: dict
  returned: success
  contains:
    name:
      description: Name of the baseline.
      type: str
    operating_system:
      description: The API's word for its operating system.
      type: str
    baseline_id:
      description: Its id in AWS, empty for one that check mode would create.
      type: str
    file:
      description: The file that holds it.
      type: str
    changed:
      description: Whether it was, or would be, changed where the direction leads.
      type: bool
  sample:
    - name: web-servers
      operating_system: UBUNTU
      baseline_id: pb-0c10e65780EXAMPLE
      file: /srv/ansible/patch_baselines/web.yml
      changed: true
only_in_files:
  description: Baselines of files that AWS does not have, after a pull; they are left alone.
  type: list
  elements: str
  returned: success
only_in_aws:
  description: Your own baselines in AWS that no file has, after a push; they are left alone.
  type: list
  elements: str
  returned: success
msg:
  description: The same in a sentence.
  type: str
  returned: success
"""
