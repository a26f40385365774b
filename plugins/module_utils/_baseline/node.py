# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node says of itself, frozen. It holds no rule.

A fact that is not known is absent in the collector's JSON and ``None`` or empty here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PackageManager,
)

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class OsFacts:
    """``operating_system`` and ``product`` are the API's words, absent if the operating system is not supported."""

    id: str = ""
    version: str = ""
    codename: str = ""
    name: str = ""
    arch: str = ""
    kernel: str = ""
    operating_system: OperatingSystem | None = None
    product: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """One archive (suite and component) or rpm repository."""

    id: str
    name: str = ""
    origin: str = ""
    label: str = ""
    suite: str = ""
    codename: str = ""
    component: str = ""
    enabled: bool = True
    reachable: bool | None = None
    signed: bool | None = None
    has_notices: bool | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """An update notice, or with zypper a patch (``id`` = patch name, ``type`` = category)."""

    id: str = ""
    type: str = ""
    severity: str = ""
    issued: datetime | None = None
    updated: datetime | None = None
    cve_ids: tuple[str, ...] = ()
    bugzilla_ids: tuple[str, ...] = ()
    title: str = ""
    reboot_suggested: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """One version of one package, installed or offered.

    On Windows ``name`` is the KB id and ``version`` the revision of the update ``update_id``. ``reboot_required`` tells
    of an update that is on offer still and installed already: it waits for the reboot.
    """

    name: str
    arch: str = ""
    version: str = ""
    epoch: str = "0"
    release: str = ""
    repositories: tuple[str, ...] = ()
    section: str = ""
    priority: str = ""
    notices: tuple[str, ...] = ()
    built_at: datetime | None = None
    installed_at: datetime | None = None
    available: bool = True
    title: str = ""
    products: tuple[str, ...] = ()
    product_family: str = ""
    classification: str = ""
    msrc_severity: str = ""
    bulletin_ids: tuple[str, ...] = ()
    released_at: datetime | None = None
    applicable: bool = True
    kb_ids: tuple[str, ...] = ()
    is_security: bool = False
    update_id: str = ""
    superseded_update_ids: tuple[str, ...] = ()
    reboot_required: bool = False


@dataclass(frozen=True, slots=True)
class RebootRequired:
    """What the node itself says about the need of a reboot."""

    required: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactWarning:
    """Something the collector could not find out, or a person should know."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class InstallResult:
    """What became of one planned package: ``installed``, ``failed``, ``not_tried`` or ``dependency``."""

    name: str
    status: str
    arch: str = ""
    version: str = ""
    from_version: str = ""
    reason: str = ""
    update_id: str = ""


@dataclass(frozen=True, slots=True)
class LastOperation:
    """The node's last install: ``running``, ``finished`` or ``interrupted``."""

    id: str = ""
    state: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    pid: int | None = None
    results: tuple[InstallResult, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """All facts of one node; candidates ascend per name and architecture in the package manager's own order.

    ``unfinished`` are packages that an interrupted operation left; the node finishes them before its next install.
    """

    schema: int = SCHEMA
    os: OsFacts = OsFacts()
    hostname: str = ""
    boot_id: str = ""
    booted_at: datetime | None = None
    collected_at: datetime | None = None
    reboot_required: RebootRequired | None = None
    package_manager: PackageManager | None = None
    installed: tuple[Package, ...] = ()
    candidates: tuple[Package, ...] = ()
    held: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    notices: Mapping[str, Notice] = field(default_factory=dict)
    warnings: tuple[FactWarning, ...] = ()
    last_operation: LastOperation | None = None
