# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What win_patch_install does on a good day."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_results
from tests.windows.nodes import MICROSOFT_UPDATE, WINDOWS_UPDATE, complete, read_fixture, server, update, wanted
from tests.windows.play import facts, install, needs_powershell, play

pytestmark = needs_powershell

FIRST, SECOND = update("5034129", 1), update("5034130", 2)
OTHER = update("5034131", 3)
# As the servicing stack update of the records: it must be installed alone.
STACK = complete(
    next(row for row in read_fixture("updates.json") if row["KBArticleIDs"] == ["4512574"]), behavior={"Impact": 2}
)
BOTH = [wanted(FIRST), wanted(SECOND)]

PLAIN = play(
    server(updates=[FIRST, OTHER, SECOND]),
    install(operation_id="run-1", updates=BOTH),
    install(request="poll", operation_id="run-1"),
    install(operation_id="run-1", updates=BOTH),
    facts(),
    install(request="forget", operation_id="other"),
    install(request="forget", operation_id="run-1", check=True),
    install(request="forget", operation_id="run-1"),
    install(request="forget", operation_id="run-1"),
    install(request="poll"),
    install(request="poll", operation_id="run-1"),
)
AGAIN = play(
    server(updates=[FIRST]),
    install(operation_id="run-1", updates=[wanted(FIRST)]),
    install(operation_id="run-2", updates=[wanted(FIRST)]),
)
CHECKED = play(server(updates=[FIRST]), install(operation_id="run-1", updates=BOTH, check=True))
ORDER = play(server(updates=[FIRST, STACK]), install(operation_id="a", updates=[wanted(FIRST), wanted(STACK)]))
EULA = play(
    server(updates=[update("5034129", 1, EulaAccepted=False), update("5034130", 2, EulaAccepted=False)]),
    install(operation_id="a", updates=[wanted(SECOND)]),
)
EULA_FAILS = play(
    server(updates=[update("5034129", 1, EulaAccepted=False), SECOND], fail={"eula KB5034129": ["0x80240023"]}),
    install(operation_id="a", updates=BOTH),
)
SKIPPED = play(
    server(
        updates=[
            update("5034129", 1, behavior={"CanRequestUserInput": True}),
            update("5034130", 2, revision=201),
            update("5034132", 4, IsInstalled=True, RebootRequired=True),
            update("5034133", 5, IsDownloaded=True),
            update("", 6, InstallationBehavior=None),
        ]
    ),
    install(
        operation_id="a",
        updates=[
            *BOTH,
            wanted(OTHER),
            wanted(update("5034132", 4)),
            wanted(update("5034133", 5)),
            wanted(update("", 6)),
        ],
    ),
)
REBOOTS = play(
    server(updates=[update("5034129", 1, behavior={"RebootBehavior": 1}), SECOND]),
    install(operation_id="a", updates=BOTH),
)
WAITS = play(
    server(updates=[update("5034129", 1, behavior={"RebootBehavior": 1})]),
    install(operation_id="a", updates=[wanted(FIRST)]),
    install(operation_id="b", updates=[wanted(FIRST)]),
)
STACK_REBOOTS = play(
    server(updates=[update("5034129", 1, behavior={"RebootBehavior": 1, "Impact": 2}), SECOND]),
    install(operation_id="a", updates=BOTH),
)
SOURCES = {
    "microsoft_update": play(
        server(updates=[FIRST]),
        install(operation_id="a", updates=[wanted(FIRST)], patch_windows_update_source="microsoft_update"),
    ),
    "wsus": play(
        server(updates=[FIRST]), install(operation_id="a", updates=[wanted(FIRST)], patch_windows_update_source="wsus")
    ),
}
OFFLINE = play(
    server(updates=[FIRST]),
    install(operation_id="a", updates=[wanted(FIRST)], patch_windows_offline_catalogue="C:\\it's\\wsusscn2.cab"),
)
RECORDED = [complete(row) for row in read_fixture("updates.json")]
ALL = play(server(updates=RECORDED), install(operation_id="all", updates=[wanted(row) for row in RECORDED]))
BAD = {
    "id": play(server(), install(operation_id="../up", updates=BOTH)),
    "none": play(server(), install(operation_id="a", updates=[])),
    "unnamed": play(server(), install(updates=BOTH)),
    "poll": play(server(), install(request="poll", operation_id="a'; reboot")),
}


