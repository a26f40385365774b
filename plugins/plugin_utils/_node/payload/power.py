# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rebooting the node: answer first, go down a moment later.

A lock that the rebooting process holds says that a reboot is on its way, so that a command whose answer was lost can be
repeated. It holds the lock of operations too: none can start in the last moment.
"""

import os
import time

from . import commands, detach, locks, node, operation
from .files import STATE_DIRECTORY, make_private_directory
from .refusal import Refusal

DELAY_SECONDS = 2
_MOST_SECONDS = 120
# present where systemd is process 1, which is what its systemctl talks to
_SYSTEMD = "/run/systemd/system"
_SYSTEMCTL = (("/bin/systemctl", "reboot"), ("/usr/bin/systemctl", "reboot"))
_OTHERS = (
    ("/sbin/shutdown", "-r", "now"),
    ("/usr/sbin/shutdown", "-r", "now"),
    ("/sbin/reboot",),
    ("/usr/sbin/reboot",),
    ("/bin/reboot",),
    ("/usr/bin/reboot",),
)


def reboot(command, directory=STATE_DIRECTORY, root="/", delay=DELAY_SECONDS):
    """Reboot the node in a moment, if it is still in the boot that ``command`` names.

    Gives the id of its boot and the words of the reboot command, none if the node is in another boot already. ``root``
    is where the reboot commands are looked for.
    """
    if os.geteuid() != 0:
        raise Refusal("not_root", "Failed to reboot: that needs root. Use become")
    boot_id = node.describe_boot().get("boot_id") or ""
    if command.get("boot_id") != boot_id:
        return {"boot_id": boot_id, "command": []}
    choices = list_commands(root)
    if not choices:
        raise Refusal(
            "no_reboot_command",
            "Failed to reboot: this node has no systemctl, shutdown or reboot that works here. Restart it by its own"
            " means (a container: from its host) and scan, or set patch_reboot_option to NoReboot",
        )
    make_private_directory(directory)
    pending = locks.try_flock(os.path.join(directory, "reboot.lock"))
    if pending is not None:
        try:
            start(choices, directory, pending, delay)
        finally:
            os.close(pending)
    return {"boot_id": boot_id, "command": choices[0]}


def list_commands(root="/"):
    """The commands that this node could be rebooted with, the best first."""
    found = []
    known = _OTHERS
    if os.path.isdir(os.path.join(root, _SYSTEMD.lstrip("/"))):
        known = _SYSTEMCTL + _OTHERS
    for words in known:
        path = os.path.join(root, words[0].lstrip("/"))
        if os.access(path, os.X_OK):
            found.append([path] + list(words[1:]))
    return found


def start(choices, directory, pending, delay):
    running = operation.take_lock(directory)
    if running is None:
        raise refuse_operation(operation.read_document(directory) or {})
    log = os.path.join(directory, "reboot.log")
    try:
        open(log, "w").close()
        said = detach.run_detached(lambda ready: go_down(choices, delay, ready), log, (running, pending))
    finally:
        os.close(running)
    if said != "started":
        raise Refusal("not_started", "Failed to reboot: see %s on the node" % log)


def refuse_operation(running):
    first = dict((key, running.get(key)) for key in ("id", "pid", "started_at"))
    return Refusal(
        "operation_running",
        "Failed to reboot: operation '%s' (process %s, started at %s) is still running on this node. Wait for it to end"
        % (first["id"], first["pid"], first["started_at"]),
        **first
    )


def go_down(choices, delay, ready):
    """The detached process: one command after the other until one says that it worked."""
    ready("started")
    time.sleep(delay)
    for words in choices:
        result = commands.run(words, _MOST_SECONDS)
        line = "%s: %s\n" % (" ".join(words), "done" if result.status == 0 else result.reason())
        os.write(1, line.encode("utf-8", "replace"))
        if result.status == 0:
            return
