# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Building what nodes stand on, once: Debian releases by debootstrap, and layers over them."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from .errors import BuildError
from .mirror import Mirror
from .paths import BOOT, locked
from .pending import choose_more, list_pending
from .processes import Result, run
from .recipes import EDITION, INSTALL, MINIMUM_PENDING, PREPARE, DebianRelease

_UNSHARE = ("unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child")


def run_in_root(
    root: Path,
    script: str,
    *,
    lowers: Sequence[Path] = (),
    seed: Path | None = None,
    archives: Path | None = None,
    variables: str = "",
) -> Result:
    """Run a shell script in a root file system, or in an overlay: `root`/upper over `lowers`, topmost first."""
    env = {}
    if lowers:
        env = overlay_environment(root, lowers)
        root = root / "root"
    if seed:
        env["SEED"] = str(seed)
    if archives:
        archives.mkdir(parents=True, exist_ok=True)
        env["ARCHIVES"] = str(archives)
    assemble = [*_UNSHARE, "/bin/sh", str(BOOT / "assemble.sh"), str(root), "build"]
    return run([*assemble, "/bin/sh", "-c", variables + script], env=env)


def overlay_environment(directory: Path, lowers: Sequence[Path]) -> dict[str, str]:
    """The variables `assemble.sh` needs to mount `directory`/upper over `lowers`; makes the directories."""
    for name in ("upper", "work", "root"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    return {
        "LOWER": ":".join(str(lower) for lower in lowers),
        "UPPER": str(directory / "upper"),
        "WORK": str(directory / "work"),
    }


def recipe_key(*parts: object) -> str:
    """A short name for exactly this recipe."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:12]


def build_once(cache: Path, name: str, key: str, build: Callable[[Path], None]) -> Path:
    """The directory `name`-`key` in the cache; `build` fills it when it is missing, and only a success stays."""
    target = cache / f"{name}-{key}"
    if target.is_dir():
        return target
    with locked(cache / "locks" / name):
        if not target.is_dir():
            staging = cache / f"{name}.building"
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            build(staging)
            staging.rename(target)
    return target


def build_release(release: DebianRelease, mirror: Mirror, cache: Path) -> Path:
    """Root file system of a Debian release with security updates pending; takes a minute when it is not cached."""
    mirror = mirror.for_release(release.codename)
    key = recipe_key(EDITION, PREPARE, asdict(release), asdict(mirror), MINIMUM_PENDING)
    archives = cache / "debs" / release.codename
    return build_once(cache, release.name, key, lambda staging: _build_release(release, mirror, staging, archives))


def _build_release(release: DebianRelease, mirror: Mirror, root: Path, archives: Path) -> None:
    archives.mkdir(parents=True, exist_ok=True)
    proxy = mirror.proxy()
    bootstrap = ["debootstrap", "--variant=minbase", f"--keyring={mirror.keyring}", f"--cache-dir={archives}"]
    result = run(
        [*_UNSHARE, *bootstrap, release.codename, root, mirror.archive],
        env={"http_proxy": proxy} if proxy else None,
    )
    if result.rc != 0:
        codename, cause = release.codename.upper(), (result.err + result.out[-300:]).strip()
        raise BuildError(
            f"Failed to bootstrap '{release.name}' from {mirror.archive}: {cause}. "
            f"If the release has moved, set ESTATE_MIRROR_{codename} and ESTATE_SECURITY_MIRROR_{codename}."
        )
    _write_apt_configuration(root, mirror)
    _write_sources(root, release, mirror)
    variables = f"PACKAGES='{release.packages}'\nRELEASE={release.codename}\n"
    _must_run_in_root(root, PREPARE, f"install the packages of '{release.name}'", archives, variables)
    missing = MINIMUM_PENDING - len(list_pending(root, run_in_root))
    if missing > 0:
        more = " ".join(choose_more(root, release.codename, missing, run_in_root))
        install = INSTALL.replace("$PACKAGES", more)
        _must_run_in_root(root, install, f"install more in '{release.name}'", archives, variables)
    found = list_pending(root, run_in_root)
    if len(found) < MINIMUM_PENDING:
        raise BuildError(
            f"Failed to build '{release.name}': only {len(found)} security updates pending. "
            "Add packages with open security updates to its recipe."
        )


def _write_sources(root: Path, release: DebianRelease, mirror: Mirror) -> None:
    one_line = root / "etc/apt/sources.list"
    one_line.unlink(missing_ok=True)
    if release.deb822:
        (root / "etc/apt/sources.list.d/debian.sources").write_text(mirror.deb822_sources(release.codename))
    else:
        one_line.write_text(mirror.sources(release.codename))


def _write_apt_configuration(root: Path, mirror: Mirror) -> None:
    conf = root / "etc/apt/apt.conf.d/50estate"
    conf.write_text(mirror.apt_conf() + 'Acquire::Languages "none";\n')
    host = Path("/etc/apt/auth.conf.d")
    credentials = [Path("/etc/apt/auth.conf"), *(sorted(host.glob("*.conf")) if host.is_dir() else [])]
    for path in credentials:
        if path.is_file():
            shutil.copy2(path, root / path.relative_to("/"))
    anchors = root / "usr/local/share/ca-certificates"
    anchors.mkdir(parents=True, exist_ok=True)
    for path in Path("/usr/local/share/ca-certificates").glob("*.crt"):
        shutil.copy2(path, anchors)


def _must_run_in_root(root: Path, script: str, what: str, archives: Path, variables: str = "") -> None:
    result = run_in_root(root, script, archives=archives, variables=variables)
    require_success(result, what)


def require_success(result: Result, what: str) -> None:
    """Raise BuildError "Failed to <what>" unless the command went well."""
    if result.rc != 0:
        tail = " | ".join((result.out + result.err).strip().splitlines()[-6:])
        raise BuildError(f"Failed to {what}: exit status {result.rc}: {tail}")
