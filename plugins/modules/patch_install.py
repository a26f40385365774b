# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_install
short_description: Install what a node lacks by its patch baseline
version_added: 0.1.0
description:
  - Collects and judges like M(openpatch.patch_manager.patch_scan), then installs exactly the approved versions,
    collects and judges again, and records what it found.
  - Then reboots the node if O(patch_reboot_option) says so, waits until it is in another boot, and collects, judges and
    records once more. A node on the V(local) connection, or one that is the machine Ansible runs on, is not rebooted.
  - The install runs detached on the node. A cut connection or a stopped controller does not stop it; the next run
    finds it, waits for it and collects its answer.
  - Held packages stay as they are, configuration files keep the administrator's version, and nothing is ever removed.
  - In check mode the node says which transaction it would run; nothing changes but its package lists.
extends_documentation_fragment:
  - openpatch.patch_manager._operation
  - openpatch.patch_manager._aws
  - openpatch.patch_manager._operation.install
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.patch_scan
"""

EXAMPLES = r"""
- name: Install what the baseline approves and leave the reboot to somebody else
  openpatch.patch_manager.patch_install:
    patch_reboot_option: NoReboot

- name: Install only what a list names
  openpatch.patch_manager.patch_install:
    patch_install_override_list: lists/openssl-only.yml
"""

RETURN = r"""
compliance_status:
  description: Status after the operation; see M(openpatch.patch_manager.patch_scan). In check mode, as it is now.
  type: str
  returned: success
  sample: NON_COMPLIANT
status_reason:
  description: Why the node has this status, for a person.
  type: str
  returned: success
  sample: 2 installed, reboot pending
operating_system:
  description: The API's word for the operating system.
  type: str
  returned: success
  sample: DEBIAN
patch_group:
  description: The node's patch group, empty if it has none.
  type: str
  returned: success
  sample: web
baseline:
  description: Name of the baseline that judged the node.
  type: str
  returned: success
  sample: AWS-DebianDefaultPatchBaseline
baseline_reason:
  description: Why this baseline judged the node.
  type: str
  returned: success
  sample: "predefined default of DEBIAN: the node has no patch group"
snapshot_id:
  description: Under which id baseline and point in time are frozen.
  type: str
  returned: success
  sample: 5f0c2f1e-8f5c-5a2e-9a43-0f6f4c9f6c11
run_id:
  description: The run in the store.
  type: str
  returned: success
  sample: 0d5a3b1c-7c1e-4b7e-8b43-9f1f4c9f6c22
counts:
  description: The counters of the API's InstancePatchState in snake_case.
  type: dict
  returned: success
  sample: {missing_count: 0, failed_count: 0, installed_pending_reboot_count: 3}
patches:
  description: Every patch that needs attention, with its state and the reason of the verdict.
  type: list
  elements: dict
  returned: success
  sample: []
reboot_required:
  description: Whether the node itself says that it needs a reboot, and why.
  type: dict
  returned: when the node can tell
  sample: {required: false, reasons: []}
reboot_pending:
  description: Whether packages were installed since the last boot, which Patch Manager takes for a pending reboot.
  type: bool
  returned: success
  sample: true
reboot:
  description:
    - What was decided about a reboot (C(decided)), whether it was done (C(performed)), why or why not (C(reason)),
      what the node itself gives for needing one (C(reasons)), and how often this run has rebooted the node by now
      (C(count)).
    - In check mode C(decided) says what the run would decide; C(performed) is always V(false).
  type: dict
  returned: success
  sample:
    decided: true
    performed: true
    reason: 2 installed now, 2 waiting for a reboot
    reasons: ["/run/reboot-required exists, because of linux-base"]
    count: 1
install:
  description: With O(patch_hold_install), whether the steps of an install with hooks follow (C(decided)), and why.
  type: dict
  returned: with O(patch_hold_install)
  sample: {decided: false, reason: "nothing to install; nothing was installed and nothing waits for a reboot"}
hooks:
  description: Path of each hook's task file, empty where there is none.
  type: dict
  returned: success
  sample: {pre_install: /etc/ansible/hooks/drain.yml, post_install: "", on_exit: /etc/ansible/hooks/undrain.yml}
transaction:
  description:
    - Every package the operation changed, or in check mode would change, with its versions, its status (V(installed),
      V(dependency), V(failed), V(not_tried), or V(planned) in check mode) and the reason where there is one.
    - On Windows C(name) is the KB id, and C(update_id) with C(version), the revision, is the update.
  type: list
  elements: dict
  returned: success
  sample:
    - name: openssl
      arch: amd64
      from_version: 3.0.15-1~deb12u1
      version: 3.0.17-1~deb12u2
      status: installed
      reason: ""
held_back:
  description: Approved updates that were not tried, and why.
  type: list
  elements: dict
  returned: success
  sample: []
terminated:
  description:
    - Whether the run did not start the node, because too many others had failed (C(patch_max_errors)) or because it was
      too late (C(patch_window_cutoff)). The task is skipped then and the reason is in C(msg).
  type: bool
  returned: when the node was not started
  sample: true
state:
  description: The node's state in the report then.
  type: str
  returned: when the node was not started
  sample: TERMINATED
"""