def test_exactly_what_was_named_is_installed() -> None:
    step = PLAIN[0]
    assert step.answer["changed"]
    assert step.list_calls("download") == ["download KB5034129", "download KB5034130"]
    assert step.list_calls("install") == ["install KB5034129", "install KB5034130"]
    assert [row["status"] for row in step.operation["results"]] == ["installed", "installed"]
    assert step.operation["results"][0] == {
        "name": "KB5034129",
        "version": "200",
        "update_id": "00000001-0000-4000-8000-000000000000",
        "status": "installed",
        "stage": "installing",
        "result_code": "succeeded",
        "attempts": 1,
        "reboot_required": False,
    }


def test_it_runs_as_system_with_a_limit() -> None:
    assert PLAIN[0].list_calls("register") == ["register S-1-5-18 5 S-1-5-18 PT14460S"]


def test_the_operation_when_it_is_done() -> None:
    operation = PLAIN[0].operation
    assert (operation["id"], operation["state"]) == ("run-1", "finished")
    assert operation["pid"] > 0
    assert operation["started_at"] <= operation["finished_at"]
    assert operation["progress"] == {"doing": "done", "current": "", "done": 2, "total": 2, "percent": 100}
    assert not {"error", "cause", "updates"} & operation.keys()
    assert not operation["reboot_required"]


def test_the_engine_reads_the_results() -> None:
    assert [(row.name, row.version, row.status) for row in parse_results(PLAIN[0].operation["results"])] == [
        ("KB5034129", "200", "installed"),
        ("KB5034130", "200", "installed"),
    ]


def test_polling_changes_nothing() -> None:
    assert PLAIN[1].operation == PLAIN[0].operation
    assert not PLAIN[1].answer["changed"]


def test_a_start_whose_answer_was_lost_can_be_repeated() -> None:
    assert PLAIN[2].operation == PLAIN[0].operation
    assert not PLAIN[2].answer["changed"]
    assert not PLAIN[2].list_calls("install")


def test_the_facts_tell_of_an_answer_nobody_fetched() -> None:
    assert PLAIN[3].facts["last_operation"]["id"] == "run-1"
    assert len(PLAIN[3].facts["last_operation"]["results"]) == 2


def test_another_operation_is_not_forgotten() -> None:
    assert not PLAIN[4].answer["changed"]
    assert PLAIN[4].files == ["openpatch.patch_manager.install.ps1", "operation.json"]


def test_forgetting_leaves_nothing() -> None:
    assert PLAIN[5].answer["changed"]
    assert PLAIN[5].files
    assert PLAIN[6].answer["changed"]
    assert (PLAIN[6].files, PLAIN[6].tasks) == ([], [])
    assert not PLAIN[7].answer["changed"], "there is nothing left"
    assert "operation" not in PLAIN[8].answer
    assert "operation" not in PLAIN[9].answer


def test_the_next_operation_takes_the_place_of_one_that_ended() -> None:
    assert AGAIN[1].operation["id"] == "run-2"
    (result,) = AGAIN[1].operation["results"]
    assert (result["status"], result["reason"]) == ("installed", "was installed already")
    assert AGAIN[1].tasks == ["openpatch.patch_manager.install"]


def test_check_mode_starts_nothing() -> None:
    assert CHECKED[0].answer["changed"]
    assert "operation" not in CHECKED[0].answer
    assert (CHECKED[0].files, CHECKED[0].tasks, CHECKED[0].list_calls("search")) == ([], [], [])


