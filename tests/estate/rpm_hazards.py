# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes rocky9-hazards and sles15-hazards: one package per way in which an update goes wrong, or wants care.

Every update has a notice of its own, RLSA-2024:91001 and so on, that the default baselines approve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .rpm_layers import KEY_FILE, RpmLayer
from .rpm_packages import Notice, RpmPackage, RpmRepository
from .rpm_systems import DNF_CONF, IDENTITIES, ZYPP_CONF, bash, first_packages, repo_section

SHARED_FILE = "/usr/share/stub/shared"
_READ = "printf 'Really go on? [y/N] '\nread -r answer || true\nread -r answer < /dev/tty || true\n"
_KERNELS = tuple(f"kernel-core-0:5.14.0-{build}.el9_4.x86_64" for build in ("427.13.1", "427.31.1", "427.42.1"))
_SUSE_KERNELS = tuple(f"kernel-default-0:5.14.21-150500.55.{build}.1.x86_64" for build in (22, 28, 31))


def _new(name: str, arch: str = "noarch") -> RpmPackage:
    return RpmPackage(f"{name}-0:1.1-1.el9.{arch}")


def _script(name: str, section: str, text: str) -> RpmPackage:
    return replace(_new(name), scripts={section: text})


_UPDATES = (
    _new("good-one"),
    _new("good-two"),
    _script("pre-fails", "pre", "echo 'pre cannot go on: no space on planet' >&2\nexit 1\n"),
    _script("post-fails", "post", "echo 'post cannot go on: no space on planet' >&2\nexit 1\n"),
    _script("post-hangs", "post", "sleep 3600\n"),
    _script("post-slow", "post", "sleep 25\n"),
    _script("pre-reads", "pre", _READ),
    replace(_new("missing-dep"), requires=("no-such-package",)),
    replace(_new("file-conflict"), files={SHARED_FILE: "of file-conflict"}),
    replace(_new("damaged"), damaged=True),
    replace(_new("needs-new"), requires=("brand-new-dep",)),
    replace(_new("bar"), requires=("libfoo >= 1.1",)),
    _new("libfoo"),
    _new("foo"),
    replace(_new("pusher"), conflicts=("bystander",)),
    _new("libmulti", "x86_64"),
    _new("libmulti", "i686"),
)
_OTHERS = (
    RpmPackage("brand-new-dep-0:1.1-1.el9.noarch"),
    RpmPackage("foo-ng-0:2.0-1.el9.noarch", obsoletes=("foo < 2.0",)),
)
_SIGNED = (
    replace(_new("well-signed"), signer="archive"),
    replace(_new("signed-by-stranger"), signer="stranger"),
    _new("not-signed"),
)


def _before(updates: Iterable[RpmPackage]) -> tuple[RpmPackage, ...]:
    """What is installed: version 1.0 of each, without its hazard."""
    return tuple(RpmPackage(package.nevra.replace(":1.1-", ":1.0-")) for package in updates)


def _approved(packages: Iterable[RpmPackage], first: int) -> tuple[Notice, ...]:
    named: dict[str, list[str]] = {}
    for package in packages:
        parts = package.parts
        named.setdefault(f"{parts.name}-{parts.version}-{parts.release}", []).append(package.nevra)
    return tuple(Notice(f"RLSA-2024:{first + number}", tuple(each)) for number, each in enumerate(named.values()))


def _hazards(name: str, updates: Sequence[RpmPackage], kernels: Sequence[str], **options: Any) -> RpmRepository:
    updates = (*updates, *map(RpmPackage, kernels[1:]))
    return RpmRepository(name, (*updates, *_OTHERS), _approved((*updates, *_OTHERS[1:]), 91001), **options)


def _signed(name: str, **options: Any) -> RpmRepository:
    return RpmRepository(name, _SIGNED, _approved(_SIGNED, 92001), **options)


def _installed(updates: Sequence[RpmPackage], kernels: Sequence[str]) -> tuple[RpmPackage, ...]:
    owner = RpmPackage("file-owner-0:1.0-1.el9.noarch", files={SHARED_FILE: "of file-owner"})
    return (*_before((*updates, *_SIGNED)), owner, _new("bystander"), RpmPackage(kernels[0]))


# SUSE has no package in two architectures: libraries of the other one have names of their own.
_SUSE_UPDATES = tuple(package for package in _UPDATES if package.parts.name != "libmulti")
HAZARDS, SIGNED = _hazards("hazards", _UPDATES, _KERNELS), _signed("signed")
SUSE_HAZARDS = _hazards("sles15-hazards", _SUSE_UPDATES, _SUSE_KERNELS, flavour="suse")
SUSE_SIGNED = _signed("sles15-signed", flavour="suse")
HAZARD_LAYERS = (
    RpmLayer(
        "rocky9-hazards",
        "dnf",
        (*first_packages("rocky-release", "el9"), *_installed(_UPDATES, _KERNELS)),
        {
            **IDENTITIES["rocky9"],
            "/etc/dnf/dnf.conf": DNF_CONF,
            "/etc/yum.repos.d/hazards.repo": repo_section("hazards", "Hazards", HAZARDS.uri),
            "/etc/yum.repos.d/signed.repo": repo_section(
                "signed", "Signed packages", SIGNED.uri, gpgcheck="1", gpgkey=f"file://{KEY_FILE}"
            ),
        },
        (HAZARDS, SIGNED),
    ),
    RpmLayer(
        "sles15-hazards",
        "zypper",
        (bash("bash-0:4.4-150400.25.22.x86_64"), *_installed(_SUSE_UPDATES, _SUSE_KERNELS)),
        {
            **IDENTITIES["sles15"],
            "/etc/zypp/zypp.conf": ZYPP_CONF,
            "/etc/zypp/repos.d/hazards.repo": repo_section("hazards", "Hazards", SUSE_HAZARDS.uri),
            "/etc/zypp/repos.d/signed.repo": repo_section(
                "signed", "Signed packages", SUSE_SIGNED.uri, repo_gpgcheck="0", pkg_gpgcheck="1"
            ),
        },
        (SUSE_HAZARDS, SUSE_SIGNED),
        f"rpm --import {KEY_FILE}\n",
    ),
)
