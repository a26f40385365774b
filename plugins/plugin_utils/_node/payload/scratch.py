# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private directory that goes when the process that made it ends, however it ends.

What is changed for one run only (repositories, locks, caches) lives here, so that a run that was killed leaves no
trace. A guard, a process of its own, holds one end of a pipe; the kernel closes the other end with the last process
of the run.
"""

import binascii
import os
import re
import shutil
import tempfile
import time

from .commands import PATH
from .node import start_ticks

# on disk: lists and packages of a run may be more than the memory that /run is
PARENT = "/var/cache"
# process id and the time it started, which tells it from one of the same number after the next boot
_NAME = re.compile(r"openpatch-(\d+)-(\d+)-")
# what a command is still writing may be in the way once
_GUARD = 'trap "" HUP INT TERM; read -r nothing; for n in 1 2 3 4 5 6 7 8; do rm -rf -- "$1" && break; sleep 1; done'
_HOLD = 'exec "$@" 9> "$0"'
_MOST_REMOVALS = 40


class Scratch(object):
    """``path`` is the directory. ``close`` removes it; so does the end of this process and of what it forked."""

    def __init__(self, parent=PARENT):
        if not os.access(parent, os.W_OK):
            parent = tempfile.gettempdir()
        _remove_stale(parent)
        word = binascii.hexlify(os.urandom(8)).decode("ascii")
        self.path = os.path.join(parent, "openpatch-%d-%d-%s" % (os.getpid(), start_ticks(os.getpid()) or 0, word))
        reader, self._writer = os.pipe()
        try:
            # before there is anything to guard: nobody may be killed between the two
            _start_guard(self.path, reader)
        finally:
            os.close(reader)
        os.mkdir(self.path, 0o700)

    @property
    def hold(self):
        """A path that keeps the directory as long as a process has it open for writing."""
        return "/proc/%d/fd/%d" % (os.getpid(), self._writer)

    def holding(self, argv):
        """The words of a command that keeps the directory as long as it runs, also when we are killed."""
        return ["/bin/sh", "-c", _HOLD, self.hold] + list(argv)

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

    def close(self):
        for _attempt in range(_MOST_REMOVALS):
            shutil.rmtree(self.path, True)
            if not os.path.exists(self.path):
                break
            time.sleep(0.05)
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
    """Become a shell, which is small and has another name than what it guards."""
    os.dup2(reader, 0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2:
            try:
                os.close(int(name))
            except OSError:
                continue
    os.chdir("/")
    os.execve("/bin/sh", ["sh", "-c", _GUARD, "openpatch-guard", path], {"PATH": PATH})


def _remove_stale(parent):
    """Remove what a run left whose guard was killed too, or that lost its power."""
    for name in os.listdir(parent):
        match = _NAME.match(name)
        path = os.path.join(parent, name)
        if match and "%s" % start_ticks(int(match.group(1))) != match.group(2) and _is_ours(path):
            shutil.rmtree(path, True)


def _is_ours(path):
    """Where everybody may write, a directory of that name may be somebody else's."""
    try:
        return os.lstat(path).st_uid == os.geteuid()
    except OSError:
        return False
