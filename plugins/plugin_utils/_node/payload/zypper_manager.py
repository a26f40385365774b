# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper, as the rest of the program sees a package manager (``managers.py``)."""

from . import processes, rpm_manager, zypper_pid

# they run the scripts of packages
_RPM = ("rpm", "zypp-rpm")


def open_session(command, problems, tell=None):
    from .zypper_session import Session

    return Session(command.get("sources") or (), problems, command.get("lock_timeout", 300), tell)


def collect(command):
    return rpm_manager.collect(command, open_session, "zypper")


def plan(command):
    return rpm_manager.plan(command, open_session)


def check(command):
    rpm_manager.check(command)


def install(record):
    repaired = zypper_pid.free_stale()
    if repaired:
        record.repaired(repaired)
    rpm_manager.install(record, open_session, find_scripts)


def find_scripts(pid):
    """What runs below rpm below zypper."""
    return processes.find_below(pid, _RPM) or []


def judge_interrupted(document):
    return rpm_manager.judge_interrupted(document)
