# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Leaving the session: a process that outlives the connection that started it.

The program was read from standard input and is in memory only, so the process is a fork and starts nothing anew: it
needs no file of ours on the node, and what it needs of Python's own library is imported before, because an install may
replace that while we run.
"""

import os
import signal
import traceback


def run_detached(job, log_path, keep=()):
    """Run ``job(ready)`` in a process of its own, and give what it passed to ``ready``: a text.

    The job's process has no terminal, no standard input, no open file but ``keep``; what it prints goes to the log.
    Gives an empty text when it ended without ``ready``.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # from here to os._exit nothing may return into the caller's stack
        try:
            os.setsid()
            if os.fork() == 0:
                _run_job(job, log_path, writer, tuple(keep))
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    said = b""
    while True:
        data = os.read(reader, 4096)
        if not data:
            break
        said += data
    os.close(reader)
    return said.decode("utf-8", "replace")


def _run_job(job, log_path, writer, keep):
    def ready(text):
        os.write(writer, text.encode("utf-8"))
        os.close(writer)

    try:
        _become_independent(log_path, keep + (writer,))
        job(ready)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _become_independent(log_path, keep):
    os.chdir("/")
    os.umask(0o022)
    # A handler and not SIG_IGN: what we start gets the default back, so that a daemon a package restarts is not deaf.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:
                continue
