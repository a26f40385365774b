# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A policy as the variables that the operation reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import Operation, PatchPolicy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import Slot
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import find_path


def name_variables(
    policy: PatchPolicy, operation: Operation, slot: Slot | None, *, now: datetime, base_dir: str
) -> dict[str, Any]:
    """Give the variables that a policy sets, only those that it has a word on; hooks are absolute paths.

    Before the first date of a policy with a window, that window is as good as over ``now``.

    Raises PolicyError for a hook that is not there: a node must not be patched by half of what its policy says.
    """
    baselines = policy.baselines
    said: dict[str, Any] = {
        "patch_operation": operation,
        "patch_baselines": baselines if isinstance(baselines, str) else dict(baselines),
        "patch_max_concurrency": policy.max_concurrency,
        "patch_max_errors": policy.max_errors,
        "patch_reboot_option": policy.reboot_option,
        "patch_reboot_timeout": policy.reboot_timeout,
        "patch_log_destination": policy.log_destination,
        "patch_report_to_ssm": policy.report_to_ssm,
        "patch_install_override_list": policy.install_override_list,
        "patch_baseline_source": policy.baseline_source,
        "patch_baseline_dir": policy.baseline_dir,
        **{f"patch_{hook}": _find_hook(policy, hook, path, base_dir) for hook, path in policy.hooks.items()},
    }
    if policy.window is not None:
        said["patch_window_cutoff"] = ((slot and slot.cutoff) or now).isoformat()
        said["patch_window_end"] = ((slot and slot.end) or now).isoformat()
    return {name: value for name, value in said.items() if value is not None}


def _find_hook(policy: PatchPolicy, hook: str, path: str, base_dir: str) -> str:
    try:
        found = find_path(path, hook, base_dir)
    except SourceError as error:
        raise PolicyError(f"Failed to use patch policy '{policy.file}': {error}") from error
    if not found.is_file():
        raise PolicyError(
            f"Failed to use patch policy '{policy.file}': {hook} '{found}' is no file. Create it, or correct the path"
        )
    return str(found)
