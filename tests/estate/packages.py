# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the package table: packages, their builds, and the suites that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REPOSITORY_HOST = "archive.estate.test"
REPOSITORY_PORT = 8580
GONE_HOST = "gone.estate.test"
GONE_URI = f"http://{GONE_HOST}:8581/gone"
"""Nobody listens there. A host name of its own: apt 2.6 waits forever when one of two ports of a host refuses."""


@dataclass(frozen=True)
class Suite:
    """One suite of one repository, with what its Release file says."""

    name: str
    repository: str
    origin: str
    label: str
    components: tuple[str, ...] = ("main", "universe")
    codename: str = "jammy"
    version: str = ""
    signer: str | None = "archive"
    """Which key signs it; only `archive` is known to the nodes. None: not signed."""

    @property
    def source(self) -> str:
        """Its line in a sources.list."""
        return f"deb {repository_uri(self.repository)} {self.name} {' '.join(self.components)}\n"


def repository_uri(repository: str) -> str:
    """Where nodes find a repository."""
    return f"http://{REPOSITORY_HOST}:{REPOSITORY_PORT}/{repository}"


_MAIN = ("main",)
RELEASE, UPDATES, SECURITY = "jammy", "jammy-updates", "jammy-security"
ESM_INFRA, ESM_APPS, ACME = "jammy-infra-security", "jammy-apps-security", "stable"
UNSIGNED, STRANGER = "unsigned", "stranger"
SUITES = {
    suite.name: suite
    for suite in (
        Suite(RELEASE, "ubuntu", "Ubuntu", "Ubuntu", version="22.04"),
        Suite(UPDATES, "ubuntu", "Ubuntu", "Ubuntu", version="22.04"),
        Suite(SECURITY, "ubuntu-security", "Ubuntu", "Ubuntu", version="22.04"),
        Suite(ESM_INFRA, "esm-infra", "UbuntuESM", "UbuntuESM", _MAIN, version="22.04"),
        Suite(ESM_APPS, "esm-apps", "UbuntuESMApps", "UbuntuESMApps", _MAIN, version="22.04"),
        Suite(ACME, "acme", "Acme", "Acme", _MAIN, codename="stable"),
        Suite(UNSIGNED, "unsigned", "Nobody", "Nobody", _MAIN, codename="unsigned", signer=None),
        Suite(STRANGER, "stranger", "Stranger", "Stranger", _MAIN, codename="stranger", signer="stranger"),
    )
}


@dataclass(frozen=True)
class Build:
    """One version of a package: control fields, maintainer scripts and files beyond the ordinary."""

    version: str
    fields: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    """File of the control archive (`preinst`, `postinst`, `config`, `templates`) to its text."""
    conffiles: Mapping[str, str] = field(default_factory=dict)
    index: Mapping[str, str] = field(default_factory=dict)
    """Fields that only the repository's index has."""


@dataclass(frozen=True)
class Package:
    """A package made for one rule: what the nodes have of it, what the suites offer, why it exists."""

    name: str
    about: str
    section: str = "utils"
    priority: str = "optional"
    architecture: str = "all"
    """`all`, or `both`: the machine's own and the foreign one, as Multi-Arch: same."""
    installed: Build | None = None
    suites: Mapping[str, Build] = field(default_factory=dict)
    hazard: str = ""
    """What goes wrong, or tries to, when it is updated."""
    after_install: str = ""
    """Shell commands that run in the base system once everything is installed."""
    layer: str = "ubuntu"
    """The base system it is installed in; offered to all."""

    def component_in(self, suite: Suite) -> str:
        """The component that carries it: `universe/net` is in `universe`, where the suite has one."""
        component = self.section.partition("/")[0]
        return component if component in suite.components else "main"
