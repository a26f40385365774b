# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that can be started, each with what makes it different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .errors import NodeError
from .layers import BAD_SOURCES
from .macos.machine import list_brew_files, list_files
from .recipes import PASSWORDLESS_UID


@dataclass(frozen=True)
class NodeSpec:
    """One kind of node: what it stands on, and the files that make it what it is."""

    name: str
    base: str
    group: str
    about: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Path to content; written when the node is fresh. What begins with `#!` is a program."""
    owners: Mapping[str, int] = field(default_factory=dict)
    """Path to the number of a user other than root."""
    runs: bool = True
    """False: an inventory entry whose address nobody answers."""


def _os_release(**fields: str) -> dict[str, str]:
    return {"/etc/os-release": "".join(f'{name}="{value}"\n' for name, value in fields.items())}


_RASPBIAN = _os_release(
    PRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)",
    NAME="Raspbian GNU/Linux",
    VERSION_ID="11",
    VERSION="11 (bullseye)",
    VERSION_CODENAME="bullseye",
    ID="raspbian",
    ID_LIKE="debian",
)
_BAD_REPO = {"/etc/apt/sources.list.d/bad.list": BAD_SOURCES}
_GENTOO = _os_release(NAME="Gentoo", ID="gentoo", PRETTY_NAME="Gentoo Linux", VERSION_ID="2.15")

_RPM_NODES = {
    "alma8": "AlmaLinux 8.10, with module streams",
    "alma9": "AlmaLinux 9.4",
    "rocky8": "Rocky Linux 8.10, with module streams",
    "rocky9": "Rocky Linux 9.4",
    "rhel9": "Red Hat Enterprise Linux 9.4",
    "oracle9": "Oracle Linux 9.4",
    "centos9": "CentOS Stream 9, repositories without updateinfo",
    "amazon2023": "Amazon Linux 2023, locked to a release that is not the latest",
    "sles15": "SLES 15 SP5, with zypper",
    "rocky9-thirdparty": "with a third party's repository without updateinfo",
    "alma9-locked": "with versionlock, exclude= in dnf.conf and excludepkgs= of a repository",
    "rhel9-deadrepo": "with a repository that nobody serves and that may be skipped",
    "rhel9-deadrepo-strict": "with a repository that nobody serves and that may not be skipped",
    "rhel9-only-newest": "RHEL 9.4 with a repository that keeps only the newest version",
    "rocky9-only-newest": "Rocky Linux 9.4 with a repository that keeps only the newest version",
    "sles15-locked": "with the administrator's lock on libzypp",
    "rocky9-hazards": "Rocky Linux 9.4 with a package per hazard",
    "sles15-hazards": "SLES 15 SP5 with the same packages",
}

SPECS = {
    spec.name: spec
    for spec in (
        NodeSpec("debian12", "debian12", "debian", "Debian 12, real security updates pending"),
        NodeSpec(
            "ubuntu", "ubuntu", "ubuntus", "Ubuntu 22.04 by its identity, archives and packages made for the tests"
        ),
        NodeSpec("ubuntu2", "ubuntu", "ubuntus", "a second one"),
        NodeSpec("ubuntu-pyapt", "ubuntu-pyapt", "ubuntus", "with python3-apt (a stub) that has an update"),
        NodeSpec("ubuntu-badrepo", "ubuntu", "ubuntus", "with an unsigned, a foreign and a dead repository", _BAD_REPO),
        NodeSpec("debian12-prompts", "debian12-prompts", "debian", "with apt-listchanges, needrestart and python3-apt"),
        NodeSpec("debian11", "debian11", "debian", "Debian 11, real security updates pending"),
        NodeSpec("debian13", "debian13", "debian", "Debian 13 (deb822 sources), real security updates pending"),
        NodeSpec("raspbian", "debian11", "debian", "Debian 11 that says it is Raspbian", _RASPBIAN),
        *(NodeSpec(name, name, "rpm", about) for name, about in _RPM_NODES.items()),
        NodeSpec(
            "macos12",
            "debian12",
            "macs",
            "Debian 12 whose commands say what those of macOS 12 with Homebrew were seen to say",
            list_files(),
            dict.fromkeys(list_brew_files(), PASSWORDLESS_UID),
        ),
        NodeSpec("nopython", "nopython", "odd", "Debian 12 without any Python"),
        NodeSpec("unsupported", "debian12", "odd", "Debian 12 that says it is Gentoo", _GENTOO),
        NodeSpec("unreachable", "", "odd", "an inventory entry without a machine", runs=False),
    )
}
_RPM = tuple(spec.name for spec in SPECS.values() if spec.group == "rpm")
SETS = {"small": ("debian12", "ubuntu"), "rpm": _RPM, "all": tuple(SPECS)}


def find_spec(name: str) -> NodeSpec:
    """The specification of a node; `debian12-07` is the seventh copy of `debian12`."""
    if name in SPECS:
        return SPECS[name]
    original, _dash, number = name.rpartition("-")
    if original in SPECS and number.isdecimal():
        return replace(SPECS[original], name=name)
    known = ", ".join(SPECS)
    raise NodeError(f"Failed to find node '{name}': no such kind. Known: {known}, and copies like debian12-01.")


def name_copies(name: str, count: int) -> Sequence[str]:
    """Names of `count` copies of a node."""
    return [f"{name}-{number:02}" for number in range(1, count + 1)]
