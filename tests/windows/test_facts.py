# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What win_patch_facts says of a node, and that the engine can read it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from tests.windows.nodes import (
    SYSTEMS,
    WINDOWS,
    category,
    complete,
    read_fixture,
    server,
    system,
    update,
)
from tests.windows.play import facts, needs_powershell, play

pytestmark = needs_powershell

RECORDED = [complete(row) for row in read_fixture("updates.json")]
EMPTY = play(server(), facts())
CHECKED = play(server(), facts(check=True))
REAL = play(server(updates=RECORDED), facts())
RICH_UPDATE = update(
    "5034129",
    1,
    revision=201,
    SecurityBulletinIDs=["MS17-010"],
    CveIDs=["CVE-2024-20674", "CVE-2024-20700"],
    SupersededUpdateIDs=["0B97C243-5833-4BF3-BCF8-77063E53C42A"],
    BundledUpdates=[update("5034128", 2)],
    MaxDownloadSize=3_000_000_000,
    IsHidden=True,
    EulaAccepted=False,
    behavior={"RebootBehavior": 2, "Impact": 2, "CanRequestUserInput": True},
)
RICH = play(server(updates=[RICH_UPDATE]), facts())
NOTHING: dict[str, Any] = {
    "InstallationBehavior": None,
    "LastDeploymentChangeTime": None,
    "MsrcSeverity": None,
    "Categories": [],
}
ODD_CATEGORIES = [
    category("434de588-ed14-48f5-8eed-a15e09a991f6", "Connecteurs", "UpdateClassification"),
    category("11111111-1111-4111-8111-111111111111", "Produit\u00a0inconnu", "Product", WINDOWS),
]
ODD_TITLE = "Mise à jour\u00a0: outil\r\nde suppression"
ODD = play(
    server(
        updates=[
            update("", 1, Type=2, **NOTHING),
            update("KB890830", 2, Title=ODD_TITLE, Categories=ODD_CATEGORIES),
        ]
    ),
    facts(),
)
MANY_UPDATES = [
    update(
        str(5_000_000 + number),
        number,
        Title=f"Обновление {number} 更新 {'x' * 150}",
        CveIDs=[f"CVE-2026-{cve}" for cve in range(30)],
    )
    for number in range(1, 1001)
]
MANY = play(server(updates=MANY_UPDATES), facts())
PRODUCTS = [play(server(cim={"Win32_OperatingSystem": [system(*row[:3])]}), facts()) for row in SYSTEMS]
CURRENT = "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
BOOT = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters"
REGISTRY = {
    CURRENT: {
        "UBR": 2227,
        "DisplayVersion": "21H2",
        "EditionID": "ServerDatacenter",
        "InstallationType": "Server Core",
    },
    BOOT: {"BootId": 41},
}
NAMED = play(server(registry=REGISTRY), facts())
BROKEN = play(server(cim={"Win32_OperatingSystem": [{"BuildNumber": "none"}]}), facts())


def first(step: Any) -> dict[str, Any]:
    found: dict[str, Any] = step.facts["candidates"][0]
    return found


def test_a_node_that_lacks_nothing() -> None:
    found = EMPTY[0].facts
    assert (found["installed"], found["candidates"], found["held"], found["warnings"]) == ([], [], [], [])
    assert found["reboot_required"] == {"required": False, "reasons": []}
    assert not EMPTY[0].answer["changed"]
    assert "last_operation" not in found


def test_one_search_finds_it_all() -> None:
    assert EMPTY[0].list_calls("search") == ["search selection=0 service= IsInstalled=0 or IsInstalled=1"]


def test_check_mode_reads_the_same() -> None:
    one, two = (step[0].facts | {"collected_at": ""} for step in (EMPTY, CHECKED))
    assert one == two


def test_the_engine_reads_recorded_updates() -> None:
    parsed = parse_facts(REAL[0].facts)
    assert parsed.package_manager is PackageManager.WINDOWS
    assert len(parsed.candidates) == len(RECORDED)
    assert {package.name for package in parsed.candidates} >= {"KB5032339", "KB5021233", "KB4512574"}


@pytest.mark.parametrize(
    ("kb", "classification", "products"),
    [
        ("KB5032339", "SecurityUpdates", ("Windows 10, version 1903 and later",)),  # German
        ("KB5021233", "SecurityUpdates", ("Windows 10, version 1903 and later",)),  # Japanese
        ("KB5026372", "SecurityUpdates", ("Windows 11",)),
        ("KB4103720", "Updates", ("Windows Server 2016",)),
        ("KB890830", "UpdateRollups", ("Windows Server 2016",)),
        ("KB2267602", "DefinitionUpdates", ("Microsoft Defender Antivirus",)),
    ],
)
def test_categories_by_their_ids(kb: str, classification: str, products: tuple[str, ...]) -> None:
    package = next(package for package in parse_facts(REAL[0].facts).candidates if package.name == kb)
    assert (package.classification, package.products, package.product_family) == (classification, products, "Windows")


