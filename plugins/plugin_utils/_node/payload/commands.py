# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running commands: a list of words, never a shell; a time limit that ends the whole process group; no deadlock."""

import errno
import os
import select
import signal
import subprocess
import sys
import time

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# what would change the words or the behaviour of the programs we read
DROPPED = ("LANGUAGE", "LANG", "POSIXLY_CORRECT", "COLUMNS", "LS_COLORS")
MAX_ARGUMENT_BYTES = 100000
GRACE_SECONDS = 2


class Result(object):
    """``status`` is the exit status (negative: the signal), None when the time was over; outputs are text."""

    def __init__(self, argv, status, out, err):
        self.argv = argv
        self.status = status
        self.out = out
        self.err = err

    def reason(self):
        """Why it failed, in the command's own last words."""
        if self.status is None:
            return "no end within its time limit"
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return lines[-1] if lines else "exit status %s" % self.status


def environment(**changes):
    """The environment for a command: ours, but with a fixed PATH and in English."""
    result = dict(
        (name, value)
        for name, value in os.environ.items()
        if name not in DROPPED and not name.startswith(("LC_", "PYTHON"))
    )
    result["PATH"] = PATH
    result["LC_ALL"] = "C"
    result.update(changes)
    return result


class Running(object):
    """A command under way. ``finish`` several together with ``wait_all``."""

    def __init__(self, argv, timeout=600, env=None):
        self.argv = argv
        self.deadline = time.time() + timeout
        self.status = None
        self.outputs = {}
        self.chunks = {"out": [], "err": []}
        self.process = open_process(argv, env or environment(), subprocess.PIPE, subprocess.PIPE)
        self.outputs[self.process.stdout.fileno()] = "out"
        self.outputs[self.process.stderr.fileno()] = "err"

    def read(self, descriptor):
        try:
            data = os.read(descriptor, 65536)
        except OSError as error:
            if error.errno == errno.EINTR:
                return
            data = b""
        if data:
            self.chunks[self.outputs[descriptor]].append(data)
        else:
            del self.outputs[descriptor]

    def end(self):
        """Stop whatever still belongs to the command, and give its result."""
        if self.process.poll() is None:
            end_group(self.process)
            status = None
        else:
            status = self.process.returncode
        self.process.stdout.close()
        self.process.stderr.close()
        return Result(self.argv, status, text(self.chunks["out"]), text(self.chunks["err"]))


def text(chunks):
    return b"".join(chunks).decode("utf-8", "replace")


def open_process(argv, env, stdout, stderr):
    """Start a command in a session of its own, without standard input or any other open file of ours."""
    options = {"env": env, "stdout": stdout, "stderr": stderr, "close_fds": True, "cwd": "/"}
    if sys.version_info >= (3, 2):
        options["start_new_session"] = True
    else:
        options["preexec_fn"] = _become_ordinary_process
    with open(os.devnull, "rb") as nothing:
        return subprocess.Popen(argv, stdin=nothing, **options)


def _become_ordinary_process():
    # Python ignores SIGPIPE, and before 3.2 its children did too
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.setsid()


def wait_all(commands):
    """Read all commands to their ends, side by side, and give their results in order."""
    poller = select.poll()
    owners = {}
    for command in commands:
        for descriptor in command.outputs:
            owners[descriptor] = command
            poller.register(descriptor, select.POLLIN | select.POLLHUP)
    ended_at = {}
    while owners:
        for descriptor, _event in _poll(poller):
            owners[descriptor].read(descriptor)
        for descriptor, command in list(owners.items()):
            if command.process.poll() is not None:
                # something it left behind may hold the pipe open for ever
                ended_at.setdefault(command, time.time())
            given_up = time.time() > min(command.deadline, ended_at.get(command, command.deadline) + GRACE_SECONDS)
            if descriptor not in command.outputs or given_up:
                poller.unregister(descriptor)
                del owners[descriptor]
    for command in commands:
        while command.process.poll() is None and time.time() < command.deadline:
            time.sleep(0.005)
    return [command.end() for command in commands]


def _poll(poller):
    try:
        return poller.poll(200)
    except select.error as error:
        if error.args[0] == errno.EINTR:
            return []
        raise


def run(argv, timeout=600, env=None):
    """Run one command to its end."""
    return wait_all([Running(argv, timeout, env)])[0]


def run_in_parts(argv, words, timeout=600, env=None):
    """Run ``argv`` plus many ``words``, in as few commands as the system's limits allow; results in order."""
    results = []
    part = []
    size = 0
    for word in words:
        if part and size + len(word) + 9 > MAX_ARGUMENT_BYTES:
            results.append(run(argv + part, timeout, env))
            part, size = [], 0
        part.append(word)
        size += len(word) + 9
    if part:
        results.append(run(argv + part, timeout, env))
    return results


def end_group(process):
    """End a process and all of its group: first asked, then made to."""
    for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, number)
        except OSError:
            return
        limit = time.time() + patience
        while time.time() < limit:
            if process.poll() is not None:
                return
            time.sleep(0.05)
