# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rpm repositories of one estate: served over HTTP, changed while nodes look on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .errors import BuildError
from .repo_serving import Mode, RepoServer
from .rpm_catalog import RPM_LAYERS
from .rpm_layers import RpmLayer, build_published_rpms
from .rpm_packages import RPM_PORT, Notice, RpmPackage, RpmRepository
from .rpm_repository import add_packages, read_notices, remove_packages, write_metadata, write_repository
from .signing import SigningKeys


class RpmRepositories:
    """The published rpm repositories of an estate and their web server."""

    def __init__(self, state: Path, cache: Path, address: str) -> None:
        self.root = state / "www-rpm"
        self.address = address
        self._cache = cache
        self._server = RepoServer(self.root, address, RPM_PORT, state / "rpm-repositories.log")

    def start(self, layers: Sequence[RpmLayer] = ()) -> None:
        """Publish what these layers are offered where it was never published, and serve it."""
        self.root.mkdir(parents=True, exist_ok=True)
        for layer in layers:
            published = build_published_rpms(layer, self._cache)
            stamp = self.root / f"{layer.name}.published"
            if not stamp.exists() or stamp.read_text() != published.name:
                self._copy(published)
                stamp.write_text(published.name)
        self._server.start()

    def stop(self) -> None:
        """Take the web server away: every repository refuses connections. `start` serves them again."""
        self._server.stop()

    def reset(self) -> None:
        """As they were when nodes started: all repositories well, nothing published or withdrawn."""
        names = [path.stem for path in self.root.glob("*.published")]
        shutil.rmtree(self.root)
        self.start([RPM_LAYERS[name] for name in names])

    def set_mode(self, repository: str, mode: Mode) -> None:
        """Make a repository misbehave, or behave: `ok`. As `Repositories.set_mode`; one name is one first component."""
        self._server.set_mode(repository.partition("/")[0], mode)

    def publish(
        self,
        repository: RpmRepository | str,
        packages: Sequence[RpmPackage] = (),
        notices: Sequence[Notice] = (),
        built: int | None = None,
    ) -> None:
        """Offer more packages and notices beside what a repository offers already; a new repository starts empty.

        A notice of a known id replaces the old one. Where a repository has no updateinfo it gets one with its first
        notice. Nodes see it once their metadata has expired (`dnf --refresh`, `zypper refresh --force`).
        """
        described = self._find(repository)
        described = replace(described, built=built or described.built)
        known = read_notices(self.root, described) if (self.root / described.name / "repodata").is_dir() else None
        add_packages(self.root, described, packages, SigningKeys(self._cache))
        if notices or known is not None:
            ids = {notice.id for notice in notices}
            known = [*(notice for notice in known or () if notice.id not in ids), *notices]
        write_metadata(self.root, described, known)

    def replace(self, repository: RpmRepository) -> None:
        """Publish a repository in place of the one of its name."""
        write_repository(self.root, repository, SigningKeys(self._cache))

    def withdraw(self, repository: RpmRepository | str, pattern: str) -> None:
        """Take packages out whose file names match a shell pattern; notices stay, as they do in real life."""
        described = self._find(repository)
        remove_packages(self.root, described, pattern)
        write_metadata(self.root, described, read_notices(self.root, described))

    def _find(self, repository: RpmRepository | str) -> RpmRepository:
        if isinstance(repository, RpmRepository):
            return repository
        for layer in RPM_LAYERS.values():
            for known in layer.repositories:
                if known.name == repository:
                    return known
        raise BuildError(f"Failed to find repository '{repository}': no system has it. Give an RpmRepository.")

    def _copy(self, published: Path) -> None:
        for path in published.iterdir():
            shutil.rmtree(self.root / path.name, ignore_errors=True)
            shutil.copytree(path, self.root / path.name)
