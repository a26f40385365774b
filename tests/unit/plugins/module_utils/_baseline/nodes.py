# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes and baselines for tests: the smallest facts that make a case, through the same parsers as real ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult, NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline

Json = dict[str, Any]

NOW = datetime(2026, 11, 23, 18, tzinfo=timezone.utc)
BOOTED = "2026-11-20T08:00:00Z"
BEFORE_BOOT = "2026-01-01T00:00:00Z"
SINCE_BOOT = "2026-11-21T00:00:00Z"

_OS: dict[str, Json] = {
    "UBUNTU": {"product": "Ubuntu22.04", "codename": "jammy", "version": "22.04", "arch": "amd64"},
    "DEBIAN": {"product": "Debian12", "codename": "bookworm", "version": "12", "arch": "amd64"},
    "RASPBIAN": {"product": "Raspbian12", "codename": "bookworm", "version": "12", "arch": "arm64"},
    "REDHAT_ENTERPRISE_LINUX": {"product": "RedhatEnterpriseLinux9.4", "arch": "x86_64"},
    "ROCKY_LINUX": {"product": "RockyLinux9.4", "arch": "x86_64"},
    "ALMA_LINUX": {"product": "AlmaLinux9.4", "arch": "x86_64"},
    "CENTOS": {"product": "CentOS9", "arch": "x86_64"},
    "AMAZON_LINUX_2": {"product": "AmazonLinux2", "arch": "x86_64"},
    "AMAZON_LINUX_2023": {"product": "AmazonLinux2023", "arch": "x86_64"},
    "ORACLE_LINUX": {"product": "OracleLinux9.4", "arch": "x86_64"},
    "SUSE": {"product": "Suse15.5", "arch": "x86_64"},
    "WINDOWS": {"product": "WindowsServer2022"},
    "MACOS": {"product": "Ventura13.7"},
}

_UBUNTU = [
    {"id": suite, "origin": "Ubuntu", "label": "Ubuntu", "suite": suite, "codename": "jammy", "component": "main"}
    for suite in ("jammy", "jammy-updates", "jammy-security")
]
_DEBIAN = [
    {"id": "bookworm", "origin": "Debian", "label": "Debian", "suite": "oldstable", "codename": "bookworm"},
    {
        "id": "bookworm-security",
        "origin": "Debian",
        "label": "Debian-Security",
        "suite": "oldstable-security",
        "codename": "bookworm-security",
    },
]
_REPOSITORIES: dict[str, list[Json]] = {
    "UBUNTU": _UBUNTU,
    "DEBIAN": _DEBIAN,
    "RASPBIAN": _DEBIAN,
    "WINDOWS": [],
    "MACOS": [],
}
_NEVRA = re.compile(r"(?P<name>.+)-(?:(?P<epoch>\d+):)?(?P<version>[^-:]+)-(?P<release>[^-]+)\.(?P<arch>[^.]+)")


def make_facts(
    os: str, installed: Iterable[Json] = (), candidates: Iterable[Json] = (), /, **more: object
) -> NodeFacts:
    """A node of an operating system, booted three days before ``NOW``; ``os`` in ``more`` adds to its own facts."""
    own = more.pop("os", {})
    assert isinstance(own, dict)
    return parse_facts(
        {
            "schema": 1,
            "hostname": "web1",
            "booted_at": BOOTED,
            "os": {"operating_system": os, **_OS[os], **own},
            "repositories": _REPOSITORIES.get(os, [{"id": "baseos", "has_notices": True}]),
            "installed": [{"installed_at": BEFORE_BOOT, **package} for package in installed],
            "candidates": list(candidates),
            **more,
        }
    )


def deb(name: str, version: str, *repositories: str, **more: object) -> Json:
    """A Debian package; its repositories by the ids of the archives above."""
    return {
        "name": name,
        "arch": "amd64",
        "version": version,
        "repositories": list(repositories),
        "section": "libs",
        "priority": "optional",
        **more,
    }


def rpm(nevra: str, *notices: str, **more: object) -> Json:
    """An rpm package from ``name-epoch:version-release.arch``, the epoch may be left out."""
    match = _NEVRA.fullmatch(nevra)
    assert match, nevra
    parts = {key: value for key, value in match.groupdict().items() if value is not None}
    return {**parts, "notices": list(notices), "repositories": ["baseos"], **more}


def notice(kind: str, severity: str = "", issued: str = "2026-10-01T00:00:00Z", **more: object) -> Json:
    """An update notice; an empty date or severity is left out, as the collector does."""
    given = {"type": kind, "severity": severity, "issued": issued}
    return {**{key: value for key, value in given.items() if value}, **more}


def kb(name: str, classification: str = "SecurityUpdates", severity: str = "Important", **more: object) -> Json:
    """An update of Windows Server 2022 as the search offers it, or with ``installed_at`` from the history."""
    return {
        "name": name,
        "kb_ids": [name],
        "title": f"Update ({name})",
        "products": ["Windows Server 2022"],
        "product_family": "Windows",
        "classification": classification,
        "msrc_severity": severity,
        **more,
    }


def days_ago(days: float) -> str:
    """A moment before ``NOW`` as facts hold it."""
    return (NOW - timedelta(days=days)).isoformat()


def rule(
    days: int | None = 0, /, *, level: str = "UNSPECIFIED", wide: bool = False, **filters: str | Sequence[str]
) -> Json:
    """An approval rule; filters by key, ``until`` instead of days."""
    until = filters.pop("until", None)
    date = {"approve_until_date": until} if until else {"approve_after_days": days}
    listed = [
        {"key": key, "values": [values] if isinstance(values, str) else list(values)} for key, values in filters.items()
    ]
    return {"filters": listed, "compliance_level": level, "enable_non_security": wide, **date}


def make_baseline(os: str, *rules: Json, **fields: object) -> Baseline:
    """A baseline with some rules; other fields by name."""
    document = {"name": "test", "operating_system": os, "approval_rules": list(rules), **fields}
    return parse_baseline(document).baseline


def result(name: str, version: str, status: str, reason: str = "", *, arch: str = "amd64") -> InstallResult:
    """An installer's result."""
    return InstallResult(name=name, arch=arch, version=version, status=status, reason=reason)
