# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: win_patch_install
short_description: Install exactly the named updates on a Windows node, detached from the connection
version_added: 0.1.0
description:
  - Starts an operation as SYSTEM in a scheduled task, because Windows Update refuses downloads and installs to a
    network logon, and answers at once. Later calls ask how far it is.
  - The answer waits on the node until it is forgotten, whatever becomes of the connection, the controller or the node.
  - It installs what O(updates) names and nothing else, and never reboots. Which updates those are is decided on the
    controller.
options:
  request:
    description:
      - V(start) starts the operation O(operation_id). Asked again with the same id, it gives that operation as it
        stands, so that a start whose answer was lost can be repeated. While another one is running it is refused.
      - V(poll) gives the operation as it stands, changing nothing; one that passed its limit is ended, though.
      - V(forget) removes the answer and everything else of an operation that has ended.
    type: str
    choices: [start, poll, forget]
    default: start
  operation_id:
    description:
      - Id of the operation, 1 to 100 letters, digits, C(.), C(_) and C(-). Needed to start.
      - With V(poll) and V(forget) an operation of another id is left alone.
    type: str
  updates:
    description: The updates to install, in the order wanted. Those that must be installed alone come first anyway.
    type: list
    elements: dict
    suboptions:
      update_id:
        description: Identity of the update, from RV(openpatch.patch_manager.win_patch_facts#module:facts.candidates).
        type: str
        required: true
      revision:
        description: Its revision number.
        type: int
        required: true
      name:
        description: What results call it. The KB id, as a rule.
        type: str
  patch_windows_update_source:
    description: Where updates come from, as in M(openpatch.patch_manager.win_patch_facts).
    type: str
    choices: [default, wsus, windows_update, microsoft_update]
    default: default
  patch_windows_offline_catalogue:
    description: Path on the node of C(wsusscn2.cab), as in M(openpatch.patch_manager.win_patch_facts).
    type: path
  time_limit:
    description:
      - How many seconds the operation may take. Then it is ended, and whatever it had at hand counts as failed.
    type: int
    default: 14400
  patch_lock_timeout:
    description: How many seconds to wait for another installer on the node before giving up, naming it.
    type: int
    default: 300
  retries:
    description: How often to try again what failed for a reason that passes by itself.
    type: int
    default: 3
  retry_delay:
    description: Seconds between two tries.
    type: int
    default: 30
attributes:
  check_mode:
    support: full
    description: Starts and removes nothing; C(changed) tells whether it would have.
  diff_mode:
    support: none
    description: What is to be installed is named by the caller.
  platform:
    platforms: windows
    support: full
    description: Windows PowerShell 5.1 and PowerShell 7 on Windows Server 2016 to 2025, also Core.
notes:
  - Licence terms are accepted of the updates in O(updates) only. Updates that may ask questions are not tried.
  - What it needs is kept below C(%SystemRoot%\openpatch.patch_manager), where only administrators may write.
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.win_patch_facts
  - module: openpatch.patch_manager.patch_install
"""

EXAMPLES = r"""
- name: Start
  openpatch.patch_manager.win_patch_install:
    operation_id: 20260309-web
    updates:
      - update_id: 5b1c3f1e-5d4e-4b5f-a5e7-1d8c2b1f7c11
        revision: 200
        name: KB5034129

- name: Wait for the end
  openpatch.patch_manager.win_patch_install:
    request: poll
    operation_id: 20260309-web
  register: install
  until: install.operation.state != "running"
  retries: 240
  delay: 30

- name: Leave nothing on the node
  openpatch.patch_manager.win_patch_install:
    request: forget
    operation_id: 20260309-web
"""

RETURN = r"""
operation:
  description: The operation, or left out if the node knows none.
  type: dict
  returned: when there is one
  contains:
    id:
      description: Its id.
      type: str
      sample: 20260309-web
    state:
      description: V(running), V(finished), or V(interrupted) if it ended without having come to its end.
      type: str
      sample: finished
    started_at:
      description: When it started, in UTC.
      type: str
      sample: "2026-03-09T02:00:12Z"
    finished_at:
      description: When it ended.
      type: str
      sample: "2026-03-09T02:31:40Z"
    pid:
      description: Process on the node.
      type: int
      sample: 4711
    time_limit:
      description: How many seconds it may take.
      type: int
      sample: 14400
    warnings:
      description: What else a person should know, such as an update service that could not be removed.
      type: list
      elements: str
      sample: []
    cause:
      description: Why it was interrupted. V(reboot), V(time_limit), or V(stopped) for anything else.
      type: str
      sample: reboot
    message:
      description: For a person, what happened and what to do.
      type: str
      sample: The node rebooted while KB5034129 was being installed. Scan it to see what is installed
    progress:
      description:
        - How far it is. C(doing) is V(starting), V(waiting), V(searching), V(downloading), V(installing) or V(done).
      type: dict
      sample: {doing: downloading, current: KB5034129, done: 2, total: 7, percent: 14}
    results:
      description: What became of each update.
      type: list
      elements: dict
      contains:
        name:
          description: As in O(updates).
          type: str
          sample: KB5034129
        version:
          description: The revision number as text.
          type: str
          sample: "200"
        update_id:
          description: Identity of the update.
          type: str
          sample: 5b1c3f1e-5d4e-4b5f-a5e7-1d8c2b1f7c11
        status:
          description: V(installed), V(failed) or V(not_tried).
          type: str
          sample: failed
        reason:
          description: Why it was not installed, with the way out.
          type: str
          sample: "0x80070070 ERROR_DISK_FULL while downloading: ... Free space on the system drive"
        stage:
          description: V(searching), V(downloading) or V(installing).
          type: str
          sample: downloading
        result_code:
          description: Windows' word for the result. V(succeeded), V(succeeded_with_errors), V(failed), V(aborted), ...
          type: str
          sample: failed
        hresult:
          description: The error, if there was one.
          type: str
          sample: "0x80070070"
        hresult_name:
          description: Its published name.
          type: str
          sample: ERROR_DISK_FULL
        attempts:
          description: How often it was tried.
          type: int
          sample: 1
        reboot_required:
          description: Whether this update waits for a reboot.
          type: bool
          sample: false
    error:
      description:
        - What ended the whole operation early, with C(code), C(message), C(hresult) and C(hresult_name). Codes are
          V(search_failed) and V(installer_busy), before any update could be tried, and V(operation_failed).
      type: dict
      sample:
        code: installer_busy
        message: "Failed to install updates: another installer is running (msiexec 812). Wait for it to end"
    reboot_required:
      description: Whether an update of this operation waits for a reboot.
      type: bool
      sample: true
running:
  description: The operation that is in the way, with C(id), C(pid) and C(started_at).
  type: dict
  returned: when RV(code) is V(operation_running) and its operation has begun
  sample: {id: 20260309-web, pid: 4711, started_at: "2026-03-09T02:00:12Z"}
code:
  description:
    - What kind of refusal it was. V(operation_running), V(not_started), V(bad_command), V(not_administrator),
      V(disk_full), V(not_written), V(not_read).
  type: str
  returned: failure
  sample: operation_running
"""
