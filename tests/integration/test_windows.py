# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scan and install of Windows nodes by ansible-playbook: real modules in a real PowerShell, on a node that is played.

It ends where Windows begins: of the connection (psrp, winrm, ssh) and of ansible-core's wrapper around a module nothing
runs here, nor does an update agent.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.controller import Controller, PlaybookRun
from tests.integration.windows.played_nodes import CONNECTION_PLUGINS, PlayedNodes
from tests.windows.nodes import server, update
from tests.windows.play import needs_powershell

# one process: everything is played in one go
pytestmark = [needs_powershell, pytest.mark.xdist_group("windows")]
Json = dict[str, Any]


PATIENT = {"patch_reboot_option": "NoReboot", "patch_windows_update_source": "windows_update"}
REBOOTS: Json = {"behavior": {"RebootBehavior": 1}}
STACK = update("5030000", 1)
CUMULATIVE = update("5034129", 2, **REBOOTS)
REPLACED = update("5033118", 3)
NEXT = update("5040001", 4)
BROKEN = update("5040002", 5)


LOW = update("5039999", 6, MsrcSeverity="Low")
SUPERSEDING = update("5034129", 2, **REBOOTS, SupersededUpdateIDs=[REPLACED["Identity"]["UpdateID"]])

NODES: dict[str, Json] = {
    "good": server(updates=[STACK, SUPERSEDING, REPLACED, LOW], later=[NEXT]),
    "broken": server(updates=[CUMULATIVE, BROKEN], fail={"install KB5040002": ["0x80070643"]}),
    "patient": server(updates=[CUMULATIVE], later=[NEXT]),
    "blind": server(updates=[CUMULATIVE], fail={"search": ["0x8024402C"]}),
}


@dataclass(frozen=True)
class Year:
    """What a user did one after the other, and the log of each node after it."""

    preflight: PlaybookRun
    scan: PlaybookRun
    scanned: Mapping[str, Sequence[str]]
    preview: PlaybookRun
    previewed: Mapping[str, Sequence[str]]
    install: PlaybookRun
    installed: Mapping[str, Json]
    rescan: PlaybookRun
    again: PlaybookRun
    after: Json


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """All nodes through scan, check mode, install, scan and install again."""
    controller = Controller(tmp_path_factory.mktemp("controller"))
    controller.environment["ANSIBLE_CONNECTION_PLUGINS"] = str(CONNECTION_PLUGINS)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:  # the path of a socket is short
        nodes = PlayedNodes(Path(folder), NODES)
        stack.callback(nodes.stop)
        connection = nodes.host_vars()
        controller.inventory({**dict.fromkeys(NODES, connection), "patient": {**connection, **PATIENT}})

        def read_logs() -> dict[str, Sequence[str]]:
            return {name: seen["log"] for name, seen in nodes.look().items()}

        preflight, before = controller.play("preflight", "-l", "good,blind"), read_logs()
        scan = controller.play("patch")
        scanned = {name: log[len(before[name]) :] for name, log in read_logs().items()}
        preview, previewed = controller.play("patch", "--check", "-l", "good", patch_operation="install"), read_logs()
        install, installed = controller.play("patch", patch_operation="install", patch_poll_interval=1), nodes.look()
        rescan = controller.play("patch")
        again = controller.play("patch", "-l", "good", patch_operation="install")
        yield Year(
            preflight, scan, scanned, preview, previewed, install, installed, rescan, again, nodes.look()["good"]
        )


def states(run: PlaybookRun, action: str, host: str) -> dict[str, str]:
    assert host in run.results(action), run.output
    return {patch["id"]: patch["state"] for patch in run.results(action)[host]["patches"]}


def test_a_preflight_tells_what_a_scan_would_need(year: Year) -> None:
    good, blind = (year.preflight.results("patch_preflight")[host] for host in ("good", "blind"))
    assert good["summary"].startswith("Microsoft Windows Server 2022 Datacenter, PowerShell 7."), year.preflight.output
    assert {check["name"]: check["status"] for check in good["checks"]} == {"source": "warning"}
    assert "Microsoft's other products get none" in good["checks"][0]["finding"]
    assert {check["name"]: check["status"] for check in blind["checks"]} == {"source": "failed"}
    assert "0x8024402C" in blind["checks"][0]["finding"]


