# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_gate
short_description: Give back the place that a node kept among those worked on at the same time
version_added: 0.1.0
description:
  - An operation with C(patch_hold_turn) leaves the node its place, so that further steps such as hooks are part of its
    turn under C(patch_max_concurrency). This ends the turn, and another node may start.
  - Runs on the controller only. A node that holds no place is left as it is.
  - Needs O(patch_run_id) if the operation had one.
options:
  state:
    description:
      - V(ended) ends the turn as the operation ended by what the run recorded of the node. An error, or an install
        with failed patches, counts towards C(patch_max_errors).
      - V(failed) records that the node failed in this run for O(reason) first, unless the run has recorded already
        that it went wrong.
    type: str
    choices: [ended, failed]
    default: ended
  reason:
    description: Why the node failed, for its line in the table and in reports.
    type: str
  operation:
    description: The operation that is under way.
    type: str
    choices: [Scan, Install]
    default: Install
  patch_run_id:
    description: GUID of the run, if the operation had one.
    type: str
  patch_store_url:
    description: SQLAlchemy address of the store. An SQLite file in the user's XDG state directory if not given.
    type: str
requirements:
  - SQLAlchemy >= 2.0 on the controller
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
- name: Install, check the service, and only then let another node start
  block:
    - name: Install what is missing
      openpatch.patch_manager.patch_install:
        patch_max_concurrency: 10%
        patch_hold_turn: true

    - name: Wait for the service
      ansible.builtin.wait_for:
        port: 443
  rescue:
    - name: Count the node as failed
      openpatch.patch_manager.patch_gate:
        state: failed
        reason: "{{ ansible_failed_result.msg | default('the service did not come back') }}"
  always:
    - name: Give the place back
      openpatch.patch_manager.patch_gate:
"""

RETURN = r"""
outcome:
  description:
    - How the node's turn ended. V(succeeded), V(failed), V(unreachable), V(terminated), V(outside_window) or
      V(interrupted); V(none) if the node took no part in this run.
  type: str
  returned: always
  sample: succeeded
"""
