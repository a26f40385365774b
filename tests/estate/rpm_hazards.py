# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node rocky9-hazards: one package per way in which an update goes wrong, or wants care.

Every update has a notice of its own, RLSA-2024:91001 and so on, that the default baseline approves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .rpm_layers import KEY_FILE, RpmLayer
from .rpm_packages import Notice, RpmPackage, RpmRepository
from .rpm_systems import DNF_CONF, IDENTITIES, first_packages, repo_section

SHARED_FILE = "/usr/share/stub/shared"
_READ = "printf 'Really go on? [y/N] '\nread -r answer || true\nread -r answer < /dev/tty || true\n"
_KERNELS = ("5.14.0-427.13.1.el9_4", "5.14.0-427.31.1.el9_4", "5.14.0-427.42.1.el9_4")


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
    *(RpmPackage(f"kernel-core-0:{version}.x86_64") for version in _KERNELS[1:]),
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
    return tuple(
        RpmPackage(package.nevra.replace(":1.1-", ":1.0-"))
        for package in updates
        if not package.nevra.startswith("kernel")
    )


def _approved(packages: Iterable[RpmPackage], first: int) -> tuple[Notice, ...]:
    named: dict[str, list[str]] = {}
    for package in packages:
        parts = package.parts
        named.setdefault(f"{parts.name}-{parts.version}-{parts.release}", []).append(package.nevra)
    return tuple(Notice(f"RLSA-2024:{first + number}", tuple(each)) for number, each in enumerate(named.values()))


HAZARDS = RpmRepository("hazards", (*_UPDATES, *_OTHERS), _approved((*_UPDATES, *_OTHERS[1:]), 91001))
SIGNED = RpmRepository("signed", _SIGNED, _approved(_SIGNED, 92001))
HAZARD_LAYER = RpmLayer(
    "rocky9-hazards",
    "dnf",
    (
        *first_packages("rocky-release", "el9"),
        *_before((*_UPDATES, *_SIGNED)),
        RpmPackage("file-owner-0:1.0-1.el9.noarch", files={SHARED_FILE: "of file-owner"}),
        _new("bystander"),
        RpmPackage(f"kernel-core-0:{_KERNELS[0]}.x86_64"),
    ),
    {
        **IDENTITIES["rocky9"],
        "/etc/dnf/dnf.conf": DNF_CONF,
        "/etc/yum.repos.d/hazards.repo": repo_section("hazards", "Hazards", HAZARDS.uri),
        "/etc/yum.repos.d/signed.repo": repo_section(
            "signed", "Signed packages", SIGNED.uri, gpgcheck="1", gpgkey=f"file://{KEY_FILE}"
        ),
    },
    (HAZARDS, SIGNED),
)