def test_the_source_of_updates_can_be_chosen(year: Year) -> None:
    searches = [entry.split()[1] for entry in year.scanned["patient"] if entry.startswith("search ")]
    assert searches == ["selection=2"], "2 is Windows Update, whatever the policy says"
    searches = [entry.split()[1] for entry in year.scanned["good"] if entry.startswith("search ")]
    assert searches == ["selection=0"]


def test_a_scan_is_one_remote_execution(year: Year) -> None:
    result = year.scan.results("patch_scan")["good"]
    assert (result["operating_system"], result["baseline"]) == ("WINDOWS", "AWS-DefaultPatchBaseline")
    assert states(year.scan, "patch_scan", "good") == {
        "KB5030000": "MISSING",
        "KB5034129": "MISSING",
        "KB5039999": "AVAILABLE_SECURITY_UPDATE",
    }
    assert [entry for entry in year.scanned["good"] if entry.startswith(("win_patch", "script"))] == ["win_patch_facts"]


def test_check_mode_starts_nothing(year: Year) -> None:
    planned = year.preview.results("patch_install")["good"]["transaction"]
    assert [(entry["name"], entry["version"], entry["status"]) for entry in planned] == [
        ("KB5030000", "200", "planned"),
        ("KB5034129", "200", "planned"),
    ]
    assert not [entry for entry in year.previewed["good"] if entry.startswith("win_patch_install")]


def test_an_install_reboots_until_nothing_approved_is_missing(year: Year) -> None:
    result = year.install.results("patch_install")["good"]
    assert result["compliance_status"] == "COMPLIANT", year.install.output
    # the last one came on offer by the reboot, and nothing that the baseline does not approve
    assert [(entry["name"], entry["status"]) for entry in result["transaction"]] == [
        ("KB5030000", "installed"),
        ("KB5034129", "installed"),
        ("KB5040001", "installed"),
    ]
    assert (result["reboot"]["performed"], result["reboot"]["count"]) == (True, 2)
    assert year.installed["good"]["log"].count("reboot") == 2


def test_nothing_stays_behind_on_the_node(year: Year) -> None:
    seen = year.installed["good"]
    assert seen["log"].count("win_patch_install forget") == 2
    assert (seen["files"], seen["tasks"]) == ([], [])


def test_a_second_run_changes_nothing(year: Year) -> None:
    assert year.again.rc == 0, year.again.output
    assert year.again.results("patch_install")["good"]["changed"] is False
    assert year.after["log"].count("reboot") == 2


def test_an_update_that_always_fails_is_given_up(year: Year) -> None:
    result = year.install.results("patch_install")["broken"]
    assert states(year.install, "patch_install", "broken") == {"KB5040002": "FAILED"}
    assert "0x80070643" in result["patches"][0]["reason"]
    assert year.installed["broken"]["log"].count("install KB5040002") == 2, "once more after the reboot, then no more"
    assert any("gave up on" in warning and "KB5040002" in warning for warning in result["warnings"])


def test_a_scan_still_knows_what_failed_though_the_node_does_not(year: Year) -> None:
    assert year.installed["broken"]["files"] == []
    assert states(year.rescan, "patch_scan", "broken") == {"KB5040002": "FAILED"}


def test_without_a_reboot_what_is_installed_waits_for_it(year: Year) -> None:
    for run, action in ((year.install, "patch_install"), (year.rescan, "patch_scan")):
        assert states(run, action, "patient") == {"KB5034129": "INSTALLED_PENDING_REBOOT"}
        assert run.results(action)["patient"]["compliance_status"] == "NON_COMPLIANT"
    assert "reboot" not in year.installed["patient"]["log"]


def test_a_search_that_fails_fails_the_node_with_its_error(year: Year) -> None:
    assert year.scan.outcome("blind") == "failed"
    assert "0x8024402C" in year.scan.output
    assert "ERROR" in year.scan.stdout
