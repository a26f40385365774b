# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node's one operation at a time: started detached, polled, and remembered until the next one starts.

A lock file of our own says whether it is alive: the kernel frees it when its process ends, however that happens. So an
operation whose record says ``running`` while the lock is free was interrupted.
"""

import json
import os
import re
import time

from . import clock, detach, locks, managers
from .files import STATE_DIRECTORY, make_private_directory, read_text
from .record import Record
from .refusal import Refusal

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}\Z")
# how long the lock may look taken by somebody who only asks whether it is
_GLANCE_SECONDS = 1
_KEPT_APART = ("info", "command", "operation_id")
_SHOWN = ("id", "state", "started_at", "finished_at", "pid", "progress", "results", "repairs", "warnings", "info")


def start(command, work, directory=STATE_DIRECTORY):
    """Start ``work(record)`` detached, and give the operation as it then stands.

    Asked again with the same id, the operation of that id is given instead, so a start whose answer was lost can be
    repeated. Refuses with ``operation_running`` while another one is alive.
    """
    identity = command.get("operation_id") or ""
    if not _ID.match(identity):
        message = "Failed to start operation '%s': an id has 1 to 100 letters, digits, '.', '_', '-'"
        raise Refusal("bad_command", message % identity)
    if os.geteuid() != 0:
        raise Refusal("not_root", "Failed to start operation '%s': installing needs root. Use become" % identity)
    make_private_directory(directory)
    lock = take_lock(directory)
    known = read_document(directory)
    if known and known["id"] == identity:
        _release(lock)
        return describe(known, lock is None)
    if lock is None:
        raise refuse_second(identity, known or {})
    record = Record(directory, new_document(identity, command))
    record.open()
    log = os.path.join(directory, "operation.log")
    open(log, "w").close()
    said = detach.run_detached(lambda ready: _work(record, work, ready), log, (lock,))
    _release(lock)
    if said != "started":
        raise Refusal("not_started", "Failed to start operation '%s': see %s on the node" % (identity, log))
    return describe(read_document(directory), True)


def refuse_second(identity, running):
    first = dict((key, running.get(key)) for key in ("id", "pid", "started_at"))
    return Refusal(
        "operation_running",
        "Failed to start operation '%s': operation '%s' (process %s, started at %s) is still running on this node."
        " Wait for it to end" % (identity, first["id"], first["pid"], first["started_at"]),
        **first
    )


def new_document(identity, command):
    return {
        "id": identity,
        "state": "running",
        "pid": os.getpid(),
        "started_at": clock.now(),
        "info": command.get("info") or {},
        "command": dict((key, value) for key, value in command.items() if key not in _KEPT_APART),
        "progress": {"doing": "starting", "done": 0, "total": len(command.get("packages") or ())},
        "results": [],
        "repairs": [],
        "warnings": [],
    }


def _work(record, work, ready):
    """The detached process: it holds the lock until its end."""
    record.document["pid"] = os.getpid()
    record.save()
    ready("started")
    try:
        work(record)
    except Exception as error:
        message = "Failed to go on with operation '%s': %s: %s"
        record.warn("crash", message % (record.document["id"], type(error).__name__, error))
        if not record.document["results"]:
            record.document["results"] = judge_interrupted(record.document)
        raise
    finally:
        record.finish()


def poll(identity=None, wait=0, directory=STATE_DIRECTORY):
    """The operation as it stands; with ``wait`` up to so many seconds later, if it is running."""
    if os.geteuid() != 0:
        raise Refusal("not_root", "Failed to read the last operation: that needs root. Use become")
    deadline = time.time() + wait
    while True:
        document, alive = look(directory)
        if document is None or (identity and document["id"] != identity):
            known = "the node's last one is '%s'" % document["id"] if document else "the node knows of none"
            raise Refusal("unknown_operation", "Failed to find operation '%s': %s" % (identity or "", known))
        if not alive or time.time() >= deadline:
            return describe(document, alive)
        time.sleep(min(0.5, max(deadline - time.time(), 0.01)))


def describe_last(directory=STATE_DIRECTORY):
    """The last operation, for the facts; None when there was none or it may not be read."""
    if not os.access(directory, os.R_OK | os.X_OK):
        return None
    document, alive = look(directory)
    return describe(document, alive) if document else None


def describe(document, alive):
    """What others see of an operation."""
    shown = dict((key, document[key]) for key in _SHOWN if key in document)
    if document["state"] == "running" and not alive:
        shown["state"] = "interrupted"
        shown["results"] = judge_interrupted(document)
    return shown


def judge_interrupted(document):
    """What the package manager says of an operation whose process was killed."""
    return managers.find_manager().judge_interrupted(document)


def warn_of(last):
    """Warnings of an operation that has not come to its end."""
    if last["state"] == "finished":
        return []
    results = last.get("results") or []
    done = len([result for result in results if result["status"] in ("installed", "dependency")])
    how = "was interrupted after %d of %d packages" % (done, len(results))
    if last["state"] == "running":
        how = "is still running"
    message = "install %s, started at %s, %s" % (last["id"], last["started_at"], how)
    return [{"code": "install_%s" % last["state"], "message": message}]


def look(directory=STATE_DIRECTORY):
    """(document or None, whether its process is alive)."""
    # the lock comes first: a record is final before the lock is freed
    if not os.access(directory, os.W_OK):
        return None, False
    lock = locks.try_flock(os.path.join(directory, "operation.lock"))
    _release(lock)
    return read_document(directory), lock is None


def read_document(directory=STATE_DIRECTORY):
    text = read_text(os.path.join(directory, "operation.json"))
    try:
        document = json.loads(text) if text else None
    except ValueError:
        return None
    return document if isinstance(document, dict) and "id" in document else None


def take_lock(directory):
    """The lock of operations, for whoever lets none run; None when an operation is alive."""
    deadline = time.time() + _GLANCE_SECONDS
    while True:
        lock = locks.try_flock(os.path.join(directory, "operation.lock"))
        if lock is not None or time.time() >= deadline:
            return lock
        time.sleep(0.05)


def _release(lock):
    if lock is not None:
        os.close(lock)
