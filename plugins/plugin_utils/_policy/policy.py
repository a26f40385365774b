# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch policies: what is done, when, on which nodes, by which baselines and within which limits.

A policy says what Quick Setup's console asks for, under the names our variables have without their ``patch_``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_document import (
    Fields,
    Item,
    Problems,
    describe,
    join_path,
    name_keys,
    read_fields,
    suggest,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse_values import (
    TextRule,
    limit_length,
    limit_pattern,
    read_number,
    read_switch,
    read_text,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import RebootOption
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.errors import ScheduleError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._schedule.schedule import (
    Schedule,
    parse_schedule,
    read_timezone,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import LimitError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.limits import parse_limits
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.targets import Targets, read_targets
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import Window, read_window

Operation = Literal["scan", "install"]

RECOMMENDED: Literal["recommended"] = "recommended"
KIND: Literal["window"] = "window"  # what a maintenance window may have, which is more than an association may
LONGEST_WAIT = 36000  # as patch_reboot_timeout

KEYS = name_keys(
    "description",
    "operation",
    "scan_schedule",
    "install_schedule",
    "scan_wait_for_first_interval",
    "install_wait_for_first_interval",
    "schedule_timezone",
    "schedule_offset",
    "start_date",
    "end_date",
    "baselines",
    "baseline_source",
    "targets",
    "max_concurrency",
    "max_errors",
    "reboot_option",
    "reboot_timeout",
    "pre_install_hook",
    "post_install_hook",
    "on_exit_hook",
    "log_destination",
    "report_to_ssm",
    "window",
    "install_override_list",
    "baseline_dir",
)
HOOKS = ("pre_install_hook", "post_install_hook", "on_exit_hook")

DEFAULTS = {
    "operation": "Scan",
    "scan_schedule": "cron(0 1 * * ? *)",
    "install_schedule": "cron(0 2 ? * SUN *)",
    "schedule_timezone": "UTC",
    "max_concurrency": "10%",
    "max_errors": "2%",
    "reboot_option": RebootOption.REBOOT_IF_NEEDED.value,
}

_DESCRIPTION = limit_length(0, 1000)
_PATH = limit_length(1, 4000)
_BASELINE_NAME = limit_length(1, 128)
_BASELINE_SOURCE = limit_pattern("local|ssm", "local, ssm")
_LOG_DESTINATION = limit_pattern(
    r"(?i:s3://)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/.{0,500})?|(?!(?i:s3://)).{1,4000}",
    "1 to 4000 characters: a folder, or s3://bucket/prefix",
)
_SCHEDULE = limit_length(1, 256)
_LIMIT = limit_length(1, 8)
_ZONE = limit_length(1, 64)


@dataclass(frozen=True, slots=True)
class PatchPolicy:
    """A policy as its file says it, checked; paths are as they are written, relative to the inventory's folder."""

    name: str
    file: str
    description: str
    operation: Literal["Scan", "ScanAndInstall"]
    scan_schedule: Schedule
    install_schedule: Schedule
    scan_wait_for_first_interval: bool
    install_wait_for_first_interval: bool
    schedule_timezone: str
    baselines: Literal["recommended"] | Mapping[str, str]
    baseline_source: str | None
    targets: Targets
    max_concurrency: str
    max_errors: str
    reboot_option: str
    reboot_timeout: int | None
    hooks: Mapping[str, str]
    log_destination: str | None
    report_to_ssm: bool | None
    window: Window | None
    install_override_list: str | None
    baseline_dir: str | None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What is done by schedule."""
        return ("scan", "install") if self.operation == "ScanAndInstall" else ("scan",)

    def schedule_of(self, operation: Operation) -> Schedule:
        """The schedule of an operation."""
        return self.install_schedule if operation == "install" else self.scan_schedule

    def waits(self, operation: Operation) -> bool:
        """Whether an operation waits for its first date, instead of starting when the policy is deployed."""
        return self.install_wait_for_first_interval if operation == "install" else self.scan_wait_for_first_interval


def parse_policy(data: object, name: str, file: str) -> PatchPolicy:
    """Check what a policy's file holds.

    Raises BaselineDocumentError with the path of everything that is wrong.
    """
    problems = Problems()
    fields = read_fields(Item({} if data is None else data, ""), KEYS, problems)
    if fields is None:
        problems.raise_errors("patch policy", name)
        raise AssertionError  # unreachable: what is no mapping was refused
    zone = _read_zone(fields, problems)
    schedules = _read_schedules(fields, zone, problems)
    operation = _read_choice(fields, "operation", ("Scan", "ScanAndInstall"), problems)
    policy = PatchPolicy(
        name=name,
        file=file,
        description=_read_optional(fields, "description", _DESCRIPTION, problems) or "",
        operation="ScanAndInstall" if operation == "ScanAndInstall" else "Scan",
        scan_schedule=schedules[0],
        install_schedule=schedules[1],
        scan_wait_for_first_interval=read_switch(fields.item("scan_wait_for_first_interval"), problems, False),
        install_wait_for_first_interval=read_switch(fields.item("install_wait_for_first_interval"), problems, True),
        schedule_timezone=zone,
        baselines=_read_baselines(fields.item("baselines"), problems),
        baseline_source=_read_optional(fields, "baseline_source", _BASELINE_SOURCE, problems),
        targets=read_targets(fields.item("targets"), problems),
        max_concurrency=_read_limit(fields, "max_concurrency", problems),
        max_errors=_read_limit(fields, "max_errors", problems),
        reboot_option=_read_choice(fields, "reboot_option", [option.value for option in RebootOption], problems),
        reboot_timeout=read_number(fields.item("reboot_timeout"), problems, 1, LONGEST_WAIT),
        hooks={hook: path for hook in HOOKS if (path := _read_optional(fields, hook, _PATH, problems))},
        log_destination=_read_optional(fields, "log_destination", _LOG_DESTINATION, problems),
        report_to_ssm=_read_optional_switch(fields, "report_to_ssm", problems),
        window=read_window(fields.item("window"), problems),
        install_override_list=_read_optional(fields, "install_override_list", _PATH, problems),
        baseline_dir=_read_optional(fields, "baseline_dir", _PATH, problems),
    )
    problems.raise_errors("patch policy", name)
    return policy


def _default(fields: Fields, name: str) -> Item:
    """A value, or the one that stands for an absent one."""
    item = fields.item(name)
    return Item(DEFAULTS[name], item.path) if item.value is None else item


def _read_optional(fields: Fields, name: str, rule: TextRule, problems: Problems) -> str | None:
    item = fields.item(name)
    return None if item.value is None else read_text(item, problems, rule)


def _read_optional_switch(fields: Fields, name: str, problems: Problems) -> bool | None:
    item = fields.item(name)
    return None if item.value is None else read_switch(item, problems, False)


def _read_limit(fields: Fields, name: str, problems: Problems) -> str:
    item = _default(fields, name)
    text = read_text(item, problems, _LIMIT)
    if text is None:
        return DEFAULTS[name]
    try:
        parse_limits(text if name == "max_concurrency" else None, text if name == "max_errors" else None)
    except LimitError as error:
        problems.refuse(item.path, describe(text), str(error).partition("allowed: ")[2])
    return text


def _read_choice(fields: Fields, name: str, choices: Sequence[str], problems: Problems) -> str:
    item = _default(fields, name)
    if isinstance(item.value, str) and item.value in choices:
        return item.value
    hint = suggest(item.value, choices) if isinstance(item.value, str) else ""
    problems.refuse(item.path, describe(item.value) + hint, ", ".join(choices))
    return DEFAULTS[name]


def _read_zone(fields: Fields, problems: Problems) -> str:
    item = _default(fields, "schedule_timezone")
    name = read_text(item, problems, _ZONE)
    try:
        read_timezone(name or "")
    except ScheduleError as error:
        allowed = "a name of the IANA time zone database, such as Europe/Berlin"
        problems.refuse(item.path, f"{describe(name)}: {error}", allowed)
        name = None
    return name or DEFAULTS["schedule_timezone"]


def _read_baselines(item: Item, problems: Problems) -> Literal["recommended"] | dict[str, str]:
    allowed = f"{RECOMMENDED}, or a mapping of operating systems to names of baselines"
    if item.value in (None, RECOMMENDED):
        return RECOMMENDED
    if not isinstance(item.value, Mapping):
        problems.refuse(item.path, describe(item.value), allowed)
        return RECOMMENDED
    named: dict[str, str] = {}
    for system, value in item.value.items():
        path = join_path(item.path, system)
        if system not in OperatingSystem.__members__:
            hint = suggest(system, OperatingSystem.__members__) if isinstance(system, str) else ""
            problems.refuse(path, f"an unknown operating system{hint}", ", ".join(OperatingSystem.__members__))
        elif name := read_text(Item(value, path), problems, _BASELINE_NAME):
            named[system] = name
    return named


def _read_schedules(fields: Fields, zone: str, problems: Problems) -> tuple[Schedule, Schedule]:
    """Read both schedules, which share zone, offset and dates; what is wrong with these is said of these only."""
    offset = read_number(fields.item("schedule_offset"), problems, 1, 6)
    start, end = (_read_moment(fields.item(name), problems) for name in ("start_date", "end_date"))
    if start and end and end <= start:
        problems.refuse(fields.item("end_date").path, end.isoformat(), "a time after start_date")
        start = end = None

    def read(name: str) -> Schedule:
        item = _default(fields, name)
        text = read_text(item, problems, _SCHEDULE) or DEFAULTS[name]
        try:
            return parse_schedule(text, timezone=zone, offset=offset, start=start, end=end, kind=KIND)
        except ScheduleError as error:
            cause = error.__cause__ or error  # without the text, which stands in front already
            problems.refuse(item.path, f"{describe(text)}: {cause}", "cron(...), rate(...) or at(...)")
            return parse_schedule(DEFAULTS[name], timezone=zone, offset=None, start=None, end=None, kind=KIND)

    return read("scan_schedule"), read("install_schedule")


def _read_moment(item: Item, problems: Problems) -> datetime | None:
    value = item.value
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            pass  # no time at all: refused below
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value
    if value is not None:
        allowed = "an ISO 8601 time with its offset, such as 2026-11-25T03:00:00+00:00"
        problems.refuse(item.path, describe(item.value), allowed)
    return None
