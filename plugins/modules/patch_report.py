# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_report
short_description: Write the current assessments of all nodes to a file
version_added: 0.1.0
description:
  - Writes what the store knows of every node, and of the inventory's nodes that were never scanned, as JSON or as CSV
    with the columns of Patch Manager's own reports.
options:
  patch_report_format:
    description:
      - V(json) holds everything. V(csv) writes a row per node, and a second file C(<name>-patches.csv) with a row per
        patch.
    type: str
    choices: [json, csv]
    default: json
  patch_report_path:
    description:
      - File to write on the controller, relative to the working directory. An existing file is replaced at once or
        not at all.
    type: path
    required: true
  patch_report_max_age:
    description: After how many days an assessment counts as V(STALE).
    type: int
    default: 7
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
- name: Write the estate as JSON
  openpatch.patch_manager.patch_report:
    patch_report_path: estate.json
  run_once: true
"""

RETURN = r"""
files:
  description: The files written, or in check mode those that would be.
  type: list
  elements: str
  returned: success
  sample: [estate.json]
"""
