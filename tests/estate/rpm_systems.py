# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rpm systems: who they say they are, which repositories they know, what they have installed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from .advisories import Advisory, installed, load_advisories, notices, offered
from .modulemd import describe_modules
from .rpm_layers import RpmLayer
from .rpm_packages import RpmPackage, RpmRepository, rpm_uri
from .rpms import node_arch

IDENTITIES: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("identities.json").read_text())
"""Of each system: the files that say which one it is, path to text."""
DNF_CONF = """[main]
gpgcheck=1
installonly_limit=3
clean_requirements_on_remove=True
best=True
skip_if_unavailable=False
"""
_RELEASE = {
    "el9": ("9.4", "9", "bash-0:5.1.8-9.el9.x86_64"),
    "el8": ("8.10", "8", "bash-0:4.4.20-5.el8.x86_64"),
}
_NODEJS_ENABLED = {"/etc/dnf/modules.d/nodejs.module": "[nodejs]\nname=nodejs\nstream=18\nprofiles=\nstate=enabled\n"}


def repo_section(name: str, title: str, uri: str, **options: str) -> str:
    """One repository of a .repo file; an empty option is left out."""
    fields = {"name": title, "baseurl": uri, "enabled": "1", "gpgcheck": "0", **options}
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in fields.items() if value)


def bash(nevra: str) -> RpmPackage:
    """Scriptlets need /bin/sh, which on a real system is bash's."""
    return RpmPackage(nevra, provides=("/bin/sh", "/bin/bash"))


def release_package(name: str, family: str) -> RpmPackage:
    """The package from which dnf learns what $releasever is."""
    version, releasever, _bash = _RELEASE[family]
    provides = (f"system-release = {version}", f"system-release(releasever) = {releasever}")
    return RpmPackage(f"{name}-0:{version}-1.{family}.noarch", provides=provides)


def first_packages(name: str, family: str) -> tuple[RpmPackage, RpmPackage]:
    """What every system has: its release package `name`, and a shell."""
    return release_package(name, family), bash(_RELEASE[family][2])


def _family(
    name: str,
    title: str,
    *,
    prefix: str,
    release: str,
    ids: tuple[str, str] = ("baseos", "appstream"),
    repo_path: str,
    updateinfo: bool = True,
) -> RpmLayer:
    """A system of Red Hat's family; `ids` are what it calls BaseOS and AppStream."""
    family = f"el{name[-1]}"
    advisories = load_advisories(family, prefix, alma=prefix == "AL")
    sections = []
    repositories = []
    for part, identifier in zip(("baseos", "appstream"), ids, strict=True):
        path = f"{name}-{part}"
        sections.append(repo_section(identifier, f"{title} - {part}", rpm_uri(path), metadata_expire="6h"))
        repositories.append(_repository(path, part, title, advisories, updateinfo))
    files = {
        **IDENTITIES[name],
        "/etc/dnf/dnf.conf": DNF_CONF,
        repo_path: "\n".join(sections),
        **(_NODEJS_ENABLED if family == "el8" else {}),
    }
    packages = (*first_packages(release, family), *installed(advisories))
    return RpmLayer(name, "dnf", packages, files, tuple(repositories))


def _repository(path: str, part: str, title: str, advisories: list[Advisory], updateinfo: bool) -> RpmRepository:
    packages = offered(advisories, part)
    if not updateinfo:
        # Then the build time is the only date there is.
        built = {text: _seconds(each.notice.issued) for each in advisories for text in each.notice.packages}
        packages = tuple(replace(package, built=built[package.nevra]) for package in packages)
    return RpmRepository(
        path,
        packages,
        notices(advisories, part) if updateinfo else None,
        release=title,
        modules=describe_modules([each.notice for each in advisories if each.repository == part]),
    )


