# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: patch_schedule
short_description: Show when patch policies are due, and keep the timers that start them
version_added: 0.1.0
description:
  - Prints the next dates of each operation of each patch policy, and the schedule as a timer of systemd and as the
    recurrence rules of AWX.
  - Keeps the units of systemd on the controller if asked to. Units that were not made from this folder of policies are
    never touched; those of a policy that is gone are removed.
options:
  patch_policy:
    description: Name of one policy. All policies of the folder if not given.
    type: str
  patch_policy_dir:
    description:
      - Folder of policies, absolute or relative to the inventory. V(patch_policies) beside the inventory if not given.
    type: str
  patch_schedule_state:
    description:
      - V(shown) only prints, V(present) writes the units too and starts the timers, V(absent) stops and removes them.
      - With V(present), an operation that does not wait for its first date is also started once, when its timer is
        new.
    type: str
    choices: [shown, present, absent]
    default: shown
  patch_schedule_dir:
    description:
      - Folder of the units. For root C(/etc/systemd/system), else C(~/.config/systemd/user), if not given. Timers are
        started in these folders only.
    type: path
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: full
    description: Returns details on what has changed, or would change, when in diff mode.
author:
  - openpatch contributors (@openpatch)
"""

EXAMPLES = r"""
- name: Show when the policies are due
  openpatch.patch_manager.patch_schedule:
  run_once: true

- name: Start them by timers of this controller
  openpatch.patch_manager.patch_schedule:
    patch_schedule_state: present
  run_once: true
"""

RETURN = r"""
schedules:
  description: An operation of a policy each, with its next dates and the lines of its timer.
  type: list
  elements: dict
  returned: success
  sample:
    - policy: weekly
      operation: install
      schedule: every Sunday at 02:00 UTC
      next: ["2026-11-29T02:00:00+00:00"]
      timer: ["OnCalendar=Sun *-*-* 02:00:00 UTC", Persistent=true]
awx:
  description: What C(awx.awx.schedule) takes, apart from the template that is started.
  type: list
  elements: dict
  returned: success
  sample:
    - name: openpatch weekly install
      rrule: DTSTART:20261129T020000Z RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0
      extra_vars: {patch_policy: weekly, patch_operation: install, patch_slot: auto}
units:
  description: Path and text of each unit.
  type: dict
  returned: success
msg:
  description: What was done, and what is left to do.
  type: str
  returned: success
"""