def test_the_servicing_stack_comes_first() -> None:
    assert ORDER[0].list_calls("install") == ["install KB4512574", "install KB5034129"]


def test_licence_terms_are_accepted_of_what_is_wanted_only() -> None:
    assert EULA[0].list_calls("eula") == ["eula KB5034130"]
    assert PLAIN[0].list_calls("eula") == [], "they have none, or it is accepted"


def test_licence_terms_that_cannot_be_accepted() -> None:
    results = EULA_FAILS[0].find_results()
    assert results["KB5034129"]["status"] == "failed"
    assert "licence terms could not be accepted: 0x80240023 WU_E_EULAS_DECLINED" in results["KB5034129"]["reason"]
    assert results["KB5034130"]["status"] == "installed"


def test_what_is_left_out_and_why() -> None:
    results = SKIPPED[0].find_results()
    left_out = {name: (row["status"], row.get("reason", "")) for name, row in results.items()}
    assert left_out == {
        "KB5034129": ("not_tried", "it may ask questions, and nobody is there to answer. Install it by hand"),
        "KB5034130": ("not_tried", "the node is offered revision 201 now. Scan the node again"),
        "KB5034131": ("not_tried", "the node is not offered it any more. Scan the node again"),
        "KB5034132": ("installed", "was installed already"),
        "KB5034133": ("installed", ""),
        "00000006-0000-4000-8000-000000000000": ("installed", ""),
    }
    assert results["KB5034132"]["reboot_required"]
    assert SKIPPED[0].list_calls("download") == ["download 00000006-0000-4000-8000-000000000000"]


def test_an_update_that_wants_a_reboot() -> None:
    assert REBOOTS[0].operation["reboot_required"]
    assert [row["reboot_required"] for row in REBOOTS[0].operation["results"]] == [True, False]


def test_what_waits_for_a_reboot_is_not_installed_again() -> None:
    (result,) = WAITS[1].operation["results"]
    assert (result["status"], result["reason"], result["reboot_required"]) == (
        "installed",
        "was installed already",
        True,
    )
    assert WAITS[1].operation["reboot_required"]
    assert not WAITS[1].list_calls("install")


def test_what_has_to_wait_for_a_reboot_is_not_tried() -> None:
    results = STACK_REBOOTS[0].find_results()
    assert results["KB5034129"]["status"] == "installed"
    assert results["KB5034130"]["status"] == "not_tried"
    assert "must be rebooted first" in results["KB5034130"]["reason"]
    assert STACK_REBOOTS[0].operation["reboot_required"]


def test_a_source_of_choice() -> None:
    found = SOURCES["microsoft_update"][0]
    assert found.list_calls("search") == [
        f"search selection=3 service={MICROSOFT_UPDATE} IsInstalled=0 or IsInstalled=1"
    ]
    assert found.services == [WINDOWS_UPDATE], "registered for the operation only"
    assert SOURCES["wsus"][0].list_calls("search selection=1 ")


def test_an_offline_catalogue() -> None:
    assert OFFLINE[0].find_results()["KB5034129"]["status"] == "installed"
    assert OFFLINE[0].services == [WINDOWS_UPDATE]


def test_recorded_updates_in_three_languages() -> None:
    results = ALL[0].operation["results"]
    assert len(results) == len(RECORDED)
    assert {row["status"] for row in results} == {"installed"}


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("id", "Failed to start operation '../up': an id has 1 to 100 letters, digits, '.', '_', '-'"),
        ("none", "Failed to start operation 'a': no updates are named. Name at least one"),
        ("unnamed", "request is start but all of the following are missing: operation_id"),
        ("poll", "Failed to poll operation 'a'; reboot'"),
    ],
)
def test_bad_commands(case: str, words: str) -> None:
    assert BAD[case][0].answer["failed"]
    assert words in BAD[case][0].answer["msg"]
    assert not BAD[case][0].files
