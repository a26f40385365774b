# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh identity of an estate: one client key, and a host key per node that survives a reset of the node."""

from __future__ import annotations

from pathlib import Path

from .errors import NodeError
from .processes import must_run


def make_key(path: Path) -> str:
    """Make an ed25519 key pair at `path` when it is missing; returns the public key, type and text."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        generate = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "estate", "-f", str(path)]
        must_run(generate, NodeError, "make an ssh key")
    return path.with_suffix(".pub").read_text().strip()


def known_hosts_line(address: str, port: int, public_key: str) -> str:
    """The line that lets ssh recognise a node."""
    return f"[{address}]:{port} {' '.join(public_key.split()[:2])}\n"


def ssh_options(known_hosts: Path) -> str:
    """Options that keep an estate apart from the user's own ssh: only its key, only its known hosts."""
    return (
        f"-o UserKnownHostsFile={known_hosts} -o GlobalKnownHostsFile=/dev/null "
        "-o StrictHostKeyChecking=yes -o IdentitiesOnly=yes"
    )
