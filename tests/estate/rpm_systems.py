# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rpm systems: who they say they are, which repositories they know, what they have installed."""

from __future__ import annotations

import json
from pathlib import Path

from .advisories import Advisory, installed, load_advisories, notices, offered
from .rpm_layers import RpmLayer
from .rpm_packages import RpmPackage, RpmRepository, rpm_uri
from .rpms import node_arch

_IDENTITIES = json.loads(Path(__file__).with_name("identities.json").read_text())
_DNF_CONF = """[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
"""


def repo_file(*sections: str) -> str:
    """The text of a .repo file."""
    return "\n".join(sections)


def repo_section(name: str, title: str, path: str, **options: str) -> str:
    """One repository of a .repo file; `baseurl` and other options may be given."""
    fields = {"name": title, "baseurl": rpm_uri(path), "enabled": "1", "gpgcheck": "0", **options}
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in fields.items() if value)


def _release_package(name: str, version: str, releasever: str, dist: str) -> RpmPackage:
    provides = (
        f"system-release = {version}-1",
        f"system-release(releasever) = {releasever}",
        f"config({name}) = {version}",
    )
    return RpmPackage(f"{name}-0:{version}-1.{dist}.noarch", provides=provides)


def _bash(version: str) -> RpmPackage:
    # Scriptlets need /bin/sh, which on a real system is bash's.
    return RpmPackage(f"bash-0:{version}.x86_64", provides=("/bin/sh", "/bin/bash"))


def _family(
    name: str,
    *,
    family: str,
    prefix: str,
    title: str,
    release: RpmPackage,
    repositories: dict[str, str],
    repo_path: str,
    alma: bool = False,
    updateinfo: bool = True,
) -> RpmLayer:
    """A system of Red Hat's family; `repositories` gives its own ids for `baseos` and `appstream`."""
    advisories = load_advisories(family, prefix, alma)
    made = tuple(_repository(name, part, title, advisories, updateinfo) for part in repositories)
    sections = [
        repo_section(section, f"{title} - {part}", f"{name}-{part}", metadata_expire="6h", countme="1")
        for part, section in repositories.items()
    ]
    shell = _bash("5.1.8-9.el9" if family == "el9" else "4.4.20-5.el8")
    files = {
        **_IDENTITIES[name],
        "/etc/dnf/dnf.conf": _DNF_CONF,
        repo_path: repo_file(*sections),
    }
    return RpmLayer(name, "dnf", (release, shell, *installed(advisories)), files, made)


def _repository(system: str, part: str, title: str, advisories: list[Advisory], updateinfo: bool) -> RpmRepository:
    return RpmRepository(
        f"{system}-{part}",
        offered(advisories, part),
        notices(advisories, part) if updateinfo else None,
        release=title,
    )


_ZYPP_CONF = """[main]
multiversion = provides:multiversion(kernel)
multiversion.kernels = latest,latest-1,running
"""
_PRODUCT = """<?xml version="1.0" encoding="UTF-8"?>
<product schemeversion="0">
  <vendor>SUSE</vendor>
  <name>SLES</name>
  <version>15.5</version>
  <baseversion>15</baseversion>
  <patchlevel>5</patchlevel>
  <release>0</release>
  <arch>x86_64</arch>
  <productline>sles</productline>
  <summary>SUSE Linux Enterprise Server 15 SP5</summary>
</product>
"""
_SUSE_REPOSITORIES = {
    "basesystem": "SLE-Module-Basesystem15-SP5-Updates",
    "public-cloud": "SLE-Module-Public-Cloud15-SP5-Updates",
    "sles": "SLE-Product-SLES15-SP5-Updates",
}


def _sles() -> RpmLayer:
    advisories = load_advisories("sles15")
    repositories = tuple(
        RpmRepository(
            f"sles15-{part}",
            offered(advisories, part),
            notices(advisories, part),
            flavour="suse",
            release=alias,
        )
        for part, alias in _SUSE_REPOSITORIES.items()
    )
    files = {
        **_IDENTITIES["sles15"],
        "/etc/zypp/zypp.conf": _ZYPP_CONF,
        "/etc/products.d/SLES.prod": _PRODUCT.replace("x86_64", node_arch("x86_64")),
        **{
            f"/etc/zypp/repos.d/{alias}.repo": repo_section(alias, alias, f"sles15-{part}", autorefresh="1", type="rpm-md")
            for part, alias in _SUSE_REPOSITORIES.items()
        },
    }
    release = RpmPackage(
        "sles-release-0:15.5-150500.43.2.x86_64",
        provides=("product() = SLES", "product(SLES) = 15.5-0", "product-update() = dummy"),
    )
    packages = (release, _bash("4.4-150400.25.22"), *installed(advisories))
    return RpmLayer("sles15", "zypper", packages, files, repositories, "ln -s SLES.prod /etc/products.d/baseproduct\n")


_PLAIN = {"baseos": "baseos", "appstream": "appstream"}
_SYSTEMS = (
    _family(
        "rocky9", family="el9", prefix="RL", title="Rocky Linux 9",
        release=_release_package("rocky-release", "9.4", "9", "el9"),
        repositories=_PLAIN, repo_path="/etc/yum.repos.d/rocky.repo",
    ),
    _sles(),
)  # fmt: skip

RPM_LAYERS = {layer.name: layer for layer in _SYSTEMS}


def rpm_layers_of(base: str) -> list[RpmLayer]:
    """A layer and the rpm layers it stands on; empty for a base that is none."""
    found = []
    while base in RPM_LAYERS:
        found.append(RPM_LAYERS[base])
        base = RPM_LAYERS[base].base
    return found
