# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of an operation: one JSON document on disk, whole at every moment, also when the disk is full."""

import errno
import json
import os
import time

from . import clock
from .files import remove, write_and_sync, write_atomically
from .refusal import Refusal
from .words import to_word

SAVE_SECONDS = 1
MOST_FINAL_SAVES = 60
RESERVE_BYTES = 524288


class Record(object):
    """Notes what an operation does; ``document`` is what is on disk, at most a second later."""

    def __init__(self, directory, document):
        self.path = os.path.join(directory, "operation.json")
        self.reserve = os.path.join(directory, "operation.reserve")
        self.document = document
        self.saved_at = 0

    def open(self):
        """Write the first version, and set space aside: a package that fills the disk must not take the answer."""
        try:
            write_and_sync(self.reserve, b"\0" * RESERVE_BYTES)
            write_atomically(self.path, json.dumps(self.document, indent=1))
        except (IOError, OSError) as error:
            remove(self.reserve)
            message = "Failed to write '%s': %s. Free some space there"
            raise Refusal("disk_full", message % (self.path, error.strerror))

    def save(self):
        """Write the document; gives False when the disk is full, which only delays what can be read."""
        self.saved_at = time.time()
        try:
            write_atomically(self.path, json.dumps(self.document, indent=1))
        except (IOError, OSError) as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            return False
        return True

    def progress(self, doing, done=None, total=None):
        """What is being done now, and how many packages of how many are done."""
        progress = self.document["progress"]
        progress["doing"] = to_word(doing)
        if done is not None:
            progress["done"] = done
        if total is not None:
            progress["total"] = total
        if time.time() - self.saved_at >= SAVE_SECONDS:
            self.save()

    def warn(self, code, message):
        self.document["warnings"].append({"code": code, "message": message})
        self.log("%s: %s" % (code, message))

    def repaired(self, message):
        self.document["repairs"].append(message)
        self.log("repair: %s" % message)

    def log(self, line):
        """Note a line in the operation's log."""
        self.copy_to_log("%s %s\n" % (clock.now(), line))

    def copy_to_log(self, text):
        """Write to the log, which is standard output of the operation's process; a full disk stops nothing."""
        try:
            os.write(1, text.encode("utf-8", "replace"))
        except OSError:
            return

    def finish(self):
        """Write the final version, into the space set aside for it if need be."""
        self.document["state"] = "finished"
        self.document["finished_at"] = clock.now()
        self.document["progress"]["doing"] = ""
        remove(self.reserve)
        for _attempt in range(MOST_FINAL_SAVES):
            if self.save():
                return
            time.sleep(SAVE_SECONDS)
