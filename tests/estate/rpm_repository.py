# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree of rpm repositories on disk. What a repository offers is what lies in it; the metadata is made from that."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .errors import BuildError
from .processes import must_run
from .rpm_packages import Module, Notice, RpmPackage, RpmRepository
from .rpms import build_rpms, filename_of
from .signing import SigningKeys
from .updateinfo import format_updateinfo

_KEPT = "notices.json"
_DAMAGED = "damaged.json"


def write_repository(root: Path, repository: RpmRepository, keys: SigningKeys) -> None:
    """Build and publish a repository as it is described, in place of what was there."""
    shutil.rmtree(root / repository.name, ignore_errors=True)
    add_packages(root, repository, repository.packages, keys)
    write_metadata(root, repository, repository.notices)


def add_packages(root: Path, repository: RpmRepository, packages: Sequence[RpmPackage], keys: SigningKeys) -> None:
    """Put packages into a repository; they are published with the next `write_metadata`."""
    home = root / repository.name
    _flip_damaged(home)
    build_rpms(packages, home / "Packages", repository.built, keys)
    damaged = {*_damaged(home), *(filename_of(package) for package in packages if package.damaged)}
    (home / _DAMAGED).write_text(json.dumps(sorted(damaged)))
    _flip_damaged(home)


def remove_packages(root: Path, repository: RpmRepository, pattern: str) -> None:
    """Take the packages out whose file names match a shell pattern."""
    for path in (root / repository.name / "Packages").glob(pattern):
        path.unlink()


def read_notices(root: Path, repository: RpmRepository) -> list[Notice] | None:
    """The notices published last; None: the repository has no updateinfo."""
    loaded = json.loads((root / repository.name / _KEPT).read_text())
    return None if loaded is None else [_load(notice) for notice in loaded]


def write_metadata(root: Path, repository: RpmRepository, notices: Sequence[Notice] | None) -> None:
    """Write repodata from the packages that are there, with these notices, and swap it in."""
    home = root / repository.name
    (home / "Packages").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".new") as directory:
        new = Path(directory)
        _flip_damaged(home)
        must_run(
            ["createrepo_c", "--quiet", "--no-database", "--simple-md-filenames", f"--outputdir={new}", home],
            BuildError,
            f"make the metadata of repository '{repository.name}'",
        )
        _flip_damaged(home)
        if notices is not None:
            (new / "updateinfo.xml").write_text(format_updateinfo(repository, notices))
            _add_metadata(new / "repodata", new / "updateinfo.xml", "updateinfo")
        if repository.modules:
            (new / "modules.yaml").write_text(repository.modules)
            _add_metadata(new / "repodata", new / "modules.yaml", "modules")
        (home / _KEPT).write_text(json.dumps(None if notices is None else [asdict(notice) for notice in notices]))
        if (home / "repodata").exists():
            (home / "repodata").rename(new / "old")
        (new / "repodata").rename(home / "repodata")


def _damaged(home: Path) -> list[str]:
    path = home / _DAMAGED
    loaded: list[str] = json.loads(path.read_text()) if path.exists() else []
    return loaded


def _flip_damaged(home: Path) -> None:
    # Once damages, twice mends: metadata is made from what is whole.
    for name in _damaged(home):
        path = home / "Packages" / name
        if path.exists():
            data = bytearray(path.read_bytes())
            data[-len(data) // 8] ^= 1
            path.write_bytes(data)


def _add_metadata(repodata: Path, path: Path, kind: str) -> None:
    command: list[str | Path] = ["modifyrepo_c", "--simple-md-filenames", f"--mdtype={kind}", path, repodata]
    must_run(command, BuildError, f"add {kind} to '{repodata}'")


def _load(fields: dict[str, object]) -> Notice:
    module = fields.pop("module")
    lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
    return Notice(**{**fields, **lists, "module": Module(**module) if isinstance(module, dict) else None})  # type: ignore[arg-type]
