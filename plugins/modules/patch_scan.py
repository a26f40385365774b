# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_scan
short_description: Find out what a node lacks by its patch baseline
version_added: 0.1.0
description:
  - Collects what is installed and what is available on the node in one remote execution, judges it by the node's
    patch baseline on the controller, and records facts and assessment in the store.
  - Nothing is installed and nothing is rebooted.
extends_documentation_fragment:
  - openpatch.patch_manager._operation
  - openpatch.patch_manager._aws
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.patch_install
"""

EXAMPLES = r"""
- name: Scan by the baseline of the host's group
  openpatch.patch_manager.patch_scan:
    patch_group: web

- name: Scan by a baseline that is being written, without touching the recorded compliance
  openpatch.patch_manager.patch_scan:
    patch_baseline_override: drafts/debian.yml

- name: Scan by the baselines that AWS has for the host's group
  openpatch.patch_manager.patch_scan:
    patch_group: web
    patch_baseline_source: ssm
    patch_aws_region: eu-central-1
"""

RETURN = r"""
compliance_status:
  description:
    - V(COMPLIANT) or V(NON_COMPLIANT); V(METADATA_MISSING) when nothing is known to be missing but a repository could
      not be read, so that nobody can tell.
  type: str
  returned: success
  sample: NON_COMPLIANT
status_reason:
  description: Why the node has this status, for a person.
  type: str
  returned: success
  sample: 3 missing
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
  description: Under which id baseline and point in time are frozen. Give it to a later run to use the same.
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
  sample: {missing_count: 3, installed_count: 17, installed_other_count: 201}
patches:
  description:
    - Every patch that needs attention, with its state and the reason of the verdict. The store holds all others too.
  type: list
  elements: dict
  returned: success
  sample:
    - id: openssl.amd64
      title: openssl.amd64:3.0.17-1~deb12u2
      state: MISSING
      reason: "approval_rules[0]: PRIORITY Optional"
reboot_required:
  description: Whether the node itself says that it needs a reboot, and why.
  type: dict
  returned: when the node can tell
  sample: {required: true, reasons: ["/run/reboot-required: linux-image-6.1.0-38-amd64"]}
reboot_pending:
  description: Whether packages were installed since the last boot, which Patch Manager takes for a pending reboot.
  type: bool
  returned: success
  sample: false
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
