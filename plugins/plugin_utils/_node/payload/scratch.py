# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private directory that goes when the process that made it ends, however it ends.

What is changed for one run only (repositories, locks, caches) lives here, so that a run that was killed leaves no
trace. A guard, a process of its own, holds one end of a pipe; the kernel closes the other end with the last process
of the run.
"""

import os
import re
import shutil
import signal
import tempfile

PARENT = "/run"
_NAME = re.compile(r"openpatch-(\d+)-")


class Scratch(object):
    """``path`` is the directory. ``close`` removes it; so does the end of this process and of what it forked."""

    def __init__(self, parent=PARENT):
        if not os.access(parent, os.W_OK):
            parent = tempfile.gettempdir()
        _remove_stale(parent)
        self.path = tempfile.mkdtemp(prefix="openpatch-%d-" % os.getpid(), dir=parent)
        reader, self._writer = os.pipe()
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

    def close(self):
        shutil.rmtree(self.path, True)
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
    shutil.rmtree(path, True)
    os._exit(0)


def _remove_stale(parent):
    """Remove what a run left whose guard was killed too."""
    for name in os.listdir(parent):
        match = _NAME.match(name)
        if match and not os.path.exists("/proc/" + match.group(1)):
            shutil.rmtree(os.path.join(parent, name), True)
