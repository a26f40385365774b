# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building the packages of the table with dpkg-deb; the same input gives the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .errors import BuildError
from .packages import Build, Package
from .processes import must_run

_EPOCH = "1700000000"
_FOREIGN = {"amd64": "i386", "arm64": "armhf"}


def native_architecture() -> str:
    """Debian's name of this machine's architecture."""
    return must_run(["dpkg", "--print-architecture"], BuildError, "ask dpkg for the architecture").strip()


def foreign_architecture() -> str:
    """A second architecture whose packages a node can hold."""
    return _FOREIGN.get(native_architecture(), "i386")


def build_debs(package: Package, build: Build, into: Path) -> list[Path]:
    """Build one version of a package, for each of its architectures."""
    wanted = [native_architecture(), foreign_architecture()] if package.architecture == "both" else ["all"]
    return [_build_deb(package, build, architecture, into) for architecture in wanted]


def _build_deb(package: Package, build: Build, architecture: str, into: Path) -> Path:
    into.mkdir(parents=True, exist_ok=True)
    target = into / f"{package.name}_{build.version.partition(':')[2] or build.version}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory) / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(_control(package, build, architecture))
        for name, text in build.scripts.items():
            (tree / "DEBIAN" / name).write_text(text)
            (tree / "DEBIAN" / name).chmod(0o644 if name == "templates" else 0o755)
        for name, text in build.conffiles.items():
            _write(tree / name.lstrip("/"), text)
        if build.conffiles:
            (tree / "DEBIAN/conffiles").write_text("".join(f"{name}\n" for name in build.conffiles))
        _write(tree / f"usr/lib/{package.name}/{architecture}", f"{build.version}\n")
        must_run(
            ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree, target],
            BuildError,
            f"build package '{package.name}' {build.version}",
            env={"SOURCE_DATE_EPOCH": _EPOCH},
        )
    return target


def _control(package: Package, build: Build, architecture: str) -> str:
    fields = {
        "Package": package.name,
        "Version": build.version,
        "Architecture": architecture,
        "Maintainer": "The estate <estate@estate.test>",
        "Section": package.section,
        "Priority": package.priority,
        **({"Multi-Arch": "same"} if package.architecture == "both" else {}),
        **build.fields,
        "Description": package.about,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
