# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where updates come from, and that nothing of a search stays on the node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.windows.nodes import MICROSOFT_UPDATE, POLICY, WINDOWS_UPDATE, WSUS, entry, server, service, update
from tests.windows.play import facts, needs_powershell, play

pytestmark = needs_powershell

CATALOGUE = str(Path(__file__).resolve())  # any file that is there
OFFLINE = "c0ffee00-0000-4000-8000-000000000001"
WITH_WSUS = {
    POLICY: {
        "WUServer": "http://somebody:secret@wsus.example.com:8530",
        "WUStatusServer": "http://wsus.example.com:8530",
    },
    f"{POLICY}\\AU": {"UseWUServer": 1},
}
UNUSED = {POLICY: {"WUServer": "http://wsus.example.com:8530"}}
MU = service(MICROSOFT_UPDATE, "Microsoft Update")
WU = service(WINDOWS_UPDATE, "Windows Update", default=True)

BY_POLICY = play(
    server(registry=WITH_WSUS, services=[service(WSUS, "Windows Server Update Service", default=True), WU]), facts()
)
NO_SERVICES = play(server(registry=WITH_WSUS, services=[]), facts())
DEFAULT_MU = play(server(services=[{**MU, "IsDefaultAUService": True}, {**WU, "IsDefaultAUService": False}]), facts())
ELSEWHERE = play(
    server(services=[service("aaaaaaaa-0000-4000-8000-000000000000", "Somebody's", default=True), MU]), facts()
)
CHOSEN = {
    name: play(server(registry=UNUSED, services=[WU, MU]), facts(patch_windows_update_source=name))
    for name in ("default", "wsus", "windows_update", "microsoft_update")
}
REGISTERED = play(server(), facts(patch_windows_update_source="microsoft_update"))
WITH_CATALOGUE = play(
    server(updates=[update("5034129")]),
    facts(patch_windows_offline_catalogue=CATALOGUE, patch_windows_update_source="wsus"),
)
NO_CATALOGUE = play(server(), facts(patch_windows_offline_catalogue="/no/wsusscn2.cab"))
LEFT_BEFORE = play(
    server(services=[WU, service("dddddddd-0000-4000-8000-000000000000", "openpatch.patch_manager")]), facts()
)
STUBBORN = play(
    server(fail={f"RemoveService {OFFLINE}": ["0x80070005"]}), facts(patch_windows_offline_catalogue=CATALOGUE)
)
BAD_CATALOGUE = play(
    server(fail={"AddScanPackageService": ["0x80247001"]}), facts(patch_windows_offline_catalogue=CATALOGUE)
)
LIMITED = play(
    server(registry={POLICY: {"DisableWindowsUpdateAccess": 1, "DoNotConnectToWindowsUpdateInternetLocations": 1}}),
    facts(),
)

# A network logon is refused what needs the service manager; the same as SYSTEM is not.
REFUSED = {"AddScanPackageService": ["0x80070005"] * 2}
MANY = [update(str(5_000_000 + number), number, Title=f"更新 {number}") for number in range(40)]
APART = play(
    server(updates=MANY, history=[entry("KB5012170", "2025-08-10T03:00:00")], fail=REFUSED, network_logon=True),
    facts(patch_windows_offline_catalogue=CATALOGUE),
)
APART_SLOW = play(
    server(updates=MANY, fail=REFUSED, network_logon=True, scheduler="slow", reads_times=True),
    facts(patch_windows_offline_catalogue=CATALOGUE),
)
OLD = {"openpatch.patch_manager.search.a": 30, "openpatch.patch_manager.search.b": 1}
CLEANED = play(server(), facts(check=True, left=OLD), facts())
APART_TOO = play(server(fail=REFUSED), facts(patch_windows_offline_catalogue=CATALOGUE))
APART_SILENT = play(
    server(fail=REFUSED, scheduler="never"), facts(patch_windows_offline_catalogue=CATALOGUE, patch_step_timeout=0)
)
# Nothing tells yet that the task has begun.
APART_BEGINS = play(
    server(updates=MANY, fail=REFUSED, network_logon=True, scheduler="begins"),
    facts(patch_windows_offline_catalogue=CATALOGUE),
)
# Neither the search nor a task is for this user; the scheduler is off.
NO_RIGHTS, NO_SCHEDULER = (
    play(
        server(updates=MANY, fail={**REFUSED, call: [code]}),
        facts(patch_windows_offline_catalogue=CATALOGUE),
        facts(set={"fail": {}}, patch_windows_offline_catalogue=CATALOGUE),
    )
    for call, code in (("register S-1-5-18 5 S-1-5-18 PT3660S", "0x80070005"), ("connect", "0x80070422"))
)
APART_LEFT = play(
    server(updates=MANY, fail={**REFUSED, "delete task": ["0x80070005"]}, network_logon=True),
    facts(patch_windows_offline_catalogue=CATALOGUE),
)
APART_HANGS = play(
    server(fail=REFUSED, scheduler="hang"), facts(patch_windows_offline_catalogue=CATALOGUE, patch_step_timeout=0)
)


