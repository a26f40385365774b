# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad days of win_patch_install: each ends in a state that is told, and the next operation repairs it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.windows.nodes import server, system, update, wanted
from tests.windows.play import facts, install, needs_powershell, play

pytestmark = needs_powershell

FIVE = [update(str(5034129 + number), number) for number in range(1, 6)]
ALL = [wanted(row) for row in FIVE]
NAMES = [row["name"] for row in ALL]
START = install(operation_id="run-1", updates=ALL)
REPAIR = install(operation_id="run-2", updates=ALL, set={"fail": {}, "scheduler": "run", "still": False, "busy": 0})
POLL = install(request="poll", operation_id="run-1")
FORGET = install(request="forget", operation_id="run-1")

ONE_FAILS = play(server(updates=FIVE, fail={f"install {NAMES[2]}": ["0x80070643"]}), START, REPAIR)
DOWNLOAD_FAILS = play(server(updates=FIVE, fail={f"download {NAMES[2]}": ["0x80246007"] * 9}), START, REPAIR)
DISK_FULL = play(server(updates=FIVE, fail={f"download {name}": ["0x80070070"] for name in NAMES[1:]}), START, REPAIR)
TRANSIENT = play(
    server(
        updates=FIVE,
        fail={
            f"install {NAMES[0]}": ["throw:0x80240438", "0x80070652", ""],
            f"download {NAMES[1]}": ["0x80246008", ""],
        },
    ),
    START,
)
RESULTS = play(
    server(
        updates=FIVE,
        fail={
            f"install {NAMES[0]}": ["3:0x00240005"],
            f"install {NAMES[1]}": ["5:0x00000000"],
            f"install {NAMES[2]}": ["4:0x00000000"],
        },
    ),
    START,
)
NO_SEARCH = play(server(updates=FIVE, fail={"search": ["0x8024402C"]}), START, REPAIR)
AGENT_STOPPED = play(server(updates=FIVE, fail={"search": ["0x8024001E"]}), START, REPAIR)
POLICY = play(server(updates=FIVE, fail={"search": ["0x8024002E"]}), START, REPAIR)
MIDWAY = play(server(updates=FIVE, fail={"new Microsoft.Update.UpdateColl": ["0x80010108"] * 99}), START, REPAIR)
BUSY_WAITS = play(server(updates=FIVE, busy=2), install(operation_id="run-1", updates=ALL, patch_lock_timeout=60))
BUSY_NAMED = play(
    server(
        updates=FIVE, busy=99, processes=[{"Name": "msiexec.exe", "ProcessId": 812}, {"Name": "x.exe", "ProcessId": 1}]
    ),
    START,
    REPAIR,
)
BUSY_UNKNOWN = play(server(updates=FIVE, busy=99), START)
LEFT = play(
    server(updates=FIVE, fail={"RemoveService 7971f918-a847-4430-9279-4a52d1efe18d": ["0x80070005"]}),
    install(operation_id="run-1", updates=ALL, patch_windows_update_source="microsoft_update"),
)

