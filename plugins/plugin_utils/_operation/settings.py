# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a patch operation: one table for the actions' argument specs, one value the operation works with."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override import check_exclusive
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import RebootOption
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.resolve import resolve_patch_group
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import LogBucket, read_bucket
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AWS_OPTIONS,
    AwsOptions,
    name_place,
    read_aws_options,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import find_path

WINDOWS_SOURCES = ("default", "wsus", "windows_update", "microsoft_update")

SCAN_OPTIONS: dict[str, dict[str, Any]] = {
    "patch_group": {"type": "raw"},
    "patch_baseline_source": {"type": "str", "choices": ["local", "ssm"], "default": "local"},
    **AWS_OPTIONS,
    "patch_baseline_dir": {"type": "str"},
    "patch_baseline_override": {"type": "str"},
    "patch_snapshot_id": {"type": "str"},
    "patch_release_date_field": {"type": "str", "choices": ["issued", "updated"], "default": "issued"},
    "patch_refresh_metadata": {"type": "bool", "default": True},
    "patch_lock_timeout": {"type": "int", "default": 300},
    "patch_step_timeout": {"type": "int", "default": 7200},
    "patch_windows_update_source": {"type": "str", "choices": [*WINDOWS_SOURCES], "default": "default"},
    "patch_windows_offline_catalogue": {"type": "str"},
    "patch_store_url": {"type": "str"},
    "patch_run_id": {"type": "str"},
    "patch_baselines": {"type": "raw"},
    "patch_max_concurrency": {"type": "str"},
    "patch_max_errors": {"type": "str"},
    "patch_window_cutoff": {"type": "str"},
    "patch_window_end": {"type": "str"},
    "patch_log_destination": {"type": "str"},
    "patch_report_to_ssm": {"type": "bool", "default": False},
    "patch_instance_id": {"type": "str"},
    "patch_instance_region": {"type": "str"},
    "patch_hold_turn": {"type": "bool", "default": False},
}

INSTALL_OPTIONS: dict[str, dict[str, Any]] = {
    **SCAN_OPTIONS,
    "patch_install_override_list": {"type": "str"},
    "patch_reboot_option": {
        "type": "str",
        "choices": [option.value for option in RebootOption],
        "default": "RebootIfNeeded",
    },
    "patch_reboot_timeout": {"type": "int", "default": 600},
    "patch_max_reboots": {"type": "int", "default": 3},
    "patch_hold_reboot": {"type": "bool", "default": False},
    "patch_hold_install": {"type": "bool", "default": False},
    "patch_pre_install_hook": {"type": "str"},
    "patch_post_install_hook": {"type": "str"},
    "patch_on_exit_hook": {"type": "str"},
    "patch_poll_interval": {"type": "int", "default": 5},
}

_WINDOWS_OPTIONS = ("patch_windows_update_source", "patch_windows_offline_catalogue")

HOOKS = ("pre_install", "post_install", "on_exit")

