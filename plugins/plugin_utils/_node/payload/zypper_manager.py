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


def find_scripts(pid):
    """What runs below rpm below zypper."""
    return processes.find_below(pid, _RPM) or []


class Manager(rpm_manager.Manager):
    """zypper's own lock outlives a zypper that was killed."""

    def install(self, record):
        repaired = zypper_pid.free_stale()
        if repaired:
            record.repaired(repaired)
        rpm_manager.Manager.install(self, record)


MANAGER = Manager(open_session, "zypper", find_scripts)
