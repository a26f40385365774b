# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dnf, as the rest of the program sees a package manager (``managers.py``)."""

from . import os_identity, rpm_manager
from .files import read_text

# Their repositories have a version of their own, to which a node is locked; patching takes the latest all the same
# (patch-manager-selecting-patches).
_VERSIONED = ("AMAZON_LINUX_2022", "AMAZON_LINUX_2023")


def open_session(command, problems, tell=None):
    from .dnf_session import Session

    system = os_identity.identify(read_text).get("operating_system")
    release = "latest" if system in _VERSIONED else None
    return Session(command.get("sources") or (), problems, command.get("lock_timeout", 300), tell, release)


MANAGER = rpm_manager.Manager(open_session)
