# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running apt and dpkg for real: their output goes to files, so that they work on when we are killed."""

import os
import shutil
import subprocess
import time

from . import apt_command, apt_sources, commands, processes
from .files import make_private_directory
from .progress import Progress
from .tail import Tail

# on a file system of its own: what is written there does not stop when the disk is full
RUN_DIRECTORY = "/run/openpatch_patch_manager"
SCRIPT_TIMEOUT = 1800
# a script that hung once is not given that long again
SECOND_TIMEOUT = 30
PAUSE = 0.1
# the shell only opens the status file: close_fds leaves no other way that all versions of Python know
_STATUS_OPTIONS = {"apt-get": ["-o", "APT::Status-Fd=3"], "dpkg": ["--status-fd", "3"]}
_WITH_STATUS = ["/bin/sh", "-c", 'status=$1; shift; exec "$@" 3>> "$status"', "sh"]


class Runner(object):
    """Runs the commands of one operation. ``hung`` holds the reasons of packages whose scripts had to be ended.

    ``lists`` are those that apt works on.
    """

    def __init__(self, record, script_timeout=SCRIPT_TIMEOUT, directory=RUN_DIRECTORY):
        self.record = record
        self.script_timeout = script_timeout
        self.hung = {}
        self.lists = apt_sources.SystemLists()
        self.directory = directory
        try:
            make_private_directory(directory)
        except OSError:
            self.directory = os.path.dirname(record.path)
        self.environment = commands.environment(**apt_command.QUIET)

    def close(self):
        if self.directory != os.path.dirname(self.record.path):
            shutil.rmtree(self.directory, True)

    def run(self, argv, progress=None):
        """Run to the end; gives (exit status, output). ``progress`` reads the status lines of apt or dpkg."""
        progress = progress or Progress(self.record)
        self.record.log("running " + " ".join(argv))
        output = Tail(os.path.join(self.directory, "output"))
        status = Tail(os.path.join(self.directory, "status"))
        is_apt = argv[0] == "apt-get"
        argv = argv[:1] + _STATUS_OPTIONS[argv[0]] + argv[1:]
        if is_apt:
            # it goes on when we are killed, and needs its archives then; dpkg would hand the hold on to scripts
            argv = self.lists.hold(argv)
        writer = os.open(output.path, os.O_WRONLY | os.O_APPEND)
        try:
            argv = _WITH_STATUS + [status.path] + argv
            process = commands.open_process(argv, self.environment, writer, subprocess.STDOUT)
        finally:
            os.close(writer)
        return self._watch(process, output, status, progress)

    def _watch(self, process, output, status, progress):
        texts = []
        rest = ""
        moved_at = time.time()
        while True:
            has_ended = process.poll() is not None
            text = output.read()
            texts.append(text)
            self.record.copy_to_log(text)
            lines = (rest + status.read()).split("\n")
            rest = lines.pop()
            for line in lines:
                progress.read(line)
            if lines:
                moved_at = time.time()
            if has_ended:
                output.close()
                status.close()
                return process.returncode, "".join(texts)
            if self._end_what_hangs(process, progress, time.time() - moved_at):
                moved_at = time.time()
            time.sleep(PAUSE)

    def _end_what_hangs(self, process, progress, still):
        """End the maintainer script that has not ended for too long; dpkg then goes on with the next package."""
        if still < min(self.script_timeout, SECOND_TIMEOUT):
            return False
        ended = False
        for pid in processes.find_scripts(process.pid):
            package, kind = processes.name_script(pid)
            package = package or progress.current
            limit = SECOND_TIMEOUT if package in self.hung else self.script_timeout
            if still < limit:
                continue
            what = "%s script" % kind if kind else "a command of its installation"
            reason = "its %s did not end within %d seconds and was stopped" % (what, limit)
            self.hung.setdefault(package, reason)
            self.record.log("stopping process %d of package '%s': %s" % (pid, package, reason))
            processes.end_tree(pid)
            ended = True
        if not ended and still > 2 * self.script_timeout:
            processes.end_tree(process.pid)
            ended = True
        return ended
