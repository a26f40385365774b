# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_preflight
short_description: Check what patching demands of a node
version_added: 0.1.0
description:
  - Looks in one remote execution at the node's operating system, Python, package manager and its helpers, repositories
    and their update notices, free space, memory, locks, clock, privileges, unfinished operations and the command for a
    reboot, and says what is not as patching needs it, each with the way out.
  - Reads the repositories anew, as a scan does, so that what is said of them comes from the node and its own proxy.
    Nothing else changes, and no lock is waited for.
  - Fails if a check failed. Warnings do not fail it. A scan does not ask for it.
options:
  patch_preflight_region:
    description:
      - AWS Region whose endpoints and buckets the node has to reach as well, such as V(eu-central-1). The node tries to
        connect to each, through its proxy if it has one, for 5 seconds at most.
      - Needed only for nodes that Systems Manager works with, too.
    type: str
notes:
  - The node needs an SSH (or local) connection; one without a usable Python is a failed check.
  - Run it with the become of an install to see what an install would see. Without root only root's matters are unknown.
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
  - module: openpatch.patch_manager.patch_preflight_summary
"""

EXAMPLES = r"""
- name: Check a node
  openpatch.patch_manager.patch_preflight:
  register: patch_preflight_result

- name: Check also whether it reaches Systems Manager
  openpatch.patch_manager.patch_preflight:
    patch_preflight_region: eu-central-1
"""

RETURN = r"""
status:
  description: The gravest status of all checks, V(failed), V(warning), V(unknown) or V(ok).
  type: str
  returned: always
  sample: warning
checks:
  description: What is not as it should be, worst first.
  type: list
  elements: dict
  returned: always
  sample:
    - name: space
      status: failed
      finding: "210 MB free under /var: installs need 500 MB (package database, logs and downloads)"
      way_out: Free some space under /var, or enlarge it
passed:
  description: The checks that found everything as it should be.
  type: list
  elements: str
  returned: always
  sample: [system, python, manager, repository]
summary:
  description: What the node is, for a person.
  type: str
  returned: always
  sample: Debian GNU/Linux 12 (bookworm), apt, Python 3.11, 12.4 GB free under /var
"""
