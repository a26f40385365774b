# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node stands on: a Debian release as it is, or a release with layers of changes over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .bases import build_once, build_release, recipe_key, require_success, run_in_root
from .debs import build_debs, foreign_architecture
from .mirror import read_mirror
from .packages import GONE_HOST, GONE_URI, REPOSITORY_HOST, STRANGER, SUITES, UNSIGNED, Package
from .recipes import RELEASES
from .rpm_catalog import RPM_LAYERS
from .rpm_layers import build_rpm_layer
from .seed import write_seed
from .signing import SigningKeys
from .ubuntu_packages import PACKAGES


@dataclass(frozen=True)
class Layer:
    """Changes over another base, made once: files, packages of the table, a script."""

    name: str
    base: str
    script: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[Package, ...] = ()


_TRUSTED_KEY = "/etc/apt/trusted.gpg.d/estate.asc"
_OS_RELEASE = """PRETTY_NAME="Ubuntu 22.04.5 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
VERSION="22.04.5 LTS (Jammy Jellyfish)"
VERSION_CODENAME=jammy
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME=jammy
"""
_LSB_RELEASE = """DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=22.04
DISTRIB_CODENAME=jammy
DISTRIB_DESCRIPTION="Ubuntu 22.04.5 LTS"
"""
_BAD = (UNSIGNED, STRANGER)
_INSTALL = "dpkg --install /var/cache/apt/archives/*.deb\n"
_UBUNTU_SCRIPT = f"""set -e
rm -rf /var/lib/apt/lists/* /etc/apt/trusted.gpg.d/debian-*
dpkg --add-architecture $FOREIGN
{_INSTALL}"""
_UBUNTU_FILES = {
    "/etc/os-release": _OS_RELEASE,
    "/etc/lsb-release": _LSB_RELEASE,
    "/etc/apt/sources.list": "".join(suite.source for suite in SUITES.values() if suite.name not in _BAD),
    "/etc/apt/apt.conf.d/60estate": "".join(
        f'Acquire::http::Proxy::{host} "DIRECT";\n' for host in (REPOSITORY_HOST, GONE_HOST)
    ),
}
# Debian keeps root's rpm database in /root, the systems that live from rpm here.
_RPM_FILES = {"/etc/rpm/macros.estate": "%_dbpath /var/lib/rpm\n"}
_DNF_SCRIPT = """set -e
apt-get -q -y --no-install-recommends install dnf dnf-plugins-core rpm
sed -i 's/^enabled *=.*/enabled = false/' /etc/dnf/plugins/local.conf
# Only Debian has these two.
rm /usr/lib/python3/dist-packages/dnf-plugins/leaves.py /usr/lib/python3/dist-packages/dnf-plugins/show_leaves.py
rm -rf /root/.rpmdb
mkdir -p /etc/yum.repos.d
ln -s dnf/dnf.conf /etc/yum.conf
ln -s dnf /usr/bin/yum
"""
_ZYPPER_SCRIPT = "set -e\napt-get -q -y --no-install-recommends install zypper rpm\nrm -rf /root/.rpmdb\n"
BAD_SOURCES = "".join(SUITES[name].source for name in _BAD) + f"deb {GONE_URI} jammy main\n"
"""Sources of a repository that nobody signed, one signed by a stranger, and one that nobody serves."""


def _packages_of(layer: str) -> tuple[Package, ...]:
    return tuple(package for package in PACKAGES.values() if package.layer == layer and package.installed)


LAYERS = {
    layer.name: layer
    for layer in (
        Layer("ubuntu", "debian12", _UBUNTU_SCRIPT, _UBUNTU_FILES, _packages_of("ubuntu")),
        Layer("ubuntu-pyapt", "ubuntu", _INSTALL, {}, _packages_of("ubuntu-pyapt")),
        Layer("dnf", "debian12", _DNF_SCRIPT, _RPM_FILES),
        Layer("zypper", "debian12", _ZYPPER_SCRIPT, _RPM_FILES),
        Layer("nopython", "debian12", "set -e\napt-get -q -y purge 'python3*' 'libpython3*'\n! command -v python3\n"),
        Layer(
            "debian12-prompts",
            "debian12",
            "apt-get -q -y --no-install-recommends install apt-listchanges debconf-utils needrestart python3-apt",
        ),
    )
}


def stands_on(base: str, other: str) -> bool:
    """Whether a base is another one, or a layer over it."""
    below = LAYERS.get(base) or RPM_LAYERS.get(base)
    return base == other or (below is not None and stands_on(below.base, other))


def build_base(name: str, cache: Path) -> list[Path]:
    """The directories of a base, topmost first; builds what the cache lacks."""
    if name in RELEASES:
        return [build_release(RELEASES[name], read_mirror(), cache)]
    if name in RPM_LAYERS:
        lowers = build_base(RPM_LAYERS[name].base, cache)
        return [build_rpm_layer(RPM_LAYERS[name], lowers, cache) / "upper", *lowers]
    layer = LAYERS[name]
    lowers = build_base(layer.base, cache)
    files = dict(layer.files)
    if name == "ubuntu":
        files[_TRUSTED_KEY] = SigningKeys(cache).public("archive")
    key = recipe_key(asdict(layer), files, [lower.name for lower in lowers])
    built = build_once(cache, name, key, lambda staging: _build_layer(layer, files, lowers, staging, cache))
    return [built / "upper", *lowers]


def _build_layer(layer: Layer, files: Mapping[str, str], lowers: list[Path], staging: Path, cache: Path) -> None:
    archives = cache / "debs" / layer.base
    if layer.packages:
        archives = staging / "debs"
        for package in layer.packages:
            assert package.installed
            build_debs(package, package.installed, archives)
    seed = staging / "seed.tar"
    write_seed(seed, {name: (text, 0o644) for name, text in files.items()})
    afterwards = "".join(f"{package.after_install}\n" for package in layer.packages if package.after_install)
    result = run_in_root(
        staging,
        f"{layer.script}\n{afterwards}",
        lowers=lowers,
        seed=seed,
        archives=archives,
        variables=f"FOREIGN={foreign_architecture()}\n",
    )
    require_success(result, f"build '{layer.name}' over '{layer.base}'")
