# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of apt repositories on disk. What a suite offers is what lies in its pool; the indexes are made from that."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
from email.utils import formatdate
from pathlib import Path

from .debs import build_debs, foreign_architecture, native_architecture
from .errors import BuildError
from .packages import SUITES, Build, Package, Suite
from .processes import must_run
from .signing import SigningKeys


def offer(root: Path, package: Package, build: Build, suite: Suite) -> None:
    """Put a build into a suite's pool; it is published with the next `write_indexes`."""
    pool = root / suite.repository / "pool" / suite.name / package.component_in(suite)
    extra = "".join(f"{name}: {value}\n" for name, value in build.index.items())
    for deb in build_debs(package, build, pool):
        control = must_run(["dpkg-deb", "--field", deb], BuildError, f"read package '{deb.name}'")
        data = deb.read_bytes()
        place = f"Filename: {deb.relative_to(root / suite.repository)}\nSize: {len(data)}\n"
        checksum = f"SHA256: {hashlib.sha256(data).hexdigest()}\n"
        deb.with_suffix(".entry").write_text(control + place + checksum + extra)


def withdraw(root: Path, name: str, suite: Suite, version: str | None = None) -> None:
    """Take a package, or one version of it, out of a suite's pool."""
    pool = root / suite.repository / "pool" / suite.name
    for path in list(pool.rglob(f"{name}_*.entry")):
        if version is not None and f"\nVersion: {version}\n" not in path.read_text():
            continue
        path.unlink()
        path.with_suffix(".deb").unlink()


def write_indexes(root: Path, suite: Suite, keys: SigningKeys) -> None:
    """Write Packages, Release and, if the suite is signed, InRelease from what the pool holds."""
    dists = root / suite.repository / "dists" / suite.name
    architectures = (native_architecture(), foreign_architecture())
    checksums = ""
    for component in suite.components:
        entries = _read_entries(root / suite.repository / "pool" / suite.name / component)
        for architecture in architectures:
            folder = dists / component / f"binary-{architecture}"
            folder.mkdir(parents=True, exist_ok=True)
            carried = (f"\nArchitecture: {architecture}\n", "\nArchitecture: all\n")
            data = "\n".join(text for text in entries if any(line in text for line in carried)).encode()
            for name, content in (("Packages", data), ("Packages.gz", gzip.compress(data, 1, mtime=0))):
                _replace(folder / name, content)
                path = (folder / name).relative_to(dists)
                checksums += f" {hashlib.sha256(content).hexdigest()} {len(content)} {path}\n"
    # apt asks "newer than what I have?" in whole seconds: a second edition within one second must still be newer.
    stamp = max(int(time.time()), _last_stamp(dists / "Release") + 1)
    release = _release_text(suite, architectures, stamp) + checksums
    _replace(dists / "Release", release.encode(), stamp)
    if suite.signer:
        _replace(dists / "InRelease", keys.sign(suite.signer, release).encode(), stamp)


def write_tree(root: Path, packages: list[Package], keys: SigningKeys) -> None:
    """Build and publish everything a package table offers."""
    for package in packages:
        for name, build in package.suites.items():
            offer(root, package, build, SUITES[name])
    for suite in SUITES.values():
        write_indexes(root, suite, keys)


def _release_text(suite: Suite, architectures: tuple[str, ...], stamp: int) -> str:
    fields = {
        "Origin": suite.origin,
        "Label": suite.label,
        "Suite": suite.name,
        "Version": suite.version,
        "Codename": suite.codename,
        "Date": formatdate(stamp, usegmt=True).replace("GMT", "UTC"),
        "Architectures": " ".join(architectures),
        "Components": " ".join(suite.components),
        "Description": f"{suite.label} {suite.name}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value) + "SHA256:\n"


def _read_entries(pool: Path) -> list[str]:
    return [path.read_text() for path in sorted(pool.glob("*.entry"))]


def _last_stamp(path: Path) -> int:
    return int(path.stat().st_mtime) if path.exists() else 0


def _replace(path: Path, data: bytes, stamp: int | None = None) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    if stamp is not None:
        os.utime(new, (stamp, stamp))
    new.replace(path)