MAX_STEP_TIMEOUT = 36000  # StepTimeoutSeconds of AWS-RunPatchBaseline ends there


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of one operation on one host, checked. Timeouts and intervals are seconds.

    ``ssm``: where baselines are in Systems Manager, None if they are files. ``hooks``: absolute path of each hook's
    task file, empty for none. ``log_bucket``: what patch_log_destination is, if it is no folder. ``execution_type``:
    what Systems Manager calls a run by hand, or by a patch policy.
    """

    host: str
    address: str
    base_dir: str
    patch_group: str | None
    ssm: AwsOptions | None
    patch_baseline_dir: Path
    patch_baseline_override: str | None
    patch_install_override_list: str | None
    patch_snapshot_id: str | None
    patch_release_date_field: Literal["issued", "updated"]
    patch_reboot_option: str
    patch_refresh_metadata: bool
    patch_lock_timeout: int
    patch_step_timeout: int
    patch_poll_interval: int
    patch_windows_update_source: str
    patch_windows_offline_catalogue: str | None
    patch_store_url: str | None
    patch_run_id: str | None
    patch_baselines: Literal["recommended"] | Mapping[str, str] | None
    patch_max_concurrency: str | None
    patch_max_errors: str | None
    patch_window_cutoff: datetime | None
    patch_window_end: datetime | None
    patch_log_destination: str | None
    log_bucket: LogBucket | None
    patch_report_to_ssm: bool
    patch_instance_id: str | None
    patch_instance_region: str | None
    execution_type: str
    aws: AwsOptions
    patch_hold_turn: bool
    patch_reboot_timeout: int
    patch_max_reboots: int
    patch_hold_reboot: bool
    patch_hold_install: bool
    hooks: Mapping[str, str]
    check_mode: bool

    @property
    def windows_options(self) -> dict[str, str | None]:
        """Where a Windows node gets its updates from."""
        return {name: getattr(self, name) for name in _WINDOWS_OPTIONS}

    def snapshot_id(self, run_id: str) -> str:
        """The snapshot the host reads: the given one, else one of the run.

        The run's own is told apart by what it was made from, so that two operations of one playbook with different
        overrides do not read each other's baseline.
        """
        if self.patch_snapshot_id:
            return self.patch_snapshot_id
        place = name_place(self.ssm) if self.ssm else [str(self.patch_baseline_dir)]
        made_from = json.dumps([*place, self.patch_baseline_override, self.patch_baselines], sort_keys=True)
        return str(uuid.uuid5(uuid.UUID(run_id), made_from))


def find_base_dir(task_vars: Mapping[str, Any]) -> str:
    """Where relative paths start: the inventory's folder.

    Of several inventories Ansible names one; without any file (``-i 'host,'``) it is the working folder.
    """
    return str(task_vars.get("inventory_dir") or task_vars.get("playbook_dir") or ".")


def read_settings(args: Mapping[str, Any], task_vars: Mapping[str, Any], *, check_mode: bool) -> Settings:
    """Turn validated arguments and the host's variables into settings.

    Raises OperationError for a host in two groups, both overrides at once, or a number out of range, and DocumentError
    for a folder below a home that does not exist.
    """
    host = str(task_vars["inventory_hostname"])
    base_dir = find_base_dir(task_vars)
    is_ssm = args.get("patch_baseline_source") == "ssm"
    override, override_list = args.get("patch_baseline_override"), args.get("patch_install_override_list")
    try:
        check_exclusive(override_list, override)
        group = resolve_patch_group(_name_groups(args.get("patch_group")))
    except BaselineError as error:
        raise OperationError(f"Failed to read the settings of host '{host}': {error}") from error
    for name, lowest, highest in (
        ("patch_lock_timeout", 0, MAX_STEP_TIMEOUT),
        ("patch_step_timeout", 1, MAX_STEP_TIMEOUT),
        ("patch_poll_interval", 1, 600),
        ("patch_reboot_timeout", 1, MAX_STEP_TIMEOUT),
        ("patch_max_reboots", 0, 20),
    ):
        if name in args and not lowest <= args[name] <= highest:
            unit = "" if name == "patch_max_reboots" else " seconds"
            raise OperationError(
                f"Failed to read the settings of host '{host}': {name} is {args[name]};"
                f" allowed: {lowest} to {highest}{unit}"
            )
    return Settings(
        host=host,
        address=str(task_vars.get("ansible_host") or ""),
        base_dir=base_dir,
        patch_group=group,
        ssm=read_aws_options(args) if is_ssm else None,
        patch_baseline_dir=find_baselines(None if is_ssm else args.get("patch_baseline_dir"), base_dir),
        patch_baseline_override=override or None,
        patch_install_override_list=override_list or None,
        patch_snapshot_id=args.get("patch_snapshot_id") or None,
        patch_release_date_field=args["patch_release_date_field"],
        patch_reboot_option=args.get("patch_reboot_option", "NoReboot"),
        patch_refresh_metadata=args["patch_refresh_metadata"],
        patch_lock_timeout=args["patch_lock_timeout"],
        patch_step_timeout=args["patch_step_timeout"],
        patch_poll_interval=args.get("patch_poll_interval", 5),
        patch_windows_update_source=args.get("patch_windows_update_source", "default"),
        patch_windows_offline_catalogue=args.get("patch_windows_offline_catalogue") or None,
        patch_store_url=args.get("patch_store_url") or None,
        patch_run_id=args.get("patch_run_id") or None,
        patch_baselines=_read_baselines(host, args.get("patch_baselines")),
        patch_max_concurrency=args.get("patch_max_concurrency") or None,
        patch_max_errors=args.get("patch_max_errors") or None,
        patch_window_cutoff=_read_moment(host, args, "patch_window_cutoff"),
        patch_window_end=_read_moment(host, args, "patch_window_end"),
        patch_log_destination=args.get("patch_log_destination") or None,
        log_bucket=_read_log_bucket(host, args.get("patch_log_destination")),
        patch_report_to_ssm=args.get("patch_report_to_ssm", False),
        patch_instance_id=args.get("patch_instance_id") or None,
        patch_instance_region=args.get("patch_instance_region") or None,
        execution_type="PatchPolicy" if task_vars.get("patch_policy") else "Command",
        aws=read_aws_options(args),
        patch_hold_turn=args.get("patch_hold_turn", False),
        patch_reboot_timeout=args.get("patch_reboot_timeout", 600),
        patch_max_reboots=args.get("patch_max_reboots", 3),
        patch_hold_reboot=args.get("patch_hold_reboot", False),
        patch_hold_install=args.get("patch_hold_install", False),
        hooks={name: _find_hook(host, args, f"patch_{name}_hook", base_dir) for name in HOOKS},
        check_mode=check_mode,
    )


def _read_moment(host: str, args: Mapping[str, Any], name: str) -> datetime | None:
    """A time as a policy writes it: ISO 8601 with its offset."""
    text = args.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise OperationError(
            f"Failed to read the settings of host '{host}': {name} is '{text}';"
            " allowed: an ISO 8601 time with its offset, such as 2026-11-25T03:00:00+00:00"
        )
    return moment.astimezone(timezone.utc)


def _read_log_bucket(host: str, destination: str | None) -> LogBucket | None:
    """The bucket that logs go to, if they do. That it is written wrongly is to be known before anything begins."""
    try:
        return read_bucket(destination or "")
    except ValueError as error:
        raise OperationError(
            f"Failed to read the settings of host '{host}': patch_log_destination is '{destination}': {error}"
        ) from error


def _find_hook(host: str, args: Mapping[str, Any], name: str, base_dir: str) -> str:
    """The hook's task file. It has to be there before anything begins, not only when its turn comes."""
    if not args.get(name):
        return ""
    path = find_path(args[name], name, base_dir)
    if not path.is_file():
        raise OperationError(
            f"Failed to read the settings of host '{host}': there is no file {name} '{path}'."
            " Correct the path; it starts from the inventory's folder"
        )
    return str(path.absolute())  # include_tasks looks elsewhere for a relative one