def source(played: Any) -> dict[str, Any]:
    found: dict[str, Any] = played[0].facts["update_source"]
    return found


def test_the_policy_names_a_wsus_server() -> None:
    assert source(BY_POLICY) == {
        "requested": "default",
        "effective": "wsus",
        "service_id": WSUS,
        "other_products": True,
        "wsus_url": "http://wsus.example.com:8530",
        "wsus_status_url": "http://wsus.example.com:8530",
    }
    assert BY_POLICY[0].list_calls("search selection=0")
    assert source(NO_SERVICES)["effective"] == "wsus"
    reached = [row["id"] for row in BY_POLICY[0].facts["repositories"] if row.get("reachable")]
    assert reached == [WSUS]


def test_microsoft_update_is_the_default() -> None:
    assert (source(DEFAULT_MU)["effective"], source(DEFAULT_MU)["other_products"]) == ("microsoft_update", True)


def test_a_service_that_is_not_known() -> None:
    assert (source(ELSEWHERE)["effective"], source(ELSEWHERE)["other_products"]) == ("other", True)


@pytest.mark.parametrize(
    ("name", "selection", "service_id"),
    [
        ("default", 0, WINDOWS_UPDATE),
        ("wsus", 1, WSUS),
        ("windows_update", 2, WINDOWS_UPDATE),
        ("microsoft_update", 3, MICROSOFT_UPDATE),
    ],
)
def test_a_source_of_choice(name: str, selection: int, service_id: str) -> None:
    found = CHOSEN[name][0]
    assert found.list_calls(f"search selection={selection} ")
    assert source(CHOSEN[name])["service_id"] == service_id
    assert source(CHOSEN[name])["effective"] == (name if name != "default" else "windows_update")
    assert "wsus_url" not in source(CHOSEN[name]), "a policy that is not in force"
    assert found.services == [WINDOWS_UPDATE, MICROSOFT_UPDATE]
    assert not found.list_calls("AddService2")


def test_microsoft_update_is_registered_for_the_search_only() -> None:
    assert REGISTERED[0].list_calls("AddService2") == ["AddService2 3"], "not for Automatic Updates"
    assert source(REGISTERED)["effective"] == "microsoft_update"
    assert REGISTERED[0].services == [WINDOWS_UPDATE]


def test_an_offline_catalogue() -> None:
    assert source(WITH_CATALOGUE)["effective"] == "offline"
    assert WITH_CATALOGUE[0].list_calls(f"search selection=3 service={OFFLINE} ")
    assert len(WITH_CATALOGUE[0].facts["candidates"]) == 1
    assert WITH_CATALOGUE[0].services == [WINDOWS_UPDATE]


def test_a_catalogue_that_is_not_there() -> None:
    assert "there is no '/no/wsusscn2.cab' on the node. Copy wsusscn2.cab" in NO_CATALOGUE[0].answer["msg"]


def test_a_catalogue_that_is_broken() -> None:
    answer = BAD_CATALOGUE[0].answer
    assert (answer["hresult_name"], answer["transient"]) == ("WU_E_OL_INVALID_SCANFILE", False)
    assert "Fetch wsusscn2.cab anew" in answer["msg"]


