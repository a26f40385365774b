# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which process a controller is, and whether it still lives.

A controller is a process of ``ansible-playbook``: its host, its number and the moment it started, for numbers are used
again and moments are not. Whether one of this machine lives is certain; of others only a sign of life tells (see
``keeper``).
"""

from __future__ import annotations

import os
import platform
import subprocess

_FIRST_NAMESPACE = "4026531836"  # PROC_PID_INIT_INO of the kernel: what is not in a container


def name_controller(pid: int) -> str:
    """A text that names this process and no other, on any machine, at any time."""
    return f"{platform.node()}:{pid}:{_describe_start(pid)}"


def is_alive_here(name: str) -> bool | None:
    """Whether a controller lives; None: it is not of this machine (or container), or of an earlier boot of it."""
    host, _colon, rest = name.partition(":")
    number, _colon, start = rest.partition(":")
    if host != platform.node() or not number.isdecimal() or _describe_world() != start.rpartition(":")[0]:
        return None
    return name_controller(int(number)) == name and not _is_zombie(int(number))


def is_seen_by_all() -> bool:
    """Whether every process of this machine can look for this one: one in a container is not seen from outside."""
    return _find_namespace() in ("", _FIRST_NAMESPACE)


def _describe_start(pid: int) -> str:
    world = _describe_world()
    if not world:  # no Linux: macOS and the BSDs have no /proc
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        started = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout
        return f"{world}:{started.strip().replace(':', '.')}"
    try:
        return f"{world}:{_read_stat(pid)[19]}"  # starttime, in clock ticks since that boot
    except (OSError, IndexError):  # no such process
        return f"{world}:"


def _describe_world() -> str:
    """What tells this boot and this container from others; nothing where there is no /proc."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return f"{stream.read().strip()}:{_find_namespace()}"
    except OSError:
        return ""


def _find_namespace() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return ""


def _is_zombie(pid: int) -> bool:
    """Whether it has ended and its parent has not asked for its exit status yet."""
    try:
        return _read_stat(pid)[0] in ("Z", "X")
    except (OSError, IndexError):
        return False


def _read_stat(pid: int) -> list[str]:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
        return stream.read().rsplit(")", 1)[1].split()
