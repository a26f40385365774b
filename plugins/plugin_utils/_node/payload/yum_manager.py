# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""yum 3, as the rest of the program sees a package manager (``managers.py``)."""

import os

from . import rpm_manager


def open_session(command, problems, tell=None):
    # yum chooses the language of its messages when it is imported, and they are read
    os.environ["LC_ALL"] = "C"
    os.environ.pop("LANGUAGE", None)
    from .yum_session import Session

    return Session(command.get("sources") or (), problems, command.get("lock_timeout", 300), tell)


MANAGER = rpm_manager.Manager(open_session)
