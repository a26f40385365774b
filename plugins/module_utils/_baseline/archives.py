# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which apt archives are security archives, by their Release files (``selection-and-install.md`` 4.2)."""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import OsFacts, Repository

_DEBIAN = {"8": "jessie", "9": "stretch", "10": "buster", "11": "bullseye", "12": "bookworm", "13": "trixie"}
_UBUNTU = {
    "14.04": "trusty",
    "16.04": "xenial",
    "18.04": "bionic",
    "20.04": "focal",
    "20.10": "groovy",
    "22.04": "jammy",
    "24.04": "noble",
    "24.10": "oracular",
    "25.04": "plucky",
}

# For releases whose os-release does not yet name their code name.
_CODENAMES: Mapping[OperatingSystem, Mapping[str, str]] = {
    OperatingSystem.DEBIAN: _DEBIAN,
    OperatingSystem.RASPBIAN: _DEBIAN,
    OperatingSystem.UBUNTU: _UBUNTU,
}

# AWS does not mention Ubuntu Pro. A node attached to it gets its fixes from there, so these count as well.
_UBUNTU_ARCHIVES = {
    "Ubuntu": ("-security", ""),
    "UbuntuESM": ("-infra-security", " (ESM)"),
    "UbuntuESMApps": ("-apps-security", " (ESM)"),
}

_DEBIAN_SUFFIXES = ("-security", "/updates")  # since bullseye, up to buster
_DEBIAN_ALIASES = frozenset({"stable", "oldstable", "oldoldstable"})


def is_security_archive(repository: Repository, os: OsFacts) -> bool:
    """Tell whether an archive is a security archive of the node's own release."""
    codename = _find_codename(os)
    if not codename:
        return False
    if os.operating_system is OperatingSystem.UBUNTU:
        suffix, _note = _UBUNTU_ARCHIVES.get(repository.origin, ("", ""))
        return bool(suffix) and repository.suite == codename + suffix
    if repository.label != "Debian-Security":
        return False
    # Archived releases are labelled with the bare code name.
    release = _strip_suffix(repository.codename or repository.suite)
    return release == codename or (not repository.codename and release in _DEBIAN_ALIASES)


def name_archive(repository: Repository, os: OsFacts) -> str:
    """Return what people call an archive: ``jammy-updates``, ``bookworm-security``, ``jammy-apps-security (ESM)``."""
    codename = _find_codename(os)
    _suffix, note = _UBUNTU_ARCHIVES.get(repository.origin, ("", ""))
    for name in (repository.suite, repository.codename):
        if codename and name.startswith(codename):
            return name + note
    return repository.name or repository.suite or repository.codename or repository.id


def _find_codename(os: OsFacts) -> str:
    if os.codename or os.operating_system is None:
        return os.codename
    return _CODENAMES.get(os.operating_system, {}).get(os.version, "")


def _strip_suffix(release: str) -> str:
    for suffix in _DEBIAN_SUFFIXES:
        release = release.removesuffix(suffix)
    return release
