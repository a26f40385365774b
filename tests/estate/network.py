# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loopback addresses of an estate. Nodes share the network of the machine; each has an address of its own."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable
from pathlib import Path

from .errors import NodeError

_LAST = 254


def address_of(state: Path, index: int) -> str:
    """The address of member `index` of an estate; two estates on one machine are told apart by their directory."""
    if index > _LAST:
        raise NodeError(f"Failed to find an address for node number {index}: an estate has {_LAST}. Take some down.")
    first, second = hashlib.sha256(str(state).encode()).digest()[:2]
    return f"127.{1 + first % 254}.{second}.{index}"


def require_free(address: str, port: int) -> None:
    """Raise NodeError when somebody else listens there: we would talk to them and take them for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise NodeError(
                f"Failed to use {address} port {port}: {error.strerror}. "
                "Another estate may have the same network: set ESTATE_DIR to a directory of another name."
            ) from error


def wait_for_answer(
    address: str, port: int, greeting: bytes, is_alive: Callable[[], bool], seconds: float = 15.0
) -> bool:
    """Whether a server came up: it accepts, and says `greeting` first. Gives up when `is_alive` says no."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, port), timeout=1) as connection:
                if not greeting or connection.recv(len(greeting)) == greeting:
                    return True
        except OSError:
            if not is_alive():
                return False
        time.sleep(0.02)
    return False
