# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small process beside each controller that others cannot look for: it says that the controller lives.

Ansible runs an action in a process of its own that ends with its task, so the sign of life cannot come from there. The
keeper is no child of anybody; it looks for its controller every second and goes with it.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import turns
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import (
    is_alive_here,
    is_seen_by_all,
)

try:
    import sqlalchemy as sa
except ImportError:
    pass

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.database import Database

_LOOK_SECONDS = 1.0
_GIVE_UP_SECONDS = 600.0  # without the database; its run has failed by then
_MOST_DESCRIPTORS = 65536


def is_needed(database: Database) -> bool:
    """Whether somebody may share this store who cannot look for this process: from elsewhere, or from outside."""
    return database.engine.dialect.name != "sqlite" or not is_seen_by_all()


def start_keeper(url: URL, run_id: str, controller: str) -> None:
    """Start the keeper of a controller, which is a process of this machine. No connection may be open."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:  # from here on nothing of the caller's may run, not even its exit handlers
        os.setsid()
        if os.fork() == 0:
            _let_go()
            _keep(url, run_id, controller)
    finally:
        os._exit(0)


def _let_go() -> None:
    """Hold nothing of the process it came from: its pipes would stay open, its signals would be caught."""
    os.chdir("/")
    os.closerange(0, _MOST_DESCRIPTORS)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)


def _keep(url: URL, run_id: str, controller: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    renewed = time.monotonic()  # entering the run was a sign of life
    tried = renewed
    while is_alive_here(controller):
        time.sleep(_LOOK_SECONDS)
        now = time.monotonic()
        if now - tried < turns.RENEWAL_SECONDS:
            continue
        tried = now
        try:
            with engine.begin() as connection:
                if not turns.renew_lease(connection, run_id, controller):
                    return  # its part of the run has ended
            renewed = now
        except sa.exc.SQLAlchemyError:
            if now - renewed > _GIVE_UP_SECONDS:
                return
    with engine.begin() as connection:
        turns.end_lease(connection, run_id, controller)
