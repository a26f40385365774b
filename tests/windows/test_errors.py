# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A search that fails has its code, the published name and a way out, and the next one finds what there is."""

from __future__ import annotations

import pytest

from tests.windows.nodes import server, update
from tests.windows.play import facts, needs_powershell, play

pytestmark = needs_powershell

# code, name, whether it may pass by itself, a word of the way out
CODES = [
    ("0x8024001E", "WU_E_SERVICE_STOP", True, "wuauserv"),
    ("0x8024001F", "WU_E_NO_CONNECTION", True, "proxy"),
    ("0x8024002E", "WU_E_WU_DISABLED", False, "policy"),
    ("0x80240438", "WU_E_PT_ENDPOINT_UNREACHABLE", True, "proxy"),
    ("0x80244007", "WU_E_PT_SOAPCLIENT_SOAPFAULT", False, "WSUS"),
    ("0x80244010", "WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS", True, "again"),
    ("0x80244011", "WU_E_PT_SUS_SERVER_NOT_SET", False, "WSUS"),
    ("0x80244017", "WU_E_PT_HTTP_STATUS_DENIED", False, "WSUS"),
    ("0x80244018", "WU_E_PT_HTTP_STATUS_FORBIDDEN", False, "WSUS"),
    ("0x80244019", "WU_E_PT_HTTP_STATUS_NOT_FOUND", False, "WSUS"),
    ("0x8024401B", "WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ", False, "proxy"),
    ("0x8024401C", "WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT", True, "later"),
    ("0x80244022", "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL", True, "later"),
    ("0x8024402C", "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED", True, "name resolution"),
    ("0x80248007", "WU_E_DS_NODATA", False, "SoftwareDistribution"),
    ("0x80248014", "WU_E_DS_UNKNOWNSERVICE", False, "Register"),
    ("0x80070422", "ERROR_SERVICE_DISABLED", False, "Manual"),
    ("0x80070070", "ERROR_DISK_FULL", False, "Free space"),
    ("0x8007000E", "E_OUTOFMEMORY", True, "memory"),
    ("0x80072EE2", "ERROR_WINHTTP_TIMEOUT", True, "firewall"),
    ("0x80072EFD", "ERROR_WINHTTP_CANNOT_CONNECT", True, "firewall"),
    ("0x80072F8F", "ERROR_WINHTTP_SECURE_FAILURE", False, "clock"),
    ("0x80040154", "REGDB_E_CLASSNOTREG", False, "wuapi.dll"),
    ("0x80249999", "", False, "Get-WindowsUpdateLog"),
]
PLAYED = [
    play(server(updates=[update("5034129")], fail={"search": [row[0]]}), facts(), facts(set={"fail": {}}))
    for row in CODES
]
NO_AGENT = play(server(fail={"new Microsoft.Update.Session": ["0x80040154"]}), facts())
HALF = play(
    server(
        updates=[update("5034129")],
        search_result=3,
        search_warnings=[{"HResult": -2145107924, "Message": "half"}],
    ),
    facts(),
)
ABORTED = play(server(updates=[update("5034129")], search_result=5), facts())


@pytest.mark.parametrize(("number", "row"), list(enumerate(CODES)))
def test_a_search_that_fails(number: int, row: tuple[str, str, bool, str]) -> None:
    code, name, transient, word = row
    answer = PLAYED[number][0].answer
    assert answer["failed"]
    assert "facts" not in answer, "never nothing to do"
    assert (answer["hresult"], answer["hresult_name"], answer["transient"]) == (code, name, transient)
    assert answer["msg"].startswith(f"Failed to search for updates: {code} {name}".strip())
    assert word in answer["msg"]
    assert len(PLAYED[number][1].facts["candidates"]) == 1, "the next run is as if nothing had been"


def test_no_agent_at_all() -> None:
    assert NO_AGENT[0].answer["hresult_name"] == "REGDB_E_CLASSNOTREG"


def test_a_search_with_errors_says_them() -> None:
    (warning,) = HALF[0].facts["warnings"]
    assert warning == {"code": "search_warning", "message": "0x8024402C WU_E_PT_WINHTTP_NAME_NOT_RESOLVED: half"}


def test_a_search_that_was_aborted_is_an_error() -> None:
    assert ABORTED[0].answer["msg"] == (
        "Failed to search for updates: the search ended with result code 5. Try again later"
    )
