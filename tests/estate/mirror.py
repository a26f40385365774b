# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package mirror this machine uses, as its own apt configuration names it."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import HostError
from .processes import must_run

_ETC_APT = Path("/etc/apt")
_ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# What apt needs to reach a mirror from this network; everything else is the node's own business.
_NETWORK_SETTING = re.compile(
    r"Acquire::(?:(?:https?|ftp)::.+|Check-Valid-Until|Check-Date|Max-FutureTime|Retries|ForceIPv[46])$"
)


@dataclass(frozen=True)
class Source:
    """One suite of one archive, from either format of sources."""

    uri: str
    suite: str
    components: tuple[str, ...]
    keyring: str | None


@dataclass(frozen=True)
class Mirror:
    """Where Debian's archives are, and what apt needs to get there."""

    archive: str
    security: str
    keyring: Path
    settings: tuple[tuple[str, str], ...]

    def suites(self, codename: str) -> list[tuple[str, str]]:
        """URI and suite of a release's archives: the release as published, its updates, its security updates."""
        updates = (self.archive, f"{codename}-updates")
        return [(self.archive, codename), updates, (self.security, f"{codename}-security")]

    def sources(self, codename: str) -> str:
        """The archives of a release as the text of a sources.list."""
        signed = f"[signed-by={_ARCHIVE_KEYRING}]"
        return "".join(f"deb {signed} {uri} {suite} main\n" for uri, suite in self.suites(codename))

    def deb822_sources(self, codename: str) -> str:
        """The archives of a release as the text of a debian.sources."""
        return "\n".join(
            f"Types: deb\nURIs: {uri}\nSuites: {suite}\nComponents: main\nSigned-By: {_ARCHIVE_KEYRING}\n"
            for uri, suite in self.suites(codename)
        )

    def for_release(self, codename: str) -> Mirror:
        """The mirror of one release; ESTATE_MIRROR_BULLSEYE and ESTATE_SECURITY_MIRROR_BULLSEYE say where it moved."""
        return replace(
            self,
            archive=os.environ.get(f"ESTATE_MIRROR_{codename.upper()}", self.archive).rstrip("/"),
            security=os.environ.get(f"ESTATE_SECURITY_MIRROR_{codename.upper()}", self.security).rstrip("/"),
        )

    def apt_conf(self) -> str:
        """Text of an apt.conf file with this machine's network settings."""
        return "".join(f'{name} "{value}";\n' for name, value in self.settings)

    def proxy(self) -> str | None:
        """The HTTP proxy for tools that do not read apt's configuration."""
        return dict(self.settings).get("Acquire::http::Proxy")


@functools.cache
def read_mirror() -> Mirror:
    """Find Debian's main and security archives in the sources of this machine.

    ESTATE_MIRROR and ESTATE_SECURITY_MIRROR name them where the machine itself is not a Debian.
    """
    codename = _host_codename()
    archive, security = os.environ.get("ESTATE_MIRROR"), os.environ.get("ESTATE_SECURITY_MIRROR")
    keyring = None
    for source in _read_sources():
        if "main" not in source.components:
            continue
        if source.suite == codename:
            archive, keyring = archive or source.uri, keyring or source.keyring
        elif source.suite in (f"{codename}-security", f"{codename}/updates"):
            security = security or source.uri
    if not archive or not security:
        raise HostError(
            f"Failed to read the mirror of '{codename or 'this machine'}': no main and security archive in {_ETC_APT}. "
            "Set ESTATE_MIRROR and ESTATE_SECURITY_MIRROR to the URIs of Debian's archives."
        )
    return Mirror(archive.rstrip("/"), security.rstrip("/"), Path(keyring or _ARCHIVE_KEYRING), _read_settings())


def _host_codename() -> str:
    release = Path("/etc/os-release").read_text()
    match = re.search(r'^VERSION_CODENAME="?([\w.-]+)', release, re.MULTILINE)
    return match[1] if match else ""


def _read_sources() -> Iterator[Source]:
    for path in [_ETC_APT / "sources.list", *sorted((_ETC_APT / "sources.list.d").glob("*"))]:
        if path.suffix == ".sources":
            yield from parse_deb822(path.read_text())
        elif path.suffix == ".list" and path.exists():
            yield from parse_one_line(path.read_text())


def parse_one_line(text: str) -> Iterator[Source]:
    """Sources of a `deb [options] uri suite component...` file."""
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]+)", line.strip())
        if match:
            signed_by = re.search(r"signed-by=(\S+)", match[1] or "")
            yield Source(match[2], match[3], tuple(match[4].split()), _keyring(signed_by[1] if signed_by else ""))


def parse_deb822(text: str) -> Iterator[Source]:
    """Sources of a `.sources` file."""
    uncommented = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", uncommented):
        unfolded = re.sub(r"\n[ \t]+", " ", stanza)
        fields = {name.lower(): value for name, value in re.findall(r"^([\w-]+):[ \t]*(.*)$", unfolded, re.MULTILINE)}
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in ("no", "false"):
            continue
        keyring = _keyring(fields.get("signed-by", ""))
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(uri, suite, tuple(fields.get("components", "").split()), keyring)


def _keyring(signed_by: str) -> str | None:
    return signed_by if signed_by.startswith("/") else None


def _read_settings() -> tuple[tuple[str, str], ...]:
    dump = must_run(["apt-config", "dump", "--format", "%F\t%v%n"], HostError, "read the settings of apt")
    pairs = [line.split("\t", 1) for line in dump.splitlines() if "\t" in line]
    settings = {name: value for name, value in pairs if value and _NETWORK_SETTING.match(name)}
    proxy = os.environ.get("http_proxy")
    if proxy:
        settings.setdefault("Acquire::http::Proxy", proxy)
    return tuple(sorted(settings.items()))
