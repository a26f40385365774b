# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineDocumentError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import (
    HOOKS,
    KEYS,
    PatchPolicy,
    parse_policy,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.targets import Targets
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.window import Window

FULL = """\
description: Web servers, Sundays
operation: ScanAndInstall
scan_schedule: rate(1 day)
install_schedule: cron(0 3 ? * TUE#2 *)
scan_wait_for_first_interval: true
install_wait_for_first_interval: false
schedule_timezone: Europe/Berlin
schedule_offset: 5
start_date: 2026-01-01T00:00:00+01:00
end_date: "2027-01-01T00:00:00+01:00"
baselines: {UBUNTU: web}
baseline_source: ssm
targets: {groups: [web]}
max_concurrency: 5
max_errors: 0
reboot_option: WhenRequired
reboot_timeout: 900
pre_install_hook: hooks/drain.yml
post_install_hook: hooks/fill.yml
on_exit_hook: hooks/tell.yml
log_destination: logs
report_to_ssm: true
window: {duration: 4, cutoff: 1}
install_override_list: list.yml
baseline_dir: baselines
"""


def parse(text: str) -> PatchPolicy:
    return parse_policy(yaml.safe_load(text), "weekly", "weekly.yml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.fixture
def no_zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in container images that leave /usr/share/zoneinfo out."""
    for name in ("tzdata", *(name for name in sys.modules if name.startswith("tzdata."))):
        monkeypatch.setitem(sys.modules, name, None)
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()


def test_an_empty_policy_is_the_console_with_all_its_defaults() -> None:
    policy = parse("")
    assert policy.operation == "Scan"
    assert (policy.scan_schedule.text, policy.install_schedule.text) == ("cron(0 1 * * ? *)", "cron(0 2 ? * SUN *)")
    assert (policy.scan_wait_for_first_interval, policy.install_wait_for_first_interval) == (False, True)
    assert (policy.schedule_timezone, policy.baselines, policy.targets) == ("UTC", "recommended", Targets())
    assert (policy.max_concurrency, policy.max_errors, policy.reboot_option) == ("10%", "2%", "RebootIfNeeded")
    assert (policy.window, policy.hooks, policy.reboot_timeout, policy.log_destination) == (None, {}, None, None)
    assert policy.report_to_ssm is None


def test_dates_of_a_policy_with_all_defaults() -> None:
    """operations example 19: created Wednesday 10:00 UTC, Scan and install."""
    policy = parse("operation: ScanAndInstall")
    created = at("2026-11-25T10:00:00")
    assert policy.schedule_of("scan").next_dates(created, 2) == [at("2026-11-26T01:00:00"), at("2026-11-27T01:00:00")]
    assert policy.schedule_of("install").next_dates(created, 1) == [at("2026-11-29T02:00:00")]
    assert (policy.waits("scan"), policy.waits("install")) == (False, True)


@pytest.mark.parametrize(("operation", "done"), [("Scan", ("scan",)), ("ScanAndInstall", ("scan", "install"))])
def test_an_operation_is_scan_or_both(operation: str, done: tuple[str, ...]) -> None:
    assert parse(f"operation: {operation}").operations == done


def test_every_key_is_read() -> None:
    without = FULL.replace("schedule_offset: 5\n", "")  # a rate has none
    policy = parse(without)
    assert set(yaml.safe_load(FULL)) == {key.name for key in KEYS}
    assert policy.description == "Web servers, Sundays"
    assert policy.baselines == {"UBUNTU": "web"}
    assert policy.targets == Targets("groups", ("web",))
    assert (policy.max_concurrency, policy.max_errors) == ("5", "0")
    assert (policy.reboot_option, policy.reboot_timeout) == ("WhenRequired", 900)
    assert policy.hooks == dict(zip(HOOKS, ["hooks/drain.yml", "hooks/fill.yml", "hooks/tell.yml"], strict=True))
    assert (policy.log_destination, policy.install_override_list, policy.baseline_dir) == (
        "logs",
        "list.yml",
        "baselines",
    )
    assert policy.report_to_ssm
    assert policy.window == Window(4, 1)


def test_zone_offset_and_dates_hold_for_both_schedules() -> None:
    text = "schedule_timezone: Europe/Berlin\nschedule_offset: 1\nend_date: 2026-12-01T00:00:00Z\n"
    policy = parse(f"{text}scan_schedule: cron(0 3 ? * TUE#2 *)\ninstall_schedule: cron(0 4 ? * TUE#2 *)")
    after = at("2026-11-01T00:00:00")
    assert policy.scan_schedule.next_dates(after, 5) == [at("2026-11-11T02:00:00")]
    assert policy.install_schedule.next_dates(after, 5) == [at("2026-11-11T03:00:00")]


@pytest.mark.parametrize("destination", ["logs", "~/s3:/logs", "/srv/s3://x", "s3://logs", "S3://logs.example/a/b c"])
def test_logs_go_to_a_folder_or_a_bucket(destination: str) -> None:
    assert parse(f"log_destination: '{destination}'").log_destination == destination


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("- a", "", "a mapping"),
        ("operations: Scan", "operations", "did you mean 'operation'"),
        ("operation: Install", "operation", "Scan, ScanAndInstall"),
        ("operation: [Scan]", "operation", "Scan, ScanAndInstall"),
        ("scan_schedule: daily", "scan_schedule", "cron(...)"),
        ("scan_schedule: 5", "scan_schedule", "cron(...)"),
        ("install_schedule: cron(0 2 ? * XYZ *)", "install_schedule", "XYZ"),
        ("{scan_schedule: rate(1 day), schedule_offset: 1}", "scan_schedule", "offset"),
        ("scan_wait_for_first_interval: 'yes'", "scan_wait_for_first_interval", "true or false"),
        ("schedule_timezone: Mars/Base", "schedule_timezone", "IANA"),
        ("schedule_timezone: ../etc", "schedule_timezone", "IANA"),
        ("schedule_timezone: Europe", "schedule_timezone", "IANA"),
        ("schedule_timezone: localtime", "schedule_timezone", "IANA"),
        ("schedule_timezone: ''", "schedule_timezone", "1 to 64"),
        ("schedule_offset: 7", "schedule_offset", "1 to 6"),
        ("start_date: 2026-01-01", "start_date", "with its offset"),
        ("start_date: 2026-01-01 00:00:00", "start_date", "with its offset"),
        ("start_date: soon", "start_date", "with its offset"),
        ("{start_date: '2026-01-02T00:00:00Z', end_date: '2026-01-01T00:00:00Z'}", "end_date", "after start_date"),
        ("{start_date: '2026-01-02T00:00:00Z', end_date: '2026-01-02T01:00:00+01:00'}", "end_date", "after start_date"),
        ("baselines: default", "baselines", "recommended"),
        ("baselines: {UBUNTO: web}", "baselines.UBUNTO", "did you mean 'UBUNTU'"),
        ("baselines: {1: web}", "baselines[the number 1]", "unknown operating system"),
        ("baselines: {UBUNTU: [web]}", "baselines.UBUNTU", "a text"),
        ("max_concurrency: 0", "max_concurrency", "from 1"),
        ("max_concurrency: 1.5", "max_concurrency", "a text"),
        ("max_errors: 101%", "max_errors", "100%"),
        ("max_errors: auto", "max_errors", "from 0"),
        ("reboot_option: Never", "reboot_option", "NoReboot"),
        ("reboot_timeout: 0", "reboot_timeout", "1 to 36000"),
        ("pre_install_hook: [a.yml]", "pre_install_hook", "a text"),
        ("log_destination: ''", "log_destination", "1 to"),
        ("log_destination: s3://A_B/x", "log_destination", "s3://bucket/prefix"),
        ("log_destination: s3:///x", "log_destination", "s3://bucket/prefix"),
        ("report_to_ssm: 'no'", "report_to_ssm", "true or false"),
        ("window: 3", "window", "a mapping"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(text: str, path: str, words: str) -> None:
    with pytest.raises(BaselineDocumentError) as caught:
        parse(text)
    (error,) = caught.value.errors
    assert error.path == path
    assert words in str(error)


def test_a_controller_without_time_zone_database_knows_utc_and_says_what_it_lacks_for_others(no_zones: None) -> None:
    assert parse("").schedule_timezone == "UTC"
    with pytest.raises(BaselineDocumentError, match=r"no time zone database\. Install the system's package tzdata"):
        parse("schedule_timezone: Europe/Berlin")


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong: dict[str, Any] = {key.name: [[]] for key in KEYS}
    with pytest.raises(BaselineDocumentError) as caught:
        parse_policy(wrong, "weekly", "weekly.yml")
    assert {error.path for error in caught.value.errors} == set(wrong)
