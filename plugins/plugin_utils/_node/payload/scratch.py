# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private directory that goes when the process that made it ends, however it ends.

What is changed for one run only (repositories, locks, caches) lives here, so that a run that was killed leaves no
trace. A guard, a process of its own, holds one end of a pipe; the kernel closes the other end with the last process
of the run. The pipe has a name, so that a command which goes on when we are killed can be made to hold it too.
"""

import fcntl
import os
import re
import shutil
import signal
import tempfile
import time

from .node import start_ticks

# on disk: lists and packages of a run may be more than the memory that /run is
PARENT = "/var/cache"
# process id and the time it started, which tells it from one of the same number after the next boot
_NAME = re.compile(r"openpatch-(\d+)(?:-(\d+))?-")
_PIPE = "alive"
_HOLD = 'exec "$@" 9<> "$0"'
_MOST_REMOVALS = 240


class Scratch(object):
    """``path`` is the directory. ``close`` removes it; so does the end of this process and of what it forked."""

    def __init__(self, parent=PARENT):
        if not os.access(parent, os.W_OK):
            parent = tempfile.gettempdir()
        _remove_stale(parent)
        prefix = "openpatch-%d-%d-" % (os.getpid(), start_ticks(os.getpid()) or 0)
        self.path = tempfile.mkdtemp(prefix=prefix, dir=parent)
        self._pipe = os.path.join(self.path, _PIPE)
        os.mkfifo(self._pipe, 0o600)
        reader = os.open(self._pipe, os.O_RDONLY | os.O_NONBLOCK)
        self._writer = os.open(self._pipe, os.O_WRONLY)
        for descriptor in (reader, self._writer):
            fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        fcntl.fcntl(reader, fcntl.F_SETFL, 0)
        try:
            _start_guard(self.path, reader)
        finally:
            os.close(reader)

    def write(self, name, text):
        """Write a file, with folders on the way, and give its path."""
        path = os.path.join(self.path, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        with open(path, "wb") as stream:
            stream.write(text.encode("utf-8"))
        return path

    def make(self, name):
        """Make a folder and give its path."""
        path = os.path.join(self.path, name)
        os.makedirs(path)
        return path

    def hold(self, argv):
        """The words of a command that keeps the directory as long as it runs, also when we are killed."""
        return ["/bin/sh", "-c", _HOLD, self._pipe] + list(argv)

    def close(self):
        remove_whole(self.path)
        os.close(self._writer)


def _start_guard(path, reader):
    child = os.fork()
    if child == 0:
        # from here to os._exit nothing may return into the caller's stack
        try:
            os.setsid()
            if os.fork() == 0:
                _guard(path, reader)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _guard(path, reader):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for target in range(3):
        os.dup2(nothing, target)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != reader:
            try:
                os.close(int(name))
            except OSError:
                continue
    os.chdir("/")
    os.read(reader, 1)
    remove_whole(path)
    os._exit(0)


def remove_whole(path):
    """Remove a directory; a command that is about to end may still write into it."""
    for _attempt in range(_MOST_REMOVALS):
        shutil.rmtree(path, True)
        if not os.path.exists(path):
            return
        time.sleep(0.25)


def _remove_stale(parent):
    """Remove what a run left whose guard was killed too, or that lost its power."""
    for name in os.listdir(parent):
        match = _NAME.match(name)
        path = os.path.join(parent, name)
        if match and not _is_alive(match.group(1), match.group(2)) and _is_ours(path):
            shutil.rmtree(path, True)


def _is_alive(pid, started):
    ticks = start_ticks(int(pid))
    return ticks is not None and started in (None, "%d" % ticks)


def _is_ours(path):
    """Where everybody may write, a directory of that name may be somebody else's."""
    try:
        return os.lstat(path).st_uid == os.geteuid()
    except OSError:
        return False
