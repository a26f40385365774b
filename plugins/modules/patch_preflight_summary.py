# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_preflight_summary
short_description: Print what the preflight of all nodes found, as one table
version_added: 0.1.0
description:
  - Prints what M(openpatch.patch_manager.patch_preflight) found on the nodes of the play, worst first. It reads the
    variable C(patch_preflight_result), in which the results were registered.
  - A node of which everything is as it should be takes one line.
  - Fails for no node by itself; see O(outcome).
options:
  outcome:
    description:
      - Instead of printing, end the task for this node as its preflight ended. A node with a failed check fails, one
        that could not be reached is unreachable; warnings are no failure.
    type: bool
    default: false
  width:
    description: Width of the table in characters. The terminal's if not given.
    type: int
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: none
    description: Returns details on what has changed, or would change, when in diff mode.
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.patch_preflight
"""

EXAMPLES = r"""
- name: Print the table of all nodes
  openpatch.patch_manager.patch_preflight_summary:
  run_once: true

- name: Let each node end as its preflight ended
  openpatch.patch_manager.patch_preflight_summary:
    outcome: true
"""

RETURN = r"""
nodes:
  description: The nodes and the gravest status of each.
  type: list
  elements: dict
  returned: when O(outcome=false)
  sample:
    - {host: web1, status: warning}
"""
