# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repositories of one estate: served over HTTP, changed while nodes look on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .bases import build_once, recipe_key
from .packages import REPOSITORY_PORT, SUITES, Build, Package
from .repo_serving import Mode, RepoServer
from .repository import offer, withdraw, write_indexes, write_tree
from .signing import SigningKeys
from .ubuntu_packages import PACKAGES


class Repositories:
    """The published repositories of an estate and their web server."""

    def __init__(self, state: Path, cache: Path, address: str) -> None:
        self.root = state / "www"
        self.address = address
        self._cache = cache
        self._server = RepoServer(self.root, address, REPOSITORY_PORT, state / "repositories.log")

    def start(self) -> None:
        """Publish what was never published, and serve it; nothing happens when it is served already."""
        published = build_published(self._cache, list(PACKAGES.values()))
        stamp = self.root / "published"
        if not stamp.exists() or stamp.read_text() != published.name:
            shutil.rmtree(self.root, ignore_errors=True)
            self._copy_published(published)
        self._server.start()

    def stop(self) -> None:
        """Take the web server away: every repository refuses connections."""
        self._server.stop()

    def reset(self) -> None:
        """Publish exactly the package table again, all repositories well."""
        stamps = {path.relative_to(self.root): path.stat().st_mtime for path in self.root.rglob("*Release")}
        shutil.rmtree(self.root)
        self._copy_published(build_published(self._cache, list(PACKAGES.values())))
        for path, stamp in stamps.items():
            # Never older than what a node may have seen, or apt would keep what it has.
            if (self.root / path).exists():
                os.utime(self.root / path, (stamp, stamp))
        for suite in SUITES.values():
            write_indexes(self.root, suite, SigningKeys(self._cache))
        self.start()

    def set_mode(self, repository: str, mode: Mode) -> None:
        """Make a repository (`ubuntu`, `ubuntu-security`, `acme`, ...) misbehave, or behave: `ok`.

        `missing`: 404 for everything; `error`: 503; `drop`: the connection is closed without an answer;
        `hang`: no answer; `corrupt`: one bit of each InRelease, repomd.xml and package is wrong.
        """
        self._server.set_mode(repository, mode)

    def publish(self, package: Package, build: Build, suite: str) -> None:
        """Offer one more version in a suite, beside what it offers already."""
        offer(self.root, package, build, SUITES[suite])
        write_indexes(self.root, SUITES[suite], SigningKeys(self._cache))

    def withdraw(self, name: str, suite: str, version: str | None = None) -> None:
        """Take a package, or one version of it, out of a suite."""
        withdraw(self.root, name, SUITES[suite], version)
        write_indexes(self.root, SUITES[suite], SigningKeys(self._cache))

    def _copy_published(self, published: Path) -> None:
        shutil.copytree(published, self.root)
        (self.root / "published").write_text(published.name)


def build_published(cache: Path, packages: Sequence[Package]) -> Path:
    """The tree of repositories that carries a package table; built once."""
    keys = SigningKeys(cache)
    key = recipe_key(list(packages), list(SUITES.values()), keys.public("archive"))
    return build_once(cache, "www", key, lambda staging: write_tree(staging, list(packages), keys))
