# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_policy
short_description: Choose the hosts that a patch policy is for
version_added: 0.1.0
description:
  - Reads a patch policy, checks it as a whole, and says which hosts of the play are its targets and which variables
    it sets. Nothing is done on any host; run it once for all of them.
  - The role C(openpatch.patch_manager.patch_policy) puts the targets into the group C(patch_policy_targets) and sets
    the variables there. They win over those of the inventory, and C(-e) wins over them.
options:
  patch_policy:
    description: Name of the policy, which is the name of its file without its ending.
    type: str
    required: true
  patch_policy_dir:
    description:
      - Folder of policies, absolute or relative to the inventory. V(patch_policies) beside the inventory if not given.
    type: str
  patch_baseline_source:
    description:
      - Where the baselines are that the policy names, if it does not say so itself (C(baseline_source)).
    type: str
    choices: [local, ssm]
    default: local
  patch_operation:
    description:
      - What to do. If not given it is V(install) by a policy with the operation C(ScanAndInstall), else V(scan).
    type: str
    choices: [scan, install]
  patch_slot:
    description:
      - V(auto) is for the timers of a schedule. The operation then begins only at a date of the policy's schedule,
        until the end of its window, or for 12 hours if it has none, and only one run begins for each date.
    type: str
    choices: [auto]
  patch_run_id:
    description: GUID of the run, when several controllers or job slices work on one run.
    type: str
  patch_store_url:
    description: SQLAlchemy address of the store. An SQLite file in the user's XDG state directory if not given.
    type: str
extends_documentation_fragment:
  - openpatch.patch_manager._aws
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
- name: Ask which hosts a policy is for
  openpatch.patch_manager.patch_policy:
    patch_policy: weekly
  register: weekly
  run_once: true
"""

RETURN = r"""
policy:
  description: Name of the policy.
  type: str
  returned: success
operation:
  description: What is to be done, C(scan) or C(install).
  type: str
  returned: success
slot:
  description: Last date of the operation's schedule, empty before the first.
  type: str
  returned: success
  sample: "2026-11-22T02:00:00+00:00"
targets:
  description: Hosts of the play that the policy is for, none if the operation is not to begin now.
  type: list
  elements: str
  returned: success
variables:
  description: What the policy sets.
  type: dict
  returned: success
  sample: {patch_operation: install, patch_baselines: recommended, patch_max_concurrency: 10%}
msg:
  description: The same in a sentence.
  type: str
  returned: success
"""
