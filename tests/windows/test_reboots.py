# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every trace of a pending reboot is a reason of its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.windows.nodes import server
from tests.windows.play import facts, needs_powershell, play

pytestmark = needs_powershell

SESSION = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager"
SERVICING = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing"
AGENT = "HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update"
NETLOGON = "HKLM:\\SYSTEM\\CurrentControlSet\\Services\\Netlogon"
NAME = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\ComputerName"

TRACES: list[tuple[str, dict[str, Any]]] = [
    ("Component Based Servicing: a component", {"registry": {f"{SERVICING}\\RebootPending": {}}}),
    ("Component Based Servicing: a restart is under way", {"registry": {f"{SERVICING}\\RebootInProgress": {}}}),
    ("Component Based Servicing: packages", {"registry": {f"{SERVICING}\\PackagesPending": {}}}),
    ("Windows Update: an installed update", {"registry": {f"{AGENT}\\RebootRequired": {}}}),
    ("Windows Update: a restart is to be reported", {"registry": {f"{AGENT}\\PostRebootReporting": {}}}),
    ("Server Manager", {"registry": {"HKLM:\\SOFTWARE\\Microsoft\\ServerManager\\CurrentRebootAttempts": {}}}),
    ("Session Manager", {"registry": {SESSION: {"PendingFileRenameOperations": ["\\??\\C:\\a.dll", ""]}}}),
    ("Session Manager", {"registry": {SESSION: {"PendingFileRenameOperations2": ["\\??\\C:\\a.dll", ""]}}}),
    ("update.exe", {"registry": {"HKLM:\\SOFTWARE\\Microsoft\\Updates": {"UpdateExeVolatile": 1}}}),
    (
        "RunOnce",
        {"registry": {"HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\RunOnce": {"DVDRebootSignal": "x"}}},
    ),
    ("Netlogon", {"registry": {NETLOGON: {"JoinDomain": 1}}}),
    ("Netlogon", {"registry": {NETLOGON: {"AvoidSpnSet": 1}}}),
    (
        "Computer name: OLD becomes NEW",
        {
            "registry": {
                f"{NAME}\\ActiveComputerName": {"ComputerName": "OLD"},
                f"{NAME}\\ComputerName": {"ComputerName": "NEW"},
            }
        },
    ),
    ("Windows Update Agent", {"agent_wants_reboot": True}),
    ("Configuration Manager", {"configuration_manager": {"RebootPending": False, "IsHardRebootPending": True}}),
]
PLAYED = [play(server(**trace), facts()) for _reason, trace in TRACES]
QUIET = play(
    server(
        registry={
            "HKLM:\\SOFTWARE\\Microsoft\\Updates": {"UpdateExeVolatile": 0},
            SESSION: {"PendingFileRenameOperations": []},
        },
        configuration_manager={"RebootPending": False, "IsHardRebootPending": False},
    ),
    facts(),
)
SEVERAL = play(
    server(registry={f"{SERVICING}\\RebootPending": {}, f"{AGENT}\\RebootRequired": {}}, agent_wants_reboot=True),
    facts(),
)


@pytest.mark.parametrize(("number", "reason"), [(number, row[0]) for number, row in enumerate(TRACES)])
def test_a_reason(number: int, reason: str) -> None:
    found = PLAYED[number][0].facts["reboot_required"]
    assert found["required"]
    assert len(found["reasons"]) == 1
    assert found["reasons"][0].startswith(reason)


def test_traces_that_say_nothing() -> None:
    assert QUIET[0].facts["reboot_required"] == {"required": False, "reasons": []}


def test_all_reasons_are_told() -> None:
    assert len(SEVERAL[0].facts["reboot_required"]["reasons"]) == 3