def _read_baselines(host: str, value: Any) -> Literal["recommended"] | dict[str, str] | None:
    """``recommended``, or a baseline's name per operating system."""
    if not value:
        return None
    if value == "recommended":
        return "recommended"
    systems = OperatingSystem.__members__
    if isinstance(value, Mapping) and all(
        system in systems and isinstance(name, str) and name for system, name in value.items()
    ):
        return {str(system): str(name) for system, name in value.items()}
    raise OperationError(
        f"Failed to read the settings of host '{host}': patch_baselines is {value!r}; allowed: recommended, or a"
        f" dictionary of operating systems ({', '.join(systems)}) and names of baselines"
    )


def _name_groups(value: Any) -> dict[str, Any]:
    """The groups a variable names, each with its place: a list of one group is a way people write one group."""
    if isinstance(value, list):
        return {f"patch_group[{index}]": group for index, group in enumerate(value)}
    return {"patch_group": value}


def find_baselines(given: str | None, base_dir: str) -> Path:
    """The folder of baselines; one that was asked for and is not there is a slip, no wish for the predefined ones."""
    folder = find_path(given or "patch_baselines", "patch_baseline_dir", base_dir)
    if given and not folder.exists():
        raise OperationError(f"Failed to find patch_baseline_dir '{folder}'. Create the folder or correct the path")
    return folder
