# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is installed: by the search, by the update history, by Win32_QuickFixEngineering."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from tests.windows.nodes import entry, read_fixture, server, update
from tests.windows.play import facts, needs_powershell, play

pytestmark = needs_powershell

HERE = update("5034129", 1, IsInstalled=True)
RENEWED = update("2267602", 2)
WAITING = update("5034140", 3, RebootRequired=True)
HISTORY = [
    entry("KB5034140", "2026-03-08T02:00:00", of=WAITING),
    entry("KB5034129", "2026-02-11T02:00:00", of=HERE),
    entry("KB5034129, in vain", "2026-02-20T02:00:00", result=4, of=HERE),
    entry("an update of last year (KB5012170)", "2025-08-10T03:00:00"),
    entry("gone again (KB5012171)", "2025-08-10T03:00:00"),
    entry("gone again (KB5012171)", "2025-08-11T03:00:00", operation=2),
    entry("offered still (KB2267602)", "2025-08-11T03:00:00", of=RENEWED),
    entry("without a KB", "2025-08-11T03:00:00"),
    entry("with errors (KB5012172)", "2025-08-11T03:00:00", result=3),
    entry("without a date (KB5012173)", None),
]
NODE = play(server(updates=[HERE, RENEWED, WAITING], history=HISTORY), facts())

# The Japanese history as recorded, newest last; its entries have no dates there.
JAPANESE = [
    entry(row["Title"], f"2022-12-{day:02}T00:00:00", operation=row["Operation"], result=row["ResultCode"])
    for day, row in enumerate(read_fixture("history-ja.json"), 1)
]
HISTORY_JA = play(server(history=JAPANESE), facts())
RUSSIAN = play(server(hotfixes=read_fixture("hotfixes-ru.json")), facts())
# A day begins at midnight of the node, which is in Tokyo; a FILETIME is UTC.
FORMS = {
    "3/18/2014": "2014-03-17T15:00:00Z",
    "20140318": "2014-03-17T15:00:00Z",
    "01cf42530f7e8000": "2014-03-18T02:37:52Z",
    "moment 2014-03-18": "2014-03-17T15:00:00Z",
    "18.03.2014": None,
    "": None,
}
DAYS = [{"HotFixID": f"KB500000{n}", "Description": "Update", "InstalledOn": day} for n, day in enumerate(FORMS)]
DAYS.append({"HotFixID": "File 1", "Description": "Update", "InstalledOn": "3/18/2014"})
MOMENT = {"HotFixID": "KB5034129", "Description": "Update", "InstalledOn": "3/18/2014"}
HOTFIXES = play(server(updates=[HERE], hotfixes=[*DAYS, MOMENT]), facts())


def installed(played: Any) -> dict[str, dict[str, Any]]:
    parse_facts(played[0].facts)
    return {row["name"]: row for row in played[0].facts["installed"]}


def test_history_dates_what_the_search_found() -> None:
    found = installed(NODE)["KB5034129"]
    assert (found["source"], found["installed_at"]) == ("search", "2026-02-11T02:00:00Z")


def test_history_dates_what_waits_for_a_reboot() -> None:
    dates = {row["name"]: row.get("installed_at") for row in NODE[0].facts["candidates"]}
    assert dates == {"KB2267602": None, "KB5034140": "2026-03-08T02:00:00Z"}


def test_history_knows_what_the_search_does_not() -> None:
    found = installed(NODE)
    assert set(found) == {"KB5034129", "KB5012170", "KB5012172", "KB5012173"}
    assert found["KB5012170"]["source"] == "history"
    assert found["KB5012170"]["installed_at"] == "2025-08-10T03:00:00Z"
    assert "installed_at" not in found["KB5012173"]


def test_what_was_removed_in_japanese() -> None:
    found = installed(HISTORY_JA)
    assert set(found) == {"KB5021088", "KB5021233"}, "KB5020435 was removed"
    assert found["KB5021088"]["title"].startswith("2022-12 x64 (KB5021088) 向け")


def test_hot_fixes_of_a_russian_server() -> None:
    found = installed(RUSSIAN)
    assert found["KB2919355"]["installed_at"] == "2014-03-17T15:00:00Z"
    assert found["KB2919355"]["title"] == "Update (KB2919355)"
    assert "KB2899189" in found, "an id with a suffix"
    assert all(row["source"] == "qfe" for row in found.values())


@pytest.mark.parametrize(("number", "form"), list(enumerate(FORMS)))
def test_days_of_hot_fixes(number: int, form: str) -> None:
    assert installed(HOTFIXES)[f"KB500000{number}"].get("installed_at") == FORMS[form]


def test_a_hot_fix_dates_what_the_history_does_not() -> None:
    found = installed(HOTFIXES)
    assert (found["KB5034129"]["source"], found["KB5034129"]["installed_at"]) == ("search", "2014-03-17T15:00:00Z")
    assert set(found) == {row["HotFixID"] for row in [*DAYS, MOMENT]} - {"File 1"}
