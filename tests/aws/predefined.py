# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The baselines that AWS owns, as a fresh account lists them."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "predefined_baselines.json"
_HOME = "us-east-1"
"""The region whose identifiers are the real ones; elsewhere they are made from the names."""
_CREATED = 1514764800.0


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data


def predefined_baselines(region: str) -> list[dict[str, Any]]:
    """Each as GetPatchBaseline answers it, and with `is_default`."""
    owner = _data()["owners"].get(region, _data()["owners"][_HOME])
    return [
        {
            "BaselineId": f"arn:aws:ssm:{region}:{owner}:patchbaseline/{_identifier(known, region)}",
            "Name": known["Name"],
            "OperatingSystem": known["OperatingSystem"],
            "Description": known["Description"],
            "GlobalFilters": {"PatchFilters": _copy(known["GlobalFilters"])},
            "ApprovalRules": {"PatchRules": _copy(known["ApprovalRules"])},
            "ApprovedPatches": [],
            "ApprovedPatchesComplianceLevel": "UNSPECIFIED",
            "ApprovedPatchesEnableNonSecurity": False,
            "RejectedPatches": [],
            "RejectedPatchesAction": "ALLOW_AS_DEPENDENCY",
            "Sources": [],
            "CreatedDate": _CREATED,
            "ModifiedDate": _CREATED,
            "is_default": known["IsDefault"],
        }
        for known in _data()["baselines"]
    ]


def _identifier(known: dict[str, Any], region: str) -> str:
    if region == _HOME and known["Id"]:
        return str(known["Id"])
    return "pb-0" + sha256(f"{region} {known['Name']}".encode()).hexdigest()[:16]


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
