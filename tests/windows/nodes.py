# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows nodes for agent.ps1, from the recorded data in fixtures/ where there is any."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FIXTURES = Path(__file__).resolve().parent / "fixtures"

WINDOWS_UPDATE = "9482f4b4-e343-43b6-b170-9a65bc822c77"
MICROSOFT_UPDATE = "7971f918-a847-4430-9279-4a52d1efe18d"
WSUS = "3da21691-e39d-4da6-8a4b-b43877bcb1b7"

SECURITY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"
SERVER_2022 = "71718f13-7324-4b0f-8f9e-2ca9dc978e53"
WINDOWS = "6964aab4-c5b5-43bd-a17d-ffb4346a8e1d"
POLICY = "HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate"

BOOTED = "2026-03-02T04:11:09Z"

# How the products that the engine knows are told apart: caption, build, role and what the API calls it.
SYSTEMS = [
    ("Microsoft Windows Server 2012 Datacenter", "9200", 3, "WindowsServer2012"),
    ("Microsoft Windows Server 2012 R2 Standard", "9600", 3, "WindowsServer2012R2"),
    ("Microsoft Windows Server 2016 Datacenter", "14393", 3, "WindowsServer2016"),
    ("Microsoft Windows Server 2019 Standard Evaluation", "17763", 2, "WindowsServer2019"),
    ("Microsoft Windows Server 2022 Datacenter", "20348", 3, "WindowsServer2022"),
    ("Microsoft Windows Server 2025 Standard ", "26100", 3, "WindowsServer2025"),
    ("Майкрософт Windows Server 2019 Standard", "17763", 3, "WindowsServer2019"),
    ("Microsoft Windows 10 Pro", "17134", 1, "Windows10"),
    ("Microsoft Windows 11 Enterprise", "26100", 1, "Windows11"),
    ("Microsoft Windows 7 Ultimate N", "7601", 1, ""),
    ("Microsoft Windows Server 2008 R2 Standard", "7601", 3, ""),
]


def read_fixture(name: str) -> list[Json]:
    rows: list[Json] = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
    return rows


def complete(row: Json, **more: Any) -> Json:
    """An IUpdate with every property it has, from what is recorded of it."""
    behavior = {"RebootBehavior": 0, "Impact": 0, "CanRequestUserInput": False, **more.pop("behavior", {})}
    return {
        **{key: [] for key in ("SecurityBulletinIDs", "CveIDs", "SupersededUpdateIDs", "BundledUpdates")},
        **dict.fromkeys(
            ("IsInstalled", "IsHidden", "IsDownloaded", "IsMandatory", "BrowseOnly", "RebootRequired"), False
        ),
        "EulaAccepted": True,
        "MaxDownloadSize": 0,
        "MsrcSeverity": "",
        "Type": 1,
        "InstallationBehavior": behavior,
        **copy.deepcopy(row),
        **more,
    }


def category(identity: str, name: str, kind: str, parent: str = "") -> Json:
    found: Json = {"CategoryID": identity, "Name": name, "Type": kind}
    return {**found, "Parent": {"CategoryID": parent}} if parent else found


def update(kb: str, number: int = 1, *, revision: int = 200, **more: Any) -> Json:
    """A security update of Windows Server 2022; without ``kb`` it has no KB id."""
    return complete(
        {
            "Identity": {"UpdateID": f"{number:08x}-0000-4000-8000-000000000000", "RevisionNumber": revision},
            "Title": f"2026-02 Cumulative Update for Microsoft server operating system (KB{kb})",
            "KBArticleIDs": [kb] if kb else [],
            "Categories": [
                category(SECURITY, "Security Updates", "UpdateClassification"),
                category(SERVER_2022, "Microsoft Server operating system-21H2", "Product", WINDOWS),
            ],
            "MsrcSeverity": "Critical",
            "LastDeploymentChangeTime": "2026-02-10T18:00:00",
        },
        **more,
    )


def wanted(row: Json, *, name: str = "") -> Json:
    """How win_patch_install is told of an update."""
    kb = row["KBArticleIDs"]
    identity = row["Identity"]
    return {
        "update_id": identity["UpdateID"],
        "revision": identity["RevisionNumber"],
        "name": name or (f"KB{kb[0]}" if kb else ""),
    }


def service(identity: str, name: str, *, default: bool = False, registered: bool = True) -> Json:
    return {"ServiceID": identity, "Name": name, "IsDefaultAUService": default, "IsRegisteredWithAU": registered}


def entry(title: str, date: str | None, *, operation: int = 1, result: int = 2, of: Json | None = None) -> Json:
    """An entry of the update history."""
    identity = of["Identity"] if of else {"UpdateID": f"{abs(hash(title)):x}", "RevisionNumber": 1}
    return {"Title": title, "Date": date, "Operation": operation, "ResultCode": result, "UpdateIdentity": identity}


def system(caption: str, build: str, role: int) -> Json:
    return {
        "Caption": caption,
        "Version": f"10.0.{build}",
        "BuildNumber": build,
        "ProductType": role,
        "CSName": "WEB01",
        "LastBootUpTime": BOOTED,
    }


def server(**more: Any) -> Json:
    """Windows Server 2022 that asks Windows Update, with what ``more`` says of it."""
    cim = {
        "Win32_OperatingSystem": [system("Microsoft Windows Server 2022 Datacenter", "20348", 3)],
        "Win32_QuickFixEngineering": more.pop("hotfixes", []),
        "Win32_Process": more.pop("processes", []),
        **more.pop("cim", {}),
    }
    services = [service(WINDOWS_UPDATE, "Windows Update", default=True)]
    return {"cim": cim, "services": services, "updates": [], "history": [], **more}
