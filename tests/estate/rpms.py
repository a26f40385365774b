# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building stub rpms, many with one rpmbuild; the same input gives the same packages."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import BuildError
from .processes import must_run
from .rpm_packages import RpmPackage
from .signing import SigningKeys

_MACROS = {
    "_binary_payload": "w1.gzdio",
    "_build_id_links": "none",
    "_buildhost": "estate.test",
    "__os_install_post": "%{nil}",
    "debug_package": "%{nil}",
    "clamp_mtime_to_source_date_epoch": "1",
    "use_source_date_epoch_as_buildtime": "1",
}
_HEAD = "Name: stubs\nVersion: 1\nRelease: 1\nSummary: Stubs\nLicense: none\n%description\nStubs.\n"
_INSTALL_ONLY = {
    "kernel": "kernel",
    "kernel-core": "kernel",
    "kernel6.12": "kernel",
    "kernel-modules": "kernel-module",
    "kernel-modules-core": "kernel-module",
}
"""Names of packages of which several versions are kept, as what they provide to say so."""


def node_arch(arch: str) -> str:
    """The architecture a package of the tables gets here: x86_64 stands for the machine's own."""
    return platform.machine() if arch == "x86_64" else arch


def build_rpms(packages: Iterable[RpmPackage], into: Path, built: int, keys: SigningKeys | None = None) -> list[Path]:
    """Build packages into a directory; `built` is the build time of those that do not say theirs.

    `keys` is needed when one of them is signed.
    """
    into.mkdir(parents=True, exist_ok=True)
    rounds: dict[tuple[str, int, int], list[RpmPackage]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for package in packages:
        name, _epoch, _version, _release, arch = package.parts
        # A spec file has each name once, one target architecture (noarch goes with any) and one time.
        target = "i686" if arch == "i686" else "x86_64"
        # Files of its own may have the path of another package's: those are built alone.
        number = -len(rounds) - 1 if package.files else seen[(name, target)]
        rounds[(target, package.built or built, number)].append(package)
        seen[(name, target)] += not package.files
    made: list[Path] = []
    for (target, when, _number), members in rounds.items():
        made += _build_round(members, node_arch(target), when, into)
    for package in packages:
        if package.signer:
            if keys is None:
                raise BuildError(f"Failed to sign '{package.nevra}': no keys.")
            keys.sign_rpm(package.signer, into / filename_of(package))
    return made


def filename_of(package: RpmPackage) -> str:
    """What its file is called here."""
    parts = package.parts
    return parts._replace(arch=node_arch(parts.arch)).filename


def _build_round(packages: Sequence[RpmPackage], target: str, built: int, into: Path) -> list[Path]:
    with tempfile.TemporaryDirectory() as directory:
        spec = Path(directory) / "stubs.spec"
        spec.write_text(_HEAD + "".join(map(_declare, packages)) + _install(packages) + "".join(map(_files, packages)))
        macros = [f"--define={name} {value}" for name, value in _MACROS.items()]
        must_run(
            [
                "rpmbuild",
                "-bb",
                "--quiet",
                "--nodeps",
                "--target",
                target,
                f"--define=_topdir {directory}",
                *macros,
                spec,
            ],
            BuildError,
            f"build {len(packages)} packages such as '{packages[0].nevra}'",
            env={"SOURCE_DATE_EPOCH": str(built), "LC_ALL": "C.UTF-8"},
        )
        built_paths = sorted(Path(directory, "RPMS").glob("*/*.rpm"))
        return [Path(shutil.move(path, into / path.name)) for path in built_paths]


def _declare(package: RpmPackage) -> str:
    name, epoch, version, release, arch = package.parts
    lines = [f"%package -n {name}", f"Version: {version}", f"Release: {release}", "Summary: Stub", "AutoReqProv: no"]
    if epoch != "0":
        lines.append(f"Epoch: {epoch}")
    if arch == "noarch":
        lines.append("BuildArch: noarch")
    provides = package.provides
    if name in _INSTALL_ONLY:
        provides = (*provides, f"installonlypkg({_INSTALL_ONLY[name]})")
    if name == "kernel-default":
        provides = (*provides, "multiversion(kernel)")
    if package.module:
        lines.append(f"ModularityLabel: {package.module}")
    for tag, values in (
        ("Requires", package.requires),
        ("Provides", provides),
        ("Obsoletes", package.obsoletes),
        ("Conflicts", package.conflicts),
    ):
        lines += [f"{tag}: {value}" for value in values]
    lines += [f"%description -n {name}", f"A stub of {name}."]
    for section, text in package.scripts.items():
        lines += [f"%{section} -n {name}", text.rstrip("\n")]
    return "\n".join(lines) + "\n"


def _all_files(package: RpmPackage) -> dict[str, str]:
    own = f"/usr/share/stub/{filename_of(package).removesuffix('.rpm')}"
    return {own: package.nevra, **package.files}


def _install(packages: Sequence[RpmPackage]) -> str:
    lines = ["%install", "mkdir -p %{buildroot}/usr/share/stub"]
    for package in packages:
        for path, text in _all_files(package).items():
            if path in package.files:
                lines.append(f"mkdir -p %{{buildroot}}{Path(path).parent}")
            lines += [f"cat > %{{buildroot}}{path} <<'END'", text.replace("%", "%%"), "END"]
    return "\n".join(lines) + "\n"


def _files(package: RpmPackage) -> str:
    return "\n".join([f"%files -n {package.parts.name}", *_all_files(package)]) + "\n"