def test_titles_keep_their_letters() -> None:
    titles = {row["name"]: row["title"] for row in REAL[0].facts["candidates"]}
    assert titles["KB5032339"].startswith("2023-11 Kumulatives Update für .NET Framework")
    assert (
        titles["KB5021233"] == "2022-12 x64 ベース システム用 Windows 10 Version 21H2 の累積更新プログラム (KB5021233)"
    )


def test_every_property_of_an_update() -> None:
    found = first(RICH[0])
    assert {key: value for key, value in found.items() if key not in ("categories", "title", "applicable")} == {
        "name": "KB5034129",
        "version": "201",
        "update_id": "00000001-0000-4000-8000-000000000000",
        "revision": 201,
        "kb_ids": ["KB5034129"],
        "bulletin_ids": ["MS17-010"],
        "cve_ids": ["CVE-2024-20674", "CVE-2024-20700"],
        "superseded_update_ids": ["0b97c243-5833-4bf3-bcf8-77063e53c42a"],
        "bundled_updates": [
            {
                "update_id": "00000002-0000-4000-8000-000000000000",
                "revision": 200,
                "title": "2026-02 Cumulative Update for Microsoft server operating system (KB5034128)",
                "kb_ids": ["KB5034128"],
            }
        ],
        "type": "software",
        "size": 3_000_000_000,
        "msrc_severity": "Critical",
        "released_at": "2026-02-10T18:00:00Z",
        "classification": "SecurityUpdates",
        "products": ["Microsoft Server operating system-21H2"],
        "product_family": "Windows",
        "is_downloaded": False,
        "eula_accepted": False,
        "can_request_user_input": True,
        "reboot_behavior": "can_request",
        "impact": "exclusive",
        "hidden": True,
        "browse_only": False,
        "mandatory": False,
        "reboot_required": False,
    }
    assert RICH[0].facts["held"] == ["KB5034129"]
    assert [row["id"] for row in found["categories"]] == [row["CategoryID"] for row in RICH_UPDATE["Categories"]]


def test_what_an_update_lacks_stays_out() -> None:
    driver, tool = ODD[0].facts["candidates"]
    assert (driver["name"], driver["kb_ids"], driver["type"]) == (driver["update_id"], [], "driver")
    absent = {"msrc_severity", "released_at", "classification", "impact", "product_family"}
    assert not absent & driver.keys()
    assert driver["products"] == driver["categories"] == []
    assert "classification" not in tool, "the API has no word for connectors"
    assert (tool["name"], tool["products"]) == ("KB890830", ["Produit inconnu"])
    assert tool["title"] == "Mise à jour : outil de suppression"
    assert len(parse_facts(ODD[0].facts).candidates) == 2


def test_a_thousand_updates_are_told_in_full() -> None:
    found = MANY[0].facts["candidates"]
    assert len(found) == 1000
    assert all(len(row["cve_ids"]) == 30 and len(row["categories"]) == 2 for row in found)
    assert found[999]["title"].startswith("Обновление 1000 更新 xxx")
    assert found[0]["categories"][1]["parent_id"] == WINDOWS, "as deep as it goes"
    assert len(parse_facts(MANY[0].facts).candidates) == 1000
    assert MANY[0].facts["held"] == [], "none of them is hidden"


@pytest.mark.parametrize(("row", "played"), list(zip(SYSTEMS, PRODUCTS, strict=True)))
def test_product_by_build_and_role(row: tuple[str, str, int, str], played: Any) -> None:
    found = played[0].facts
    assert found["os"].get("product", "") == row[3]
    assert [warning["code"] for warning in found["warnings"]] == [] if row[3] else ["unknown_product"]
    assert found["os"]["name"] == row[0].strip()
    parse_facts(found)


def test_names_of_the_system() -> None:
    found = NAMED[0].facts
    assert found["os"] | {"powershell": ""} == {
        "id": "windows",
        "operating_system": "WINDOWS",
        "name": "Microsoft Windows Server 2022 Datacenter",
        "version": "10.0.20348.2227",
        "kernel": "10.0.20348",
        "codename": "21H2",
        "arch": "x86_64",
        "product": "WindowsServer2022",
        "edition": "ServerDatacenter",
        "installation_type": "Server Core",
        "powershell": "",
    }
    assert (found["hostname"], found["boot_id"], found["booted_at"]) == ("WEB01", "41", "2026-03-02T04:11:09Z")
    assert parse_facts(found).booted_at == datetime(2026, 3, 2, 4, 11, 9, tzinfo=timezone.utc)


def test_facts_that_cannot_be_had_are_an_error() -> None:
    assert BROKEN[0].answer["failed"]
    assert BROKEN[0].answer["msg"].startswith("Failed to collect the facts of the node: ")