def _seconds(date: str) -> int:
    return int(datetime.strptime(date, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp())


AMAZON_LOCKED, AMAZON_LATEST = "2023.8.20250818", "2023.9.20250929"
"""The release the node is locked to, and the newest."""


def _amazon() -> RpmLayer:
    advisories = load_advisories("amazon2023")
    title, home = "Amazon Linux 2023", "amazon2023"
    old = [replace(each, repository=AMAZON_LOCKED) for each in advisories if each.repository == "core"]
    new = [replace(each, repository=AMAZON_LATEST) for each in advisories if each.repository != "livepatch"]
    repositories = (
        _repository(f"{home}/{AMAZON_LOCKED}", AMAZON_LOCKED, title, old, True),
        _repository(f"{home}/{AMAZON_LATEST}", AMAZON_LATEST, title, new, True),
        _repository("amazon2023-livepatch", "livepatch", f"{title} - Kernel Livepatch", advisories, True),
    )
    mirrors = {
        f"{home}/core/mirrors/{releasever}/{node_arch('x86_64')}/mirror.list": f"{rpm_uri(home)}/{release}\n"
        for releasever, release in (
            (AMAZON_LOCKED, AMAZON_LOCKED), (AMAZON_LATEST, AMAZON_LATEST), ("latest", AMAZON_LATEST),
        )
    }  # fmt: skip
    mirrorlist = f"{rpm_uri(home)}/core/mirrors/$releasever/$basearch/mirror.list"
    core = repo_section(
        "amazonlinux", f"{title} repository", "", mirrorlist=mirrorlist, metadata_expire="48h", priority="10"
    )
    livepatch = repo_section(
        "kernel-livepatch", f"{title} Kernel Livepatch repository", rpm_uri("amazon2023-livepatch"), enabled="0"
    )
    files = {
        **IDENTITIES["amazon2023"],
        "/etc/dnf/dnf.conf": DNF_CONF.replace("unavailable=False", "unavailable=True"),
        "/etc/yum.repos.d/amazonlinux.repo": core,
        "/etc/yum.repos.d/kernel-livepatch.repo": livepatch,
    }
    release = RpmPackage(
        f"system-release-0:{AMAZON_LOCKED}-0.amzn2023.noarch",
        provides=(f"system-release(releasever) = {AMAZON_LOCKED}",),
    )
    packages = (release, bash("bash-0:5.2.15-1.amzn2023.0.2.x86_64"), *installed(advisories))
    return RpmLayer("amazon2023", "dnf", packages, files, repositories, served=mirrors)


ZYPP_CONF = """[main]
multiversion = provides:multiversion(kernel)
multiversion.kernels = latest,latest-1,running
"""
_PRODUCT = f"""<?xml version="1.0" encoding="UTF-8"?>
<product schemeversion="0">
  <vendor>SUSE</vendor>
  <name>SLES</name>
  <version>15.5</version>
  <baseversion>15</baseversion>
  <patchlevel>5</patchlevel>
  <release>0</release>
  <arch>{node_arch("x86_64")}</arch>
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
    files = {**IDENTITIES["sles15"], "/etc/zypp/zypp.conf": ZYPP_CONF, "/etc/products.d/SLES.prod": _PRODUCT}
    repositories = []
    for part, alias in _SUSE_REPOSITORIES.items():
        path = f"sles15-{part}"
        files[f"/etc/zypp/repos.d/{alias}.repo"] = repo_section(
            alias, alias, rpm_uri(path), autorefresh="1", type="rpm-md"
        )
        packages, patches = offered(advisories, part), notices(advisories, part)
        repositories.append(RpmRepository(path, packages, patches, flavour="suse", release=alias))
    release = RpmPackage(
        "sles-release-0:15.5-150500.43.2.x86_64",
        provides=("product() = SLES", "product(SLES) = 15.5-0", "product-update() = dummy"),
    )
    packages = (release, bash("bash-0:4.4-150400.25.22.x86_64"), *installed(advisories))
    return RpmLayer(
        "sles15", "zypper", packages, files, tuple(repositories), "ln -s SLES.prod /etc/products.d/baseproduct\n"
    )


_YUM = "/etc/yum.repos.d"
SYSTEMS = (
    _family("alma8", "AlmaLinux 8", prefix="AL", release="almalinux-release", repo_path=f"{_YUM}/almalinux.repo"),
    _family("alma9", "AlmaLinux 9", prefix="AL", release="almalinux-release", repo_path=f"{_YUM}/almalinux.repo"),
    _family("rocky8", "Rocky Linux 8", prefix="RL", release="rocky-release", repo_path=f"{_YUM}/Rocky-BaseOS.repo"),
    _family("rocky9", "Rocky Linux 9", prefix="RL", release="rocky-release", repo_path=f"{_YUM}/rocky.repo"),
    _family(
        "rhel9", "Red Hat Enterprise Linux 9", prefix="RH", release="redhat-release",
        ids=("rhel-9-baseos-rhui-rpms", "rhel-9-appstream-rhui-rpms"), repo_path=f"{_YUM}/redhat-rhui.repo",
    ),
    _family(
        "oracle9", "Oracle Linux 9", prefix="EL", release="oraclelinux-release",
        ids=("ol9_baseos_latest", "ol9_appstream"), repo_path=f"{_YUM}/oracle-linux-ol9.repo",
    ),
    _family(
        "centos9", "CentOS Stream 9", prefix="", release="centos-stream-release", repo_path=f"{_YUM}/centos.repo",
        updateinfo=False,
    ),
    _amazon(),
    _sles(),
)  # fmt: skip
"""The systems as they are installed; variations stand on them."""
