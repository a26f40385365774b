# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this machine can carry an estate, and making it able to."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .errors import HostError
from .paths import state_dir
from .processes import must_run, run

_PACKAGES = {
    "createrepo_c": "createrepo-c",
    "debootstrap": "debootstrap",
    "dpkg-deb": "dpkg",
    "gpg": "gnupg",
    "nsenter": "util-linux",
    "rpmbuild": "rpm",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "tar": "tar",
    "unshare": "util-linux",
}
_KEYRING_PACKAGE = "debian-archive-keyring"
_TRIAL = "mount -t overlay overlay -o lowerdir={0}/l,upperdir={0}/u,workdir={0}/w {0}/m && mount -t proc proc {0}/m"


def estate_available() -> tuple[bool, str]:
    """Whether nodes can be started here, and if not, why and what to do about it."""
    if shutil.which("apt-get") is None:
        return False, "the estate needs a Debian or Ubuntu machine: there is no apt-get"
    if os.geteuid() != 0:
        return False, "the estate needs root, to mount and to unshare: run it as root"
    missing = missing_tools()
    if missing:
        return False, f"the estate needs {', '.join(missing)}: run python3 -m tests.estate install-tools"
    return _try_to_mount(state_dir().parent)


def missing_tools() -> list[str]:
    """Debian packages that have to be installed first."""
    needed = {package for tool, package in _PACKAGES.items() if shutil.which(tool) is None}
    if not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        needed.add(_KEYRING_PACKAGE)
    return sorted(needed)


def install_tools() -> None:
    """Install what is missing with apt-get; reads the package lists first if there are none."""
    missing = missing_tools()
    if not missing:
        return
    if os.geteuid() != 0:
        raise HostError(f"Failed to install {', '.join(missing)}: not root. Run it as root.")
    if not any(Path("/var/lib/apt/lists").glob("*_Packages*")):
        must_run(["apt-get", "-q", "update"], HostError, "read the package lists")
    install = ["apt-get", "-q", "-y", "--no-install-recommends", "install", *missing]
    must_run(install, HostError, f"install {', '.join(missing)}", env={"DEBIAN_FRONTEND": "noninteractive"})


def require_estate() -> None:
    """Raise HostError unless nodes can be started here."""
    available, reason = estate_available()
    if not available:
        raise HostError(f"Failed to use this machine: {reason}.")


def _try_to_mount(parent: Path) -> tuple[bool, str]:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent) as directory:
            for name in ("l", "u", "w", "m"):
                (Path(directory) / name).mkdir()
            unshare = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "/bin/sh", "-ec"]
            result = run([*unshare, _TRIAL.format(directory)])
    except OSError as error:
        return False, f"the estate cannot write to {parent}: {error}. Set ESTATE_DIR to a directory it can use"
    if result.rc != 0:
        return False, (
            f"the estate cannot unshare or mount an overlay under {parent}: {result.err.strip()}. "
            "Set ESTATE_DIR to a directory on ext4, xfs or tmpfs, and do not run inside an unprivileged container"
        )
    return True, ""
