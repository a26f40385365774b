# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who holds the locks of the package manager just now. Nothing is waited for and nothing is locked."""

import errno
import os

from . import locks, zypper_pid

# locked through the kernel
_RPM = ("/usr/lib/sysimage/rpm/.rpm.lock", "/var/lib/rpm/.rpm.lock")
KERNEL_LOCKS = {
    "apt": (locks.LISTS,) + locks.DPKG,
    "dnf": _RPM,
    "yum": _RPM,
    "zypper": _RPM,
}
# a file with the id of the process that has the lock
PID_FILES = {
    "dnf": (
        "/var/cache/dnf/metadata_lock.pid",
        "/var/cache/dnf/download_lock.pid",
        "/var/lib/dnf/rpmdb_lock.pid",
        "/var/log/log_lock.pid",
    ),
    "yum": ("/var/run/yum.pid",),
    "zypper": (zypper_pid.PID_FILE,),
}


def observe(manager, kernel_locks=None, pid_files=None):
    """``held``: path, process and its command; ``unreadable``: locks that this user cannot ask for."""
    held, unreadable = [], []
    for path in kernel_locks if kernel_locks is not None else KERNEL_LOCKS.get(manager, ()):
        if is_hidden(path):
            unreadable.append(path)
            continue
        _note(held, path, locks.find_holder(path))
    for path in pid_files if pid_files is not None else PID_FILES.get(manager, ()):
        _note(held, path, zypper_pid.find_holder(path))
    return {"held": held, "unreadable": unreadable}


def _note(held, path, pid):
    if pid is not None:
        held.append({"path": path, "pid": pid, "holder": locks.describe_process(pid)})


def is_hidden(path):
    """Whether a lock is there that we may not read."""
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EPERM)
    return False
