# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for the lock files of apt and dpkg, and naming who holds them."""

import errno
import fcntl
import os
import struct
import time

from .files import read_text
from .refusal import Refusal

LISTS = "/var/lib/apt/lists/lock"
DPKG = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/cache/apt/archives/lock")
REFUSED = (
    "Failed to lock '%s': it is held by %s, and still was after %d seconds."
    " Wait for that process, or raise the lock timeout"
)
# struct flock: type, whence, start, length, process
_FLOCK = "hhqqi"


def find_holder(path):
    """The id of the process that holds a POSIX lock on a file; None when it is free or not to be asked.

    Asks the kernel without taking the lock, not even for a moment. 0: held from outside this container.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = fcntl.fcntl(descriptor, fcntl.F_GETLK, question)
    except (IOError, OSError):
        return None
    finally:
        os.close(descriptor)
    kind, _whence, _start, _length, pid = struct.unpack(_FLOCK, answer)
    return None if kind == fcntl.F_UNLCK else max(pid, 0)


def describe_process(pid):
    """``process 123 (apt-get upgrade)``."""
    if not pid:
        return "a process outside this container"
    words = (read_text("/proc/%d/cmdline" % pid) or "").replace("\0", " ").strip()
    name = words or (read_text("/proc/%d/comm" % pid) or "").strip()
    return "process %d (%s)" % (pid, name[:120]) if name else "process %d" % pid


def wait_until_free(paths, timeout, tell=None, pause=0.5, find=find_holder):
    """Wait until nobody holds any of the files. Refuses with ``locked``, naming file and holder, when time is over.

    ``tell`` is called with the holder's description while waiting; ``find`` finds it, by the path of the file.
    """
    deadline = time.time() + timeout
    while True:
        held = [(path, pid) for path, pid in ((path, find(path)) for path in paths) if pid is not None]
        if not held:
            return
        path, pid = held[0]
        who = describe_process(pid)
        if time.time() >= deadline:
            raise Refusal(
                "locked",
                REFUSED % (path, who, timeout),
                path=path,
                pid=pid,
                holder=who,
            )
        if tell:
            tell(who)
        time.sleep(min(pause, max(deadline - time.time(), 0.05)))


def try_flock(path):
    """Open and lock a file of our own; None when another process has it. The lock lives as long as the descriptor."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.fcntl(descriptor, fcntl.F_GETFD) | fcntl.FD_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (IOError, OSError) as error:
        os.close(descriptor)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return None
        raise
    return descriptor
