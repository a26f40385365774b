# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an rpm node stands on: files and an rpm database of its own, over Debian with dnf or zypper."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .bases import build_once, recipe_key, require_success, run_in_root
from .rpm_packages import RpmPackage, RpmRepository
from .rpm_repository import write_repository
from .rpms import build_rpms
from .seed import write_seed
from .signing import SigningKeys

_BUILT = 1_600_000_000
KEY_FILE = "/etc/pki/rpm-gpg/RPM-GPG-KEY-estate"
_INSTALL = """set -e
rm -f /etc/debian_version /etc/lsb-release
ls /var/cache/apt/archives/*.rpm > /tmp/packages 2>/dev/null || true
[ ! -s /tmp/packages ] || xargs rpm --install --force-debian --nodeps --noscripts --nosignature < /tmp/packages
"""


@dataclass(frozen=True)
class RpmLayer:
    """A system, or a variation of one: what is installed, which files make it, which repositories it is offered."""

    name: str
    base: str
    installed: tuple[RpmPackage, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[RpmRepository, ...] = ()
    """Those that it adds; it is offered those of its base as well."""
    script: str = ""
    served: Mapping[str, str] = field(default_factory=dict)
    """More files of the web server, path to text."""


def build_rpm_layer(layer: RpmLayer, lowers: Sequence[Path], cache: Path) -> Path:
    """The directory of a layer; builds it when the cache lacks it."""
    keys = SigningKeys(cache)
    files = {**layer.files, KEY_FILE: keys.public("archive")}
    recipe = (layer.base, [asdict(package) for package in layer.installed], files, layer.script, _INSTALL)
    key = recipe_key(recipe, [lower.name for lower in lowers])
    return build_once(cache, layer.name, key, lambda staging: _build(layer, files, lowers, staging))


def _build(layer: RpmLayer, files: Mapping[str, str], lowers: Sequence[Path], staging: Path) -> None:
    archives = staging / "rpms"
    build_rpms(layer.installed, archives, _BUILT)
    write_seed(staging / "seed.tar", {name: (text, 0o644) for name, text in files.items()})
    result = run_in_root(staging, _INSTALL + layer.script, lowers=lowers, seed=staging / "seed.tar", archives=archives)
    require_success(result, f"build '{layer.name}' over '{layer.base}'")
    shutil.rmtree(archives)


def build_published_rpms(layer: RpmLayer, cache: Path) -> Path:
    """The tree of the repositories a layer adds; built once."""
    keys = SigningKeys(cache)
    signed = [keys.public(name) for name in ("archive", "stranger")]
    key = recipe_key([asdict(repository) for repository in layer.repositories], dict(layer.served), signed)

    def build(staging: Path) -> None:
        for repository in layer.repositories:
            write_repository(staging, repository, keys)
        for name, text in layer.served.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_text(text)

    return build_once(cache, f"rpms-{layer.name}", key, build)
