# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_summary
short_description: Print what a run found, a node per line
version_added: 0.1.0
description:
  - Reads the run from the store and prints a table of its nodes, worst first, unreachable nodes included.
  - Fails for no node by itself; see O(outcome).
  - Printing the table is the end of the run on this controller; a turn that a node still holds ends with it.
options:
  outcome:
    description:
      - Instead of printing, end the task for this node as its operation ended. A node whose operation failed fails,
        an unreachable one is unreachable, one that has no record in this run fails.
      - A node on which the run's install failed for single patches fails, and so does one that was not started because
        too many others failed (C(TERMINATED)). One that the window left no time for (C(OUTSIDE_WINDOW)) is ok.
    type: bool
    default: false
  patch_run_id:
    description: GUID of the run, if the operation had one.
    type: str
  patch_store_url:
    description: SQLAlchemy address of the store. An SQLite file in the user's XDG state directory if not given.
    type: str
  width:
    description: Width of the table in characters. The terminal's if not given.
    type: int
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
- name: Print the table of this run
  openpatch.patch_manager.patch_summary:
  run_once: true

- name: Let each node end as its operation ended
  openpatch.patch_manager.patch_summary:
    outcome: true
"""

RETURN = r"""
nodes:
  description: A line of the table each, worst first.
  type: list
  elements: dict
  returned: when O(outcome=false)
  sample:
    - {host: web1, compliance_status: NON_COMPLIANT, patch_group: web}
"""
