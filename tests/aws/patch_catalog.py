# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches that AWS knows of, which of them a baseline approves, and the values that filters take."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

from .baselines import find
from .errors import ApiError
from .paging import page
from .registry import serves
from .world import Call, Json

_DATA = Path(__file__).parent / "patch_catalog.json"
_DAY = 86400
_PROPERTIES = {
    "WINDOWS": ("PRODUCT", "PRODUCT_FAMILY", "CLASSIFICATION", "MSRC_SEVERITY"),
    "DEBIAN": ("PRODUCT", "PRIORITY"),
    "UBUNTU": ("PRODUCT", "PRIORITY"),
    "RASPBIAN": ("PRODUCT", "PRIORITY"),
    "MACOS": ("PRODUCT", "CLASSIFICATION"),
}
_PROPERTIES_OF_OTHERS = ("PRODUCT", "CLASSIFICATION", "SEVERITY")
_WINDOWS_KEYS = {
    "PATCH_SET": "PatchSet",
    "PRODUCT": "Product",
    "PRODUCT_FAMILY": "ProductFamily",
    "MSRC_SEVERITY": "MsrcSeverity",
    "CLASSIFICATION": "Classification",
    "PATCH_ID": "KbNumber",
}
_LINUX_KEYS = {
    "PRODUCT": "Product",
    "NAME": "Name",
    "SEVERITY": "Severity",
    "CLASSIFICATION": "Classification",
    "EPOCH": "Epoch",
    "VERSION": "Version",
    "RELEASE": "Release",
    "ARCH": "Arch",
    "REPOSITORY": "Repository",
    "ADVISORY_ID": "AdvisoryIds",
    "CVE_ID": "CVEIds",
    "BUGZILLA_ID": "BugzillaIds",
}


@cache
def _data() -> Json:
    data: Json = json.loads(_DATA.read_text(encoding="utf-8"))
    return data


def _patches(system: str) -> list[Json]:
    return [_with_date(entry) for entry in _data()["patches"] if entry["OperatingSystem"] == system]


def _with_date(entry: Json) -> Json:
    day = datetime.fromisoformat(entry["ReleaseDate"]).replace(tzinfo=timezone.utc)
    return entry | {"ReleaseDate": day.timestamp()}


@serves("DescribeAvailablePatches")
def describe_available(call: Call, request: Json) -> Json:
    filters = {entry["Key"]: entry["Values"] for entry in request.get("Filters", [])}
    products = filters.get("PRODUCT", [])
    is_linux = any(product.startswith("AmazonLinux") for product in products)
    keys = _LINUX_KEYS if is_linux else _WINDOWS_KEYS
    unknown = sorted(set(filters) - set(keys))
    if unknown:
        raise ApiError("ValidationException", f"The filter {unknown[0]} isn't valid here.")
    systems = ("AMAZON_LINUX", "AMAZON_LINUX_2") if is_linux else ("WINDOWS",)
    found = [entry for system in systems for entry in _patches(system)]
    for key, values in filters.items():
        found = [entry for entry in found if _has(entry.get(keys[key]), values)]
    return page(call, found, "Patches")


def _has(value: Any, wanted: list[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return "*" in wanted or any(str(entry) in wanted for entry in values)


@serves("DescribeEffectivePatchesForPatchBaseline")
def describe_effective(call: Call, request: Json) -> Json:
    baseline = find(call.state, request["BaselineId"])
    if baseline["OperatingSystem"] != "WINDOWS":
        raise ApiError("UnsupportedOperatingSystem", "The operation is for baselines of Windows only.")
    found = []
    for patch in _patches("WINDOWS"):
        status = _status(call, baseline, patch)
        if status:
            found.append({"Patch": patch, "PatchStatus": status})
    return page(call, found, "EffectivePatches")


def _status(call: Call, baseline: Json, patch: Json) -> Json | None:
    if _is_listed(patch, baseline.get("RejectedPatches", [])):
        return {"DeploymentStatus": "EXPLICIT_REJECTED", "ComplianceLevel": "UNSPECIFIED"}
    if _is_listed(patch, baseline.get("ApprovedPatches", [])):
        level = baseline.get("ApprovedPatchesComplianceLevel", "UNSPECIFIED")
        return {"DeploymentStatus": "EXPLICIT_APPROVED", "ComplianceLevel": level}
    if not _accepts(baseline.get("GlobalFilters", {}), patch):
        return None
    dates = []
    for rule in baseline.get("ApprovalRules", {}).get("PatchRules", []):
        if _accepts(rule["PatchFilterGroup"], patch):
            date = _approval_date(rule, patch)
            if date is not None:
                dates.append((date, rule.get("ComplianceLevel", "UNSPECIFIED")))
    if not dates:
        return None
    date, level = min(dates)
    status = "APPROVED" if date <= call.now else "PENDING_APPROVAL"
    return {"DeploymentStatus": status, "ComplianceLevel": level, "ApprovalDate": date}


def _approval_date(rule: Json, patch: Json) -> float | None:
    released = float(patch["ReleaseDate"])
    if rule.get("ApproveUntilDate"):
        last = datetime.fromisoformat(rule["ApproveUntilDate"]).replace(tzinfo=timezone.utc).timestamp() + _DAY
        return released if released < last else None
    return released + _DAY * int(rule.get("ApproveAfterDays", 0))


def _is_listed(patch: Json, listed: list[str]) -> bool:
    return patch["KbNumber"] in listed or patch["Id"] in listed


def _accepts(group: Json, patch: Json) -> bool:
    """A rule is for patches of the operating system, unless it says that it is for applications."""
    wanted = {entry["Key"]: entry["Values"] for entry in group.get("PatchFilters", [])}
    if group.get("PatchFilters"):
        wanted.setdefault("PATCH_SET", ["OS"])
    return all(_has(patch.get(_WINDOWS_KEYS[key]), values) for key, values in wanted.items())


@serves("DescribePatchProperties")
def describe_properties(call: Call, request: Json) -> Json:
    system, name = request["OperatingSystem"], request["Property"]
    if name not in _PROPERTIES.get(system, _PROPERTIES_OF_OTHERS):
        raise ApiError("ValidationException", f"The property {name} isn't valid for {system}.")
    values = _data()["properties"].get(system, _data()["properties"]["*"]).get(name)
    values = values or _data()["properties"]["*"][name]
    if isinstance(values, dict):
        values = values[request.get("PatchSet", "OS")]
    found = [{"Name": value} for value in values]
    return page(call, found, "Properties")
