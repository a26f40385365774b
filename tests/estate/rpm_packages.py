# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of rpm repositories: packages, the notices that name them, and the repositories that carry both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from .errors import BuildError

RPM_HOST = "mirror.estate.test"
RPM_PORT = 8580
_NEVRA = re.compile(r"(?P<name>.+)-(?:(?P<epoch>\d+):)?(?P<version>[^-:]+)-(?P<release>[^-]+)\.(?P<arch>[^-.]+)")


class Nevra(NamedTuple):
    """The full name of a package."""

    name: str
    epoch: str
    version: str
    release: str
    arch: str

    @property
    def filename(self) -> str:
        """What its file is called; without the epoch."""
        return f"{self.name}-{self.version}-{self.release}.{self.arch}.rpm"


def parse_nevra(text: str) -> Nevra:
    """Take `name-[epoch:]version-release.arch` apart; no epoch is epoch 0."""
    match = _NEVRA.fullmatch(text)
    if not match:
        raise BuildError(f"Failed to read package name '{text}': not name-[epoch:]version-release.arch.")
    return Nevra(**{**match.groupdict(), "epoch": match["epoch"] or "0"})


@dataclass(frozen=True)
class RpmPackage:
    """One version of a stub package. Its one file is /usr/share/stub/<name>-<version>-<release>.<arch>."""

    nevra: str
    built: int | None = None
    """Build time in seconds since 1970; None: that of the set it is built with."""
    source: str = ""
    """Name of the source package; the package's own name when empty."""
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Section of a spec file (`pre`, `post`, `preun`, ...) to the shell text under it."""
    files: Mapping[str, str] = field(default_factory=dict)
    """More files, path to text; two packages with the same path and different texts conflict."""
    module: str = ""
    """The modularity label, `name:stream:version:context`."""
    signer: str | None = None
    """Which key signs it: `archive` or `stranger`. None: not signed."""
    damaged: bool = False
    """What is served has a wrong bit: it does not have the checksum that the metadata promises."""

    @property
    def parts(self) -> Nevra:
        """Its name taken apart."""
        return parse_nevra(self.nevra)


@dataclass(frozen=True)
class Module:
    """The module a collection of a notice belongs to."""

    name: str
    stream: str
    version: int
    context: str
    arch: str = "x86_64"


@dataclass(frozen=True)
class Notice:
    """One <update> of an updateinfo.xml. Dates are `YYYY-MM-DD HH:MM:SS`, UTC."""

    id: str
    packages: tuple[str, ...]
    """Full names; what is named need not be in the repository."""
    type: str = "security"
    severity: str = "Important"
    """Empty: the notice has no such element."""
    issued: str = "2024-01-01 00:00:00"
    updated: str = ""
    """Empty: the notice has no such element."""
    cves: tuple[str, ...] = ()
    bugzillas: tuple[str, ...] = ()
    reboot_suggested: bool = False
    restart_suggested: bool = False
    """SUSE: the package manager itself is concerned."""
    module: Module | None = None
    title: str = ""


@dataclass(frozen=True)
class RpmRepository:
    """What a repository offers. `name` is its path on the server; modes go by the first component."""

    name: str
    packages: tuple[RpmPackage, ...] = ()
    notices: tuple[Notice, ...] | None = ()
    """None: it has no updateinfo.xml at all."""
    flavour: Literal["redhat", "suse"] = "redhat"
    release: str = ""
    """The product its notices name."""
    built: int = 1_700_000_000
    """Build time of packages that do not say theirs."""
    modules: str = ""
    """Text of modules.yaml."""

    @property
    def uri(self) -> str:
        """Where nodes find it."""
        return rpm_uri(self.name)


def rpm_uri(path: str) -> str:
    """Where nodes find a path of the rpm server."""
    return f"http://{RPM_HOST}:{RPM_PORT}/{path}"