def test_what_an_earlier_search_left_is_removed() -> None:
    assert LEFT_BEFORE[0].services == [WINDOWS_UPDATE]


def test_a_service_that_cannot_be_removed_is_said() -> None:
    (warning,) = STUBBORN[0].facts["warnings"]
    assert warning["code"] == "service_left"
    assert "E_ACCESSDENIED" in warning["message"]


def test_policies_that_limit_windows_update_are_said() -> None:
    assert source(LIMITED)["policy"] == ["DisableWindowsUpdateAccess", "DoNotConnectToWindowsUpdateInternetLocations"]
    assert [row["code"] for row in LIMITED[0].facts["warnings"]] == ["policy"]


def test_a_search_apart_from_the_connection() -> None:
    found = APART[0]
    assert len(found.facts["candidates"]) == 40
    assert found.facts["candidates"][39]["title"] == "更新 39"
    assert found.facts["candidates"][0]["kb_ids"] == ["KB5000000"], "a list of one"
    assert found.facts["candidates"][0]["cve_ids"] == [], "an empty one"
    assert [row["name"] for row in found.facts["installed"]] == ["KB5012170"]
    assert found.list_calls("register") == ["register S-1-5-18 5 S-1-5-18 PT3660S"]
    assert (found.files, found.tasks, found.services) == ([], [], [WINDOWS_UPDATE])


def test_a_search_apart_that_takes_its_time() -> None:
    found = APART_SLOW[0].facts["candidates"]
    assert len(found) == 40
    assert found[0]["released_at"] == "2026-02-10T18:00:00Z", "a text, also where PowerShell reads times"
    assert APART_SLOW[0].list_calls("sleep") == ["sleep 2"]


def test_what_a_search_left_that_was_cut_off_is_removed_after_a_day() -> None:
    assert len(CLEANED[0].tasks) == 2, "check mode removes nothing"
    assert CLEANED[1].tasks == ["openpatch.patch_manager.search.b"]
    assert CLEANED[1].files == ["openpatch.patch_manager.search.b.json", "openpatch.patch_manager.search.b.ps1"]


def test_a_task_that_begins_a_moment_later_is_waited_for() -> None:
    assert len(APART_BEGINS[0].facts["candidates"]) == 40


@pytest.mark.parametrize(
    ("played", "name", "word"),
    [(NO_RIGHTS, "E_ACCESSDENIED", "Connect as an administrator"), (NO_SCHEDULER, "ERROR_SERVICE_DISABLED", "")],
)
def test_a_search_that_cannot_be_started_apart(played: Any, name: str, word: str) -> None:
    answer = played[0].answer
    assert (answer["failed"], answer["hresult_name"], answer["transient"]) == (True, name, False)
    assert answer["msg"].startswith("Failed to search for updates: 0x8007")
    assert word in answer["msg"]
    assert (played[0].files, played[0].tasks) == ([], [])
    assert len(played[1].facts["candidates"]) == 40, "the next one is as if nothing had been"


def test_a_task_of_a_search_that_cannot_be_removed_is_said() -> None:
    assert len(APART_LEFT[0].facts["candidates"]) == 40
    (warning,) = APART_LEFT[0].facts["warnings"]
    assert warning["code"] == "search_left"
    assert warning["message"].startswith("Failed to remove the task openpatch.patch_manager.search.")
    assert "E_ACCESSDENIED" in warning["message"]


def test_a_search_that_is_refused_to_system_too() -> None:
    assert APART_TOO[0].answer["hresult_name"] == "E_ACCESSDENIED"
    assert (APART_TOO[0].files, APART_TOO[0].tasks) == ([], [])


@pytest.mark.parametrize("played", [APART_SILENT, APART_HANGS])
def test_a_search_apart_that_does_not_answer(played: Any) -> None:
    assert "the search as SYSTEM gave no answer within" in played[0].answer["msg"]
    assert (played[0].files, played[0].tasks) == ([], [])
