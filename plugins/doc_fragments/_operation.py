# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options and notes shared by the actions that work on a node and by those that read the store."""

    DOCUMENTATION = r"""
options:
  patch_group:
    description:
      - Patch group of the node. The baseline registered for this group and the node's operating system judges it;
        without one, the default baseline of the operating system does.
      - A list is accepted as long as it names one group, because a node is in one patch group at most.
    type: raw
  patch_baseline_source:
    description:
      - Where baselines are kept. V(local) means files in O(patch_baseline_dir), V(ssm) AWS Systems Manager, which the
        controller asks once per run for each patch group and operating system.
    type: str
    choices: [local, ssm]
    default: local
  patch_baseline_dir:
    description:
      - Folder of baseline files, absolute or relative to the inventory. V(patch_baselines) beside the inventory if
        not given.
      - Without that folder, or a baseline for the node in it, the predefined baseline of the operating system is
        used. A folder that is given has to exist.
    type: str
  patch_baseline_override:
    description:
      - Path on the controller, or https address, of a list of baselines that replaces the node's baseline for this
        run.
      - The result is recorded but does not become the node's compliance, as in Patch Manager.
    type: str
  patch_snapshot_id:
    description:
      - GUID under which baseline and point in time are frozen. The first node that needs a baseline under a new one
        makes it; an earlier one gives exactly what was used then, whatever has changed since.
      - Without it, all nodes of one C(ansible-playbook) run share one of their own.
    type: str
  patch_release_date_field:
    description:
      - Which date of an update notice counts for approval delays. The other one stands in where it is missing.
    type: str
    choices: [issued, updated]
    default: issued
  patch_refresh_metadata:
    description:
      - Whether the node fetches its repositories' metadata first. Check mode does too, because a preview made from
        old metadata would not be what the run does.
    type: bool
    default: true
  patch_lock_timeout:
    description:
      - How many seconds to wait for the package manager's lock before the node fails, naming the lock's holder.
    type: int
    default: 300
  patch_step_timeout:
    description: How many seconds one operation on the node may take, 1 to 36000.
    type: int
    default: 7200
  patch_windows_update_source:
    description:
      - Where a Windows node looks for updates and gets them from. V(default) is what the policy of the node says; the
        others choose a service for this operation alone and leave the policy as it is.
    type: str
    choices: [default, wsus, windows_update, microsoft_update]
    default: default
  patch_windows_offline_catalogue:
    description:
      - Path on a Windows node of C(wsusscn2.cab), Microsoft's offline catalogue, which is then searched alone. It tells
        security updates only, and the updates themselves come from where the node gets them otherwise.
    type: str
  patch_store_url:
    description:
      - SQLAlchemy address of the store. An SQLite file in the user's XDG state directory if not given.
      - Use PostgreSQL when several controllers work on one estate.
    type: str
  patch_run_id:
    description:
      - GUID of the run, when several controllers or job slices work on one run. Without it, each call of
        C(ansible-playbook) is a run of its own.
    type: str
  patch_baselines:
    description:
      - Which baseline each operating system has, whatever the patch groups say, as a patch policy has it.
        V(recommended) takes the predefined ones; a dictionary gives the name of a baseline per operating system, and
        the others have their predefined one. In Systems Manager a baseline's id does as well.
    type: raw
  patch_max_concurrency:
    description:
      - How many nodes of the run are worked on at the same time, over all forks and controllers; a number from 1, a
        percentage of the nodes such as V(10%), or V(auto) for what Patch Manager's "Patch now" does, which sets
        O(patch_max_errors) too if that is not given.
      - A percentage is rounded down, to one node at least.
      - Without it only C(forks) limits the run.
    type: str
  patch_max_errors:
    description:
      - How many nodes may fail before no further node is started; a number from 0, or a percentage of the nodes. The
        run stops at one error more than that. Nodes that are under way finish, the others are reported as
        C(TERMINATED). Unreachable nodes do not count, an install with failed patches does.
      - A percentage is rounded down, so V(10%) of 50 nodes stops at the sixth error, V(1%) of 50 at the first.
      - Without it no number of errors stops the run.
    type: str
  patch_window_cutoff:
    description: ISO 8601 time with its offset after which no further node is started.
    type: str
  patch_window_end:
    description: ISO 8601 time with its offset. No reboot is started that may end after it.
    type: str
  patch_log_destination:
    description:
      - Folder on the controller that keeps what was done on each node, by run and host.
      - With C(s3://bucket/prefix) a bucket keeps it where Run Command would put it, by run and node; C(stdout) is what
        the task returned, C(stderr) why it failed and what it warned of. C(openpatch.patch_manager.patch_deliver)
        writes it when the operations are done.
    type: str
  patch_report_to_ssm:
    description:
      - Whether AWS Systems Manager is told the result, if the host is a managed node there.
        C(openpatch.patch_manager.patch_deliver) does it for all hosts when the operations are done; the role
        C(openpatch.patch_manager.patch_summary) runs that.
    type: bool
    default: false
  patch_instance_id:
    description:
      - The node's id in Systems Manager, such as V(i-0123456789abcdef0) or V(mi-0123456789abcdef0). If it is not given,
        the roles take the variable C(aws_instance_id) or C(instance_id), which inventory plugins set.
    type: str
  patch_instance_region:
    description:
      - AWS Region of the node, if it is not O(patch_aws_region). If it is not given, the roles take the variable
        C(aws_region), which the inventory plugin C(openpatch.patch_manager.patch_groups) sets.
    type: str
  patch_hold_turn:
    description:
      - Whether the node keeps its place among those worked on at the same time, because further steps follow.
        C(openpatch.patch_manager.patch_gate) gives it back.
    type: bool
    default: false
notes:
  - The node needs an SSH (or local) connection and any Python from 2.6; nothing is installed on it.
  - Needs root on the node to install; a scan by an ordinary user reads the archives into a cache of its own.
requirements:
  - SQLAlchemy >= 2.0 on the controller
  - with O(patch_baseline_source=ssm) boto3 and the collection amazon.aws on the controller
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: full
    description: Returns details on what has changed, or would change, when in diff mode.
  async:
    support: none
    description: Cannot run under C(async). Installs run detached on the node as they are.
"""

    INSTALL = r"""
options:
  patch_install_override_list:
    description:
      - Path on the controller, or https address, of a list of patches to install instead of what the baseline
        approves.
      - Compliance is still judged by the baseline. Cannot be used together with O(patch_baseline_override).
    type: str
  patch_reboot_option:
    description:
      - V(RebootIfNeeded) is Patch Manager's default. It reboots if anything was installed now, or if a patch waits for
        a reboot from before; whether the patch needs it is not asked.
      - V(NoReboot) never reboots.
      - V(WhenRequired) reboots in the same cases, but only if the node itself says that it needs it, by its flag files,
        its running kernel or replaced core libraries.
    type: str
    choices: [RebootIfNeeded, NoReboot, WhenRequired]
    default: RebootIfNeeded
  patch_reboot_timeout:
    description: How many seconds a node may take to go down and to come back.
    type: int
    default: 600
  patch_max_reboots:
    description: How often a node is rebooted in one run at most.
    type: int
    default: 3
  patch_hold_reboot:
    description:
      - Whether to decide about the reboot and to leave it to a later step, because a hook comes first. The decision is
        in the result.
    type: bool
    default: false
  patch_hold_install:
    description:
      - Whether to find out only what is missing and whether the steps of an install with hooks follow, because a hook
        comes first. The decision is in the result.
    type: bool
    default: false
  patch_pre_install_hook:
    description:
      - Task file, absolute or relative to the inventory, that the role C(openpatch.patch_manager.patch_install) runs
        before it installs. If it fails, nothing is installed and nothing rebooted.
    type: str
  patch_post_install_hook:
    description:
      - Task file that the role runs after the install and before the reboot. If it fails, the node is not rebooted.
    type: str
  patch_on_exit_hook:
    description:
      - Task file that the role runs at the end of every install, after the reboot if there is one, whatever failed
        before and also if nothing was missing.
    type: str
  patch_poll_interval:
    description: How many seconds one look at an install that runs on the node waits for its end.
    type: int
    default: 5
"""