# The connection is cut while it installs; the record is as it was at the third update.
RUNNING = play(
    server(updates=FIVE, scheduler="die2", still=True),
    START,
    POLL,
    START,
    install(operation_id="run-2", updates=ALL),
    FORGET,
    install(request="poll", operation_id="run-2"),
    facts(),
    install(request="forget", operation_id="run-1", check=True),
)
# Somebody, or a lack of memory, ended the task.
KILLED = play(server(updates=FIVE, scheduler="die2"), START, POLL, facts(), REPAIR)
# Of one KB there may be several updates, language packs for example.
PACKS = [update("2483139", number) for number in (1, 2, 3)]
PACKS_KILLED = play(
    server(updates=PACKS, scheduler="die1"), install(operation_id="run-1", updates=[wanted(row) for row in PACKS])
)
LATER = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
REBOOTED = play(
    server(
        updates=FIVE,
        scheduler="die2",
        cim={
            "Win32_OperatingSystem": [system("Microsoft Windows Server 2022", "20348", 3) | {"LastBootUpTime": LATER}]
        },
    ),
    START,
    REPAIR,
)
LIMIT = install(operation_id="run-1", updates=ALL, time_limit=0)
HUNG = play(server(updates=FIVE, scheduler="die2", still=True), LIMIT, install(request="poll"), REPAIR)
HUNG_CHECKED = play(
    server(updates=FIVE, scheduler="die2", still=True),
    install(operation_id="run-1", updates=ALL),
    install(request="poll", check=True, write=json.dumps({
        "id": "run-1", "state": "running", "pid": 4711, "started_at": "2026-03-02T05:00:00Z", "time_limit": 5,
        "updates": [], "results": [], "progress": {"doing": "installing", "current": ""},
    })),
)  # fmt: skip
GARBAGE = play(server(updates=FIVE), install(request="poll", write='{"id": "run-'), REPAIR)
NEVER = play(server(updates=FIVE, scheduler="never"), START, REPAIR)
REFUSED = {
    code: play(server(updates=FIVE, fail={"register S-1-5-18 5 S-1-5-18 PT14460S": [number]}), START, REPAIR)
    for code, number in (
        ("not_administrator", "0x80070005"),
        ("disk_full", "0x80070070"),
        ("not_written", "0x80041318"),
    )
}
STUCK = play(
    server(updates=FIVE, fail={"run task": ["0x80070005"], "delete task": ["0x80070005"]}),
    START,
)
STUCK_FORGET = play(
    server(updates=FIVE),
    START,
    install(request="forget", operation_id="run-1", set={"fail": {"delete task": ["0x80070005"]}}),
)
SLOW = play(server(updates=FIVE, scheduler="slow", reads_times=True), START, POLL)
BLOCKED = play(server(updates=FIVE, blocked="soon"), START)
AT_ONCE = play(server(updates=FIVE), START, install(operation_id="run-2", updates=ALL, held=999))
# The first start is at work still when the second one comes: its answer was lost.
LOST_START = play(server(updates=FIVE), START, install(operation_id="run-1", updates=ALL, held=3))
# The record is there, its task not yet.
BEGINS = play(
    server(updates=FIVE),
    *(
        install(
            request="poll",
            write=json.dumps(
                {
                    "id": "run-1",
                    "state": "running",
                    "pid": pid,
                    "time_limit": 7200,
                    "updates": ALL,
                    "results": [],
                    "started_at": (datetime.now(timezone.utc) - timedelta(seconds=ago)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "progress": {"doing": "starting", "current": ""},
                }
            ),
        )
        for pid, ago in ((0, -3600), (4711, -3600), (0, 100))
    ),
)
# The agent goes away between two updates.
BETWEEN = play(server(updates=FIVE, fail={"create install": [""] * 5 + ["0x800706BA"]}), START, REPAIR)
UNREADABLE = play(
    server(updates=FIVE, fail={"get task": ["0x80070005"]}),
    install(
        request="poll", write=json.dumps({"id": "run-1", "state": "running", "started_at": "2026-03-02T05:00:00Z"})
    ),
)
NO_SCHEDULER = play(
    server(updates=FIVE, fail={"connect": ["0x80070422"]}),
    install(
        request="poll", write=json.dumps({"id": "run-1", "state": "running", "started_at": "2026-03-02T05:00:00Z"})
    ),
)


def statuses(step: Any) -> list[str]:
    found = step.find_results()
    return [found[name]["status"] for name in NAMES]


@pytest.mark.parametrize(
    "played",
    [ONE_FAILS, DOWNLOAD_FAILS, DISK_FULL, NO_SEARCH, AGENT_STOPPED, POLICY, MIDWAY, BETWEEN, BUSY_NAMED],
)
def test_the_next_operation_repairs_it(played: Any) -> None:
    assert "installed" in statuses(played[1])
    assert set(statuses(played[1])) == {"installed"}


def test_one_of_five_fails() -> None:
    assert statuses(ONE_FAILS[0]) == ["installed", "installed", "failed", "installed", "installed"]
    result = ONE_FAILS[0].find_results()[NAMES[2]]
    assert (result["result_code"], result["hresult"], result["attempts"]) == ("failed", "0x80070643", 1)
    assert result["reason"].startswith("0x80070643 ERROR_INSTALL_FAILURE while installing. Look into the log")


def test_a_download_fails() -> None:
    assert statuses(DOWNLOAD_FAILS[0]) == ["installed", "installed", "failed", "installed", "installed"]
    result = DOWNLOAD_FAILS[0].find_results()[NAMES[2]]
    assert (result["stage"], result["hresult_name"], result["attempts"]) == ("downloading", "WU_E_DM_NOTDOWNLOADED", 4)
    assert f"install {NAMES[2]}" not in DOWNLOAD_FAILS[0].calls


def test_a_full_disk() -> None:
    assert statuses(DISK_FULL[0]) == ["installed", *["failed"] * 4]
    assert "Free space on the system drive" in DISK_FULL[0].find_results()[NAMES[1]]["reason"]


def test_what_passes_by_itself_is_tried_again() -> None:
    assert statuses(TRANSIENT[0]) == ["installed"] * 5
    found = TRANSIENT[0].find_results()
    assert (found[NAMES[0]]["attempts"], found[NAMES[1]]["attempts"]) == (3, 1)
    assert TRANSIENT[0].list_calls(f"download {NAMES[1]}") == [f"download {NAMES[1]}"] * 2


def test_result_codes() -> None:
    found = RESULTS[0].find_results()
    assert [found[name]["result_code"] for name in NAMES[:3]] == ["succeeded_with_errors", "aborted", "failed"]
    assert statuses(RESULTS[0]) == ["installed", "failed", "failed", "installed", "installed"]
    assert found[NAMES[0]]["hresult"] == "0x00240005"
    assert "hresult" not in found[NAMES[1]]
    assert found[NAMES[1]]["reason"].startswith("0x00000000 while installing. ")


@pytest.mark.parametrize(
    ("played", "name", "word"),
    [
        (NO_SEARCH, "WU_E_PT_WINHTTP_NAME_NOT_RESOLVED", "name resolution"),
        (AGENT_STOPPED, "WU_E_SERVICE_STOP", "wuauserv"),
        (POLICY, "WU_E_WU_DISABLED", "policy"),
    ],
)
def test_a_search_that_fails(played: Any, name: str, word: str) -> None:
    operation = played[0].operation
    assert (operation["state"], operation["error"]["code"]) == ("finished", "search_failed")
    assert operation["error"]["hresult_name"] == name
    assert word in operation["error"]["message"]
    assert statuses(played[0]) == ["not_tried"] * 5
    assert played[0].find_results()[NAMES[0]]["reason"] == operation["error"]["message"]


def test_an_agent_that_goes_away() -> None:
    assert statuses(MIDWAY[0]) == ["failed"] * 5
    assert MIDWAY[0].find_results()[NAMES[0]]["hresult_name"] == "RPC_E_DISCONNECTED"


def test_another_installer_that_ends() -> None:
    assert statuses(BUSY_WAITS[0]) == ["installed"] * 5
    assert BUSY_WAITS[0].list_calls("sleep 5")


def test_another_installer_is_named() -> None:
    error = BUSY_NAMED[0].operation["error"]
    assert error["code"] == "installer_busy"
    assert (
        "another installer (msiexec 812) is running. Wait for it to end, or raise patch_lock_timeout"
        in error["message"]
    )
    assert "another installer is running" in BUSY_UNKNOWN[0].operation["error"]["message"]
    assert statuses(BUSY_UNKNOWN[0]) == ["not_tried"] * 5


def test_a_service_that_stays_is_said() -> None:
    (warning,) = LEFT[0].operation["warnings"]
    assert warning.startswith("Failed to remove the update service 7971f918")


def test_progress_while_the_connection_is_cut() -> None:
    operation = RUNNING[1].operation
    assert operation["state"] == "running"
    assert operation["progress"] == {"doing": "installing", "current": NAMES[2], "done": 2, "total": 5, "percent": 70}
    assert [row["status"] for row in operation["results"]] == ["installed"] * 2


def test_a_second_caller_finds_it() -> None:
    assert RUNNING[2].operation == RUNNING[1].operation
    answer = RUNNING[3].answer
    assert (answer["code"], answer["running"]["id"]) == ("operation_running", "run-1")
    assert answer["msg"].startswith("Failed to start operation 'run-2': operation 'run-1' (process ")
    assert answer["msg"].endswith("is still running on this node. Wait for it to end")
    for step in (RUNNING[4], RUNNING[7]):
        assert step.answer["code"] == "operation_running", "nothing is pulled away under it"
    assert "operation" not in RUNNING[5].answer
    assert RUNNING[6].facts["last_operation"]["state"] == "running"


@pytest.mark.parametrize(
    ("played", "cause", "words"),
    [
        (KILLED, "stopped", f"its task was ended while {NAMES[2]} was at hand, by somebody or for want of memory"),
        (REBOOTED, "reboot", f"the node was rebooted while {NAMES[2]} was at hand"),
        (HUNG, "time_limit", f"it passed its limit of 0 seconds while {NAMES[2]} was at hand and was ended"),
    ],
)
def test_an_operation_that_was_interrupted(played: Any, cause: str, words: str) -> None:
    operation = played[0].operation
    assert (operation["state"], operation["cause"]) == ("interrupted", cause)
    assert operation["message"] == (
        f"The operation was interrupted: {words}. Scan the node to see what is installed, then install again"
    )
    assert statuses(played[0]) == ["installed", "installed", "failed", "not_tried", "not_tried"]
    assert operation["finished_at"]


def test_it_stays_interrupted_and_the_next_one_installs_the_rest() -> None:
    assert KILLED[1].operation == KILLED[0].operation
    assert KILLED[2].facts["last_operation"]["cause"] == "stopped"
    for step in (KILLED[3], REBOOTED[1], HUNG[2]):
        assert set(statuses(step)) == {"installed"}


def test_of_several_updates_of_one_kb_only_the_one_at_hand_failed() -> None:
    assert [row["status"] for row in PACKS_KILLED[0].operation["results"]] == ["installed", "failed", "not_tried"]


def test_a_hung_install_is_ended() -> None:
    assert HUNG[0].list_calls("stop task") == ["stop task"]


def test_check_mode_ends_nothing() -> None:
    assert HUNG_CHECKED[1].operation["cause"] == "time_limit"
    assert not HUNG_CHECKED[1].list_calls("stop task")


def test_a_record_that_cannot_be_read() -> None:
    assert (GARBAGE[0].operation["state"], GARBAGE[0].operation["cause"]) == ("interrupted", "stopped")
    assert "its record cannot be read" in GARBAGE[0].operation["message"]
    assert set(statuses(GARBAGE[1])) == {"installed"}


def test_a_task_that_does_not_begin() -> None:
    answer = NEVER[0].answer
    assert (answer["code"], answer["changed"]) == ("not_started", False)
    assert "its task did not begin within a minute (result 0x00041303)" in answer["msg"]
    assert (NEVER[0].files, NEVER[0].tasks) == ([], [])
    assert set(statuses(NEVER[1])) == {"installed"}


@pytest.mark.parametrize("code", REFUSED)
def test_a_start_that_is_refused(code: str) -> None:
    answer = REFUSED[code][0].answer
    assert (answer["code"], answer["changed"]) == (code, False)
    assert answer["msg"].startswith("Failed to start operation 'run-1': 0x")
    assert (REFUSED[code][0].files, REFUSED[code][0].tasks) == ([], [])
    assert set(statuses(REFUSED[code][1])) == {"installed"}


def test_what_cannot_be_removed_is_said() -> None:
    assert "What was begun could not be removed: 0x80070005 E_ACCESSDENIED" in STUCK[0].answer["msg"]
    assert STUCK_FORGET[1].answer["msg"].startswith("Failed to forget operation 'run-1': 0x80070005 E_ACCESSDENIED")


def test_a_scheduler_that_is_off() -> None:
    answer = NO_SCHEDULER[0].answer
    assert answer["code"] == "not_read"
    assert "ERROR_SERVICE_DISABLED" in answer["msg"]
    assert UNREADABLE[0].answer["code"] == "not_read"
    assert "E_ACCESSDENIED" in UNREADABLE[0].answer["msg"]


def test_a_task_that_takes_its_time() -> None:
    assert set(statuses(SLOW[0])) == {"installed"}
    assert SLOW[0].list_calls("sleep") == ["sleep 1"]
    assert SLOW[0].operation["started_at"].endswith("Z"), "a text, also where PowerShell reads times"
    assert SLOW[1].operation == SLOW[0].operation


def test_a_record_that_cannot_be_written_for_a_while() -> None:
    assert (BLOCKED[0].operation["state"], set(statuses(BLOCKED[0]))) == ("finished", {"installed"})
    assert BLOCKED[0].list_calls("sleep 5") == ["sleep 5"], "the end is tried for longer"


def test_two_callers_at_once() -> None:
    answer = AT_ONCE[1].answer
    assert answer["code"] == "operation_running"
    assert answer["msg"].startswith("Failed to start operation 'run-2': somebody else is starting or forgetting one: ")
    assert len(AT_ONCE[1].list_calls("sleep 1")) == 90, "it may be our own start, whose answer was lost"


def test_a_start_that_is_repeated_while_the_first_one_is_at_work() -> None:
    assert LOST_START[1].list_calls("sleep 1") == ["sleep 1"] * 3
    assert LOST_START[1].operation == LOST_START[0].operation
    assert not LOST_START[1].answer["changed"]


def test_an_operation_whose_task_is_not_there_yet_is_not_taken_for_dead() -> None:
    assert [step.operation["state"] for step in (BEGINS[0], BEGINS[1], BEGINS[2])] == [
        "running",
        "interrupted",
        "interrupted",
    ]


def test_an_agent_that_goes_away_between_two_updates() -> None:
    operation = BETWEEN[0].operation
    assert (operation["state"], operation["error"]["code"]) == ("finished", "operation_failed")
    assert operation["error"]["hresult_name"] == "RPC_S_SERVER_UNAVAILABLE"
    assert statuses(BETWEEN[0]) == ["installed", "installed", "failed", "not_tried", "not_tried"]
