# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rpm systems that somebody has configured: locks, excludes, repositories of others, dead ones, ones that forget."""

from __future__ import annotations

from .packages import GONE_URI
from .rpm_layers import RpmLayer
from .rpm_packages import Notice, RpmPackage, RpmRepository, rpm_uri
from .rpm_systems import DNF_CONF, IDENTITIES, first_packages, repo_section

_YUM = "/etc/yum.repos.d"
_THIRD_PARTY = RpmRepository(
    "acme",
    (
        RpmPackage("acme-agent-0:2.0-1.x86_64"),
        RpmPackage("acme-agent-0:2.1-1.x86_64"),
        RpmPackage("acme-lib-0:2.0-1.noarch"),
    ),
    None,
    built=1_720_000_000,
)
_LOCKED_REPO = "\n".join(
    (
        repo_section("baseos", "AlmaLinux 9 - baseos", rpm_uri("alma9-baseos")),
        repo_section("appstream", "AlmaLinux 9 - appstream", rpm_uri("alma9-appstream"), excludepkgs="httpd*"),
    )
)
_ZYPPER_LOCK = "\ntype: package\nmatch_type: glob\ncase_sensitive: on\nsolvable_name: libzypp\n"
_OPENSSL = ("openssl", "openssl-libs")


def _dead(skip: str) -> dict[str, str]:
    section = repo_section("dead", "Nobody serves this", GONE_URI, skip_if_unavailable=skip, timeout="2", retries="1")
    return {f"{_YUM}/dead.repo": section}


def openssl(release: str) -> tuple[RpmPackage, ...]:
    """Openssl 3.0.7 of the worked examples 1 to 3."""
    return tuple(RpmPackage(f"{name}-1:3.0.7-{release}.el9.x86_64") for name in _OPENSSL)


def _only_newest(system: str, prefix: str, release: str) -> RpmLayer:
    """Worked examples 2 and 3: openssl 3.0.7-24 is installed, -25 was Important and is gone, -27 is Moderate.

    Publish `openssl("25")` in `<system>-newest` for example 1. The ids are made up, beyond any real number.
    """
    repository = RpmRepository(
        f"{system}-newest",
        openssl("27"),
        (
            Notice(
                f"{prefix}SA-2024:90025",
                tuple(package.nevra for package in openssl("25")),
                issued="2024-02-01 00:00:00",
            ),
            Notice(
                f"{prefix}SA-2024:90027",
                tuple(package.nevra for package in openssl("27")),
                severity="Moderate",
                issued="2024-02-11 00:00:00",
            ),
        ),
    )
    files = {
        **IDENTITIES[system],
        "/etc/dnf/dnf.conf": DNF_CONF,
        f"{_YUM}/newest.repo": repo_section("newest", "Keeps only the newest", repository.uri),
    }
    packages = (*first_packages(release, "el9"), *openssl("24"))
    return RpmLayer(f"{system}-only-newest", "dnf", packages, files, (repository,))


VARIATIONS = (
    RpmLayer(
        "rocky9-thirdparty",
        "rocky9",
        (RpmPackage("acme-agent-0:1.0-1.x86_64"), RpmPackage("acme-lib-0:2.0-1.noarch")),
        {f"{_YUM}/acme.repo": repo_section("acme", "Acme", _THIRD_PARTY.uri)},
        (_THIRD_PARTY,),
    ),
    RpmLayer(
        "alma9-locked",
        "alma9",
        files={
            "/etc/dnf/dnf.conf": f"{DNF_CONF}exclude=sudo*\n",
            "/etc/dnf/plugins/versionlock.list": "openssh-0:8.7p1-0.el9.*\n",
            f"{_YUM}/almalinux.repo": _LOCKED_REPO,
        },
    ),
    RpmLayer("rhel9-deadrepo", "rhel9", files=_dead("True")),
    RpmLayer("rhel9-deadrepo-strict", "rhel9", files=_dead("False")),
    _only_newest("rhel9", "RH", "redhat-release"),
    _only_newest("rocky9", "RL", "rocky-release"),
    RpmLayer("sles15-locked", "sles15", files={"/etc/zypp/locks": _ZYPPER_LOCK}),
)
"""Each named for its node."""
